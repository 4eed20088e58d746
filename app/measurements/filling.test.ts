import { describe, expect, it } from "vitest";
import { VERIFIED } from "../facts/blocks.ts";
import { createFilling } from "./filling.ts";

const verified = (total: number, count: number) => new Uint8Array(total).fill(VERIFIED, 0, count);

describe("cells of blocks that were just read", () => {
  it("fill in 80 ms when they are few", () => {
    const filling = createFilling();
    filling.look(verified(256, 0), 0, 256, 0, true);
    filling.look(verified(256, 3), 0, 256, 100, true);
    expect(filling.busy).toBe(true);
    expect(filling.filled(2)).toBe(0);
    filling.look(verified(256, 3), 0, 256, 140, true);
    expect(filling.filled(2)).toBe(0.5);
    filling.look(verified(256, 3), 0, 256, 180, true);
    expect(filling.filled(2)).toBe(1);
    expect(filling.busy).toBe(false);
  });

  it("fill at once when they are more than 60 in a frame, or nothing may move", () => {
    const filling = createFilling();
    filling.look(verified(256, 0), 0, 256, 0, true);
    filling.look(verified(256, 61), 0, 256, 16, true);
    expect([filling.busy, filling.filled(7)]).toEqual([false, 1]);
    filling.look(verified(256, 62), 0, 256, 32, false);
    expect([filling.busy, filling.filled(61)]).toEqual([false, 1]);
  });

  it("do not fill when they only come into sight, or another disk is shown", () => {
    const filling = createFilling();
    filling.look(verified(1024, 0), 0, 128, 0, true);
    filling.look(verified(1024, 300), 256, 384, 16, true);
    expect(filling.busy).toBe(false);
    filling.look(verified(512, 500), 256, 384, 32, true);
    expect(filling.busy).toBe(false);
  });
});
