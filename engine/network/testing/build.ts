/** Frames put together by hand, with right lengths and checksums unless told otherwise: what the decoders are tried with. */
import { concatBytes, fromHex } from "../../attestation/bytes.ts";
import { onesSum, pseudoHeader } from "../checksum.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export const u8 = (...values: number[]): Bytes => Uint8Array.from(values);
export const u16 = (...values: number[]): Bytes =>
  u8(...values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));
export const u32 = (...values: number[]): Bytes =>
  u8(...values.flatMap((value) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]));
export const bytesOf = (digits: string): Bytes => fromHex(digits.replaceAll(/[\s:]/g, ""));
export const ascii = (text: string): Bytes => Uint8Array.from(new TextEncoder().encode(text));
export const join = concatBytes;

export const ALICE = { mac: "02:00:00:00:00:0a", ip: "10.0.0.1" };
export const BOB = { mac: "02:00:00:00:00:0b", ip: "10.0.0.11" };

export const ip = (text: string): Bytes => u8(...text.split(".").map(Number));

/** The sum to write into a header whose checksum is zero so far. */
const checksum = (...parts: Uint8Array[]) => ~onesSum(...parts) & 0xffff;

function withChecksum(bytes: Bytes, at: number, sum: number): Bytes {
  const written = bytes.slice();
  new DataView(written.buffer).setUint16(at, sum);
  return written;
}

export const ethernet = (type: number, payload: Uint8Array, from = ALICE.mac, to = BOB.mac): Bytes =>
  join(bytesOf(to), bytesOf(from), u16(type), payload);

export const tag = (value: number, type: number, payload: Uint8Array): Bytes => join(u16(value, type), payload);

export const arp = (operation: number, sender: string, target: string, mac = ALICE.mac): Bytes =>
  join(u16(1, 0x800), u8(6, 4), u16(operation), bytesOf(mac), ip(sender), new Uint8Array(6), ip(target));

export interface Packet {
  source?: string;
  destination?: string;
  service?: number;
  id?: number;
  /** Flags and offset as one word. */
  fragment?: number;
  ttl?: number;
  options?: Uint8Array;
  /** Instead of the right ones. */
  checksum?: number;
  totalLength?: number;
}

export function ipv4(protocol: number, payload: Uint8Array, packet: Packet = {}): Bytes {
  const options = packet.options ?? new Uint8Array();
  const length = 20 + options.length;
  const header = join(
    u8(0x40 | (length / 4), packet.service ?? 0),
    u16(packet.totalLength ?? length + payload.length, packet.id ?? 0, packet.fragment ?? 0x4000),
    u8(packet.ttl ?? 64, protocol),
    u16(0),
    ip(packet.source ?? ALICE.ip),
    ip(packet.destination ?? BOB.ip),
    options,
  );
  return join(withChecksum(header, 10, packet.checksum ?? checksum(header)), payload);
}

/** Type, code, and everything behind the checksum. */
export function icmp(type: number, code: number, rest: Uint8Array): Bytes {
  const message = join(u8(type, code), u16(0), rest);
  return withChecksum(message, 2, checksum(message));
}

const between = (packet: Packet) => ({
  source: ip(packet.source ?? ALICE.ip),
  destination: ip(packet.destination ?? BOB.ip),
});

export function udp(from: number, to: number, payload: Uint8Array, packet: Packet = {}): Bytes {
  const length = 8 + payload.length;
  const datagram = join(u16(from, to, length, 0), payload);
  const sum = checksum(pseudoHeader(between(packet), 17, length), datagram) || 0xffff;
  return ipv4(17, withChecksum(datagram, 6, sum), packet);
}

export interface Segment {
  from?: number;
  to?: number;
  sequence?: number;
  acknowledgment?: number;
  /** Nine bits. */
  flags?: number;
  window?: number;
  urgent?: number;
  /** A multiple of four bytes. */
  options?: Uint8Array;
}

export function tcp(segment: Segment, payload: Uint8Array, packet: Packet = {}): Bytes {
  const options = segment.options ?? new Uint8Array();
  const bytes = join(
    u16(segment.from ?? 40000, segment.to ?? 4000),
    u32(segment.sequence ?? 1, segment.acknowledgment ?? 0),
    u16((((20 + options.length) / 4) << 12) | (segment.flags ?? 2), segment.window ?? 64240, 0, segment.urgent ?? 0),
    options,
    payload,
  );
  return ipv4(6, withChecksum(bytes, 16, checksum(pseudoHeader(between(packet), 6, bytes.length), bytes)), packet);
}

/** Labels without compression. */
export const name = (text: string): Bytes =>
  join(...text.split(".").flatMap((label) => (label === "" ? [] : [u8(label.length), ascii(label)])), u8(0));
