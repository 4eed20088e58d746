/**
 * Frames become messages: those on wires, and those that a machine's switch carried from one box to another. What a box sends to a
 * physical card is told by the wire that it comes out on, and not twice. A flood is counted, not listed.
 */
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

export function createTraffic({ machines, decode, note, now }: TrafficParts): Traffic {
  const lines = new Map<string, Line>();

  function machineOf(platform: string | undefined) {
    for (const machine of machines()) if (machine.id === platform) return machine;
    return undefined;
  }

  /** "PLATFORM/NAME" of the box that has the card with this address, if any has. */
  function boxWith(platform: string | undefined, mac: string): string | undefined {
    const machine = machineOf(platform);
    for (const device of machine?.devices.values() ?? []) {
      if (device.mac !== mac || device.attachedTo === undefined) continue;
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

  return {
    onWire(wire, ends, frames, skipped) {
      const line = lineOf(wire, wire, wire);
      for (const { at, from, bytes } of frames) {
        if (!line.takes()) continue;
        const platform = from.includes("/") ? from.split("/")[0] : undefined;
        const group = ((bytes[0] ?? 0) & ETHERNET_GROUP) !== 0;
        const others = group ? [] : ends.filter((end) => end !== platform);
        const to = others.map((end) => boxWith(end, destination(bytes))).find((box) => box !== undefined) ?? wire;
        note(at, { from: boxWith(platform, source(bytes)) ?? from, to, ...decode(bytes), bytes });
      }
      line.count(skipped);
    },
    between(platform, { at, from, to, frames, skipped }) {
      const machine = machineOf(platform);
      const boxes = [from, to].map((id) => {
        const device = machine?.devices.get(id);
        const name = device?.attachedTo === undefined ? undefined : machine?.statuses.get(device.attachedTo)?.name;
        return { physical: device?.wire !== undefined, path: `${platform}/${name ?? id}` };
      });
      const [sender, receiver] = boxes;
      if (!sender || !receiver || sender.physical || receiver.physical) return;
      const line = lineOf(`${platform} ${from} ${to}`, sender.path, receiver.path);
      for (const bytes of frames) {
        if (line.takes()) note(at, { from: sender.path, to: receiver.path, ...decode(bytes), bytes });
      }
      line.count(skipped);
    },
    close() {
      for (const line of lines.values()) line.close();
      lines.clear();
    },
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
