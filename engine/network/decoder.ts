/**
 * What every protocol's decoder is made of: a reader that notes each field that it hands out, with its place in the frame, and
 * the few things that a layer tells the loop (decode.ts) about what comes inside it. Frames are a stranger's bytes: a reader
 * never goes beyond its end, and text made of them is escaped.
 */
import { TerraError } from "../protocol/errors.ts";

/** What a frame counts as in the list of messages: its innermost protocol that has a kind. */
export type FrameKind = "arp" | "icmp" | "dns" | "udp" | "tcp" | "tls" | "quake" | "other";

/** A piece of a frame with its meaning. `offset` and `length` are bytes of the whole frame; bits share their bytes' place. */
export interface Field {
  name: string;
  value: string;
  offset: number;
  length: number;
  /** What is odd, or was verified, about it. */
  note?: string;
  fields?: Field[];
}

/** Where to look for the decoder of what a layer carries: the tables in tables.ts, by number; the first key that is there counts. */
export interface Carried {
  by: "etherType" | "protocol" | "udpPort" | "tcpPort";
  keys: readonly number[];
}

/** What the layers around it tell an inner one. */
export interface Around {
  /** Both ends as the nearest layer with addresses has them, for people. */
  source: string;
  destination: string;
  /** The IPv4 packet around it (RFC 791), with its final destination; `whole` if the frame holds all of its payload, unfragmented. */
  packet?: { source: Uint8Array; destination: Uint8Array; whole: boolean };
  /** Of the UDP datagram around it. */
  ports?: { source: number; destination: number };
}

export interface Decoded {
  /** What follows the protocol's name in the layer's line. */
  line: string;
  /** What it says, without its ends; the innermost layer's is the frame's. */
  summary: string;
  around?: Partial<Around>;
  /** Where the layer ends with all that it carries; left out: where it was said to. What follows is padding of the layer around it. */
  end?: number;
  carried?: Carried;
}

export interface Decoder {
  /** Begins the layer's line. */
  name: string;
  kind?: FrameKind;
  /** Reads the header; may stop early by reading beyond the end, which the loop turns into "cut short". */
  read(reader: Reader, around: Around): Decoded;
}

/** The bytes end before a field does. Stays between readers and the loop. */
export class CutShort extends Error {}

export interface Reader {
  /** The whole frame. */
  readonly frame: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where the next field begins. */
  readonly at: number;
  readonly fields: readonly Field[];
  /** Bytes left. */
  left(): number;
  /** Unsigned, big-endian. */
  u8(name: string, show?: (value: number) => string): number;
  u16(name: string, show?: (value: number) => string): number;
  u32(name: string, show?: (value: number) => string): number;
  take(name: string, length: number, show?: (bytes: Uint8Array) => string): Uint8Array;
  /** Takes bytes whose meaning the caller has found out already. */
  put(name: string, value: string, length: number): void;
  /** Bits of the field read last. */
  bits(name: string, value: string): void;
  /** A remark on the field read last. */
  note(text: string): void;
  /** What `read` reads through a reader that starts here becomes one field, whose value is what `read` returns. */
  group(name: string, read: (inner: Reader) => string): void;
}

export function reader(frame: Uint8Array, start: number, end: number): Reader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let at = start;
  const fields: Field[] = [];

  function claim(length: number): number {
    if (length > end - at) throw new CutShort();
    const from = at;
    at += length;
    return from;
  }
  function last(): Field {
    const field = fields.at(-1);
    if (!field) throw new TerraError("internal", "a remark was made before any field was read");
    return field;
  }
  function number(length: 1 | 2 | 4, name: string, show: (value: number) => string): number {
    const offset = claim(length);
    const value = length === 1 ? view.getUint8(offset) : length === 2 ? view.getUint16(offset) : view.getUint32(offset);
    fields.push({ name, value: show(value), offset, length });
    return value;
  }

  return {
    frame,
    start,
    end,
    get at() {
      return at;
    },
    fields,
    left: () => end - at,
    u8: (name, show = String) => number(1, name, show),
    u16: (name, show = String) => number(2, name, show),
    u32: (name, show = String) => number(4, name, show),
    take(name, length, show = hexBytes) {
      const offset = claim(length);
      const bytes = frame.subarray(offset, offset + length);
      fields.push({ name, value: show(bytes), offset, length });
      return bytes;
    },
    put(name, value, length) {
      fields.push({ name, value, offset: claim(length), length });
    },
    bits(name, value) {
      const field = last();
      const { offset, length } = field;
      field.fields ??= [];
      field.fields.push({ name, value, offset, length });
    },
    note(text) {
      last().note = text;
    },
    group(name, read) {
      const inner = reader(frame, at, end);
      let value = "unreadable";
      try {
        value = read(inner);
      } finally {
        fields.push({ name, value, offset: at, length: inner.at - at, fields: [...inner.fields] });
        at = inner.at;
      }
    },
  };
}

export const hex = (digits: number) => (value: number) => `0x${value.toString(16).padStart(digits, "0")}`;

/** Hexadecimal digits; of many bytes the first 32. */
export function hexBytes(bytes: Uint8Array): string {
  const digits = Array.from(bytes.subarray(0, 32), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.length > 32 ? `${digits}… (${bytes.length} bytes)` : digits;
}

export const macText = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");

export const ipv4Text = (bytes: Uint8Array): string => bytes.join(".");

/** Printable ASCII as it is, anything else as \DDD (RFC 1035, 5.1): text from strangers cannot pose as anything but itself. */
export function escaped(bytes: Uint8Array, special = ""): string {
  let text = "";
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    if (byte < 0x21 || byte > 0x7e)
      text += byte === 0x20 && special === "" ? " " : `\\${String(byte).padStart(3, "0")}`;
    else text += letter === "\\" || special.includes(letter) ? `\\${letter}` : letter;
  }
  return text;
}
