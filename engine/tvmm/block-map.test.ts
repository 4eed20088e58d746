import fc from "fast-check";
import { expect, it } from "vitest";
import { blockMap } from "./block-map.ts";

it("counts any stretch as a plain list of states would", () => {
  const mark = fc.tuple(fc.nat(1100), fc.constantFrom("verified" as const, "failed" as const));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(mark),
      fc.nat(1100),
      fc.nat(1100),
      fc.boolean(),
      (total, marks, a, b, all) => {
        const map = blockMap(total);
        const plain = Array.from({ length: total }, () => "unchecked");
        if (all) {
          map.markAllVerified();
          plain.fill("verified");
        }
        for (const [block, state] of marks) {
          map.mark(block, state);
          if (block < total) plain[block] = state;
        }
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const range = plain.slice(from, to);
        expect(map.count(from, to)).toEqual({
          total: range.length,
          verified: range.filter((state) => state === "verified").length,
          failed: range.filter((state) => state === "failed").length,
        });
        expect(plain.map((_, block) => map.state(block))).toEqual(plain);
      },
    ),
  );
});

it("sums a disk of 65536 blocks, and is not confused by numbers that are no blocks", () => {
  const map = blockMap(65536);
  for (let block = 0; block < 65536; block += 2) map.mark(block, "verified");
  for (const wrong of [-1, 0.5, 65536, Number.NaN]) map.mark(wrong, "failed");
  expect(map.count(0, 65536)).toEqual({ total: 65536, verified: 32768, failed: 0 });
});
