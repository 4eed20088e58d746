import { describe, expect, it } from "vitest";
import { GATHER_MS, observeQuake } from "./quake-log.ts";
import { u8, udp } from "./testing/build.ts";
import { BLUE, command, move, outside, RED, SERVER, self, toClient, toServer, zero } from "./testing/quake.ts";

const MOVE = move(u8(0, 20), u8(0, 20), command({ pitch: 1, yaw: 2, msec: 40 }));

/** Each frame at its time, then what is due when all were heard. */
function heard(...frames: [number, Uint8Array][]) {
  const observer = observeQuake();
  const told = frames.flatMap(([at, bytes]) => observer.push({ at, from: "alice/eth0", bytes }, at).told);
  return { observer, told };
}

describe("QuakeWorld in a list of messages", () => {
  it("what comes with every packet is told once a second and side, with the last packet", () => {
    const moves = Array.from({ length: 20 }, (_, at): [number, Uint8Array] => [
      at * 40,
      toServer(BLUE, { sequence: at + 1 }, MOVE),
    ]);
    const { observer, told } = heard(...moves, [100, toClient(RED, {}, self(0, [1, 2, 3]))]);
    expect(told).toEqual([]);
    expect(observer.due).toBe(GATHER_MS);
    expect(observer.flush(GATHER_MS - 1)).toEqual([]);
    expect(observer.flush(GATHER_MS)).toEqual([
      {
        at: 760,
        from: "alice/eth0",
        frame: moves.at(-1)?.[1],
        summary: "10.0.0.2:27001 → 10.0.0.1:27500 QuakeWorld 20 packets, the last: move pitch 1.0° yaw 2.0°, 40 ms",
      },
    ]);
    expect(observer.due).toBe(100 + GATHER_MS);
    expect(observer.flush(5000).map(({ summary }) => summary)).toEqual([
      "10.0.0.1:27500 → 10.0.0.3:27002 QuakeWorld playerinfo 0 at 1.0 2.0 3.0",
    ]);
    expect(observer.due).toBeUndefined();
  });

  it("anything else is told at once, behind what came before it", () => {
    const { observer, told } = heard(
      [0, toServer(BLUE, {}, MOVE)],
      [10, toServer(BLUE, {}, MOVE, u8(4), zero("say hello"))],
      [20, outside(RED, SERVER, "getchallenge\n")],
    );
    expect(told.map(({ at, summary }) => [at, summary.split("QuakeWorld ")[1]?.slice(0, 21)])).toEqual([
      [0, "move pitch 1.0° yaw 2"],
      [10, 'stringcmd "say hello"'],
      [20, "getchallenge"],
    ]);
    expect(observer.due).toBeUndefined();
  });

  it("what is unreadable is told, and what is no QuakeWorld is left to others", () => {
    const odd = toClient(BLUE, {}, u8(200));
    expect(heard([0, odd]).told[0]?.summary).toMatch(/message type 200 is not known/);
    const { taken } = observeQuake().push({ at: 0, from: "x", bytes: udp(53, 53, u8(1)) }, 0);
    expect(taken).toBe(false);
  });

  it("senders are kept apart, and of too many the first are told early", () => {
    const observer = observeQuake();
    const told = Array.from({ length: 70 }, (_, at) =>
      observer.push({ at, from: `end${at}`, bytes: toServer(BLUE, {}, MOVE) }, at),
    ).flatMap((each) => each.told);
    expect(told.map(({ from }) => from)).toEqual(["end0", "end1", "end2", "end3", "end4", "end5"]);
  });
});
