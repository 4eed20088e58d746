/**
 * A network card's end: a MessagePort that carries Ethernet frames both ways and nothing else. There are no requests and no
 * replies, so neither side can make the other wait. vm worker <-> TVMM, and TVMM <-> physical realm. Whoever receives checks,
 * copies, and drops what it cannot take: a network promises no delivery.
 */

/** Shortest and longest frame in bytes, without preamble and check sequence (IEEE 802.3: header 14, payload up to 1500). */
export const MIN_FRAME = 14;
export const MAX_FRAME = 1514;
/** Frames in one message. */
export const MAX_BATCH = 256;

export interface FrameBatch {
  frames: Uint8Array<ArrayBuffer>[];
}

/** Private copies of the frames that can be frames; what else came is left out. Never throws. */
export function readFrames(raw: unknown): Uint8Array<ArrayBuffer>[] {
  const frames: unknown = typeof raw === "object" && raw !== null ? (raw as { frames?: unknown }).frames : undefined;
  if (!Array.isArray(frames)) return [];
  const kept: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < frames.length && at < MAX_BATCH; at++) {
    const frame: unknown = frames[at];
    if (!(frame instanceof Uint8Array) || !(frame.buffer instanceof ArrayBuffer)) continue;
    if (frame.length < MIN_FRAME || frame.length > MAX_FRAME) continue;
    kept.push(Uint8Array.from(frame));
  }
  return kept;
}
