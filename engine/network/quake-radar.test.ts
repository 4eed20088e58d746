import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quakeRadar } from "./quake-radar.ts";
import { join, u8 } from "./testing/build.ts";
import {
  BLUE,
  command,
  datagram,
  move,
  playerWith,
  RED,
  SERVER,
  self,
  serverData,
  toClient,
  toServer,
  userInfo,
  zero,
} from "./testing/quake.ts";

const LOOKING = command({ pitch: 4, yaw: 90, msec: 40 });
const feed = (radar: ReturnType<typeof quakeRadar>, ...frames: Uint8Array[]) =>
  frames.flatMap((bytes, at) => radar.push({ time: at, bytes }));

describe("a radar of nothing but frames", () => {
  it("has everybody's place, name and look from what one client is told", () => {
    const radar = quakeRadar();
    const seen = feed(
      radar,
      toClient(RED, {}, serverData(1), userInfo(0, "\\name\\blue"), userInfo(1, "\\name\\red")),
      toServer(RED, {}, move(u8(0, 20), u8(0, 20), command({ pitch: -3, yaw: 180, msec: 40 }))),
      toClient(RED, {}, self(1, [10, 20, 30]), playerWith(0, [-100.5, 7, 24], LOOKING)),
    );
    const told = { time: 2, dead: false, client: "10.0.0.3:27002" };
    expect(seen).toEqual([
      {
        ...told,
        player: 1,
        name: "red",
        place: [10, 20, 30],
        looks: { pitch: expect.closeTo(-3, 2), yaw: 180 },
        own: true,
      },
      {
        ...told,
        player: 0,
        name: "blue",
        place: [-100.5, 7, 24],
        looks: { pitch: expect.closeTo(4, 2), yaw: 90 },
        own: false,
      },
    ]);
    expect([...radar.players.values()].map(({ name }) => name).toSorted()).toEqual(["blue", "red"]);
  });

  it("keeps names by the server that gave them, as they are now", () => {
    const radar = quakeRadar();
    const other = { ip: "10.0.0.4", port: 27500 };
    const through = (...messages: Uint8Array[]) => datagram(other, RED, join(new Uint8Array(8), ...messages));
    feed(radar, toClient(BLUE, {}, userInfo(0, "\\name\\blue")), through(userInfo(0, "\\name\\somebody")));
    const [first, second] = feed(radar, toClient(BLUE, {}, self(0, [0, 0, 0])), through(self(0, [1, 1, 1])));
    expect([first?.name, second?.name]).toEqual(["blue", "somebody"]);
    const [renamed] = feed(radar, toClient(BLUE, {}, u8(51, 0), zero("name"), zero("azure"), self(0, [0, 0, 0])));
    expect(renamed?.name).toBe("azure");
    const [gone] = feed(radar, toClient(BLUE, {}, userInfo(0, ""), self(0, [0, 0, 0])));
    expect(gone?.name).toBe("");
  });

  it("says nothing of what it was not told: no name, no look, and not whose screen it is", () => {
    const [seen] = feed(quakeRadar(), toClient(BLUE, {}, self(3, [1, 2, 3], 512)));
    expect(seen).toEqual({
      time: 0,
      player: 3,
      name: "",
      place: [1, 2, 3],
      dead: true,
      client: "10.0.0.2:27001",
      own: false,
    });
  });

  it("believes nothing of a packet that is no server's, and takes what is whole of one that is cut short", () => {
    const from = { ip: SERVER.ip, port: 4000 };
    const alike = datagram(from, BLUE, join(new Uint8Array(8), self(0, [0, 0, 0])));
    const cut = toClient(BLUE, {}, self(0, [8, 8, 8]), u8(42, 1, 0));
    expect(feed(quakeRadar(), alike)).toEqual([]);
    expect(feed(quakeRadar(), cut).map(({ place }) => place)).toEqual([[8, 8, 8]]);
  });

  it("stands any bytes, and forgets who is long gone", () => {
    const radar = quakeRadar();
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 300 }), (last, bytes) => {
        radar.push({ time: 0, bytes });
        radar.push({ time: 0, bytes: datagram(SERVER, { ip: `10.0.1.${last}`, port: 9 }, bytes) });
        expect(radar.players.size).toBeLessThanOrEqual(256);
      }),
      { numRuns: 1000 },
    );
  });
});
