/**
 * Frames become messages: those on wires, and those that a machine's switch carried from one box to another. What a box sends to a
 * physical card is told by the wire that it comes out on, and not twice. A flood is counted, not listed. What is said over TLS is told
 * by what one side sent in one go, however many frames that took; receipts for it are not told. What comes with every packet of a game is
 * told together, once a second.
 */
import { observeQuake, observeTls } from "../network/index.ts";
import type { WireFrame } from "../protocol/media.ts";
import type { OwnerEvent } from "../protocol/owner.ts";
import type { Message } from "./api.ts";
import type { Machine } from "./machine.ts";

/** Frames of one line that become messages of their own in each period; those after them are counted. */
export const TOLD_FRAMES = 50;
export const PERIOD_MS = 1000;

export interface Decoded {
  kind: string;
  summary: string;
}

export interface TrafficParts {
  /** Machines that are there now. */
  machines(): Iterable<Pick<Machine, "id" | "devices" | "statuses">>;
  decode(bytes: Uint8Array): Decoded;
  /** `at`: ms since 1970. */
  note(at: number, message: Omit<Message, "sequence" | "time">): void;
  now(): number;
}

export interface Traffic {
  onWire(wire: string, ends: readonly string[], frames: readonly WireFrame[], skipped: number): void;
  between(platform: string, event: Extract<OwnerEvent, { type: "traffic" }>): void;
  /** Counts that are still waiting are dropped. */
  close(): void;
}

