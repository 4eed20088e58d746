/**
 * Runs v86's loop in this very thread. v86 brings a scheduler that lives in a worker of its own, made from a blob: URL,
 * which measured code is not allowed; ours is a MessageChannel and a timer. It also is the one place through which the
 * processor gets its time: after stop() not one instruction more is executed, and whatever a hostile guest makes v86 throw
 * ends in onFault instead of silence.
 */
import type { Loop } from "./v86-internals.ts";

export interface Scheduler {
  /** For good. Safe to call from anywhere, also from inside the emulation (which must then be left by throwing). */
  stop(): void;
}

export interface SchedulerHooks {
  /** After each slice of about a millisecond; `idle` if the guest waits for an interrupt. */
  afterSlice(idle: boolean): void;
  onFault(thrown: unknown): void;
}

interface Queue {
  push(tick: number): void;
  close(): void;
}

/** Calls back in a task of its own, after everything else that waits had its turn. */
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

export function takeOver(loop: Loop, hooks: SchedulerHooks): Scheduler {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let idle = false;

  const queue = taskQueue((tick) => {
    if (stopped) return;
    try {
      loop.yield_callback(tick);
      if (!stopped) hooks.afterSlice(idle);
    } catch (thrown) {
      if (!stopped) hooks.onFault(thrown);
    }
  });

  loop.yield = (delay, tick) => {
    if (stopped) return;
    clearTimeout(timer);
    idle = delay > 0;
    if (!idle) queue.push(tick);
    // Rounded up: woken too early, the guest would be asked again and again for the rest of the millisecond, which is what an
    // idle guest costs most (650 slices a second instead of 60). By way of the queue: timers set from timers are held back
    // to 4 ms by browsers.
    else timer = setTimeout(() => queue.push(tick), Math.ceil(delay));
  };

  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      queue.close();
    },
  };
}
