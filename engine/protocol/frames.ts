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

/**
 * The frames in a message that can be frames, each in memory of its own; what else came is left out. Never throws.
 *
 * Nothing is copied where that is safe. What a MessagePort delivers is the receiver's alone: a buffer was either cloned on the way,
 * or transferred, and then the sender has none of it left. Only shared memory is not, and it is left out. So nobody can change
 * a frame after it was checked. A copy is made of a frame that is not exactly its buffer (a sender could hang one gigabyte on
 * 14 bytes), that shares its buffer with another frame (handing the one on would take the other away), or whose buffer
 * can grow.
 */
export function readFrames(raw: unknown): Uint8Array<ArrayBuffer>[] {
  const frames: unknown = typeof raw === "object" && raw !== null ? (raw as { frames?: unknown }).frames : undefined;
  if (!Array.isArray(frames)) return [];
  const kept: Uint8Array<ArrayBuffer>[] = [];
  const buffers = new Set<ArrayBuffer>();
  for (let at = 0; at < frames.length && at < MAX_BATCH; at++) {
    const frame: unknown = frames[at];
    if (!(frame instanceof Uint8Array)) continue;
    const { buffer, length } = frame;
    if (!(buffer instanceof ArrayBuffer) || length < MIN_FRAME || length > MAX_FRAME) continue;
    const own = length === buffer.byteLength && !canGrow(buffer) && !buffers.has(buffer);
    buffers.add(buffer);
    kept.push(own ? (frame as Uint8Array<ArrayBuffer>) : Uint8Array.from(frame));
  }
  return kept;
}

/** ECMAScript 2024's resizable buffers, in engines that have them. */
const canGrow = (buffer: ArrayBuffer): boolean => (buffer as { resizable?: boolean }).resizable === true;
