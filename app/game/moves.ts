/**
 * What a proxy between a player and the server does to his moves, found by comparing both sides of it: the packet that left the player's box,
 * and the one with the same number that went on from another address. Pure; frames are read, never believed.
 */
import { decodeFrame, type Field, readQuake } from "../../engine/network/index.ts";

export interface Move {
  /** "10.0.0.3:27001". */
  source: string;
  /** The channel's number, and the client's own: together they name a packet on both sides of a proxy. */
  key: string;
  number: number;
  /** The datagram, without the headers around it. */
  bytes: Uint8Array;
  frame: Uint8Array;
  /** Where the datagram begins in the frame. */
  offset: number;
}

export interface Rewriting {
  before: Move;
  after: Move;
  /** Offsets in the datagram of bytes that differ. */
  changed: number[];
  /** What the fields say that differ, in their order. */
  fields: { name: string; offset: number; length: number; before: string; after: string }[];
}

const ETHERNET = 14;
const UDP_HEADER = 8;
/** Sequence, acknowledgement, the client's number. */
const HEADER = 10;
/** Moves that wait for their other side. */
const KEPT = 512;

/** The client's packet in a frame, if it is one of a game. */
export function moveIn(frame: Uint8Array): Move | undefined {
  const packet = readQuake(frame);
  if (!packet?.toServer || !packet.heard.some(({ type }) => type === "move")) return undefined;
  const offset = ETHERNET + ((frame[ETHERNET] ?? 0) & 0x0f) * 4 + UDP_HEADER;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const length = view.getUint16(offset - 4) - UDP_HEADER;
  if (length < HEADER) return undefined;
  const number = view.getUint32(offset, true) & 0x7fffffff;
  const key = `${number} ${view.getUint16(offset + 8, true)}`;
  return { source: packet.source, key, number, bytes: frame.subarray(offset, offset + length), frame, offset };
}

function leaves(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => (field.fields && field.fields.length > 0 ? leaves(field.fields) : [field]));
}

const quakeLeaves = (frame: Uint8Array) =>
  leaves(decodeFrame(frame).fields.filter(({ name }) => name === "QuakeWorld"));

function compared(before: Move, after: Move): Rewriting {
  const length = Math.max(before.bytes.length, after.bytes.length);
  const changed = Array.from({ length }, (_, at) => at).filter((at) => before.bytes[at] !== after.bytes[at]);
  const old = quakeLeaves(before.frame);
  const fields = quakeLeaves(after.frame).flatMap((field) => {
    const offset = field.offset - after.offset;
    const was = old.find((each) => each.name === field.name && each.offset - before.offset === offset);
    const differs = changed.some((at) => at >= offset && at < offset + field.length);
    if (!was || !differs) return [];
    return [{ name: field.name, offset, length: field.length, before: was.value, after: field.value }];
  });
  return { before, after, changed, fields };
}

export interface Comparer {
  /** Pairs seen, and those in which a byte differed. */
  readonly seen: number;
  readonly rewritten: number;
  /** Takes a frame from either side, in any order; a pair when it has both. */
  push(frame: Uint8Array): Rewriting | undefined;
}

export function compareMoves(): Comparer {
  /** The first of its number, whichever side it is from. */
  const waiting = new Map<string, Move>();
  let seen = 0;
  let rewritten = 0;
  return {
    get seen() {
      return seen;
    },
    get rewritten() {
      return rewritten;
    },
    push(frame) {
      const move = moveIn(frame);
      if (!move) return undefined;
      const other = waiting.get(move.key);
      if (!other || other.source === move.source) {
        waiting.delete(move.key);
        waiting.set(move.key, move);
        const [oldest] = waiting.keys();
        if (waiting.size > KEPT && oldest !== undefined) waiting.delete(oldest);
        return undefined;
      }
      waiting.delete(move.key);
      seen += 1;
      // The player's own side comes first: the proxy cannot send what it does not have yet.
      const pair = compared(other, move);
      if (pair.changed.length > 0) rewritten += 1;
      return pair;
    },
  };
}
