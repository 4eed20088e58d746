import fc from "fast-check";
import { expect, it } from "vitest";
import { consoleRing } from "./console-ring.ts";

it("holds the last bytes of what was appended, in order", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), fc.integer({ min: 1, max: 40 }), (pieces, capacity) => {
      const ring = consoleRing(capacity);
      const all: number[] = [];
      for (const piece of pieces) {
        ring.append(piece);
        all.push(...piece);
        expect([...ring.read()]).toEqual(all.slice(-capacity));
      }
      ring.clear();
      expect(ring.read().length).toBe(0);
    }),
  );
});

it("grows beyond a page and stops at its capacity", () => {
  const ring = consoleRing(10_000);
  for (let n = 0; n < 100; n++) ring.append(new Uint8Array(333).fill(n));
  const read = ring.read();
  expect(read.length).toBe(10_000);
  expect([read[0], read.at(-1)]).toEqual([69, 99]);
});
