/**
 * Page -> TVMM, the owner's port: management (paper 4.4), consoles that makers left open, status, and the remote party's
 * challenges, which reach a machine the same way. Whatever is asked, the TVMM decides. Events tell what happened.
 */
import {
  badArgument,
  boolean,
  bytes,
  fields,
  integer,
  list,
  malformed,
  oneOf,
  optional,
  text,
  textLike,
} from "./checks.ts";
import type { MeasuredStage } from "./launch.ts";

export type VmState = "off" | "on" | "suspended" | "halted";
export type Kind = "open" | "closed";
export type Checking = "ahead-of-time" | "optimistic" | "none";

export type DeviceConfig =
  | { type: "disk"; medium: string; class: "attested"; root: string; salt: string; slot?: number; serial?: string }
  | {
      type: "disk";
      medium: string;
      class: "raw" | "integrity" | "encrypted";
      counter?: boolean;
      slot?: number;
      serial?: string;
    }
  | { type: "nic"; role?: string; mac?: string }
  | { type: "display" }
  | { type: "serial"; purpose: "console" | "attestation" | "management" };

/** CREATE-VM: the image is a firmware medium of this machine; its descriptor decides kind, memory, console. */
export interface CreateVm {
  name: string;
  medium: string;
  /** Name of the image as the caller knows it, for lists only. */
  image: string;
  asOpen?: boolean;
  checking?: Checking;
  /** PEM, untrusted, handed on in each ENDORSE reply. */
  vendorCertificates?: string[];
  cpuShare?: number;
}

export interface MeasurementOptions {
  path?: string[];
  depth?: number;
  from?: number;
  count?: number;
}

export interface MeasurementNode {
  name: string;
  kind: "chip" | "firmware" | "loader" | "tvmm" | "vm" | "kernel" | "command-line" | "disk" | "tree" | "block";
  digest: string;
  state: "unchecked" | "verified" | "failed";
  blocks?: { size: number; total: number; verified: number; failed: number };
  childCount?: number;
  children?: MeasurementNode[];
}

export interface Halt {
  /** "panic", "reset", "integrity", "worker", … */
  reason: string;
  /** For "integrity" before the first instruction: "descriptor", "stub" or "kernel". */
  part?: string;
  disk?: string;
  block?: number;
  /** What the tree says and what the block hashes to, for "integrity". */
  expected?: string;
  found?: string;
}

export interface VmStatus {
  id: string;
  name: string;
  image: string;
  /** The firmware medium that it was made from. */
  medium: string;
  kind: Kind;
  product: string;
  version: string;
  state: VmState;
  /** Why a VM halted; also why the last ON was refused, if its content was not what it must be (state "off" then). */
  halt?: Halt;
  /** Closed boxes only. */
  primary?: string;
  secondary?: Record<string, string>;
  /** May the owner see a console: "none", "output", "open". */
  console: "none" | "output" | "open";
  checking: Checking;
  memoryMiB: number;
  /** Share of processor time that it may have, over 0 to 1: its own, or less where a limit says so. */
  cpuShare: number;
  /** May it be suspended, as its descriptor says. */
  suspend: boolean;
  /** Is it the machine's management box. */
  management: boolean;
  devices: string[];
  /** Open boxes only, while their screen shows a picture of so many pixels rather than text. */
  picture?: { width: number; height: number };
}

export interface DeviceStatus {
  id: string;
  /** "disk", "nic", "display", "serial console", "serial attestation", "serial management". */
  type: string;
  /** The medium of a disk, and its class. */
  medium?: string;
  class?: "raw" | "integrity" | "encrypted" | "attested";
  /** Of a network card. */
  mac?: string;
  role?: string;
  /** A physical network card, and the wire it is plugged into; such a device is never attached or destroyed. */
  wire?: string;
  attachedTo?: string;
  connectedTo: string[];
}

/** What the management box has set; binds every caller. */
export interface Limits {
  /** Of all VMs that are on, MiB. */
  memoryMiB: number;
  /** Primary digests of the images that may run; null: any. */
  images: string[] | null;
  /** The most processor time that one VM may have, over 0 to 1; `shares` for single VMs, by name, be there one of it or not. */
  share: number;
  shares: Record<string, number>;
}

