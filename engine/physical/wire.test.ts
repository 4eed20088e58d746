import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WireFrame } from "../protocol/media.ts";
import { type Card, createWire, HELD_FRAMES, HOLD_MS, RING_BYTES, RING_FRAMES } from "./wire.ts";

/** A clock that stands still until it is told to go on. */
function stillClock() {
  let now = 0;
  let timers: { at: number; act: () => void }[] = [];
  return {
    now: () => now,
    after(ms: number, act: () => void) {
      const timer = { at: now + ms, act };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    forward(ms: number) {
      now += ms;
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers = timers.filter((each) => each !== timer);
        timer.act();
      }
    },
    waiting: () => timers.length,
  };
}

interface Told {
  interceptor: string;
  held: number;
  frame: WireFrame;
}

function lan() {
  const clock = stillClock();
  const recorded: WireFrame[] = [];
  const held: Told[] = [];
  const letGo: number[] = [];
  const wire = createWire("lan", clock, {
    recorded: (frame) => recorded.push(frame),
    held: (interceptor, number, frame) => held.push({ interceptor, held: number, frame }),
    letGo: (_, number) => letGo.push(number),
  });
  const plug = (name: string) => {
    const got: Uint8Array[] = [];
    return Object.assign(
      wire.plug(`${name}/eth0`, (bytes) => got.push(bytes)),
      { got },
    );
  };
  return { clock, recorded, held, letGo, wire, plug };
}

/** Frames that differ by a number. */
const frame = (number: number, length = 60) => {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
};
const number = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
const numbers = (list: Uint8Array[]) => list.map(number);

describe("a wire", () => {
  it("brings a frame to every card but its sender's", () => {
    const { plug } = lan();
    const [alice, bob, carol] = [plug("alice"), plug("bob"), plug("carol")];
    alice.send(frame(1));
    bob.send(frame(2));
    expect([alice, bob, carol].map(({ got }) => numbers(got))).toEqual([[2], [1], [1, 2]]);
  });

  it("loses, doubles and reorders nothing by itself, whoever sends and whichever cards come and go", () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ do: fc.constant("send" as const), card: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("plug" as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("unplug" as const), card: fc.nat(3) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { plug, wire } = lan();
        const cards: { card: Card & { got: Uint8Array[] }; expected: number[]; there: boolean }[] = [];
        let sent = 0;
        for (const each of steps) {
          if (each.do === "plug") {
            cards.push({ card: plug(`machine${cards.length}`), expected: [], there: true });
            continue;
          }
          const chosen = cards[each.card % Math.max(1, cards.length)];
          if (!chosen) continue;
          if (each.do === "unplug") {
            chosen.card.unplug();
            chosen.there = false;
            continue;
          }
          sent += 1;
          chosen.card.send(frame(sent));
          // What an unplugged card sends goes nowhere.
          if (!chosen.there) continue;
          for (const other of cards) if (other !== chosen && other.there) other.expected.push(sent);
        }
        for (const { card, expected } of cards) expect(numbers(card.got)).toEqual(expected);
        expect(wire.cards).toBe(cards.filter(({ there }) => there).length);
      }),
    );
  });

  it("keeps what went over it, numbered from 1, with who sent it and when", () => {
    const { plug, wire, clock } = lan();
    const alice = plug("alice");
    alice.send(frame(1));
    clock.forward(5);
    wire.inject(frame(2));
    expect(wire.frames(0, 10)).toEqual([
      { sequence: 1, at: 0, from: "alice/eth0", bytes: frame(1) },
      { sequence: 2, at: 5, from: "attacker", bytes: frame(2) },
    ]);
    expect(wire.frames(1, 10).map(({ sequence }) => sequence)).toEqual([2]);
    expect(wire.frames(0, 1).map(({ sequence }) => sequence)).toEqual([1]);
    expect(wire.frames(2, 10)).toEqual([]);
  });

  it("keeps the last frames only, and of those so many bytes", () => {
    const short = lan();
    const more = 20_000;
    for (let at = 1; at <= RING_FRAMES + more; at++) short.wire.inject(frame(at, 14));
    const kept = short.wire.frames(0, RING_FRAMES * 2);
    expect(kept).toHaveLength(RING_FRAMES);
    expect(kept[0]?.sequence).toBe(more + 1);
    expect(short.wire.frames(more + 7, 2).map(({ sequence }) => sequence)).toEqual([more + 8, more + 9]);
    const long = lan();
    for (let at = 1; at <= RING_BYTES / 1500 + 10; at++) long.wire.inject(frame(at, 1500));
    const bytes = long.wire.frames(0, RING_FRAMES).reduce((sum, each) => sum + each.bytes.length, 0);
    expect(bytes).toBeLessThanOrEqual(RING_BYTES);
    expect(bytes).toBeGreaterThan(RING_BYTES - 1500);
  });

  it("lets an attacker's frame reach everybody", () => {
    const { plug, wire } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    wire.inject(frame(7));
    expect([numbers(alice.got), numbers(bob.got)]).toEqual([[7], [7]]);
  });
});

