import { describe, expect, test } from "vitest";
import { BLUE, command, move, RED, toServer } from "../../engine/network/testing/quake.ts";
import { compareMoves } from "./moves.ts";

const PROXY = { ip: "10.0.0.4", port: 27003 };
const honest = move(command({ msec: 40 }), command({ msec: 40 }), command({ yaw: 90, pitch: 2, msec: 40 }));
const aimed = move(command({ msec: 40 }), command({ msec: 40 }), command({ yaw: -45, pitch: 2, msec: 40 }));

describe("both sides of a proxy", () => {
  test("a move that is passed on as it is", () => {
    const comparer = compareMoves();
    expect(comparer.push(toServer(RED, { sequence: 5, qport: 9 }, honest))).toBeUndefined();
    const pair = comparer.push(toServer(PROXY, { sequence: 5, qport: 9 }, honest));
    expect(pair).toMatchObject({ changed: [], fields: [], before: { source: "10.0.0.3:27002", number: 5 } });
    expect([comparer.seen, comparer.rewritten]).toEqual([1, 0]);
  });

  test("a move whose angle is another one", () => {
    const comparer = compareMoves();
    comparer.push(toServer(RED, { sequence: 6, qport: 9 }, honest));
    const pair = comparer.push(toServer(PROXY, { sequence: 6, qport: 9 }, aimed));
    expect(pair?.fields).toMatchObject([{ name: "Yaw", length: 2, before: "90.0°", after: "315.0°" }]);
    const [yaw] = pair?.fields ?? [];
    expect(pair?.changed.every((at) => at >= (yaw?.offset ?? 0) && at < (yaw?.offset ?? 0) + 2)).toBe(true);
    expect([comparer.seen, comparer.rewritten]).toEqual([1, 1]);
  });

  test("packets of other players, other numbers or the same side are no pair", () => {
    const comparer = compareMoves();
    const pushed = [
      toServer(RED, { sequence: 7, qport: 9 }, honest),
      toServer(RED, { sequence: 7, qport: 9 }, honest),
      toServer(PROXY, { sequence: 8, qport: 9 }, aimed),
      toServer(BLUE, { sequence: 7, qport: 10 }, aimed),
    ].map((frame) => comparer.push(frame));
    expect(pushed).toEqual([undefined, undefined, undefined, undefined]);
    expect(comparer.seen).toBe(0);
  });
});