/** The machine's management box. "none": the configuration names none, and the machine is managed from the page. */
export interface ManagementStatus {
  state: "none" | "starting" | "ready" | "failed";
  vm?: string;
  /** For "ready": calls of the policy that were carried out, and refused. */
  done?: number;
  refused?: number;
  /** For "failed": why it was not started, or stopped before its policy was carried out. */
  reason?: string;
}

export interface Evidence {
  /** Leaf first: VM, TVMM, loader, firmware, chip. PEM. */
  chain: string[];
  vendors: string[];
  /** ECDSA over "terra-evidence-v1", 0x00, nonce, SHA-256 of the leaf's DER; DER encoded. */
  signature: Uint8Array;
}

export type OwnerRequest =
  | { op: "create-device"; device: DeviceConfig }
  | { op: "destroy-device"; device: string }
  | { op: "create-vm"; config: CreateVm }
  | { op: "destroy-vm"; vm: string }
  | { op: "attach" | "detach"; vm: string; device: string }
  | { op: "on" | "off"; vm: string }
  | { op: "suspend" | "resume"; vm: string }
  | { op: "connect" | "disconnect"; a: string; b: string }
  | { op: "list-vms" }
  /** Reply: DeviceStatus[], physical network cards among them. */
  | { op: "list-devices" }
  /** Reply: Limits. */
  | { op: "limits" }
  /** Reply: ManagementStatus. */
  | { op: "management" }
  /** Inspection, open boxes only: "closed-box". Reply: Uint8Array. Addresses are the guest's physical ones. */
  | { op: "read-memory"; vm: string; address: number; length: number }
  | { op: "write-memory"; vm: string; address: number; bytes: Uint8Array }
  /** Reply: PNG of the box's screen, without the strip. */
  | { op: "screenshot"; vm: string }
  /** Reply: the whole machine's state, guest memory in clear (v86's format). */
  | { op: "snapshot"; vm: string }
  | { op: "send-keys"; vm: string; text: string }
  /** Reply: MeasuredStage[]. */
  | { op: "boot-log" }
  /** Reply: MeasurementNode. */
  | { op: "measurements"; vm: string; options: MeasurementOptions }
  /** Reply: { primary, secondary }. */
  | { op: "identity"; vm: string }
  /** Role: remote party. nonce: 32 bytes. Reply: Evidence. "silent": the agent has not opened its device
   *  within 20 s, or did not answer within 10 s. */
  | { op: "challenge"; vm: string; nonce: Uint8Array }
  /** Reply: Uint8Array, all output since power-on (a ring of 1 MiB). "no-console" where the maker left none open. */
  | { op: "console-read"; vm: string }
  | { op: "console-write"; vm: string; bytes: Uint8Array };

/** A message between boxes, or between a box and its TVMM. Ends: "PLATFORM/NAME", "PLATFORM/tvmm", "PLATFORM/owner", "verifier". */
export interface BoxMessage {
  /** performance.timeOrigin + performance.now() of the sender, ms since 1970. */
  at: number;
  from: string;
  to: string;
  kind: string;
  summary: string;
  bytes?: Uint8Array;
  outcome?: "accepted" | "refused";
}

export type OwnerEvent =
  | { type: "message"; message: BoxMessage }
  /** A VM was made, changed its state, or is gone (status absent). */
  | { type: "vm"; vm: string; status?: VmStatus }
  /** Console output, open consoles only. */
  | { type: "console"; vm: string; bytes: Uint8Array }
  /** Blocks of a VM's disk that were checked since the last event (batched, at most one event per 50 ms and disk). */
  | { type: "blocks"; vm: string; disk: string; verified: number[]; failed: number[] }
  /** A device was made or its attachment or connections changed, or it is gone (status absent). */
  | { type: "device"; device: string; status?: DeviceStatus }
  | { type: "limits"; limits: Limits }
  | { type: "management"; management: ManagementStatus }
  /** Frames that the switch forwarded from one card to another; `skipped` more were forwarded and are not told. */
  | { type: "traffic"; at: number; from: string; to: string; frames: Uint8Array[]; skipped: number }
  /** ON under way: bytes of the image read and checked. */
  | { type: "starting"; vm: string; phase: string; loaded: number; total: number };

