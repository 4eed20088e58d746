/**
 * Runs v86's loop in this very thread. v86 brings a scheduler that lives in a worker of its own, made from a blob: URL,
 * which measured code is not allowed; ours is a MessageChannel and a timer. It also is the one place through which the
 * processor gets its time: after stop() not one instruction more is executed, while it is suspended none is, and whatever a
 * hostile guest makes v86 throw ends in onFault instead of silence.
 */
import type { Loop } from "./v86-internals.ts";

export interface Scheduler {
  /** For good. Safe to call from anywhere, also from inside the emulation (which must then be left by throwing). */
  stop(): void;
  /** Between slices only: no instruction more is executed until resume. */
  suspend(): void;
  resume(): void;
  /** Of wall time, over 0 to 1, that a guest that computes all the time gets. One that mostly waits does not notice. */
  share(share: number): void;
  /** Does what may make the processor do something (an interrupt is delivered, say); what it throws is the guest's fault. */
  enter(action: () => void): void;
}

export interface SchedulerHooks {
  /** After each slice of about a millisecond; `idle` if the guest waits for an interrupt. */
  afterSlice(idle: boolean): void;
  onFault(thrown: unknown): void;
}

/** Time, so that tests can have their own. Milliseconds. */
export interface Time {
  now(): number;
  /** Gives what takes it back. */
  later(run: () => void, delay: number): () => void;
  /** Makes what calls back in a task of its own, after everything else that waits had its turn. */
  queue(run: (tick: number) => void): Queue;
}

export interface Queue {
  push(tick: number): void;
  close(): void;
}

/**
 * A box that had less than its share may catch up for this long, and one that had its share pauses until it may run for
 * half of it: timers are good to a millisecond or two, and a pause that came out longer is made good by the next.
 */
const BURST_MS = 10;
/** A pause of hours is made of shorter ones: browsers take a timer of over 2^31 ms for one that is due. */
const MAX_PAUSE_MS = 1000;

function taskQueue(run: (tick: number) => void): Queue {
  // In Node, where only tests run, a port that is always busy lets nothing else run: no timer, and no compiled code.
  const immediate = (globalThis as { setImmediate?: (run: (tick: number) => void, tick: number) => void }).setImmediate;
  if (immediate) return { push: (tick) => immediate(run, tick), close: () => {} };
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }: MessageEvent<number>) => run(data);
  return {
    push: (tick) => channel.port2.postMessage(tick),
    close() {
      channel.port1.onmessage = null;
      channel.port1.close();
      channel.port2.close();
    },
  };
}

const WALL: Time = {
  now: () => performance.now(),
  later(run, delay) {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
  queue: taskQueue,
};

export function takeOver(loop: Loop, hooks: SchedulerHooks, time: Time = WALL): Scheduler {
  let cancel: (() => void) | undefined;
  let stopped = false;
  let suspended = false;
  let inside = false;
  let idle = false;
  /** The last tick that v86 asked for; earlier ones are void. */
  let asked = 0;
  let share = 1;
  /** Milliseconds that the processor may run; below zero, it had more than its share. As of `counted`. */
  let credit = BURST_MS;
  let counted = time.now();
  /** Does it pause because it had its share? */
  let resting = false;

  const enter = (action: () => void) => {
    if (inside) {
      action();
      return;
    }
    inside = true;
    try {
      action();
    } catch (thrown) {
      if (!stopped) hooks.onFault(thrown);
    } finally {
      inside = false;
    }
  };

  const wake = (delay: number) => {
    cancel?.();
    cancel = undefined;
    // Rounded up: woken too early, the guest would be asked again and again for the rest of the millisecond, which is what an
    // idle guest costs most (650 slices a second instead of 60). By way of the queue: timers set from timers are held back
    // to 4 ms by browsers.
    if (delay > 0) cancel = time.later(() => queue.push(asked), Math.ceil(delay));
    else queue.push(asked);
  };

  const earn = (now: number) => {
    credit = Math.min(BURST_MS, credit + (now - counted) * share);
    counted = now;
  };

  const queue = time.queue((tick) => {
    if (stopped || suspended || tick !== asked) return;
    const began = time.now();
    earn(began);
    resting = credit <= 0;
    if (resting) {
      wake(Math.min(MAX_PAUSE_MS, (BURST_MS / 2 - credit) / share));
      return;
    }
    enter(() => {
      loop.yield_callback(tick);
      if (!stopped) hooks.afterSlice(idle);
    });
    if (share < 1) credit -= time.now() - began;
  });

  loop.yield = (delay, tick) => {
    asked = tick;
    if (stopped || suspended) return;
    idle = delay > 0;
    wake(delay);
  };

  return {
    stop() {
      stopped = true;
      cancel?.();
      queue.close();
    },
    suspend() {
      suspended = true;
      cancel?.();
    },
    resume() {
      suspended = false;
      wake(0);
    },
    share(to) {
      earn(time.now());
      share = to;
      // It may have been to rest for hours under the old one.
      if (resting && !stopped && !suspended) wake(0);
    },
    enter,
  };
}
