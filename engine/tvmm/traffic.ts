/**
 * What the owner is told of the frames that the switch forwards: those where one end is an open box's card or a physical one,
 * which he could see anyway. Never a frame between two closed boxes. Telling must not slow the network down: the first frames
 * of each second are copied, the rest counted, and an event goes out every now and then, not with each frame.
 */
import type { OwnerEvent } from "../protocol/owner.ts";
import type { Emit } from "./messages.ts";

/** Between two events of one direction, ms. */
export const TRAFFIC_MS = 20;
/** Frames of a connection, both directions together, that are told whole in each second. */
export const TOLD_PER_SECOND = 200;

export interface TrafficParts {
  /** May the owner see what this device receives: is it an open box's card, or a physical one? */
  visible(device: string): boolean;
  emit: Emit;
  /** Calls back once after `ms`. */
  after(ms: number, callback: () => void): void;
  /** ms since 1970. */
  now(): number;
}

export interface Traffic {
  observe(from: string, to: string, frames: readonly Uint8Array[]): void;
  /** Tells at once what has gathered: what comes next, a DISCONNECT say, must not seem to have come before it. */
  flush(): void;
}

export function traffic({ visible, emit, after, now }: TrafficParts): Traffic {
  /** By direction, in the order of their first frames. */
  const gathered = new Map<string, Extract<OwnerEvent, { type: "traffic" }>>();
  /** By connection: frames told in this second. */
  const told = new Map<string, number>();
  let second = 0;
  let waiting = false;

  function flush(): void {
    const events = [...gathered.values()];
    gathered.clear();
    for (const event of events) emit(event);
  }

  function eventFor(from: string, to: string, at: number) {
    const way = `${from} ${to}`;
    const found = gathered.get(way);
    if (found) return found;
    const made = { type: "traffic" as const, at, from, to, frames: [], skipped: 0 };
    gathered.set(way, made);
    if (!waiting) {
      waiting = true;
      after(TRAFFIC_MS, () => {
        waiting = false;
        flush();
      });
    }
    return made;
  }

  return {
    observe(from, to, frames) {
      if (!visible(from) && !visible(to)) return;
      const at = now();
      const current = Math.floor(at / 1000);
      if (current !== second) told.clear();
      second = current;
      const connection = from < to ? `${from} ${to}` : `${to} ${from}`;
      const before = told.get(connection) ?? 0;
      const whole = Math.min(frames.length, TOLD_PER_SECOND - before);
      if (whole > 0) told.set(connection, before + whole);
      const event = eventFor(from, to, at);
      for (let index = 0; index < whole; index++) {
        const frame = frames[index];
        if (frame) event.frames.push(frame.slice());
      }
      event.skipped += frames.length - whole;
    },
    flush,
  };
}
