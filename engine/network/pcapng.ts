/**
 * Captures that Wireshark opens: one section, little-endian, with microseconds since 1970. Source: draft-ietf-opsawg-pcapng
 * (PCAP Next Generation), sections 4.1 to 4.3 and 3.5. It only writes; what a capture holds is the caller's to choose.
 */
import { TerraError } from "../protocol/errors.ts";

export interface CapturedFrame {
  /** Index into `interfaces`. */
  interface: number;
  /** Milliseconds since 1970, fractions count. */
  at: number;
  /** Ethernet, from the destination's address on, without check sequence. */
  bytes: Uint8Array;
  /** Shown beside the frame; at most 65535 bytes in UTF-8. */
  comment?: string;
}

export interface Capture {
  interfaces: readonly { name: string }[];
  frames: readonly CapturedFrame[];
}

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;

const LINKTYPE_ETHERNET = 1;
/** if_tsresol: 10 to the power of -6 s. */
const MICROSECONDS = 6;

const OPTION = { comment: 1, userApplication: 4, interfaceName: 2, timeResolution: 9 } as const;

const padded = (length: number) => (length + 3) & ~3;

interface Option {
  code: number;
  value: Uint8Array;
}

function text(code: number, said: string): Option {
  const value = new TextEncoder().encode(said);
  if (value.length > 0xffff) {
    throw new TerraError("bad-argument", `a text in a capture has at most 65535 bytes, not ${value.length}`);
  }
  return { code, value };
}

/** A block: type and length before, length again behind (section 3.1); `fill` writes the `fixed` bytes between. */
function block(type: number, fixed: number, fill: (view: DataView, bytes: Uint8Array) => void, options: Option[]) {
  const optionBytes = options.reduce((sum, { value }) => sum + 4 + padded(value.length), options.length > 0 ? 4 : 0);
  const total = 12 + padded(fixed) + optionBytes;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, total, true);
  fill(new DataView(bytes.buffer, 8, fixed), bytes.subarray(8, 8 + fixed));
  let at = 8 + padded(fixed);
  // The end of options, code 0 and length 0, is there already.
  for (const { code, value } of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint32(total - 4, total, true);
  return bytes;
}

const sectionHeader = () =>
  block(
    SECTION_HEADER,
    16,
    (view) => {
      view.setUint32(0, BYTE_ORDER_MAGIC, true);
      view.setUint16(4, 1, true);
      view.setUint16(6, 0, true);
      // Length unspecified: readers go on to the end.
      view.setBigInt64(8, -1n, true);
    },
    [text(OPTION.userApplication, "Terra Lab")],
  );

const interfaceDescription = (name: string) =>
  block(
    INTERFACE_DESCRIPTION,
    8,
    // The last four bytes, zero, say that no frame was cut.
    (view) => view.setUint16(0, LINKTYPE_ETHERNET, true),
    [text(OPTION.interfaceName, name), { code: OPTION.timeResolution, value: Uint8Array.of(MICROSECONDS) }],
  );

function enhancedPacket(frame: CapturedFrame, interfaces: number): Uint8Array {
  if (!Number.isInteger(frame.interface) || frame.interface < 0 || frame.interface >= interfaces) {
    throw new TerraError("bad-argument", `a frame's interface is 0 to ${interfaces - 1}, not ${frame.interface}`);
  }
  const microseconds = Math.round(frame.at * 1000);
  if (!Number.isSafeInteger(microseconds) || microseconds < 0) {
    throw new TerraError("bad-argument", `a frame's time is milliseconds since 1970, not ${frame.at}`);
  }
  const { bytes } = frame;
  return block(
    ENHANCED_PACKET,
    20 + bytes.length,
    (view, content) => {
      view.setUint32(0, frame.interface, true);
      view.setUint32(4, Math.floor(microseconds / 2 ** 32), true);
      view.setUint32(8, microseconds % 2 ** 32, true);
      view.setUint32(12, bytes.length, true);
      view.setUint32(16, bytes.length, true);
      content.set(bytes, 20);
    },
    frame.comment === undefined ? [] : [text(OPTION.comment, frame.comment)],
  );
}

/** The capture as a file. Code "bad-argument": an interface that is not listed, a time that is none, a comment too long. */
export function pcapng({ interfaces, frames }: Capture): Uint8Array<ArrayBuffer> {
  const blocks = [
    sectionHeader(),
    ...interfaces.map(({ name }) => interfaceDescription(name)),
    ...frames.map((frame) => enhancedPacket(frame, interfaces.length)),
  ];
  const file = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of blocks) {
    file.set(each, at);
    at += each.length;
  }
  return file;
}
