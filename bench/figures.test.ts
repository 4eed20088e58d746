import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { median, ratio, table } from "./figures.mjs";
import { TITLES } from "./titles.mjs";

test("the median is the middle, or halfway between the two in the middle", () => {
  expect(median([9, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 100])).toBe(3);
  expect(() => median([])).toThrow("no values");
});

test("a ratio is that of the medians; without a baseline there is none", () => {
  const row = { what: "boot", unit: "s" as const, values: [1, 3, 2] };
  expect(ratio({ ...row, baseline: { what: "bare", values: [4] } })).toBe(0.5);
  expect(ratio(row)).toBeUndefined();
});

test("a row shows median, spread, baseline, ratio and goal, and its note below", () => {
  const [head, line, note] = table([
    {
      what: "boot",
      unit: "s",
      values: [1, 3, 2],
      baseline: { what: "bare v86", values: [1] },
      goal: "1.0 s",
      note: "remark",
    },
  ]);
  expect(head).toContain("median (least-most)");
  expect(line?.split(/ {2,}/).slice(1)).toEqual(["boot", "2.00 s (1.00-3.00)", "1.00 s", "2.00", "1.0 s", "bare v86"]);
  expect(note?.trim()).toBe("remark");
});

test("every section can be asked for by name", () => {
  const files = readdirSync(new URL("sections", import.meta.url)).map((file) => file.replace(/\.mjs$/, ""));
  expect(Object.keys(TITLES).sort()).toEqual(files.sort());
});
