import { describe, expect, it } from "vitest";
import {
  CHANCE,
  costOfHit,
  countPlay,
  distance,
  errorsApart,
  hitRate,
  median,
  percent,
  playOf,
  truths,
} from "./measure.ts";

const LOG = [
  "[2026-11-24 00:04:17] terra: join blue",
  "[2026-11-24 00:04:18] terra: shot red",
  "[2026-11-24 00:04:18] terra: hit red blue 9",
  "terra: shot red",
  "terra: shot blue\r",
  "terra: hit blue red   2.25\r",
  "terra: shot red",
  "terra: hit red blue 9",
  "terra: frag red blue",
  "blue was shot by red",
].join("\n");

describe("the measure of play", () => {
  it("counts each player's shots, hits, damage and frags, and what it cost him", () => {
    const players = countPlay(LOG);
    expect([...players.keys()].toSorted()).toEqual(["blue", "red"]);
    expect(playOf(players, "red")).toEqual({ shots: 3, hits: 2, damage: 18, frags: 1, taken: 1, suffered: 2.25 });
    expect(playOf(players, "blue")).toEqual({ shots: 1, hits: 1, damage: 2.25, frags: 0, taken: 2, suffered: 18 });
    expect(percent(hitRate(playOf(players, "red")))).toBe("67 %");
    expect(costOfHit(playOf(players, "red"))).toBe(2.25);
  });

  it("of somebody who did nothing says nothing", () => {
    const nobody = playOf(countPlay(LOG), "green");
    expect([hitRate(nobody), costOfHit(nobody)]).toEqual([0, 0]);
  });
});

describe("two parts of hits", () => {
  it("are so many standard errors apart", () => {
    const errors = errorsApart({ shots: 100, hits: 53 }, { shots: 200, hits: 26 });
    expect(errors).toBeCloseTo(7.4, 1);
    expect(errorsApart({ shots: 200, hits: 26 }, { shots: 100, hits: 53 })).toBeCloseTo(-errors, 10);
    expect(errorsApart({ shots: 100, hits: 22 }, { shots: 105, hits: 31 })).toBeGreaterThan(-CHANCE);
  });

  it("are not, where nobody shot or all of both hit", () => {
    expect(errorsApart({ shots: 0, hits: 0 }, { shots: 200, hits: 26 })).toBe(0);
    expect(errorsApart({ shots: 10, hits: 10 }, { shots: 20, hits: 20 })).toBe(0);
  });
});

describe("what the server says of places", () => {
  it("is read with who had whom in sight", () => {
    const log = [
      "[2026-11-24 00:10:33] terra: at blue ' 12.5  -3.0  24.0'",
      "[2026-11-24 00:10:33] terra: hidden red blue",
      "[2026-11-24 00:10:34] terra: at red '  1.0   2.0   3.0'\r",
      "[2026-11-24 00:10:34] terra: sees blue red\r",
      "[2026-11-24 00:10:34] terra: shot red",
    ].join("\n");
    expect(truths(log)).toEqual([
      {
        time: Date.UTC(2026, 10, 24, 0, 10, 33),
        name: "blue",
        place: [12.5, -3, 24],
        sight: new Map([["red", "hidden"]]),
      },
      { time: Date.UTC(2026, 10, 24, 0, 10, 34), name: "red", place: [1, 2, 3], sight: new Map([["blue", "sees"]]) },
    ]);
  });

  it("leaves out what is no place, and what is said of another one than the last", () => {
    const line = (words: string) => `[2026-11-24 00:10:34] terra: ${words}\n`;
    expect(truths(line("at blue '12.5 -3'") + line("at red '1 2 3'") + line("hidden red blue"))).toEqual([
      { time: Date.UTC(2026, 10, 24, 0, 10, 34), name: "red", place: [1, 2, 3], sight: new Map() },
    ]);
  });

  it("is compared by distance, and by the middle one of many", () => {
    expect(distance([0, 0, 0], [3, 4, 12])).toBe(13);
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });
});
