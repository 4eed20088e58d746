import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepScore, LAST_SHOTS } from "./score.ts";

const log = `Culvert server
terra: join red
terra: join blue
terra: shot red
terra: hit red blue 9
terra: shot blue
terra: shot red
red says hello
terra: shot red
terra: hit red blue 9
terra: frag red blue
`;

describe("the score that a server's log gives", () => {
  test("counts shots, hits, frags and deaths of each player", () => {
    const score = keepScore();
    expect(score.push(log)).toBe(true);
    expect(score.players.get("red")).toMatchObject({
      shots: 3,
      hits: 2,
      frags: 1,
      deaths: 0,
      rates: [1, 1 / 2, 2 / 3],
    });
    expect(score.players.get("blue")).toMatchObject({ shots: 1, hits: 0, frags: 0, deaths: 1, rates: [0] });
  });

  test("is the same however the log comes in pieces", () => {
    const whole = keepScore();
    whole.push(log);
    fc.assert(
      fc.property(fc.array(fc.nat(log.length), { maxLength: 12 }), (cuts) => {
        const pieces = keepScore();
        const places = [0, ...cuts.toSorted((a, b) => a - b), log.length];
        for (const [index, from] of places.entries()) pieces.push(log.slice(from, places[index + 1] ?? log.length));
        expect([...pieces.players]).toEqual([...whole.players]);
      }),
    );
  });

  test("the rate is that of the last shots only", () => {
    const score = keepScore();
    score.push("terra: shot red\nterra: hit red blue\n".repeat(LAST_SHOTS));
    score.push("terra: shot red\n".repeat(LAST_SHOTS / 2));
    expect(score.players.get("red")?.rates.at(-1)).toBe(0.5);
    expect(score.players.get("red")?.hits).toBe(LAST_SHOTS);
  });

  test("what is no line of the rules counts for nothing", () => {
    const score = keepScore();
    expect(score.push("red: rocket\nterra: \nterra: shot\nterra: dance red\n")).toBe(false);
    expect(score.players.size).toBe(0);
  });
});
