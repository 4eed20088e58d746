/**
 * Page and TVMM -> physical realm: media (disks, flash, sealed blobs) lie outside the chip, and an attacker may read and change
 * them. Nothing here is trusted by what reads it. Page and machines use the same requests; `insert`, `remove` are the page's.
 */
import {
  badArgument,
  boolean,
  bytes,
  type Fields,
  fields,
  integer,
  list,
  name,
  oneOf,
  optional,
  text,
} from "./checks.ts";
import { MAX_CONFIGURATION } from "./configuration.ts";
import { TerraError } from "./errors.ts";
import { MAX_BATCH, MAX_FRAME, MIN_FRAME } from "./frames.ts";

export type MediumKind = "flash" | "disk" | "sealed";

export interface MediumInfo {
  id: string;
  kind: MediumKind;
  /** Bytes. */
  size: number;
}

/** Size of the medium `sealed`, zero at first: the TVMM keeps there what the chip sealed. */
export const SEALED_SIZE = 65536;

/** Requests of a machine's port (TVMM, loader, firmware). It reaches the media of one machine and no other; the flash cannot be written. */
export type MediaRequest =
  /** Reply: MediumInfo[]. */
  | { op: "list" }
  /** Reply: Uint8Array of `length` bytes, transferred. Out of range: "bad-argument". Unknown medium: "unknown-disk". */
  | { op: "read"; medium: string; offset: number; length: number }
  /** Reply: nothing. Out of range: "bad-argument". */
  | { op: "write"; medium: string; offset: number; bytes: Uint8Array }
  /** Reply: MessagePort that serves these same requests for this one medium (code "refused" for writing if readOnly). */
  | { op: "open"; medium: string; readOnly: boolean }
  /** Reply: NicInfo[], the machine's own network cards. */
  | { op: "nics" }
  /** Reply: MessagePort that carries frames (frames.ts) to and from the wire. A second one takes the place of the first. */
  | { op: "open-nic"; nic: string };

/** A network card of the machine, plugged into a wire outside. */
export interface NicInfo {
  /** "eth0", "eth1", … */
  id: string;
  wire: string;
}

/** A frame on a wire, as whoever taps the wire sees it. */
export interface WireFrame {
  /** Counts up from 1 on each wire. */
  sequence: number;
  /** performance.timeOrigin + performance.now() in the physical realm, ms since 1970. */
  at: number;
  /** "PLATFORM/eth0", or "attacker". */
  from: string;
  bytes: Uint8Array;
}

/** The page's port to the physical worker: builds machines and plays the attacker. */
export type PhysicalRequest =
  /** Where images/ and measured/ are; fetches both manifests. Reply: { images: ImageManifest, measured: MeasuredManifest }. */
  | { op: "init"; base: string }
  /** A file of one of the manifests (path with its folder: "measured/chip.js", "images/blobs/…") as plain bytes, checked against its digest. Reply: Uint8Array. Progress comes as events. */
  | { op: "file"; path: string }
  /** Reply: MessagePort for one machine that serves MediaRequest for the media of this platform. */
  | { op: "machine"; platform: string }
  /**
   * Makes or replaces the platform's medium `flash` from the measured bundles and vendors' certificates (PEM by digest), with
   * the owner's configuration (configuration.ts), if there is one.
   */
  | { op: "flash"; platform: string; vendorCertificates: Record<string, string[]>; configuration?: Uint8Array }
  /** Puts an image into the machine; reply { firmware: "ID.firmware", boot: "ID.boot" }, a second copy "ID.2.firmware", … */
  | { op: "insert-image"; platform: string; image: string }
  /** Reply: the new medium's id. */
  | { op: "insert"; platform: string; bytes: Uint8Array; id?: string }
  | { op: "list"; platform: string }
  | { op: "read"; platform: string; medium: string; offset: number; length: number }
  | { op: "write"; platform: string; medium: string; offset: number; bytes: Uint8Array }
  /** Puts a full copy back: same size as before, else "bad-argument". */
  | { op: "restore"; platform: string; medium: string; bytes: Uint8Array }
  /** Takes a disk out. Reply: a handle for "put". Flash and sealed stay: "bad-argument". The caller sees to it that nobody uses it. */
  | { op: "take"; platform: string; medium: string }
  /** Puts a disk that was taken out into a machine; a handle works once: "unknown-disk". Reply: the medium's id, the old one if it is free. */
  | { op: "put"; platform: string; handle: string }
  /** Frees every medium of the machine, unplugs it and cuts its ports; the medium `sealed` stays stored for the next visit. A wire goes with its last machine. */
  | { op: "scrap"; platform: string }
  /** Plugs the machine's next network card into the wire, which is made if need be. Reply: NicInfo. */
  | { op: "plug"; platform: string; wire: string }
  /** Role: attacker. Reply: WireFrame[], oldest first, those after `since` (0: from the oldest kept), at most `limit` (default 1000). Unknown wire: "unknown-device". */
  | { op: "wire-frames"; wire: string; since?: number; limit?: number }
  /** A frame onto the wire, as if from a machine that nobody knew of. Too short or long: "bad-argument". */
  | { op: "wire-inject"; wire: string; bytes: Uint8Array }
  /** From now on each frame is held and told as "held" until "wire-pass"; interceptors stand in a row in the order of their making. Reply: the interceptor's id. */
  | { op: "wire-intercept"; wire: string }
  /** Puts these frames in the place of the one that is held (none: it is dropped). Not held (any more): "bad-state". */
  | { op: "wire-pass"; wire: string; interceptor: string; held: number; frames: Uint8Array[] }
  /** Frames that it still holds are passed on unchanged. */
  | { op: "wire-stop-intercept"; wire: string; interceptor: string };