export type BootLog = MeasuredStage[];

/** Bytes of memory that one request reads or writes at most. */
export const MAX_MEMORY_PIECE = 2 ** 24;

/** Slots 0 (boot disk) to 15. */
const MAX_SLOT = 15;
const MAX_ADDRESS = 2 ** 32 - 1;
const CHECKINGS = ["ahead-of-time", "optimistic", "none"] as const;
const CLASSES = ["attested", "raw", "integrity", "encrypted"] as const;
const PURPOSES = ["console", "attestation", "management"] as const;

const id = (value: unknown, field: string): string => text(value, field, 64);

/** The TVMM's door: what came over the owner's port as a request, or "malformed" / "bad-argument" naming the field. */
export function parseOwnerRequest(raw: unknown): OwnerRequest {
  if (typeof raw !== "object" || raw === null) throw malformed("the request", raw, "an object");
  const op: unknown = (raw as { op?: unknown }).op;
  switch (op) {
    case "create-device":
      return { op, device: parseDevice(fields(raw, op, ["op", "device"]).device) };
    case "destroy-device":
      return { op, device: id(fields(raw, op, ["op", "device"]).device, "device") };
    case "create-vm":
      return { op, config: parseCreateVm(fields(raw, op, ["op", "config"]).config) };
    case "attach":
    case "detach": {
      const from = fields(raw, op, ["op", "vm", "device"]);
      return { op, vm: id(from.vm, "vm"), device: id(from.device, "device") };
    }
    case "on":
    case "off":
    case "suspend":
    case "resume":
    case "destroy-vm":
    case "identity":
    case "console-read":
    case "screenshot":
    case "snapshot":
      return { op, vm: id(fields(raw, op, ["op", "vm"]).vm, "vm") };
    case "read-memory": {
      const from = fields(raw, op, ["op", "vm", "address", "length"]);
      return {
        op,
        vm: id(from.vm, "vm"),
        address: integer(from.address, "address", 0, MAX_ADDRESS),
        length: integer(from.length, "length", 0, MAX_MEMORY_PIECE),
      };
    }
    case "write-memory": {
      const from = fields(raw, op, ["op", "vm", "address", "bytes"]);
      return {
        op,
        vm: id(from.vm, "vm"),
        address: integer(from.address, "address", 0, MAX_ADDRESS),
        bytes: bytes(from.bytes, "bytes", MAX_MEMORY_PIECE),
      };
    }
    case "send-keys": {
      const from = fields(raw, op, ["op", "vm", "text"]);
      return { op, vm: id(from.vm, "vm"), text: text(from.text, "text", 4096) };
    }
    case "connect":
    case "disconnect": {
      const from = fields(raw, op, ["op", "a", "b"]);
      return { op, a: id(from.a, "a"), b: id(from.b, "b") };
    }
    case "list-vms":
    case "list-devices":
    case "boot-log":
    case "limits":
    case "management":
      fields(raw, op, ["op"]);
      return { op };
    case "measurements": {
      const from = fields(raw, op, ["op", "vm", "options"]);
      return { op, vm: id(from.vm, "vm"), options: parseMeasurementOptions(from.options) };
    }
    case "challenge": {
      const from = fields(raw, op, ["op", "vm", "nonce"]);
      const nonce = bytes(from.nonce, "nonce", 32);
      if (nonce.length !== 32) throw badArgument("nonce", nonce, "32 bytes");
      return { op, vm: id(from.vm, "vm"), nonce };
    }
    case "console-write": {
      const from = fields(raw, op, ["op", "vm", "bytes"]);
      return { op, vm: id(from.vm, "vm"), bytes: bytes(from.bytes, "bytes", 65536) };
    }
    default:
      throw malformed("op", op, "a request of the owner's port");
  }
}

