import { describe, expect, test } from "vitest";
import { pictureBox, placeOfPicture, textGrid } from "./surface-layout.ts";

const size = (width: number, height: number, scale = 1) => ({ width, height, scale });
const inside = (outer: { x: number; y: number; width: number; height: number }, inner: typeof outer) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

describe("a surface", () => {
  test("keeps 3 pixels of frame all round and 40 of strip above what the guest draws, at any scale", () => {
    expect(pictureBox(size(822, 562))).toEqual({ x: 3, y: 43, width: 816, height: 516 });
    expect(pictureBox(size(1644, 1124, 2))).toEqual({ x: 6, y: 86, width: 1632, height: 1032 });
    expect(pictureBox(size(1, 1))).toMatchObject({ width: 0, height: 0 });
  });

  test("shows text in whole pixels inside that place; it gives up its margin where letters become larger by it", () => {
    expect(textGrid(size(822, 562), 80, 25)).toMatchObject({ cellWidth: 10, cellHeight: 20, x: 11, y: 51 });
    expect(textGrid(size(406, 300), 80, 25)).toMatchObject({ cellWidth: 5, x: 3 });
    for (const [width, height, scale] of [
      [406, 300, 1],
      [624, 249, 1],
      [1200, 700, 1.25],
      [3000, 2000, 2],
    ] as const) {
      const grid = textGrid(size(width, height, scale), 80, 25);
      expect(inside(pictureBox(size(width, height, scale)), grid)).toBe(true);
      for (const value of Object.values(grid)) expect(Number.isInteger(value)).toBe(true);
    }
  });

  test("shows pictures in whole multiples, in the middle, unless too much of the place were left empty", () => {
    expect(placeOfPicture(size(646, 446), 320, 200)).toEqual({ x: 3, y: 43, width: 640, height: 400 });
    // 2.2 times would fit: twice is nearly that.
    expect(placeOfPicture(size(710, 500), 320, 200)).toMatchObject({ width: 640, height: 400 });
    // 1.4375 times: once would leave half of it empty.
    expect(placeOfPicture(size(466, 334), 320, 200)).toEqual({ x: 3, y: 43, width: 460, height: 288 });
    expect(placeOfPicture(size(166, 146), 320, 200)).toEqual({ x: 3, y: 43, width: 160, height: 100 });
  });
});
