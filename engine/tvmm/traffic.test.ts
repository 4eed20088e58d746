import { describe, expect, it } from "vitest";
import type { OwnerEvent } from "../protocol/owner.ts";
import { TOLD_PER_SECOND, TRAFFIC_MS, traffic } from "./traffic.ts";

const frame = (first: number) => Uint8Array.from([first, 2, 3]);

/** Devices that begin with "open" or "eth" are visible; the test moves the clock. */
function bench() {
  const events: Extract<OwnerEvent, { type: "traffic" }>[] = [];
  let timers: { at: number; callback: () => void }[] = [];
  let now = 1000;
  const told = traffic({
    visible: (device) => /^(open|eth)/.test(device),
    emit: (event) => event.type === "traffic" && events.push(event),
    after: (ms, callback) => void timers.push({ at: now + ms, callback }),
    now: () => now,
  });
  const pass = (ms: number) => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { callback } of due) callback();
  };
  return { ...told, events, pass, timers: () => timers.length };
}

describe("what the owner is told of traffic", () => {
  it("is what an open box's card or a physical one sends or receives, and nothing between closed boxes", () => {
    const { observe, events, flush } = bench();
    observe("closed1", "closed2", [frame(1)]);
    observe("closed1", "open1", [frame(2)]);
    observe("open1", "closed1", [frame(3)]);
    observe("closed1", "eth0", [frame(4)]);
    flush();
    expect(events.map(({ from, to, frames }) => [from, to, frames[0]?.[0]])).toEqual([
      ["closed1", "open1", 2],
      ["open1", "closed1", 3],
      ["closed1", "eth0", 4],
    ]);
  });

  it("comes in one event for each direction every 20 ms, with copies, and with no clock running in between", () => {
    const { observe, events, pass, timers } = bench();
    const sent = frame(1);
    observe("open1", "open2", [sent]);
    sent.fill(9);
    pass(TRAFFIC_MS - 1);
    observe("open1", "open2", [frame(4), frame(5)]);
    observe("open2", "open1", [frame(6)]);
    expect(events).toEqual([]);
    pass(1);
    expect(events).toEqual([
      { type: "traffic", at: 1000, from: "open1", to: "open2", frames: [frame(1), frame(4), frame(5)], skipped: 0 },
      { type: "traffic", at: 1019, from: "open2", to: "open1", frames: [frame(6)], skipped: 0 },
    ]);
    expect(timers()).toBe(0);
    pass(1000);
    expect(events).toHaveLength(2);
  });

  it("is a number for what goes over 200 frames of a connection in a second", () => {
    const { observe, events, pass } = bench();
    const many = (count: number) => Array.from({ length: count }, () => frame(0));
    observe("open1", "open2", many(150));
    observe("open2", "open1", many(80));
    observe("open1", "open3", many(10));
    pass(TRAFFIC_MS);
    const counts = () => events.splice(0).map(({ from, to, frames, skipped }) => [from, to, frames.length, skipped]);
    expect(counts()).toEqual([
      ["open1", "open2", 150, 0],
      ["open2", "open1", TOLD_PER_SECOND - 150, 30],
      ["open1", "open3", 10, 0],
    ]);
    observe("open1", "open2", many(3));
    pass(TRAFFIC_MS);
    expect(counts()).toEqual([["open1", "open2", 0, 3]]);
    pass(1000);
    observe("open1", "open2", many(3));
    pass(TRAFFIC_MS);
    expect(counts()).toEqual([["open1", "open2", 3, 0]]);
  });
});
