import { describe, expect, it } from "vitest";
import { BURST_MS, burstNow, NO_BURST } from "./burst.ts";

describe("a burst", () => {
  it("begins with the first that goes after a pause, and takes in all that follow within its time", () => {
    const first = burstNow(NO_BURST, 4, 1000);
    expect(first).toEqual({ before: 4, since: 1000 });
    expect(burstNow(first, 12, 1000 + BURST_MS)).toBe(first);
    expect(burstNow(first, 13, 1001 + BURST_MS)).toEqual({ before: 13, since: 1001 + BURST_MS });
  });
});
