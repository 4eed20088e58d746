/** Frames as scripts see them: decoded when somebody looks, times counted from the opening of the lab; and as a capture. */
import { decodeFrame, pcapng } from "../network/index.ts";
import type { WireFrame } from "../protocol/media.ts";
import type { Frame } from "./api.ts";

/** `since`: ms since 1970 to ms since the lab was opened. */
export function asFrame({ sequence, at, from, bytes }: WireFrame, since: (at: number) => number): Frame {
  let layers: string[] | undefined;
  return {
    sequence,
    time: since(at),
    from,
    bytes,
    // Thousands of frames are searched for one: only what is asked for is decoded.
    get layers() {
      layers ??= decodeFrame(bytes).layers;
      return layers;
    },
  };
}

/** Kind and words of the message that tells of a frame. */
export function asMessage(bytes: Uint8Array): { kind: string; summary: string } {
  const { kind, summary } = decodeFrame(bytes);
  return { kind, summary };
}

/** A capture in which each sender is an interface of its own. */
export function asCapture(frames: readonly WireFrame[]): Uint8Array<ArrayBuffer> {
  const senders = [...new Set(frames.map(({ from }) => from))];
  const numbers = new Map(senders.map((name, index) => [name, index]));
  return pcapng({
    interfaces: senders.map((name) => ({ name })),
    frames: frames.map(({ from, at, bytes }) => ({ interface: numbers.get(from) ?? 0, at, bytes })),
  });
}