function parseDevice(raw: unknown): DeviceConfig {
  if (typeof raw !== "object" || raw === null) throw malformed("device", raw, "an object");
  const type = oneOf((raw as { type?: unknown }).type, "device.type", ["disk", "nic", "display", "serial"]);
  switch (type) {
    case "disk":
      return parseDisk(raw);
    case "nic": {
      const from = fields(raw, "device", ["type", "role", "mac"]);
      return {
        type,
        ...optional(from, "role", (value) =>
          textLike(value, "device.role", /^[\x21-\x7e]{1,20}$/, "1 to 20 printable ASCII characters without spaces"),
        ),
        // Written either way it is one address, and two cards with it are found out only if it is written one way.
        ...optional(from, "mac", (value) =>
          textLike(
            value,
            "device.mac",
            /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i,
            'six bytes as in "52:54:00:12:34:56"',
          ).toLowerCase(),
        ),
      };
    }
    case "display":
      fields(raw, "device", ["type"]);
      return { type };
    case "serial":
      return { type, purpose: oneOf(fields(raw, "device", ["type", "purpose"]).purpose, "device.purpose", PURPOSES) };
  }
}

function parseDisk(raw: object): DeviceConfig {
  const diskClass = oneOf((raw as { class?: unknown }).class, "device.class", CLASSES);
  const extra = diskClass === "attested" ? ["root", "salt"] : ["counter"];
  const from = fields(raw, "device", ["type", "medium", "class", "slot", "serial", ...extra]);
  const common = {
    type: "disk" as const,
    medium: text(from.medium, "device.medium", 128),
    ...optional(from, "slot", (value) => integer(value, "device.slot", 0, MAX_SLOT)),
    ...optional(from, "serial", (value) =>
      textLike(value, "device.serial", /^[\x21-\x7e]{1,20}$/, "1 to 20 printable ASCII characters without spaces"),
    ),
  };
  if (diskClass !== "attested") {
    return {
      ...common,
      class: diskClass,
      ...optional(from, "counter", (value) => boolean(value, "device.counter")),
    };
  }
  return {
    ...common,
    class: diskClass,
    root: textLike(from.root, "device.root", /^[0-9a-f]{64}$/, "64 lower-case hex digits"),
    salt: textLike(from.salt, "device.salt", /^(?:[0-9a-f]{2}){0,256}$/, "an even number of lower-case hex digits"),
  };
}

/** What CREATE-VM takes, wherever it comes from. */
export function parseCreateVm(raw: unknown): CreateVm {
  const known = ["name", "medium", "image", "asOpen", "checking", "vendorCertificates", "cpuShare"];
  const from = fields(raw, "config", known);
  return {
    name: textLike(
      from.name,
      "config.name",
      /^[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?$/,
      "1 to 31 lower-case letters, digits and hyphens, with no hyphen at either end",
    ),
    medium: text(from.medium, "config.medium", 128),
    image: text(from.image, "config.image", 128),
    ...optional(from, "asOpen", (value) => boolean(value, "config.asOpen")),
    ...optional(from, "checking", (value) => oneOf(value, "config.checking", CHECKINGS)),
    ...optional(from, "vendorCertificates", (value) =>
      list(value, "config.vendorCertificates", 8, (each, field) => text(each, field, 8192)),
    ),
    ...optional(from, "cpuShare", (value) => share(value, "config.cpuShare")),
  };
}

/** A share of processor time. */
export function share(value: unknown, field: string): number {
  if (typeof value !== "number") throw malformed(field, value, "a number");
  if (!(value > 0 && value <= 1)) throw badArgument(field, value, "a number above 0 and at most 1");
  return value;
}

function parseMeasurementOptions(raw: unknown): MeasurementOptions {
  const from = fields(raw, "options", ["path", "depth", "from", "count"]);
  return {
    ...optional(from, "path", (value) => list(value, "options.path", 32, (each, field) => text(each, field, 64))),
    ...optional(from, "depth", (value) => integer(value, "options.depth", 0, 32)),
    ...optional(from, "from", (value) => integer(value, "options.from", 0, 2 ** 32)),
    ...optional(from, "count", (value) => integer(value, "options.count", 0, 65536)),
  };
}
