/**
 * The machine's switch (paper 4.4): a frame goes from a device to each device that it is CONNECTed with, and nowhere else. It
 * looks at no address and learns nothing, so it never floods; what came over one connection of a device never goes on over
 * another one of it, and never back. It knows devices by their ids and frames as bytes: who may be connected with whom, and
 * what a frame may be, is decided before.
 */
import { TerraError } from "../protocol/errors.ts";

export type Frames = Uint8Array<ArrayBuffer>[];

/** Takes frames for a device that is plugged in; they are the receiver's alone, to change or to hand on. */
export type Deliver = (frames: Frames) => void;

/** Is told before `frames` go from one device to another; it must not keep or change them. */
export type Observe = (from: string, to: string, frames: readonly Uint8Array[]) => void;

export interface Switch {
  /** Codes: "bad-argument" (a device with itself), "bad-state" (they are connected already). */
  connect(a: string, b: string): void;
  /** Code "bad-state" if they are not connected. */
  disconnect(a: string, b: string): void;
  /** In the order in which they were connected. */
  connectedTo(device: string): string[];
  /** From now on frames for this device go there, and no longer wherever they went before. */
  plug(device: string, deliver: Deliver): void;
  /** Frames for this device are dropped from now on; its connections stay. */
  unplug(device: string): void;
  /** Its connections go with it. */
  remove(device: string): void;
  /** Frames that the device sent; they are the switch's from now on. */
  forward(from: string, frames: Frames): void;
}

export function networkSwitch(observe: Observe = () => {}): Switch {
  const connections = new Map<string, Set<string>>();
  const plugged = new Map<string, Deliver>();

  function peersOf(device: string): Set<string> {
    const found = connections.get(device);
    if (found) return found;
    const made = new Set<string>();
    connections.set(device, made);
    return made;
  }

  function part(device: string, other: string): void {
    const peers = connections.get(device);
    peers?.delete(other);
    if (peers?.size === 0) connections.delete(device);
  }

  return {
    connect(a, b) {
      if (a === b) throw new TerraError("bad-argument", `${a} cannot be connected with itself`);
      if (connections.get(a)?.has(b)) throw new TerraError("bad-state", `${a} and ${b} are connected already`);
      peersOf(a).add(b);
      peersOf(b).add(a);
    },
    disconnect(a, b) {
      if (!connections.get(a)?.has(b)) throw new TerraError("bad-state", `${a} and ${b} are not connected`);
      part(a, b);
      part(b, a);
    },
    connectedTo: (device) => [...(connections.get(device) ?? [])],
    plug: (device, deliver) => void plugged.set(device, deliver),
    unplug: (device) => void plugged.delete(device),
    remove(device) {
      plugged.delete(device);
      for (const peer of connections.get(device) ?? []) part(peer, device);
      connections.delete(device);
    },
    forward(from, frames) {
      const peers = connections.get(from);
      if (!peers || frames.length === 0) return;
      // The last receiver gets the frames themselves, those before it a copy each: with one connection nothing is copied.
      let last: Deliver | undefined;
      for (const to of peers) {
        const deliver = plugged.get(to);
        if (!deliver) continue;
        observe(from, to, frames);
        last?.(frames.map((frame) => frame.slice()));
        last = deliver;
      }
      last?.(frames);
    },
  };
}
