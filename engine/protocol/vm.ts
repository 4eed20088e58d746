/**
 * TVMM <-> vm worker: one emulated PC. The vm worker is measured TVMM code (its bundle's digest is a constant in the TVMM's), but the
 * guest inside it is hostile: whatever stems from the guest (serial bytes) is data to both.
 */
import { badArgument, boolean, bytes, fields, integer, list, malformed, oneOf, text } from "./checks.ts";
import { type Halt, MAX_MEMORY_PIECE } from "./owner.ts";
import { type MouseMotion, parseMotion, type ScreenShape, type SurfaceSize } from "./person.ts";
import { parseSign, type Sign, signText } from "./sign.ts";

export interface VmDisk {
  /** Device id, for events. */
  device: string;
  /** virtio serial: the slot's name, 20 ASCII bytes at most. Disks are given in slot order: the first becomes /dev/vda. */
  serial: string;
  /** Bytes that the guest sees. */
  size: number;
  readOnly: boolean;
  source: /** The copy that was hashed; the medium is not read again. `verified`: it was checked ahead of time. */
    | { type: "pinned"; bytes: Uint8Array }
    /** A medium, read through this port (media.ts); with `check`, each 4096-byte block against its digest at each read. */
    | { type: "medium"; medium: string; port: MessagePort; check?: { salt: Uint8Array; leaves: Uint8Array } };
}

/** One network card; its port carries frames (frames.ts), to and from whatever the TVMM connects it with. */
export interface VmNic {
  /** Device id. */
  device: string;
  /** PCI device number, 8 to 15. */
  pci: number;
  mac: string;
  port: MessagePort;
}

export interface StripText {
  name: string;
  kind: "open" | "closed";
  /** First and last four digits; absent for open boxes. */
  identity?: string;
  /** The person's sign, or absent: "no sign". */
  sign?: Sign;
  /** Colour of the frame: blue violet brown plum teal. */
  colour: string;
}

/** What the strip says, in one line, for those who do not see it; a box that stopped says why. */
export function stripText(strip: StripText, halted?: string): string {
  const what = [strip.kind, strip.identity, halted && `halted: ${halted}`].filter(Boolean).join(" · ");
  return `${strip.name} · ${what} · ${signText(strip.sign)}`;
}

/** Init of the measured launch (launch.ts): `start(init)` of the vm worker's module. */
export interface VmInit {
  memoryMiB: number;
  commandLine: string;
  stub: Uint8Array;
  kernel: Uint8Array;
  /** v86.wasm, compiled once by the TVMM from the bytes whose digest it checked. */
  wasm: WebAssembly.Module;
  disks: VmDisk[];
  nics: VmNic[];
  serials: { console: boolean; attestation: boolean; management: boolean };
  display: boolean;
  strip: StripText;
  /** Share of processor time, over 0 to 1. */
  cpuShare: number;
  /** May memory, screen and state be read and changed on the owner's behalf; otherwise those requests are "closed-box" here as well. */
  inspectable: boolean;
  /** Requests from the TVMM are served and events emitted on this port. */
  port: MessagePort;
}

export type VmRequest =
  /** The machine's processor starts. Reply: nothing, once the first instruction ran. A second time: "bad-state". */
  | { op: "run" }
  /** Bytes into COM1. No such line: "unknown-device"; over 1 MiB not yet taken by the guest: "busy". */
  | { op: "serial"; line: 1; bytes: Uint8Array }
  /** Into COM2 or COM3, for whoever has the device open since that opening (event "dtr"); if it has ended, they are dropped. */
  | { op: "serial"; line: 2 | 3; bytes: Uint8Array; opening: number }
  | { op: "type"; text: string }
  | { op: "scancodes"; codes: number[] }
  | ({ op: "mouse" } & MouseMotion)
  /** The person has another sign from now on, or none. */
  | { op: "sign"; sign: Sign | null }
  | { op: "surface"; canvas: OffscreenCanvas; size: SurfaceSize; theme: "light" | "dark" }
  | { op: "resize"; size: SurfaceSize; theme: "light" | "dark" }
  | { op: "focus"; focused: boolean }
  /** Reply: { strip, screen }. */
  | { op: "text" }
  /** Reply: Uint8Array. */
  | { op: "png" }
  /**
   * The processor stops after the instruction it is at, and goes on. Nothing of its state leaves the worker. Meanwhile its clock stands
   * still (but for the real-time clock), frames wait or are dropped, and other requests are answered. "bad-state" otherwise.
   */
  | { op: "suspend" }
  | { op: "resume" }
  | { op: "share"; share: number }
  /** Inspection, physical addresses: "closed-box" unless `inspectable`; outside memory: "bad-argument". Reply: Uint8Array. */
  | { op: "read-memory"; address: number; length: number }
  | { op: "write-memory"; address: number; bytes: Uint8Array }
  /** Reply: Uint8Array, PNG of the guest's screen alone. */
  | { op: "screenshot" }
  /** Reply: Uint8Array, v86's saved state: processor, memory, v86's own devices; disks and network cards are not in it. */
  | { op: "snapshot" }
  | { op: "send-keys"; text: string }
  /** Reply: { instructions, memoryBytes } for benchmarks. */
  | { op: "figures" };

