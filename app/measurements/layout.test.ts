import { describe, expect, it } from "vitest";
import {
  blockAt,
  CELLS,
  cellAt,
  hashBlocksOver,
  mapLayout,
  OVERVIEW,
  rowsInSight,
  scrolledTo,
  stepTo,
} from "./layout.ts";

describe("block map's geometry", () => {
  it.each([1, 45, 128, 129, 1536, 65_536])("of %i blocks every cell finds its block again", (total) => {
    const layout = mapLayout(total, 700, 200);
    for (const block of [0, Math.floor(total / 2), total - 1]) {
      const { x, y } = cellAt(block, layout);
      expect(blockAt(x + layout.cell / 2, y + layout.cellHeight / 2, layout)).toBe(block);
    }
  });

  it("has a row for each hash block and never leaves its width", () => {
    expect(mapLayout(1536, 700, 200).rows).toBe(12);
    const layout = mapLayout(CELLS, 700, 200);
    expect(cellAt(CELLS - 1, layout).x + layout.cell).toBeLessThanOrEqual(700);
  });

  it("has an overview where it scrolls, and only there", () => {
    expect(mapLayout(1536, 700, 200).overview).toBeNull();
    const large = mapLayout(65_536, 700, 200);
    expect(large.overview).toBe(700 - OVERVIEW - 2);
    expect(cellAt(CELLS - 1, large).x + large.cell).toBeLessThan(700 - OVERVIEW);
  });

  it("finds nothing beside the cells and behind the last block", () => {
    const layout = mapLayout(45, 700, 200);
    expect(blockAt(10, 5, layout)).toBeNull();
    expect(blockAt(layout.left + 46 * layout.cell, 5, layout)).toBeNull();
  });

  it("shows no more rows than fit", () => {
    const layout = mapLayout(65_536, 700, 200);
    expect(rowsInSight(layout, 0, 200)).toEqual({ first: 0, last: 13 });
    expect(rowsInSight(layout, 1000, 200)).toEqual({ first: 62, last: 75 });
    expect(rowsInSight(layout, layout.height, 200)).toEqual({ first: 511, last: 512 });
  });

  it("scrolls just so far that a block is in sight", () => {
    const layout = mapLayout(65_536, 700, 200);
    expect(scrolledTo(0, layout, 500, 200)).toBe(0);
    expect(scrolledTo(65_535, layout, 0, 200)).toBe(512 * 16 - 200);
    expect(scrolledTo(CELLS * 5, layout, 0, 200)).toBe(0);
  });
});

describe("keys in the map", () => {
  it("go from block to block and stay on the disk", () => {
    expect(stepTo("ArrowDown", null, 1000, 10)).toBe(0);
    expect(stepTo("ArrowRight", 0, 1000, 10)).toBe(1);
    expect(stepTo("ArrowLeft", 0, 1000, 10)).toBe(0);
    expect(stepTo("ArrowDown", 5, 1000, 10)).toBe(133);
    expect(stepTo("Home", 133, 1000, 10)).toBe(128);
    expect(stepTo("End", 133, 1000, 10)).toBe(255);
    expect(stepTo("PageDown", 5, 1000, 10)).toBe(999);
    expect(stepTo("PageUp", 999, 1000, 2)).toBe(743);
    expect(stepTo("x", 5, 1000, 10)).toBeUndefined();
  });
});

describe("hash blocks over a block", () => {
  it("lead from the top of the tree to the digest of the block", () => {
    expect(hashBlocksOver(0, 1)).toEqual([]);
    expect(hashBlocksOver(44, 45)).toEqual([{ level: 0, index: 0, place: 45 }]);
    // 65 536 blocks: one, then 4, then 512 hash blocks behind the data.
    expect(hashBlocksOver(65_535, 65_536)).toEqual([
      { level: 2, index: 0, place: 65_536 },
      { level: 1, index: 3, place: 65_540 },
      { level: 0, index: 511, place: 65_541 + 511 },
    ]);
  });
});
