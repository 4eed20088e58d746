import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countShots, LAST_SHOTS } from "./quake-shots.ts";
import { join, u8 } from "./testing/build.ts";
import { BLUE, le16, place, RED, self, serverData, toClient } from "./testing/quake.ts";

const TEMPORARY = 23;
const beam = (player: number) => join(u8(TEMPORARY, 6), le16(player + 1), place(0, 0, 0), place(8, 8, 8));
const blood = join(u8(TEMPORARY, 12, 1), place(8, 8, 8));
const wall = join(u8(TEMPORARY, 2, 1), place(8, 8, 8));
/** Player 0 is blue, player 1 red; each is sent his own place without his keys. */
const toBlue = (...messages: Uint8Array[]) => toClient(BLUE, {}, self(0, [0, 0, 0]), ...messages);
const toRed = (...messages: Uint8Array[]) => toClient(RED, {}, self(1, [0, 0, 0]), ...messages);

describe("shots, as a server's packets tell them", () => {
  test("each is counted once, as it is told to him who fired it", () => {
    const counter = countShots();
    expect(counter.push(toBlue(beam(0), blood, beam(1), wall))).toBe(true);
    expect(counter.push(toRed(beam(0), blood, beam(1), wall, beam(1), blood))).toBe(true);
    expect(counter.players.get(0)).toMatchObject({ shots: 1, hits: 1, rates: [1] });
    expect(counter.players.get(1)).toMatchObject({ shots: 2, hits: 1, rates: [0, 1 / 2] });
  });

  test("a shot that ends nowhere is no hit, and nor is another one's blood", () => {
    const counter = countShots();
    counter.push(toBlue(beam(0), beam(1), blood));
    expect(counter.players.get(0)).toMatchObject({ shots: 1, hits: 0 });
    expect(counter.push(toBlue(blood))).toBe(false);
    expect(counter.players.get(0)).toMatchObject({ shots: 1, hits: 0 });
  });

  test("the rate is that of the last shots only", () => {
    const counter = countShots();
    for (let at = 0; at < LAST_SHOTS; at += 1) counter.push(toBlue(beam(0), blood));
    for (let at = 0; at < LAST_SHOTS / 2; at += 1) counter.push(toBlue(beam(0), wall));
    expect(counter.players.get(0)?.rates.at(-1)).toBe(0.5);
    expect(counter.players.get(0)?.hits).toBe(LAST_SHOTS);
  });

  test("who the client is says the server's first packet, whatever comes later", () => {
    const counter = countShots();
    counter.push(toClient(RED, {}, serverData(1)));
    counter.push(toClient(RED, {}, self(0, [0, 0, 0]), beam(1), blood));
    expect([...counter.players.keys()]).toEqual([1]);
  });

  test("arbitrary frames count for nothing and break nothing", () => {
    const counter = countShots();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (frame) => counter.push(frame) === false));
  });
});