export type PhysicalEvent =
  /** Bytes fetched of bytes to fetch, compressed as they travel. */
  | { type: "progress"; path: string; loaded: number; total: number }
  /** Frames that went over a wire since the last such event (at most one in 50 ms and wire; at most 256 frames told, `skipped` more are in the ring). */
  | { type: "frames"; wire: string; frames: WireFrame[]; skipped: number }
  /** An interceptor holds a frame. `held` names it. A frame held for over 2 s is passed on unchanged, and told as "let-go". */
  | { type: "held"; wire: string; interceptor: string; held: number; frame: WireFrame }
  | { type: "let-go"; wire: string; interceptor: string; held: number };

/** The largest medium, in bytes. */
const MAXIMUM_SIZE = 2 ** 30;

/** Frames that one request for them is answered with at most. */
const MAX_FRAMES = 65_536;

const MACHINE_OPERATIONS = ["list", "read", "write", "open", "nics", "open-nic"] as const;
const MACHINE_FIELDS: Record<(typeof MACHINE_OPERATIONS)[number], readonly string[]> = {
  list: [],
  read: ["medium", "offset", "length"],
  write: ["medium", "offset", "bytes"],
  open: ["medium", "readOnly"],
  nics: [],
  "open-nic": ["nic"],
};

const offset = (from: Fields) => integer(from.offset, "offset", 0, MAXIMUM_SIZE);
const length = (from: Fields) => integer(from.length, "length", 0, MAXIMUM_SIZE);
const medium = (from: Fields) => name(from.medium, "medium");

/** The physical realm's door for machines. */
export function parseMediaRequest(raw: unknown): MediaRequest {
  const op = operation(raw, MACHINE_OPERATIONS);
  const from = fields(raw, "the request", ["op", ...MACHINE_FIELDS[op]]);
  switch (op) {
    case "list":
    case "nics":
      return { op };
    case "open-nic":
      return { op, nic: name(from.nic, "nic") };
    case "read":
      return { op, medium: medium(from), offset: offset(from), length: length(from) };
    case "write":
      return { op, medium: medium(from), offset: offset(from), bytes: bytes(from.bytes, "bytes", MAXIMUM_SIZE) };
    case "open":
      return { op, medium: medium(from), readOnly: boolean(from.readOnly, "readOnly") };
  }
}

