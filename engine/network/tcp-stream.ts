/**
 * What one end of a TCP connection sent, put back in order (RFC 9293, 3.4). An observer's view, of frames in the order in which they
 * were on the wire: bytes that come again are dropped, the first ones count, and what is kept for a gap that never closes has a bound.
 */
import { correction, pseudoHeader } from "./checksum.ts";
import { ipv4Text } from "./decoder.ts";
import { ETHER_TYPE, PROTOCOL } from "./names.ts";

export interface Segment {
  /** "10.0.0.1:443". */
  source: string;
  destination: string;
  sequence: number;
  syn: boolean;
  /** FIN or RST: the sender has nothing more to say. */
  over: boolean;
  payload: Uint8Array;
}

const ETHERNET = 14;
const FIN = 1;
const SYN = 2;
const RST = 4;

/** The TCP segment in a frame; undefined where there is none, or none that its receiver would take. */
export function readSegment(frame: Uint8Array): Segment | undefined {
  if (frame.length < ETHERNET + 40) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint16(12) !== ETHER_TYPE.ipv4 || (view.getUint8(ETHERNET) & 0xf0) !== 0x40) return undefined;
  const tcp = ETHERNET + (view.getUint8(ETHERNET) & 0x0f) * 4;
  const end = ETHERNET + view.getUint16(ETHERNET + 2);
  const fragment = (view.getUint16(ETHERNET + 6) & 0x3fff) !== 0;
  if (fragment || view.getUint8(ETHERNET + 9) !== PROTOCOL.tcp) return undefined;
  if (tcp < ETHERNET + 20 || tcp + 20 > end || end > frame.length) return undefined;
  const payload = tcp + (view.getUint8(tcp + 12) >> 4) * 4;
  if (payload < tcp + 20 || payload > end) return undefined;
  const source = frame.subarray(ETHERNET + 12, ETHERNET + 16);
  const destination = frame.subarray(ETHERNET + 16, ETHERNET + 20);
  const pseudo = pseudoHeader({ source, destination }, PROTOCOL.tcp, end - tcp);
  if (correction(view.getUint16(tcp + 16), pseudo, frame.subarray(tcp, end)) !== undefined) return undefined;
  const flags = view.getUint8(tcp + 13);
  return {
    source: `${ipv4Text(source)}:${view.getUint16(tcp)}`,
    destination: `${ipv4Text(destination)}:${view.getUint16(tcp + 2)}`,
    sequence: view.getUint32(tcp + 4),
    syn: (flags & SYN) !== 0,
    over: (flags & (FIN | RST)) !== 0,
    payload: frame.subarray(payload, end),
  };
}

/** Segments, and their bytes, that wait for one before them. */
const WAITING_SEGMENTS = 64;
const WAITING_BYTES = 64 * 1024;
/** No window is larger (RFC 7323, 2.3): what is further ahead is no part of this stream. */
const WINDOW = 2 ** 30;

export interface Piece {
  bytes: Uint8Array;
  /** So many bytes before it were never seen. */
  missing: number;
}

export interface TcpStream {
  /** What the segment adds, in order. */
  push(segment: Pick<Segment, "sequence" | "payload">): Piece[];
  /** What waits for something before it is not made to wait any longer. */
  giveUp(): Piece[];
  /** Does anything wait. */
  readonly waiting: boolean;
}

/** `next`: sequence number of the first byte; left out, it is that of the first segment with any. */
export function tcpStream(next?: number): TcpStream {
  /** What is ahead of `next`, nearest first. */
  const waiting: { sequence: number; payload: Uint8Array }[] = [];

  const ahead = (sequence: number) => (sequence - (next ?? sequence)) | 0;

  function take(sequence: number, payload: Uint8Array, pieces: Piece[], missing = 0): void {
    const known = -ahead(sequence);
    if (known >= payload.length) return;
    const bytes = payload.subarray(known);
    next = ((next ?? sequence) + bytes.length) >>> 0;
    pieces.push({ bytes, missing });
  }

  function drain(pieces: Piece[]): void {
    for (let first = waiting[0]; first && ahead(first.sequence) <= 0; first = waiting[0]) {
      waiting.shift();
      take(first.sequence, first.payload, pieces);
    }
  }

  function giveUp(): Piece[] {
    const pieces: Piece[] = [];
    const first = waiting.shift();
    if (!first) return pieces;
    const missing = ahead(first.sequence);
    next = first.sequence;
    take(first.sequence, first.payload, pieces, missing);
    drain(pieces);
    return pieces;
  }

  return {
    push({ sequence, payload }) {
      const pieces: Piece[] = [];
      if (payload.length === 0) return pieces;
      next ??= sequence;
      const distance = ahead(sequence);
      if (distance > WINDOW) return pieces;
      if (distance <= 0) {
        take(sequence, payload, pieces);
        drain(pieces);
        return pieces;
      }
      const at = waiting.findIndex((each) => ahead(each.sequence) > distance);
      // Whoever has the frame may go on and change it: what waits is a copy.
      waiting.splice(at < 0 ? waiting.length : at, 0, { sequence, payload: payload.slice() });
      const bytes = waiting.reduce((sum, each) => sum + each.payload.length, 0);
      return waiting.length > WAITING_SEGMENTS || bytes > WAITING_BYTES ? giveUp() : pieces;
    },
    giveUp,
    get waiting() {
      return waiting.length > 0;
    },
  };
}
