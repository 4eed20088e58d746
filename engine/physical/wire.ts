/**
 * A wire between machines: a hub to which network cards are plugged, and the attacker's tools on it. Every frame that is put on it
 * is recorded, passes the interceptors in the order in which they were made, and reaches every card but its sender's. Pure:
 * clock and ports come from outside. Frames keep their order, whatever the interceptors' answers do: an answer that is late
 * holds up what came after it.
 */
import { TerraError } from "../protocol/errors.ts";
import type { WireFrame } from "../protocol/media.ts";
import { equalBytes } from "../storage/index.ts";

/** What is kept of the past: so many frames, and so many bytes in all. */
export const RING_FRAMES = 65_536;
export const RING_BYTES = 64 * 1024 * 1024;
/** A frame that nobody answered for within so many milliseconds goes on as it is. */
export const HOLD_MS = 2000;
/** Frames that one interceptor holds at most; the oldest goes on as it is when one more comes. */
export const HELD_FRAMES = 4096;

/** Who put a frame on the wire that came from no card. */
const ATTACKER = "attacker";

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `act` in `ms` milliseconds, unless what it returns was called before. */
  after(ms: number, act: () => void): () => void;
}

/** What a wire tells as it happens. */
export interface WireEvents {
  recorded(frame: WireFrame): void;
  held(interceptor: string, held: number, frame: WireFrame): void;
  letGo(interceptor: string, held: number): void;
}

export interface Card {
  /** Puts a frame on the wire. Whoever calls has made sure that it is one, and gives it away. */
  send(bytes: Uint8Array): void;
  unplug(): void;
}

export interface Wire {
  readonly id: string;
  readonly cards: number;
  /** `from` names the card in records; `deliver` gets the frames that others sent and must not change them. */
  plug(from: string, deliver: (bytes: Uint8Array) => void): Card;
  inject(bytes: Uint8Array): void;
  /** Oldest first: those after `since`, at most `limit`. */
  frames(since: number, limit: number): WireFrame[];
  /** The new interceptor's id; it stands behind those that are there. */
  intercept(): string;
  /** "bad-state" if that frame is not held (any more). */
  pass(interceptor: string, held: number, frames: Uint8Array[]): void;
  /** What it holds goes on: as it was answered, or unchanged. */
  stopIntercept(interceptor: string): void;
  /** Stops all timers; nothing is delivered any more. */
  cut(): void;
}

interface Travelling {
  frame: WireFrame;
  sender: Card | undefined;
}

interface Held extends Travelling {
  number: number;
  answer?: Uint8Array[];
  forget(): void;
}

interface Interceptor {
  id: string;
  /** Oldest first; the first one is always without an answer. */
  queue: Held[];
}

export function createWire(id: string, clock: Clock, events: WireEvents): Wire {
  const ring = createRing();
  const cards = new Map<Card, (bytes: Uint8Array) => void>();
  let interceptors: Interceptor[] = [];
  let made = 0;
  let numbered = 0;

  function record(from: string, bytes: Uint8Array): WireFrame {
    const frame = ring.add({ at: clock.now(), from, bytes });
    events.recorded(frame);
    return frame;
  }

  /** On from there: to the next interceptor, or out to the cards. */
  function travel(item: Travelling, next: Interceptor | undefined): void {
    if (next) {
      hold(next, item);
      return;
    }
    for (const [card, deliver] of cards) if (card !== item.sender) deliver(item.frame.bytes);
  }

  function hold(interceptor: Interceptor, item: Travelling): void {
    numbered += 1;
    const number = numbered;
    const forget = clock.after(HOLD_MS, () => letGo(interceptor, held));
    const held: Held = { ...item, number, forget };
    interceptor.queue.push(held);
    events.held(interceptor.id, number, item.frame);
    const [oldest] = interceptor.queue;
    if (oldest && interceptor.queue.length > HELD_FRAMES) letGo(interceptor, oldest);
  }

  function letGo(interceptor: Interceptor, held: Held): void {
    events.letGo(interceptor.id, held.number);
    answer(interceptor, held, [held.frame.bytes]);
  }

  function answer(interceptor: Interceptor, held: Held, frames: Uint8Array[]): void {
    held.forget();
    held.answer = frames;
    const waits = interceptor.queue.findIndex((each) => each.answer === undefined);
    const ready = interceptor.queue.splice(0, waits < 0 ? interceptor.queue.length : waits);
    const next = interceptors[interceptors.indexOf(interceptor) + 1];
    for (const each of ready) release(each, next);
  }

  /** What stands in the held frame's place; only what is another frame is recorded again. */
  function release({ frame, sender, answer = [frame.bytes] }: Held, next: Interceptor | undefined): void {
    let left = true;
    for (const bytes of answer) {
      const unchanged = left && equalBytes(bytes, frame.bytes);
      if (unchanged) left = false;
      travel({ frame: unchanged ? frame : record(ATTACKER, bytes), sender }, next);
    }
  }

  function find(interceptor: string): Interceptor {
    const found = interceptors.find((each) => each.id === interceptor);
    if (found) return found;
    throw new TerraError("bad-state", `nothing named ${JSON.stringify(interceptor)} intercepts the wire ${id}`);
  }

  return {
    id,
    get cards() {
      return cards.size;
    },
    plug(from, deliver) {
      const card: Card = {
        send(bytes) {
          if (cards.has(card)) travel({ frame: record(from, bytes), sender: card }, interceptors[0]);
        },
        unplug: () => cards.delete(card),
      };
      cards.set(card, deliver);
      return card;
    },
    inject(bytes) {
      travel({ frame: record(ATTACKER, bytes), sender: undefined }, interceptors[0]);
    },
    frames: ring.after,
    intercept() {
      made += 1;
      const interceptor: Interceptor = { id: `intercept${made}`, queue: [] };
      interceptors = [...interceptors, interceptor];
      return interceptor.id;
    },
    pass(interceptor, number, frames) {
      const from = find(interceptor);
      const held = from.queue.find((each) => each.number === number && each.answer === undefined);
      if (!held) throw new TerraError("bad-state", `${interceptor} holds no frame ${number} on the wire ${id}`);
      answer(from, held, frames);
    },
    stopIntercept(interceptor) {
      const stopped = find(interceptor);
      const next = interceptors[interceptors.indexOf(stopped) + 1];
      interceptors = interceptors.filter((each) => each !== stopped);
      for (const held of stopped.queue.splice(0)) {
        held.forget();
        release(held, next);
      }
    },
    cut() {
      cards.clear();
      for (const { queue } of interceptors) for (const { forget } of queue) forget();
      interceptors = [];
    },
  };
}

/** The last frames, numbered from 1 without gaps. */
function createRing() {
  let kept: WireFrame[] = [];
  /** Index of the oldest one that is still kept; what stands before it is cut off now and then. */
  let first = 0;
  let bytes = 0;
  let sequence = 0;

  return {
    add(what: Omit<WireFrame, "sequence">): WireFrame {
      sequence += 1;
      const frame = { sequence, ...what };
      kept.push(frame);
      bytes += frame.bytes.length;
      while (kept.length - first > RING_FRAMES || bytes > RING_BYTES) {
        bytes -= kept[first]?.bytes.length ?? 0;
        first += 1;
      }
      if (first > RING_FRAMES / 8) {
        kept = kept.slice(first);
        first = 0;
      }
      return frame;
    },
    after(since: number, limit: number): WireFrame[] {
      const oldest = kept[first]?.sequence ?? 1;
      const from = first + Math.max(0, since + 1 - oldest);
      return kept.slice(from, from + limit);
    },
  };
}