const PAGE_OPERATIONS = [
  "init",
  "file",
  "machine",
  "flash",
  "insert-image",
  "insert",
  "list",
  "read",
  "write",
  "restore",
  "take",
  "put",
  "scrap",
  "plug",
  "wire-frames",
  "wire-inject",
  "wire-intercept",
  "wire-pass",
  "wire-stop-intercept",
] as const;
const PAGE_FIELDS: Record<(typeof PAGE_OPERATIONS)[number], readonly string[]> = {
  init: ["base"],
  file: ["path"],
  machine: ["platform"],
  flash: ["platform", "vendorCertificates", "configuration"],
  "insert-image": ["platform", "image"],
  insert: ["platform", "bytes", "id"],
  list: ["platform"],
  read: ["platform", "medium", "offset", "length"],
  write: ["platform", "medium", "offset", "bytes"],
  restore: ["platform", "medium", "bytes"],
  take: ["platform", "medium"],
  put: ["platform", "handle"],
  scrap: ["platform"],
  plug: ["platform", "wire"],
  "wire-frames": ["wire", "since", "limit"],
  "wire-inject": ["wire", "bytes"],
  "wire-intercept": ["wire"],
  "wire-pass": ["wire", "interceptor", "held", "frames"],
  "wire-stop-intercept": ["wire", "interceptor"],
};

/** The physical realm's door for the page. */
export function parsePhysicalRequest(raw: unknown): PhysicalRequest {
  const op = operation(raw, PAGE_OPERATIONS);
  const from = fields(raw, "the request", ["op", ...PAGE_FIELDS[op]]);
  const platform = () => name(from.platform, "platform");
  const wire = () => name(from.wire, "wire");
  const interceptor = () => name(from.interceptor, "interceptor");
  const content = () => bytes(from.bytes, "bytes", MAXIMUM_SIZE);
  switch (op) {
    case "init":
      return { op, base: text(from.base, "base", 2000) };
    case "file":
      return { op, path: text(from.path, "path", 300) };
    case "machine":
    case "list":
    case "scrap":
      return { op, platform: platform() };
    case "flash":
      return {
        op,
        platform: platform(),
        vendorCertificates: certificates(from.vendorCertificates),
        ...optional(from, "configuration", (value) => bytes(value, "configuration", MAX_CONFIGURATION)),
      };
    case "insert-image":
      return { op, platform: platform(), image: name(from.image, "image") };
    case "insert":
      return { op, platform: platform(), bytes: content(), ...optional(from, "id", (value) => name(value, "id")) };
    case "read":
      return { op, platform: platform(), medium: medium(from), offset: offset(from), length: length(from) };
    case "write":
      return { op, platform: platform(), medium: medium(from), offset: offset(from), bytes: content() };
    case "restore":
      return { op, platform: platform(), medium: medium(from), bytes: content() };
    case "take":
      return { op, platform: platform(), medium: medium(from) };
    case "put":
      return { op, platform: platform(), handle: name(from.handle, "handle") };
    case "plug":
      return { op, platform: platform(), wire: wire() };
    case "wire-frames":
      return {
        op,
        wire: wire(),
        ...optional(from, "since", (value) => integer(value, "since", 0, Number.MAX_SAFE_INTEGER)),
        ...optional(from, "limit", (value) => integer(value, "limit", 0, MAX_FRAMES)),
      };
    case "wire-inject":
      return { op, wire: wire(), bytes: frame(from.bytes, "bytes") };
    case "wire-intercept":
      return { op, wire: wire() };
    case "wire-pass":
      return {
        op,
        wire: wire(),
        interceptor: interceptor(),
        held: integer(from.held, "held", 1, Number.MAX_SAFE_INTEGER),
        frames: list(from.frames, "frames", MAX_BATCH, frame),
      };
    case "wire-stop-intercept":
      return { op, wire: wire(), interceptor: interceptor() };
  }
}

/** The operation alone, so that only its own fields are then known. */
function operation<const Name extends string>(raw: unknown, names: readonly Name[]): Name {
  if (typeof raw !== "object" || raw === null) throw new TerraError("malformed", "the request is not an object");
  return oneOf((raw as Fields).op, "op", names);
}

function frame(value: unknown, field: string): Uint8Array {
  const checked = bytes(value, field, MAX_FRAME);
  if (checked.length < MIN_FRAME) throw badArgument(field, value, `at least ${MIN_FRAME} bytes`);
  return checked;
}

function certificates(value: unknown): Record<string, string[]> {
  // A Map or a Date would pass for an object without entries.
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    throw new TerraError("malformed", "vendorCertificates is not an object of lists by digest");
  }
  return Object.fromEntries(
    Object.entries(value).map(([digest, each]) => [
      digest,
      list(each, `vendorCertificates[${digest}]`, 16, (pem, field) => text(pem, field, 65536)),
    ]),
  );
}
