import { describe, expect, it } from "vitest";
import { bodiesIn } from "./owners.ts";

/** Model, frame, skin, player, effects; place; where it looks. */
function body(integers: number[], floats: number[]): Uint8Array {
  const bytes = new Uint8Array(44);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of integers.entries()) view.setInt32(at * 4, value, true);
  for (const [at, value] of floats.entries()) view.setFloat32(20 + at * 4, value, true);
  return bytes;
}

function memory(...parts: [number, Uint8Array][]): Uint8Array {
  const bytes = new Uint8Array(4096);
  for (const [at, part] of parts) bytes.set(part, at);
  return bytes;
}

const PLACE = [-300.5, 40, 24, 4, 182.5, 0];

describe("what looks like a body in a memory", () => {
  it("is found where it is, once, however often it is there", () => {
    const one = body([3, 7, 0, 1, 2], PLACE);
    expect(bodiesIn(memory([100, one], [4096 - 44, one]))).toEqual([[-300.5, 40, 24]]);
    expect(bodiesIn(memory([100, one]).subarray(4))).toEqual([[-300.5, 40, 24]]);
  });

  it("is nothing of another kind: no model, another frame, nobody's, nowhere, looking nowhere", () => {
    const others = [
      body([0, 7, 0, 1, 2], PLACE),
      body([3, 70, 0, 1, 2], PLACE),
      body([3, 7, 0, -1, 2], PLACE),
      body([3, 7, 0, 1, 2], [-2.3, -13, -2.4, 4, 182.5, 0]),
      body([3, 7, 0, 1, 2], [-300.5, 4000000, 24, 4, 182.5, 0]),
      body([3, 7, 0, 1, 2], [-300.5, 40, 24, 400, 182.5, 0]),
      body([3, 7, 0, 1, 2], [-300.5, 40, Number.NaN, 4, 182.5, 0]),
    ];
    for (const other of others) expect(bodiesIn(memory([100, other]))).toEqual([]);
  });
});
