import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frames, networkSwitch } from "./switch.ts";

const frame = (...bytes: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);

/** Devices that keep what they receive. */
function bench(...devices: string[]) {
  const observed: string[] = [];
  const device = networkSwitch((from, to, frames) => observed.push(`${from}>${to}:${frames.length}`));
  const got: Record<string, Frames[]> = {};
  const plug = (id: string) => {
    const list: Frames[] = [];
    got[id] = list;
    device.plug(id, (frames) => list.push(frames));
  };
  devices.forEach(plug);
  const seen = () =>
    Object.fromEntries(
      Object.entries(got)
        .filter(([, batches]) => batches.length > 0)
        .map(([id, batches]) => [id, batches.flat().map((each) => [...each])]),
    );
  return { ...device, got, plug, seen, observed };
}

describe("the switch", () => {
  it("forwards between connected devices and nowhere else", () => {
    const { connect, disconnect, forward, seen } = bench("a", "b", "c");
    forward("a", [frame(1)]);
    expect(seen()).toEqual({});
    connect("a", "b");
    forward("a", [frame(2), frame(3)]);
    forward("b", [frame(4)]);
    forward("c", [frame(5)]);
    expect(seen()).toEqual({ b: [[2], [3]], a: [[4]] });
    disconnect("b", "a");
    forward("a", [frame(6)]);
    forward("b", [frame(7)]);
    expect(seen()).toEqual({ b: [[2], [3]], a: [[4]] });
  });

  it("passes nothing on from one connection of a device to another", () => {
    const { connect, forward, seen } = bench("a", "hub", "b");
    connect("a", "hub");
    connect("b", "hub");
    forward("a", [frame(1)]);
    expect(seen()).toEqual({ hub: [[1]] });
    forward("hub", [frame(2)]);
    expect(seen()).toEqual({ hub: [[1]], a: [[2]], b: [[2]] });
  });

  it("gives each receiver frames of its own, and copies for all but one", () => {
    const { connect, forward, got } = bench("a", "b", "c", "d");
    for (const peer of ["b", "c", "d"]) connect("a", peer);
    const sent = frame(1, 2, 3);
    forward("a", [sent]);
    const [b, c, d] = ["b", "c", "d"].map((id) => got[id]?.[0]?.[0]);
    expect(d).toBe(sent);
    b?.fill(9);
    expect([...(c ?? [])]).toEqual([1, 2, 3]);
    expect([...(d ?? [])]).toEqual([1, 2, 3]);
  });

  it("drops what is for a device that is not plugged in, and keeps its connections", () => {
    const { connect, forward, plug, unplug, seen, observed, connectedTo } = bench("a");
    connect("a", "b");
    forward("a", [frame(1)]);
    plug("b");
    forward("a", [frame(2)]);
    unplug("b");
    forward("a", [frame(3)]);
    expect(seen()).toEqual({ b: [[2]] });
    expect(observed).toEqual(["a>b:1"]);
    expect(connectedTo("b")).toEqual(["a"]);
  });

  it("forgets a device that is removed", () => {
    const { connect, forward, remove, connectedTo, seen } = bench("a", "b", "c");
    connect("a", "b");
    connect("c", "b");
    remove("b");
    expect(["a", "b", "c"].map(connectedTo)).toEqual([[], [], []]);
    forward("a", [frame(1)]);
    forward("b", [frame(1)]);
    expect(seen()).toEqual({});
    connect("a", "b");
    expect(connectedTo("a")).toEqual(["b"]);
  });

  it("refuses a connection with itself, a second one, and the end of one that is not there", () => {
    const { connect, disconnect } = bench();
    expect(() => connect("a", "a")).toThrow(/^bad-argument: a cannot be connected with itself/);
    expect(() => disconnect("a", "b")).toThrow(/^bad-state: a and b are not connected/);
    connect("a", "b");
    expect(() => connect("b", "a")).toThrow(/^bad-state: b and a are connected already/);
  });
});

const IDS = ["a", "b", "c", "d", "e"];
const id = fc.constantFrom(...IDS);
const step = fc.oneof(
  fc.record({ what: fc.constantFrom("connect" as const, "disconnect" as const), a: id, b: id }),
  fc.record({ what: fc.constantFrom("plug" as const, "unplug" as const, "remove" as const), a: id }),
  fc.record({ what: fc.constant("forward" as const), a: id, count: fc.integer({ min: 1, max: 3 }) }),
);

it("does what a list of pairs does, whatever happens", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const real = networkSwitch();
      const pairs = new Set<string>();
      const plugged = new Set<string>();
      const key = (a: string, b: string) => [a, b].sort().join();
      let got: [string, number][] = [];
      let sent = 0;
      for (const each of steps) {
        if (each.what === "connect" || each.what === "disconnect") {
          const { a, b } = each;
          const there = pairs.has(key(a, b));
          const right = a !== b && there === (each.what === "disconnect");
          if (right) real[each.what](a, b);
          else expect(() => real[each.what](a, b)).toThrow(/^bad-(argument|state): /);
          if (right && there) pairs.delete(key(a, b));
          else if (right) pairs.add(key(a, b));
        } else if (each.what === "forward") {
          got = [];
          const frames = Array.from({ length: each.count }, () => frame(++sent & 255));
          const numbers = frames.map(([first]) => first ?? 0);
          real.forward(each.a, frames);
          const expected = IDS.filter((to) => plugged.has(to) && pairs.has(key(each.a, to))).flatMap((to) =>
            numbers.map((number): [string, number] => [to, number]),
          );
          expect(got.sort()).toEqual(expected.sort());
        } else {
          const { a } = each;
          if (each.what === "plug")
            real.plug(a, (frames) => got.push(...frames.map(([n]): [string, number] => [a, n ?? 0])));
          else real[each.what](a);
          if (each.what === "plug") plugged.add(a);
          else plugged.delete(a);
          if (each.what === "remove")
            for (const pair of [...pairs]) if (pair.split(",").includes(a)) pairs.delete(pair);
        }
        for (const a of IDS) {
          const peers = IDS.filter((b) => pairs.has(key(a, b)));
          expect(real.connectedTo(a).sort()).toEqual(peers);
        }
      }
    }),
    { numRuns: 500 },
  );
});
