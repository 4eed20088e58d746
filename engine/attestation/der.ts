/**
 * DER, read strictly and written canonically (ITU-T X.690, chapters 8, 10 and 11). It is written out here because this code
 * becomes part of measured firmware, loader and TVMM, where each byte is trusted: a general BER library takes 60 kB, and
 * accepts encodings that two readers understand differently. Must never accept such an encoding, and must never take more
 * time or stack than its limits say, whatever the bytes are.
 */
import { type Bytes, concatBytes, utf8 } from "./bytes.ts";
import { malformed } from "./errors.ts";

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of [number] IMPLICIT around something primitive, or (constructed) around something with parts. */
export const contextTag = (number: number, constructed = false): number => (constructed ? 0xa0 : 0x80) | number;

export interface DerNode {
  /** Identifier octet: class, constructed bit and number in one. */
  readonly tag: number;
  /** Identifier, length and content. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
  /** Empty if primitive. */
  readonly children: readonly DerNode[];
}

export interface DerLimits {
  bytes: number;
  nodes: number;
}

/** A certificate with 4096 bytes of application data and a handful of secondaries needs far less. */
export const CERTIFICATE_LIMITS: DerLimits = { bytes: 16384, nodes: 1024 };
const MAX_DEPTH = 16;

/** Reads exactly one element that takes all of `bytes`. `what` names it in errors. */
export function readDer(bytes: Uint8Array, what: string, limits: DerLimits = CERTIFICATE_LIMITS): DerNode {
  if (bytes.length > limits.bytes) {
    throw malformed(`${what} has ${bytes.length} bytes; at most ${limits.bytes} are accepted`);
  }
  const budget = { nodes: limits.nodes };
  const node = readElement(bytes, 0, 0, what, budget);
  if (node.bytes.length !== bytes.length) {
    throw malformed(`${what} is followed by ${bytes.length - node.bytes.length} bytes that do not belong to it`);
  }
  return node;
}

function readElement(
  bytes: Uint8Array,
  start: number,
  depth: number,
  what: string,
  budget: { nodes: number },
): DerNode {
  if (depth > MAX_DEPTH) throw malformed(`${what} is nested deeper than ${MAX_DEPTH} levels`);
  if (--budget.nodes < 0) throw malformed(`${what} has too many parts`);
  const tag = bytes[start];
  if (tag === undefined) throw malformed(`${what} is truncated: an identifier is missing at byte ${start}`);
  if ((tag & 0x1f) === 0x1f) throw malformed(`${what} has a tag number above 30 at byte ${start}`);
  const { length, contentStart } = readLength(bytes, start + 1, what);
  const end = contentStart + length;
  if (end > bytes.length) {
    throw malformed(
      `${what} is truncated: ${length} bytes announced at byte ${start}, ${bytes.length - contentStart} left`,
    );
  }
  const content = bytes.subarray(contentStart, end);
  const children: DerNode[] = [];
  if ((tag & 0x20) !== 0) {
    for (let at = contentStart; at < end; ) {
      const child = readElement(bytes.subarray(0, end), at, depth + 1, what, budget);
      children.push(child);
      at += child.bytes.length;
    }
  }
  const node = { tag, bytes: bytes.subarray(start, end), content, children };
  if ((tag & 0xc0) === 0) checkUniversal(node, what);
  return node;
}

function readLength(bytes: Uint8Array, at: number, what: string): { length: number; contentStart: number } {
  const first = bytes[at];
  if (first === undefined) throw malformed(`${what} is truncated: a length is missing at byte ${at}`);
  if (first < 0x80) return { length: first, contentStart: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 3) {
    throw malformed(`${what} has a length of ${count === 0 ? "indefinite form" : `${count} octets`} at byte ${at}`);
  }
  let length = 0;
  for (let index = 1; index <= count; index++) {
    const octet = bytes[at + index];
    if (octet === undefined) throw malformed(`${what} is truncated inside a length at byte ${at}`);
    length = length * 256 + octet;
  }
  if (length < 0x80 || length < 256 ** (count - 1)) {
    throw malformed(`${what} has a length at byte ${at} that is not in its shortest form`);
  }
  return { length, contentStart: at + 1 + count };
}

