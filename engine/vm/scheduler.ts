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
  readonly stopped: boolean;
}

export interface SchedulerHooks {
  /** After each slice of about a millisecond; `idle` if the guest waits for an interrupt. */
  afterSlice(idle: boolean): void;
  onFault(thrown: unknown): void;
}

export function takeOver(loop: Loop, hooks: SchedulerHooks): Scheduler {
  const channel = new MessageChannel();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let idle = false;

  channel.port1.onmessage = ({ data }: MessageEvent<number>) => {
    if (stopped) return;
    try {
      loop.yield_callback(data);
      if (!stopped) hooks.afterSlice(idle);
    } catch (thrown) {
      if (!stopped) hooks.onFault(thrown);
    }
  };

  loop.yield = (delay, tick) => {
    if (stopped) return;
    clearTimeout(timer);
    idle = delay >= 1;
    if (!idle) channel.port2.postMessage(tick);
    // By way of the channel: timers set from timers are held back to 4 ms by browsers.
    else timer = setTimeout(() => channel.port2.postMessage(tick), delay);
  };

  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      channel.port1.onmessage = null;
      channel.port1.close();
      channel.port2.close();
    },
    get stopped() {
      return stopped;
    },
  };
}
