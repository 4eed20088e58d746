import { afterEach, expect, test, vi } from "vitest";
import { guestPicture } from "./guest-picture.ts";
import type { Screen } from "./screen.ts";
import type { ScreenLayer } from "./v86-internals.ts";

afterEach(() => void vi.unstubAllGlobals());

/** A screen of 4 by 2 pixels, and a canvas that remembers what was put on it. */
function picture() {
  const put: unknown[][] = [];
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      width = 0;
      height = 0;
      getContext = () => ({ putImageData: (...all: unknown[]) => put.push(all) });
    },
  );
  let layers: ScreenLayer[] = [];
  const screen = {
    width: 4,
    height: 2,
    takePictures(draw: (each: ScreenLayer[]) => void) {
      draw(layers);
      layers = [];
    },
  };
  const change = () => {
    const image_data = {} as ImageData;
    layers = [{ image_data, screen_x: 1, screen_y: 0, buffer_x: 1, buffer_y: 2, buffer_width: 3, buffer_height: 2 }];
  };
  return { screen, change, put, picture: guestPicture(screen as unknown as Screen) };
}

test("what changed is put where it belongs, and told once", () => {
  const { picture: it, change, put } = picture();
  change();
  expect(it.refresh()).toBe(true);
  expect(it.canvas).toMatchObject({ width: 4, height: 2 });
  expect(put).toEqual([[{}, 0, -2, 1, 2, 3, 2]]);
  expect(it.takeChanged()).toBe(true);
  expect(it.takeChanged()).toBe(false);
  it.refresh();
  expect(it.takeChanged()).toBe(false);
});

test("what one who looked in between has taken is not lost to the next", () => {
  const { picture: it, change } = picture();
  change();
  it.refresh();
  it.refresh();
  expect(it.takeChanged()).toBe(true);
});

test("a screen without a size has no picture", () => {
  const { picture: it, screen, put } = picture();
  screen.width = 0;
  expect(it.refresh()).toBe(false);
  expect(put).toEqual([]);
});