/** Universal types have one encoding each in DER; anything else is refused. */
function checkUniversal(node: DerNode, what: string): void {
  const { tag, content } = node;
  const constructed = (tag & 0x20) !== 0;
  const number = tag & 0x1f;
  if (number === 0) throw malformed(`${what} contains an end-of-contents marker`);
  if (constructed !== (number === 0x10 || number === 0x11)) {
    throw malformed(`${what} contains a value of universal type ${number} in the wrong form`);
  }
  const [first = 0, second = 0] = content;
  switch (tag) {
    case TAG.boolean:
      if (content.length !== 1 || (first !== 0 && first !== 0xff)) {
        throw malformed(`${what} contains a BOOLEAN that is neither 00 nor FF`);
      }
      break;
    case TAG.integer:
    case TAG.enumerated: {
      const padded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
      if (content.length === 0 || (content.length > 1 && padded)) {
        throw malformed(`${what} contains an INTEGER that is not in its shortest form`);
      }
      break;
    }
    case TAG.bitString: {
      const unusedMask = (1 << first) - 1;
      const last = content[content.length - 1] ?? 0;
      if (content.length === 0 || first > 7 || (first > 0 && (content.length === 1 || (last & unusedMask) !== 0))) {
        throw malformed(`${what} contains a BIT STRING whose unused bits are not zero`);
      }
      break;
    }
    case TAG.null:
      if (content.length !== 0) throw malformed(`${what} contains a NULL that is not empty`);
      break;
    case TAG.oid:
      decodeOid(content, what);
      break;
  }
}

function decodeOid(content: Uint8Array, what: string): string {
  if (content.length === 0 || content.length > 64) throw malformed(`${what} contains an empty or endless OID`);
  const arcs: bigint[] = [];
  let arc = 0n;
  let inside = false;
  for (const octet of content) {
    if (!inside && octet === 0x80) throw malformed(`${what} contains an OID that is not in its shortest form`);
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    inside = (octet & 0x80) !== 0;
    if (inside) continue;
    if (arcs.length === 0) {
      const root = arc < 80n ? arc / 40n : 2n;
      arcs.push(root, arc - 40n * root);
    } else arcs.push(arc);
    arc = 0n;
  }
  if (inside) throw malformed(`${what} contains a truncated OID`);
  return arcs.join(".");
}

/** Walks the children of a SEQUENCE in order, as its ASN.1 lists them. */
export class Fields {
  readonly #children: readonly DerNode[];
  readonly #what: string;
  #next = 0;

  constructor(node: DerNode, what: string, tag: number = TAG.sequence) {
    if (node.tag !== tag) throw wrongTag(node.tag, tag, what);
    this.#children = node.children;
    this.#what = what;
  }

  /** The next field, which must be there and, if `tag` is given, have that tag. */
  take(name: string, tag?: number): DerNode {
    const node = this.#children[this.#next];
    if (!node) throw malformed(`${this.#what} ends before its ${name}`);
    if (tag !== undefined && node.tag !== tag) throw wrongTag(node.tag, tag, `${name} of ${this.#what}`);
    this.#next++;
    return node;
  }

  /** The next field if it has that tag. */
  maybe(tag: number): DerNode | undefined {
    const node = this.#children[this.#next];
    if (node?.tag !== tag) return undefined;
    this.#next++;
    return node;
  }

  end(): void {
    const extra = this.#children.length - this.#next;
    if (extra > 0) throw malformed(`${this.#what} has ${extra} field(s) that do not belong there`);
  }
}

function wrongTag(found: number, wanted: number, what: string) {
  return malformed(`${what} has tag ${hexOctet(found)}; ${hexOctet(wanted)} was expected`);
}

const hexOctet = (octet: number): string => `0x${octet.toString(16).padStart(2, "0")}`;

function content(node: DerNode, tag: number, what: string): Uint8Array {
  if (node.tag !== tag) throw wrongTag(node.tag, tag, what);
  return node.content;
}

export function readOid(node: DerNode, what: string): string {
  return decodeOid(content(node, TAG.oid, what), what);
}

export function readBoolean(node: DerNode, what: string): boolean {
  return content(node, TAG.boolean, what)[0] === 0xff;
}

/** A non-negative INTEGER below 2^31; `tag` for one that is tagged implicitly. */
export function readSmallInteger(node: DerNode, what: string, tag: number = TAG.integer): number {
  const octets = content(node, tag, what);
  const [first = 0x80, second = 0x80] = octets;
  if (octets.length > 4 || first >= 0x80) throw malformed(`${what} is not a small non-negative number`);
  if (octets.length > 1 && first === 0 && second < 0x80) throw malformed(`${what} is not in its shortest form`);
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}

