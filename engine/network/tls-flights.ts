/**
 * What is said over TLS on a line, as an observer of its frames puts it together: for each side of each connection the records in
 * order, as many as were sent in one go, in one flight. A flight ends where the handshake gives the word to the other side, where the
 * other side takes it, at an alert, and when nothing more came for a while. Pure: clock and frames come from outside. Frames of
 * different senders are never put together, whatever addresses stand in them.
 */
import { concatBytes } from "../attestation/bytes.ts";
import { type Piece, readSegment, type Segment, type TcpStream, tcpStream } from "./tcp-stream.ts";
import { decodeTls, isWholeHello, RECORD_HEADER, recordHeader } from "./tls.ts";
import { CONTENT, HANDSHAKE } from "./tls-names.ts";

/** Sides of connections that are followed; the one that was silent longest is forgotten. */
const MAX_SIDES = 64;
/** A flight of more bytes is told in parts. */
const MAX_FLIGHT = 64 * 1024;
/** A side that has sent no more for so long has said what it had to say; one that shakes hands may have much to reckon. Milliseconds. */
export const QUIET_MS = 200;
export const HANDSHAKE_QUIET_MS = 5000;

export interface ObservedFrame {
  /** Milliseconds since 1970. */
  at: number;
  /** Who put it on the line. */
  from: string;
  bytes: Uint8Array;
}

export interface TlsFlight {
  /** When its last frame came. */
  at: number;
  from: string;
  /** "10.0.0.1:443". */
  source: string;
  destination: string;
  /** Its first frame, whose hardware addresses say who speaks to whom. */
  frame: Uint8Array;
  /** Whole records. */
  bytes: Uint8Array;
  summary: string;
}

export interface TlsObserver {
  /** `now`: milliseconds, by whatever clock. `taken`: the frame carries nothing but what flights tell: TLS, or the receipt for it. */
  push(frame: ObservedFrame, now: number): { taken: boolean; flights: TlsFlight[] };
  /** By that clock: when something that is known and was not told is to be told. */
  readonly due: number | undefined;
  /** Tells what is due. */
  flush(now: number): TlsFlight[];
}

interface Side {
  from: string;
  source: string;
  destination: string;
  /** Sequence number of the SYN, if it was seen. */
  began: number | undefined;
  stream: TcpStream;
  /** What it speaks; "lost": TLS, but the beginning of the next record is still to be found. */
  speaks: "nothing yet" | "tls" | "lost" | "something else";
  /** The beginning of a record. */
  rest: Uint8Array;
  /** Has it said that it encrypts from here on. */
  ciphered: boolean;
  flight: Flight | undefined;
  /** Bytes before the next record that were not seen. */
  missing: number;
  last: ObservedFrame;
  /** When that was. */
  heard: number;
}

interface Flight {
  at: number;
  frame: Uint8Array;
  records: Uint8Array[];
  size: number;
  /** Was everything encrypted already when it began. */
  ciphered: boolean;
  missing: number;
  data: boolean;
}

const NONE = new Uint8Array();
const isTls = ({ speaks }: Side) => speaks === "tls" || speaks === "lost";

