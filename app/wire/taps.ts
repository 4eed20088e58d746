/**
 * The page's own hand on a wire (role: attacker): one interceptor a wire at most, and what it has done with the frames that came
 * by. It stays when the zoom is left, and ends with the lab. Scripts' interceptors are not known here.
 */
import { create } from "zustand";
import type { Frame, Wire } from "../../engine/lab/api.ts";
import type { LabView } from "../../engine/lab/view.ts";
import { texts } from "../texts.ts";

export type TapMode =
  | { kind: "drop" }
  | { kind: "delay"; ms: number }
  /** Inverts one byte, counted from the frame's first. */
  | { kind: "flip"; offset: number };

export interface Tap {
  mode: TapMode;
  /** The interceptor's name. */
  id: string;
  passed: number;
  changed: number;
  dropped: number;
}

/** By wire. */
export const useTaps = create<Record<string, Tap | undefined>>(() => ({}));

export const isCut = (tap: Tap | undefined): boolean => tap?.mode.kind === "drop";

export function tapWords(mode: TapMode): string {
  switch (mode.kind) {
    case "drop":
      return texts.wire.cut;
    case "delay":
      return texts.wire.delays(mode.ms);
    case "flip":
      return texts.wire.flips(mode.offset);
  }
}

/** The frame with one byte inverted; a frame that is too short for it as it is. */
export function flipped(bytes: Uint8Array, offset: number): Uint8Array {
  const copy = bytes.slice();
  const byte = copy[offset];
  if (byte !== undefined) copy[offset] = byte ^ 0xff;
  return copy;
}

function count(wire: string, what: "passed" | "changed" | "dropped"): void {
  useTaps.setState((taps) => {
    const tap = taps[wire];
    return tap ? { [wire]: { ...tap, [what]: tap[what] + 1 } } : {};
  });
}

function handler(wire: string, mode: TapMode): (frame: Frame) => Promise<Uint8Array[]> {
  return async ({ bytes }) => {
    if (mode.kind === "drop") {
      count(wire, "dropped");
      return [];
    }
    if (mode.kind === "delay") await new Promise((resolve) => setTimeout(resolve, mode.ms));
    const changes = mode.kind === "flip" && mode.offset < bytes.length;
    count(wire, changes ? "changed" : "passed");
    return [changes ? flipped(bytes, mode.offset) : bytes];
  };
}

/** Puts the attacker's hand on the wire, in the place of what it did before; null takes it off. */
export async function putTap(wire: Wire, name: string, mode: TapMode | null): Promise<void> {
  const before = useTaps.getState()[name];
  if (before) {
    useTaps.setState({ [name]: undefined });
    await wire.stopIntercept(before.id);
  }
  if (!mode) return;
  const id = await wire.intercept(handler(name, mode));
  useTaps.setState({ [name]: { mode, id, passed: 0, changed: 0, dropped: 0 } });
}

/** Interceptors end with their lab. */
export function followTaps(view: LabView): void {
  view.subscribe((event) => {
    if (event.type === "lab") useTaps.setState({}, true);
  });
}