/** Six bytes as the TVMM writes them: "02:ab:…". */
function address(bytes: Uint8Array, offset: number): string {
  return [...bytes.subarray(offset, offset + 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

const destination = (frame: Uint8Array) => address(frame, 0);
const source = (frame: Uint8Array) => address(frame, 6);
const ETHERNET_GROUP = 1;

/** Where frames pass: a wire, or a machine's switch. */
interface Place {
  line(sender: string): Line;
  /** Who says it to whom. */
  ends(sender: string, frame: Uint8Array): { from: string; to: string };
}

export function createTraffic({ machines, decode, note, now }: TrafficParts): Traffic {
  const lines = new Map<string, Line>();
  const listeners = new Map<string, Listener>();

  function machineOf(platform: string | undefined) {
    for (const machine of machines()) if (machine.id === platform) return machine;
    return undefined;
  }

  /**
   * "PLATFORM/NAME" of the box that has the card with this address, if any has that is connected with that physical card: what stands
   * in a frame on a wire was written by whoever sent it, and another box cannot have.
   */
  function boxWith(platform: string | undefined, card: string, mac: string): string | undefined {
    const machine = machineOf(platform);
    for (const device of machine?.devices.values() ?? []) {
      if (device.mac !== mac || device.attachedTo === undefined || !device.connectedTo.includes(card)) continue;
      const name = machine?.statuses.get(device.attachedTo)?.name;
      if (name !== undefined) return `${machine?.id}/${name}`;
    }
    return undefined;
  }

  function lineOf(id: string, from: string, to: string): Line {
    const known = lines.get(id);
    if (known) return known;
    const made = createLine(now, (more) => {
      const summary = more === 1 ? "1 more frame in this second" : `${more} more frames in this second`;
      note(now(), { from, to, kind: "other", summary });
    });
    lines.set(id, made);
    return made;
  }

  function listenerAt(id: string, place: Place): Listener {
    const known = listeners.get(id);
    if (known) return known;
    const made = createListener(now, ({ at, from, frame, kind, summary, bytes }) => {
      if (place.line(from).takes()) note(at, { ...place.ends(from, frame), kind, summary, bytes });
    });
    listeners.set(id, made);
    return made;
  }

  function hear(id: string, place: Place, frames: readonly { at: number; from: string; bytes: Uint8Array }[]): void {
    const listener = listenerAt(id, place);
    for (const { at, from, bytes } of frames) {
      if (listener.takes({ at, from, bytes }) || !place.line(from).takes()) continue;
      note(at, { ...place.ends(from, bytes), ...decode(bytes), bytes });
    }
  }

  /** As boxWith, by any of the machine's cards that are plugged into the wire. */
  function boxBehind(platform: string, wire: string, mac: string): string | undefined {
    const cards = [...(machineOf(platform)?.devices.values() ?? [])].filter((device) => device.wire === wire);
    return cards.map(({ id }) => boxWith(platform, id, mac)).find((box) => box !== undefined);
  }

  function onWireOf(wire: string, ends: readonly string[]): Place {
    return {
      line: () => lineOf(wire, wire, wire),
      ends(from, frame) {
        const [platform, card = ""] = from.includes("/") ? from.split("/") : [];
        const group = ((frame[0] ?? 0) & ETHERNET_GROUP) !== 0;
        const others = group ? [] : ends.filter((end) => end !== platform);
        const to = others.map((end) => boxBehind(end, wire, destination(frame))).find((box) => box !== undefined);
        return { from: boxWith(platform, card, source(frame)) ?? from, to: to ?? wire };
      },
    };
  }

  /** "PLATFORM/NAME" of the box that has the device; undefined for a physical card. */
  function boxOf(platform: string, id: string): string | undefined {
    const machine = machineOf(platform);
    const device = machine?.devices.get(id);
    if (device?.wire !== undefined) return undefined;
    const name = device?.attachedTo === undefined ? undefined : machine?.statuses.get(device.attachedTo)?.name;
    return `${platform}/${name ?? id}`;
  }

  /** Senders are named by the ids of both devices of their connection. */
  function inMachine(platform: string): Place {
    const ends = (sender: string) => {
      const [from = "", to = ""] = sender.split(" ");
      return { from: boxOf(platform, from) ?? from, to: boxOf(platform, to) ?? to };
    };
    return {
      ends,
      line(sender) {
        const { from, to } = ends(sender);
        return lineOf(`${platform} ${sender}`, from, to);
      },
    };
  }

  return {
    onWire(wire, ends, frames, skipped) {
      const place = onWireOf(wire, ends);
      hear(wire, place, frames);
      place.line(wire).count(skipped);
    },
    between(platform, { at, from, to, frames, skipped }) {
      if (boxOf(platform, from) === undefined || boxOf(platform, to) === undefined) return;
      const place = inMachine(platform);
      const sender = `${from} ${to}`;
      const observed = frames.map((bytes) => ({ at, from: sender, bytes }));
      // No wire has a name with a slash.
      hear(`${platform}/`, place, observed);
      place.line(sender).count(skipped);
    },
    close() {
      for (const line of lines.values()) line.close();
      for (const listener of listeners.values()) listener.close();
      lines.clear();
      listeners.clear();
    },
  };
}

interface Listener {
  /** Is the frame told by what was gathered, now or later. */
  takes(frame: { at: number; from: string; bytes: Uint8Array }): boolean;
  close(): void;
}

/** What is told of several frames at once. */
interface Gathered {
  at: number;
  from: string;
  /** One of them, whose hardware addresses say who speaks to whom. */
  frame: Uint8Array;
  kind: "tls" | "quake";
  summary: string;
  bytes: Uint8Array;
}

/** Tells what was gathered when it is known to be over, or its time has come. */
function createListener(now: () => number, tell: (gathered: Gathered) => void): Listener {
  const tls = observeTls();
  const quake = observeQuake();
  const tellTls = (flight: ReturnType<typeof tls.flush>[number]) => tell({ kind: "tls", ...flight });
  const tellQuake = (told: ReturnType<typeof quake.flush>[number]) =>
    tell({ kind: "quake", bytes: told.frame, ...told });
  let timer: ReturnType<typeof setTimeout> | undefined;

  function wait(): void {
    clearTimeout(timer);
    const due = Math.min(tls.due ?? Number.POSITIVE_INFINITY, quake.due ?? Number.POSITIVE_INFINITY);
    if (due === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(
      () => {
        tls.flush(now()).forEach(tellTls);
        quake.flush(now()).forEach(tellQuake);
        wait();
      },
      Math.max(1, due - now()),
    );
  }

  return {
    takes(frame) {
      const said = tls.push(frame, now());
      said.flights.forEach(tellTls);
      const played = said.taken ? undefined : quake.push(frame, now());
      played?.told.forEach(tellQuake);
      wait();
      return said.taken || played?.taken === true;
    },
    close: () => clearTimeout(timer),
  };
}

interface Line {
  /** May this frame be told; if not, it is counted. */
  takes(): boolean;
  count(frames: number): void;
  close(): void;
}

/** Lets so many through in each period, and tells how many more there were when it ends. */
function createLine(now: () => number, tell: (more: number) => void): Line {
  let began = Number.NEGATIVE_INFINITY;
  let told = 0;
  let more = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function count(frames: number): void {
    if (frames === 0) return;
    more += frames;
    timer ??= setTimeout(
      () => {
        timer = undefined;
        const counted = more;
        more = 0;
        tell(counted);
      },
      Math.max(0, began + PERIOD_MS - now()),
    );
  }

  return {
    takes() {
      if (now() - began >= PERIOD_MS) {
        began = now();
        told = 0;
      }
      told += 1;
      if (told > TOLD_FRAMES) count(1);
      return told <= TOLD_FRAMES;
    },
    count,
    close: () => clearTimeout(timer),
  };
}