export function observeTls(): TlsObserver {
  /** The one that spoke last is last. */
  const sides = new Map<string, Side>();

  const key = (from: string, { source, destination }: Segment) => `${from} ${source} ${destination}`;
  const others = ({ source, destination }: Pick<Segment, "source" | "destination">) =>
    [...sides.values()].filter((each) => each.source === destination && each.destination === source);

  function begin(last: ObservedFrame, heard: number, { source, destination, syn, sequence }: Segment): Side {
    const began = syn ? sequence : undefined;
    const stream = tcpStream(syn ? (sequence + 1) >>> 0 : undefined);
    const state = { speaks: "nothing yet", rest: NONE, ciphered: false, flight: undefined, missing: 0 } as const;
    return { from: last.from, source, destination, began, stream, last, heard, ...state };
  }

  function end(side: Side, flights: TlsFlight[]): void {
    const { flight, from, source, destination } = side;
    side.flight = undefined;
    if (!flight) return;
    const bytes = concatBytes(...flight.records);
    const said = decodeTls(bytes, { ciphered: flight.ciphered }).summary;
    const summary = flight.missing > 0 ? `after ${flight.missing} bytes that were not seen: ${said}` : said;
    flights.push({ at: flight.at, from, source, destination, frame: flight.frame, bytes, summary });
  }

  function hear(side: Side, { bytes, missing }: Piece, flights: TlsFlight[]): void {
    // Of a side whose beginning was not seen the other one knows what is spoken.
    if (missing > 0 && (isTls(side) || (side.speaks === "nothing yet" && others(side).some(isTls)))) {
      side.speaks = "lost";
      side.missing += missing + side.rest.length;
      side.rest = NONE;
    }
    if (side.speaks === "nothing yet") side.speaks = beginsTls(bytes) ? "tls" : "something else";
    if (side.speaks === "lost" && bytes.length >= RECORD_HEADER && recordHeader(bytes, 0)) side.speaks = "tls";
    if (side.speaks === "lost") side.missing += bytes.length;
    if (side.speaks !== "tls") return;
    side.rest = concatBytes(side.rest, bytes);
    while (side.rest.length >= RECORD_HEADER) {
      const header = recordHeader(side.rest, 0);
      if (!header) {
        end(side, flights);
        side.speaks = "something else";
        side.rest = NONE;
        return;
      }
      const size = RECORD_HEADER + header.length;
      if (side.rest.length < size) return;
      for (const other of others(side)) end(other, flights);
      add(side, side.rest.subarray(0, size), header.type, flights);
      side.rest = side.rest.subarray(size);
    }
  }

  function add(side: Side, record: Uint8Array, type: number, flights: TlsFlight[]): void {
    const { flight: before, last } = side;
    const data = type === CONTENT.applicationData;
    const over = before && (before.size + record.length > MAX_FLIGHT || (before.data && !data));
    if (over || type === CONTENT.alert) end(side, flights);
    side.flight ??= {
      at: last.at,
      frame: last.bytes,
      records: [],
      size: 0,
      ciphered: side.ciphered,
      missing: side.missing,
      data: false,
    };
    side.missing = 0;
    const { flight } = side;
    flight.records.push(record);
    flight.size += record.length;
    flight.at = last.at;
    flight.data ||= data;
    if (type === CONTENT.changeCipherSpec) side.ciphered = true;
    if (type === CONTENT.alert || (type === CONTENT.handshake && givesTheWord(record, side.ciphered)))
      end(side, flights);
  }

  function finish(side: Side, flights: TlsFlight[]): void {
    while (side.stream.waiting) for (const piece of side.stream.giveUp()) hear(side, piece, flights);
    end(side, flights);
  }

  return {
    push(frame, now) {
      const flights: TlsFlight[] = [];
      const segment = readSegment(frame.bytes);
      if (!segment) return { taken: false, flights };
      const id = key(frame.from, segment);
      let side = sides.get(id);
      const another = segment.syn && side?.began !== segment.sequence;
      if (side && another) end(side, flights);
      if (another || (!side && segment.payload.length > 0)) side = begin(frame, now, segment);
      if (side) {
        side.last = frame;
        side.heard = now;
        sides.delete(id);
        sides.set(id, side);
        const sequence = segment.syn ? (segment.sequence + 1) >>> 0 : segment.sequence;
        const pieces = side.speaks === "something else" ? [] : side.stream.push({ ...segment, sequence });
        for (const piece of pieces) hear(side, piece, flights);
        if (segment.over) finish(side, flights);
      }
      for (const [oldest, forgotten] of sides) {
        if (sides.size <= MAX_SIDES) break;
        finish(forgotten, flights);
        sides.delete(oldest);
      }
      const plain = !segment.syn && !segment.over;
      // A mere receipt says nothing that the flights do not.
      const receipt = segment.payload.length === 0 && others(segment).some(isTls);
      return { taken: plain && (receipt || (side !== undefined && isTls(side))), flights };
    },
    get due() {
      const times = [...sides.values()].flatMap((side) => dueAt(side) ?? []);
      return times.length > 0 ? Math.min(...times) : undefined;
    },
    flush(now) {
      const flights: TlsFlight[] = [];
      for (const side of sides.values()) if ((dueAt(side) ?? Number.POSITIVE_INFINITY) <= now) finish(side, flights);
      return flights;
    },
  };
}

function dueAt({ flight, stream, heard }: Side): number | undefined {
  if (stream.waiting || flight?.data) return heard + QUIET_MS;
  return flight && heard + HANDSHAKE_QUIET_MS;
}

/** A connection speaks TLS if the first thing that is said is a hello, or an alert. */
function beginsTls(bytes: Uint8Array): boolean {
  const header = recordHeader(bytes, 0);
  if (!header) return false;
  const [type = CONTENT.handshake, , , , , message = HANDSHAKE.clientHello] = bytes;
  if (type === CONTENT.alert) return header.length === 2;
  return type === CONTENT.handshake && (message === HANDSHAKE.clientHello || message === HANDSHAKE.serverHello);
}

/** Does the other side speak next: after a whole ClientHello, after ServerHelloDone, and after the first message that is encrypted. */
function givesTheWord(record: Uint8Array, ciphered: boolean): boolean {
  if (isWholeHello(record)) return record[RECORD_HEADER] === HANDSHAKE.clientHello;
  if (ciphered) return true;
  const [type, ...length] = record.subarray(-4);
  return type === HANDSHAKE.serverHelloDone && length.every((byte) => byte === 0);
}
