import { describe, expect, it } from "vitest";
import { blockMap, FAILED, mark, setTotal, UNCHECKED, VERIFIED } from "./blocks.ts";

describe("block map", () => {
  it("counts each block once, whatever is said of it again", () => {
    const map = blockMap(10);
    mark(map, [1, 2, 3], VERIFIED);
    mark(map, [2, 3, 4], VERIFIED);
    expect(map.verified).toBe(4);
    expect([...map.states]).toEqual([0, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it("a verified block that fails later counts as failed only", () => {
    const map = blockMap(4);
    mark(map, [1], VERIFIED);
    mark(map, [1, 3], FAILED);
    expect([map.verified, map.failed]).toEqual([0, 2]);
    expect(map.firstFailed).toBe(1);
  });

  it("grows with what is named, and takes its true size when that is known", () => {
    const map = blockMap();
    mark(map, [5], VERIFIED);
    setTotal(map, 7);
    expect(map.states).toHaveLength(7);
    expect(map.states[5]).toBe(VERIFIED);
    expect(map.states[6]).toBe(UNCHECKED);
  });

  it("every change has another version", () => {
    const map = blockMap(2);
    const before = map.version;
    mark(map, [0], VERIFIED);
    expect(map.version).not.toBe(before);
  });
});
