/** What the page knows of a wire: its ends, who stands on it, and the newest frame. The frames themselves it asks the lab for. Pure. */
import type { LabEvent, WireInfo } from "../../engine/lab/view.ts";

export interface WireFacts extends WireInfo {
  /** Attackers' tools that stand on the wire now. */
  interceptors: number;
  /** Frames that went over it since the lab was opened. */
  frames: number;
  /** Frames that were in an attacker's hands. */
  held: number;
  last: LastFrame | null;
}

export interface LastFrame {
  sequence: number;
  /** "PLATFORM/eth0", or "attacker". */
  from: string;
  size: number;
  /** Of the innermost layer that was understood: "ICMP". */
  protocol: string;
}

type WireEvent = Extract<LabEvent, { type: "frames" | "intercepted" | "held" }>;

/** "ICMP echo request, id 7" -> "ICMP". */
export function protocolOf(layers: readonly string[]): string {
  return /^[\w.+-]+/.exec(layers.at(-1) ?? "")?.[0] ?? "frame";
}

export function wireChange(wire: WireFacts, event: WireEvent): WireFacts {
  switch (event.type) {
    case "intercepted":
      return { ...wire, interceptors: event.interceptors };
    case "held":
      return { ...wire, held: wire.held + 1 };
    case "frames": {
      const frame = event.frames.at(-1);
      return {
        ...wire,
        frames: wire.frames + event.frames.length + event.skipped,
        last: frame
          ? {
              sequence: frame.sequence,
              from: frame.from,
              size: frame.bytes.length,
              protocol: protocolOf(frame.layers),
            }
          : wire.last,
      };
    }
  }
}

/** The capsule's way: from the left end to the right one, or the other way; the attacker stands in the middle. */
export function direction(ends: WireInfo["ends"], from: string): "rightward" | "leftward" | "outward" {
  const end = ends.findIndex(({ platform, nic }) => `${platform}/${nic}` === from);
  if (end < 0) return "outward";
  return end === 0 ? "rightward" : "leftward";
}
