import { describe, expect, it } from "vitest";
import { u8 } from "../../network/testing/build.ts";
import {
  BLUE,
  command,
  datagram,
  move,
  playerWith,
  RED,
  SERVER,
  self,
  toClient,
  toServer,
} from "../../network/testing/quake.ts";
import { aimsOf, arrivals, silentPart, typical } from "./packets.ts";

const NOTHING = u8(0, 20);
const fires = (sequence: number, acknowledges: number, buttons = 1) =>
  toServer(BLUE, { sequence, acknowledges }, move(NOTHING, NOTHING, command({ buttons, msec: 40 })));
const DEAD = 1 << 9;
/** What the server tells blue: herself, and red, who is at x. */
const tells = (sequence: number, x: number, flags = 0) =>
  toClient(BLUE, { sequence }, self(0, [0, 0, 24], flags), playerWith(1, [x, 0, 24], command({ msec: 40 })));
const at = (time: number, bytes: Uint8Array) => ({ time, bytes });

describe("what a client shoots at", () => {
  it("is as old as the packet that it knew, and red has gone on since", () => {
    const frames = [at(0, tells(1, 100)), at(40, tells(2, 110)), at(60, fires(7, 1)), at(80, tells(3, 130))];
    expect(aimsOf(frames, "10.0.0.2")).toEqual([{ age: 60, gone: 30 }]);
    expect(aimsOf(frames, "10.0.0.3")).toEqual([]);
  });

  it("counts the server's packets from when they were sent, and the client's when they arrive", () => {
    const held = [tells(1, 100), fires(7, 1)];
    const frames = [
      at(0, tells(1, 100)),
      at(250, held[0] ?? u8()),
      at(300, fires(7, 1)),
      at(550, held[1] ?? u8()),
      at(560, tells(2, 200)),
    ];
    expect(aimsOf(frames, "10.0.0.2")).toEqual([{ age: 550, gone: 100 }]);
  });

  it("is nothing where nobody fires, or somebody dead wants to come back", () => {
    expect(aimsOf([at(0, tells(1, 100)), at(60, fires(7, 1, 2)), at(80, tells(2, 130))], "10.0.0.2")).toEqual([]);
    expect(aimsOf([at(0, tells(1, 100, DEAD)), at(60, fires(7, 1)), at(80, tells(2, 130))], "10.0.0.2")).toEqual([]);
  });

  it("has no way where nobody says where red is then, or he came back somewhere else", () => {
    expect(aimsOf([at(0, tells(1, 100)), at(60, fires(7, 1)), at(900, tells(2, 130))], "10.0.0.2")).toEqual([
      { age: 60 },
    ]);
    expect(aimsOf([at(0, tells(1, 100)), at(60, fires(7, 1)), at(90, tells(2, 1300))], "10.0.0.2")).toEqual([
      { age: 60 },
    ]);
  });

  it("is told by the middle age and the mean way, of shots that have both", () => {
    expect(typical([{ age: 50, gone: 10 }, { age: 500 }, { age: 60, gone: 30 }])).toEqual({
      age: 60,
      gone: 20,
      shots: 2,
    });
  });
});

describe("a client's packets at the server", () => {
  it("arrive when they were last on the wire, and only their own count", () => {
    const other = toServer(RED, { sequence: 1 }, move(NOTHING, NOTHING, NOTHING));
    const frames = [at(0, fires(1, 1)), at(10, other), at(40, fires(2, 1)), at(800, fires(1, 1)), at(801, fires(2, 1))];
    expect(arrivals(frames, "10.0.0.2")).toEqual([800, 801]);
    expect(arrivals(frames, "10.0.0.3")).toEqual([10]);
  });

  it("are not those that a proxy, as the server of somebody else, sends him", () => {
    const passedOn = datagram({ ip: BLUE.ip, port: SERVER.port }, RED, tells(1, 100).subarray(42));
    expect(arrivals([at(0, fires(1, 1)), at(500, passedOn)], BLUE.ip)).toEqual([0]);
  });

  it("are silent for the part of the time in which nothing came for long", () => {
    expect(silentPart([0, 100, 200, 1000], 400)).toBe(0.8);
    expect(silentPart([0, 100, 200], 400)).toBe(0);
    expect([silentPart([], 400), silentPart([5], 400)]).toEqual([0, 0]);
  });
});
