import { expect, test } from "vitest";
import { type Scheduler, takeOver } from "./scheduler.ts";
import type { Loop } from "./v86-internals.ts";

const SLICE_MS = 1;

/** A processor in made-up time: each slice takes a millisecond, or waits for its timer; a task takes none. */
function processor(options: { computes: boolean; timerMs?: number }) {
  const state = { ...options, now: 0, busy: 0, slices: 0, faults: [] as unknown[] };
  let tick = 0;
  let waiting = false;
  const tasks: (() => void)[] = [];
  let timers: { at: number; run(): void }[] = [];
  /** Of each timer that was asked for, in milliseconds. */
  const delays: number[] = [];

  const loop = {
    running: true,
    run: () => loop.yield(0, ++tick),
    yield: (_delay: number, _tick: number) => {},
    yield_callback(given: number) {
      if (given !== tick) return;
      state.slices++;
      waiting = !state.computes;
      if (!waiting) {
        state.now += SLICE_MS;
        state.busy += SLICE_MS;
      }
      loop.yield(waiting ? (options.timerMs ?? 100) : 0, ++tick);
    },
  } as unknown as Loop;
  const scheduler: Scheduler = takeOver(
    loop,
    { afterSlice: () => {}, onFault: (thrown) => state.faults.push(thrown) },
    {
      now: () => state.now,
      later(run, delay) {
        delays.push(delay);
        const timer = { at: state.now + delay, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((each) => each !== timer);
        };
      },
      queue: (run) => ({ push: (each) => tasks.push(() => run(each)), close: () => {} }),
    },
  );

  return {
    state,
    loop,
    scheduler,
    delays,
    /** As v86 does when an interrupt comes for a processor that waits. */
    interrupt() {
      if (waiting) loop.yield(0, ++tick);
    },
    /** Until this much more time has passed or nothing is left to do. */
    pass(ms: number) {
      const end = state.now + ms;
      while (state.now < end) {
        const task = tasks.shift();
        if (task) {
          task();
          continue;
        }
        timers.sort((one, other) => one.at - other.at);
        const next = timers[0];
        if (!next || next.at > end) break;
        timers.shift();
        state.now = Math.max(state.now, next.at);
        next.run();
      }
      state.now = Math.max(state.now, end);
    },
  };
}

test.each([0.05, 0.25, 0.5, 0.9])("a guest that computes all the time gets its share of it: %d", (share) => {
  const { loop, scheduler, state, pass } = processor({ computes: true });
  scheduler.share(share);
  loop.run();
  pass(10_000);
  expect(state.busy / state.now).toBeCloseTo(share, 2);
});

test("the whole share is the whole time", () => {
  const { loop, state, pass } = processor({ computes: true });
  loop.run();
  pass(1000);
  expect(state.busy).toBe(1000);
});

test("a pause that came out too long is made good", () => {
  const it = processor({ computes: true });
  it.scheduler.share(0.5);
  it.loop.run();
  for (let round = 0; round < 500; round++) {
    it.pass(19);
    // The thread was busy with something else.
    it.state.now += 1;
  }
  expect(it.state.busy / it.state.now).toBeGreaterThan(0.48);
});

test("a guest that waits is woken at once, whatever its share", () => {
  const { loop, scheduler, state, interrupt, pass } = processor({ computes: false });
  scheduler.share(0.01);
  loop.run();
  pass(50);
  expect(state.slices).toBe(1);
  interrupt();
  pass(1);
  expect(state.slices).toBe(2);
});

test("a share that is raised while a guest pauses counts from then on", () => {
  const { loop, scheduler, state, pass } = processor({ computes: true });
  scheduler.share(0.1);
  loop.run();
  pass(1000);
  scheduler.share(1);
  const before = state.busy;
  pass(1000);
  expect(state.busy - before).toBeGreaterThan(900);
});

test("a share of next to nothing that is raised counts at once, and not when the pause would have been over", () => {
  const { loop, scheduler, state, pass } = processor({ computes: true });
  scheduler.share(1e-9);
  loop.run();
  pass(5000);
  expect(state.busy).toBeLessThan(12);
  scheduler.share(1);
  pass(100);
  expect(state.busy).toBeGreaterThan(90);
});

test("however small the share, no timer is longer than browsers take, and it is kept", () => {
  const { loop, scheduler, state, delays, pass } = processor({ computes: true });
  scheduler.share(1e-15);
  loop.run();
  pass(100_000);
  expect(state.busy).toBeLessThan(12);
  expect(delays.length).toBeGreaterThan(10);
  expect(delays.length).toBeLessThan(200);
  expect(Math.max(...delays)).toBeLessThan(2 ** 31);
});

test("while suspended not one slice runs, not even when an interrupt comes, and then it goes on", () => {
  const { loop, scheduler, state, interrupt, pass } = processor({ computes: false, timerMs: 10 });
  loop.run();
  pass(100);
  const slices = state.slices;
  expect(slices).toBeGreaterThan(5);
  scheduler.suspend();
  pass(100);
  interrupt();
  pass(100);
  expect(state.slices).toBe(slices);
  scheduler.resume();
  pass(1);
  expect(state.slices).toBe(slices + 1);
  pass(100);
  expect(state.slices).toBeGreaterThan(slices + 5);
});

test("suspended and resumed before its next slice: no slice is run twice", () => {
  const { loop, scheduler, state, pass } = processor({ computes: true });
  loop.run();
  pass(10);
  scheduler.suspend();
  scheduler.resume();
  scheduler.suspend();
  scheduler.resume();
  pass(10);
  expect(state.slices).toBe(20);
});

test("stopped is for good, suspended or not", () => {
  const { loop, scheduler, state, interrupt, pass } = processor({ computes: false });
  loop.run();
  pass(1);
  scheduler.suspend();
  scheduler.stop();
  scheduler.resume();
  interrupt();
  pass(1000);
  expect(state.slices).toBe(1);
});

test("what is thrown between slices is a fault; inside the emulation it goes through", () => {
  const { loop, scheduler, state, pass } = processor({ computes: true });
  const wrong = new Error("an interrupt that v86 cannot deliver");
  const fail = () => {
    throw wrong;
  };
  scheduler.enter(fail);
  expect(state.faults).toEqual([wrong]);
  const inner = loop.yield_callback;
  loop.yield_callback = (tick) => {
    expect(() => scheduler.enter(fail)).toThrow(wrong);
    inner(tick);
  };
  loop.run();
  pass(1);
  expect(state).toMatchObject({ slices: 1, faults: [wrong] });
  scheduler.stop();
  scheduler.enter(fail);
  expect(state.faults).toHaveLength(1);
});
