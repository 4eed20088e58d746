/** Frames as a script sees them: decoded, their times counted from the opening of the lab. */
import type { WireFrame } from "../protocol/media.ts";
import type { Frame } from "./api.ts";

/** `since`: ms since 1970 to ms since the lab was opened. */
export function asFrame({ sequence, at, from, bytes }: WireFrame, since: (at: number) => number): Frame {
  return { sequence, time: since(at), from, bytes, layers: [] };
}

export function decode(bytes: Uint8Array): { kind: string; summary: string } {
  return { kind: "other", summary: `${bytes.length} bytes` };
}
