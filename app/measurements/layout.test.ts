import { describe, expect, it } from "vitest";
import { blockAt, CELLS, cellAt, mapLayout } from "./layout.ts";
import { verityCommand } from "./verity-command.ts";

describe("block map's geometry", () => {
  it.each([1, 45, 128, 129, 1536, 65_536])("of %i blocks every cell finds its block again", (total) => {
    const layout = mapLayout(total, 700, 200);
    for (const block of [0, Math.floor(total / 2), total - 1]) {
      const { x, y } = cellAt(block, layout);
      expect(blockAt(x + layout.cell / 2, y + layout.cellHeight / 2, layout, total)).toBe(block);
    }
  });

  it("has a row for each hash block and never leaves its width", () => {
    expect(mapLayout(1536, 700, 200).rows).toBe(12);
    const layout = mapLayout(CELLS, 700, 200);
    expect(cellAt(CELLS - 1, layout).x + layout.cell).toBeLessThanOrEqual(700);
  });

  it("finds nothing beside the cells and behind the last block", () => {
    const layout = mapLayout(45, 700, 200);
    expect(blockAt(10, 5, layout, 45)).toBeNull();
    expect(blockAt(layout.left + 46 * layout.cell, 5, layout, 45)).toBeNull();
  });
});

describe("veritysetup command", () => {
  const descriptor = (boot: unknown) => new TextEncoder().encode(JSON.stringify({ boot }));

  it("names size, salt and root of the descriptor", () => {
    const line = verityCommand(descriptor({ size: 184_320, salt: "ab", root: "cd" }), "hello.boot.img")?.line;
    expect(line).toContain("--data-blocks=45 --hash-offset=184320 --salt=ab hello.boot.img hello.boot.img cd");
  });

  it("there is none for a descriptor without a boot disk", () => {
    expect(verityCommand(descriptor(undefined), "x")).toBeUndefined();
    expect(verityCommand(new TextEncoder().encode("no JSON"), "x")).toBeUndefined();
  });
});