describe("an interceptor", () => {
  it("drops, changes, multiplies or passes on, and what it made is the attacker's", () => {
    const { plug, wire, held, recorded } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    const id = wire.intercept();
    for (let at = 1; at <= 4; at++) alice.send(frame(at));
    expect(bob.got).toEqual([]);
    const answers = [[], [frame(20)], [frame(3), frame(3)], [frame(4)]];
    for (const [at, { held: number }] of held.entries()) wire.pass(id, number, answers[at] ?? []);
    expect(numbers(bob.got)).toEqual([20, 3, 3, 4]);
    expect(alice.got).toEqual([]);
    expect(recorded.map(({ from, bytes }) => [from, number(bytes)])).toEqual([
      ["alice/eth0", 1],
      ["alice/eth0", 2],
      ["alice/eth0", 3],
      ["alice/eth0", 4],
      ["attacker", 20],
      ["attacker", 3],
    ]);
  });

  it("holds up what comes behind a frame that it has not answered for", () => {
    const { plug, wire, held } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    const id = wire.intercept();
    for (let at = 1; at <= 3; at++) alice.send(frame(at));
    wire.pass(id, held[2]?.held ?? 0, [frame(3)]);
    wire.pass(id, held[1]?.held ?? 0, []);
    expect(bob.got).toEqual([]);
    wire.pass(id, held[0]?.held ?? 0, [frame(1)]);
    expect(numbers(bob.got)).toEqual([1, 3]);
  });

  it("that does not answer in time has its frame passed on, once", () => {
    const { plug, wire, held, letGo, clock } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    const id = wire.intercept();
    alice.send(frame(1));
    clock.forward(HOLD_MS - 1);
    alice.send(frame(2));
    expect(bob.got).toEqual([]);
    clock.forward(1);
    expect(numbers(bob.got)).toEqual([1]);
    const first = held[0]?.held ?? 0;
    expect(letGo).toEqual([first]);
    expect(() => wire.pass(id, first, [frame(9)])).toThrow("bad-state");
    clock.forward(HOLD_MS);
    expect(numbers(bob.got)).toEqual([1, 2]);
    expect(clock.waiting()).toBe(0);
  });

  it("holds only so many frames", () => {
    const { plug, wire, letGo } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    wire.intercept();
    for (let at = 1; at <= HELD_FRAMES + 2; at++) alice.send(frame(at));
    expect(numbers(bob.got)).toEqual([1, 2]);
    expect(letGo).toHaveLength(2);
  });

  it("answers for a frame once, and for none that it does not hold", () => {
    const { plug, wire, held } = lan();
    const alice = plug("alice");
    const [one, two] = [wire.intercept(), wire.intercept()];
    alice.send(frame(1));
    alice.send(frame(2));
    const second = held[1]?.held ?? 0;
    wire.pass(one, second, [frame(2)]);
    expect(() => wire.pass(one, second, [frame(2)])).toThrow("bad-state");
    expect(() => wire.pass(two, second, [frame(2)])).toThrow("bad-state");
    expect(() => wire.pass("nobody", second, [frame(2)])).toThrow("bad-state");
    wire.stopIntercept(one);
    expect(() => wire.stopIntercept(one)).toThrow("bad-state");
  });

  it("stands in a row with others, in the order in which they were made", () => {
    const { plug, wire, held } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    const [one, two] = [wire.intercept(), wire.intercept()];
    alice.send(frame(1));
    expect(held.map(({ interceptor }) => interceptor)).toEqual([one]);
    wire.pass(one, held[0]?.held ?? 0, [frame(10), frame(11)]);
    expect(held.slice(1).map(({ interceptor, frame: { from, bytes } }) => [interceptor, from, number(bytes)])).toEqual([
      [two, "attacker", 10],
      [two, "attacker", 11],
    ]);
    expect(bob.got).toEqual([]);
    for (const {
      held: number,
      frame: { bytes },
    } of held.slice(1))
      wire.pass(two, number, [bytes]);
    expect(numbers(bob.got)).toEqual([10, 11]);
    expect(alice.got).toEqual([]);
  });

  it("that is stopped while it holds frames passes them on, answered or not, in their order", () => {
    const { plug, wire, held, clock } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    const [one, two] = [wire.intercept(), wire.intercept()];
    for (let at = 1; at <= 3; at++) alice.send(frame(at));
    wire.pass(one, held[1]?.held ?? 0, [frame(20)]);
    wire.stopIntercept(one);
    expect(held.slice(3).map(({ frame: { bytes } }) => number(bytes))).toEqual([1, 20, 3]);
    wire.stopIntercept(two);
    expect(numbers(bob.got)).toEqual([1, 20, 3]);
    expect(clock.waiting()).toBe(0);
    alice.send(frame(4));
    expect(numbers(bob.got)).toEqual([1, 20, 3, 4]);
  });

  it("that passes everything on, however late, by let-go or stop, changes nothing", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant({ do: "send" as const }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant("pass" as const), which: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("forward" as const), ms: fc.nat(HOLD_MS) }) },
      { weight: 1, arbitrary: fc.constant({ do: "intercept" as const }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const), which: fc.nat(3) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { plug, wire, held, recorded, clock } = lan();
        const [alice, bob] = [plug("alice"), plug("bob")];
        const interceptors: string[] = [];
        let sent = 0;
        for (const each of steps) {
          if (each.do === "send") alice.send(frame(++sent));
          else if (each.do === "forward") clock.forward(each.ms);
          else if (each.do === "intercept") interceptors.push(wire.intercept());
          else if (each.do === "stop") {
            const [stopped] = interceptors.splice(each.which % Math.max(1, interceptors.length), 1);
            if (stopped) wire.stopIntercept(stopped);
          } else if (held.length > 0) {
            const { interceptor, held: number, frame: seen } = held[each.which % held.length] as Told;
            try {
              wire.pass(interceptor, number, [seen.bytes]);
            } catch (error) {
              // It was passed before, let go or stopped.
              expect(String(error)).toContain("bad-state");
            }
          }
        }
        for (const interceptor of interceptors) wire.stopIntercept(interceptor);
        const all = Array.from({ length: sent }, (_, at) => at + 1);
        expect(numbers(bob.got)).toEqual(all);
        expect(recorded.map(({ bytes }) => number(bytes))).toEqual(all);
        expect(clock.waiting()).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("forgets everything when the wire is cut", () => {
    const { plug, wire, clock } = lan();
    const [alice, bob] = [plug("alice"), plug("bob")];
    wire.intercept();
    alice.send(frame(1));
    wire.cut();
    clock.forward(HOLD_MS);
    alice.send(frame(2));
    expect(bob.got).toEqual([]);
    expect(clock.waiting()).toBe(0);
  });
});