export type VmEvent =
  | { type: "serial"; line: 1 | 2 | 3; bytes: Uint8Array }
  /** DTR of COM2 or COM3 rose or fell: opening number `opening` began or ended. Numbers count up; not every opening is told. */
  | { type: "dtr"; line: 2 | 3; high: boolean; opening: number }
  | { type: "blocks"; device: string; verified: number[]; failed: number[] }
  /**
   * The processor has stopped for good; nothing more will run in this worker. Reasons: "integrity" (a block that does not
   * verify: disk is the device's id), "panic" (a reset after "Kernel panic" was seen on a console or the screen), "reset",
   * "shutdown" (halted with interrupts off), "fault" (the guest did what the emulator cannot emulate).
   */
  | { type: "halt"; halt: Halt }
  | { type: "text"; strip: string; screen: string }
  /** The screen shows something of another kind or size than was told last; at first it is text, 80 by 25. At most 4 a second. */
  | { type: "shape"; shape: ScreenShape };

/** What a screen shows before anything else was said. */
export const FIRST_SHAPE: ScreenShape = { kind: "text", width: 80, height: 25 };

/** What a request can be without being an attempt to fill this realm's memory. */
const MAX_SERIAL_BYTES = 1 << 20;
const MAX_TYPED = 4096;
const MAX_ADDRESS = 2 ** 32 - 1;

function size(value: unknown): SurfaceSize {
  const from = fields(value, "size", ["width", "height", "scale"]);
  const scale = from.scale;
  if (typeof scale !== "number" || !(scale >= 0.25 && scale <= 8)) {
    throw malformed("size.scale", scale, "device pixels per CSS pixel, 0.25 to 8");
  }
  return {
    width: integer(from.width, "size.width", 1, 8192),
    height: integer(from.height, "size.height", 1, 8192),
    scale,
  };
}

function share(value: unknown): number {
  if (typeof value !== "number") throw malformed("share", value, "a number");
  if (!(value > 0 && value <= 1)) throw badArgument("share", value, "over 0 and up to 1");
  return value;
}

const theme = (value: unknown) => oneOf(value, "theme", ["light", "dark"]);

function canvas(value: unknown): OffscreenCanvas {
  if (typeof OffscreenCanvas === "undefined" || !(value instanceof OffscreenCanvas)) {
    throw malformed("canvas", value, "an OffscreenCanvas");
  }
  return value;
}

/** The vm worker's door: what its TVMM asks. Codes "malformed", "bad-argument". */
export function parseVmRequest(raw: unknown): VmRequest {
  const known = [
    "op",
    "line",
    "bytes",
    "opening",
    "text",
    "codes",
    "dx",
    "dy",
    "wheel",
    "buttons",
    "sign",
    "canvas",
    "size",
    "theme",
    "focused",
    "share",
    "address",
    "length",
  ];
  const from = fields(raw, "request", known);
  const op = oneOf(from.op, "op", [
    "run",
    "serial",
    "type",
    "scancodes",
    "mouse",
    "sign",
    "surface",
    "resize",
    "focus",
    "text",
    "png",
    "suspend",
    "resume",
    "share",
    "read-memory",
    "write-memory",
    "screenshot",
    "snapshot",
    "send-keys",
    "figures",
  ]);
  switch (op) {
    case "serial": {
      const line = integer(from.line, "line", 1, 3) as 1 | 2 | 3;
      const content = bytes(from.bytes, "bytes", MAX_SERIAL_BYTES);
      if (line === 1) return { op, line, bytes: content };
      return { op, line, bytes: content, opening: integer(from.opening, "opening", 0, Number.MAX_SAFE_INTEGER) };
    }
    case "type":
    case "send-keys":
      return { op, text: text(from.text, "text", MAX_TYPED) };
    case "scancodes":
      return { op, codes: list(from.codes, "codes", MAX_TYPED, (each, field) => integer(each, field, 0, 255)) };
    case "mouse": {
      const { dx, dy, wheel, buttons } = from;
      return { op, ...parseMotion({ dx, dy, wheel, buttons }) };
    }
    case "sign":
      return { op, sign: from.sign === null ? null : parseSign(from.sign) };
    case "surface":
      return { op, canvas: canvas(from.canvas), size: size(from.size), theme: theme(from.theme) };
    case "resize":
      return { op, size: size(from.size), theme: theme(from.theme) };
    case "focus":
      return { op, focused: boolean(from.focused, "focused") };
    case "share":
      return { op, share: share(from.share) };
    case "read-memory": {
      const length = integer(from.length, "length", 0, MAX_MEMORY_PIECE);
      return { op, address: integer(from.address, "address", 0, MAX_ADDRESS), length };
    }
    case "write-memory": {
      const content = bytes(from.bytes, "bytes", MAX_MEMORY_PIECE);
      return { op, address: integer(from.address, "address", 0, MAX_ADDRESS), bytes: content };
    }
    default:
      return { op };
  }
}