/** UTF8String or PrintableString; `tag` for one that is tagged implicitly. */
export function readText(node: DerNode, what: string, tag?: number): string {
  if (tag === undefined ? node.tag !== TAG.utf8String && node.tag !== TAG.printableString : node.tag !== tag) {
    throw wrongTag(node.tag, tag ?? TAG.utf8String, what);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(node.content);
  } catch {
    throw malformed(`${what} is not UTF-8 text`);
  }
}

/** The octets of a BIT STRING without unused bits. */
export function readBitOctets(node: DerNode, what: string): Uint8Array {
  const octets = content(node, TAG.bitString, what);
  if (octets[0] !== 0) throw malformed(`${what} is not a whole number of octets`);
  return octets.subarray(1);
}

/** UTCTime until 2049 and GeneralizedTime from 2050 on, in seconds and UTC (RFC 5280, 4.1.2.5). Milliseconds since 1970. */
export function readTime(node: DerNode, what: string): number {
  const text = String.fromCharCode(...node.content.subarray(0, 20));
  const utc = node.tag === TAG.utcTime;
  const match = utc
    ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
    : node.tag === TAG.generalizedTime
      ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : null;
  if (!match) throw malformed(`${what} is neither UTCTime YYMMDDHHMMSSZ nor GeneralizedTime YYYYMMDDHHMMSSZ`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const fullYear = utc ? (year < 50 ? 2000 + year : 1900 + year) : year;
  if (!utc && fullYear < 2050) throw malformed(`${what} is a GeneralizedTime before 2050; UTCTime was expected`);
  const time = Date.UTC(fullYear, month - 1, day, hour, minute, second);
  // Date.UTC turns 31 June into 1 July; a time that does not come back as it was written does not exist.
  if (compactTime(time) !== `${fullYear}${text.slice(utc ? 2 : 4)}`) throw malformed(`${what} ${text} does not exist`);
  return time;
}

const compactTime = (time: number): string => new Date(time).toISOString().replace(/[-T:]|\.\d{3}/g, "");

export function tlv(tag: number, ...parts: Uint8Array[]): Bytes {
  const value = concatBytes(...parts);
  const length = value.length;
  if (length < 0x80) return concatBytes(Uint8Array.of(tag, length), value);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest & 0xff);
  return concatBytes(Uint8Array.of(tag, 0x80 | octets.length, ...octets), value);
}

export const sequence = (...parts: Uint8Array[]): Bytes => tlv(TAG.sequence, ...parts);
export const set = (...parts: Uint8Array[]): Bytes => tlv(TAG.set, ...parts);
export const boolean = (value: boolean): Bytes => tlv(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const octetString = (value: Uint8Array): Bytes => tlv(TAG.octetString, value);
export const utf8String = (text: string): Bytes => tlv(TAG.utf8String, utf8(text));

/** BIT STRING; `unused` of the last octet's bits do not count. */
export const bitString = (value: Uint8Array, unused = 0): Bytes => tlv(TAG.bitString, Uint8Array.of(unused), value);

/** A non-negative INTEGER, given as a number or as big-endian octets of any length. */
export function integer(value: number | Uint8Array, tag: number = TAG.integer): Bytes {
  let octets = typeof value === "number" ? smallOctets(value) : value;
  while (octets.length > 1 && octets[0] === 0) octets = octets.subarray(1);
  const [first = 0] = octets;
  return first >= 0x80 || octets.length === 0 ? tlv(tag, Uint8Array.of(0), octets) : tlv(tag, octets);
}

function smallOctets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export function oid(dotted: string): Bytes {
  const [root = 0n, second = 0n, ...rest] = dotted.split(".").map(BigInt);
  const octets: number[] = [];
  for (const arc of [root * 40n + second, ...rest]) {
    const start = octets.length;
    let high = arc;
    do {
      octets.splice(start, 0, Number(high & 0x7fn) | (octets.length > start ? 0x80 : 0));
      high >>= 7n;
    } while (high > 0n);
  }
  return tlv(TAG.oid, Uint8Array.from(octets));
}

/** Milliseconds since 1970, rounded down to the second, in the form that RFC 5280 wants for that year. */
export function timeValue(time: number): Bytes {
  const text = compactTime(time);
  const year = Number(text.slice(0, 4));
  return year >= 1950 && year < 2050 ? tlv(TAG.utcTime, utf8(text.slice(2))) : tlv(TAG.generalizedTime, utf8(text));
}
