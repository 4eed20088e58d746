/**
 * The wires of the open lab, with the ports of the cards that are plugged into them. Frames leave over a port in batches, and
 * the page hears of them in batches; no port and no listener can hold a wire up.
 */
import { TerraError } from "../protocol/errors.ts";
import { MAX_BATCH, readFrames } from "../protocol/frames.ts";
import type { NicInfo, PhysicalEvent, WireFrame } from "../protocol/media.ts";
import { type Card, type Clock, createWire, type Wire } from "./wire.ts";

/** Frames on a wire are told at most so often, and so many at once. */
const TELL_MS = 50;
const TOLD_FRAMES = 256;

export const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** A machine's card: outside the machine a plug in a wire, inside one port at a time. */
export interface Nic {
  readonly info: NicInfo;
  /** A new port that carries frames; the one before is cut. */
  port(): MessagePort;
  unplug(): void;
}

export interface Wires {
  /** Makes the wire if need be. `platform` and the card's id name the sender of its frames. */
  plug(platform: string, nic: string, wire: string): Nic;
  /** "unknown-device" if there is no such wire. */
  find(wire: string): Wire;
}

export function createWires(tell: (event: PhysicalEvent) => void): Wires {
  const wires = new Map<string, Wire>();

  function make(id: string): Wire {
    const record = teller((frames, skipped) => tell({ type: "frames", wire: id, frames, skipped }));
    const wire = createWire(id, clock, {
      recorded: record,
      held: (interceptor, held, frame) => tell({ type: "held", wire: id, interceptor, held, frame }),
      letGo: (interceptor, held) => tell({ type: "let-go", wire: id, interceptor, held }),
    });
    wires.set(id, wire);
    return wire;
  }

  return {
    plug(platform, nic, id) {
      const wire = wires.get(id) ?? make(id);
      const port = createPort();
      const card: Card = wire.plug(`${platform}/${nic}`, port.deliver);
      return {
        info: { id: nic, wire: id },
        port: () => port.open(card.send),
        unplug() {
          port.close();
          card.unplug();
          if (wire.cards > 0) return;
          wire.cut();
          wires.delete(id);
        },
      };
    },
    find(id) {
      const found = wires.get(id);
      if (found) return found;
      const there = [...wires.keys()].join(", ") || "none";
      throw new TerraError("unknown-device", `there is no wire ${JSON.stringify(id)}; there are: ${there}`);
    },
  };
}

/** Collects what was recorded and hands it on, the first ones of each collection. */
function teller(tell: (frames: WireFrame[], skipped: number) => void): (frame: WireFrame) => void {
  let frames: WireFrame[] = [];
  let skipped = 0;
  let last = Number.NEGATIVE_INFINITY;
  let waiting = false;
  const flush = () => {
    waiting = false;
    last = clock.now();
    const told = frames;
    const more = skipped;
    frames = [];
    skipped = 0;
    tell(told, more);
  };
  return (frame) => {
    if (frames.length < TOLD_FRAMES) frames.push(frame);
    else skipped += 1;
    if (waiting) return;
    waiting = true;
    clock.after(Math.max(0, last + TELL_MS - clock.now()), flush);
  };
}

function createPort() {
  let current: MessagePort | undefined;
  let leaving: Uint8Array[] = [];

  function flush(): void {
    const frames = leaving;
    leaving = [];
    for (let at = 0; at < frames.length; at += MAX_BATCH) {
      current?.postMessage({ frames: frames.slice(at, at + MAX_BATCH) });
    }
  }

  const port = {
    deliver(bytes: Uint8Array): void {
      if (!current) return;
      // Whatever else is delivered in this turn goes along.
      if (leaving.length === 0) queueMicrotask(flush);
      leaving.push(bytes);
    },
    open(send: (bytes: Uint8Array) => void): MessagePort {
      port.close();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (message) => {
        for (const frame of readFrames(message.data)) send(frame);
      };
      current = port1;
      return port2;
    },
    close(): void {
      current?.close();
      current = undefined;
      leaving = [];
    },
  };
  return port;
}
