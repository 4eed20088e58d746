/**
 * The descriptor of an image: the text whose SHA-256 is a VM's primary identity (paper 4.1, "immutable state"). It comes from
 * a medium that attackers write, so parsing is strict: unknown keys, wrong types and values out of range are refused with
 * "bad-argument" naming the field. Nothing may be added to a descriptor silently: every byte of it is identity.
 */
import { TerraError } from "../protocol/errors.ts";
import { digestSync, isDigest } from "./bytes.ts";
import { hashBlockCount } from "./verity.ts";

export interface DescribedFile {
  /** Bytes. */
  size: number;
  sha256: string;
}

export type DiskClass = "raw" | "integrity" | "encrypted" | "attested";

export interface DescribedDisk {
  type: "disk";
  slot: number;
  /** The disk's virtio serial in the guest: 1 to 20 ASCII characters. */
  name: string;
  required: boolean;
  classes: DiskClass[];
  counter: boolean;
}

export interface DescribedNic {
  type: "nic";
  role: string;
  /** PCI device number in the guest. */
  pci: number;
  required: boolean;
}

export interface Descriptor {
  format: "terra-descriptor-1";
  product: string;
  version: string;
  kind: "open" | "closed";
  memoryMiB: number;
  firmware: { stub: DescribedFile; kernel: DescribedFile };
  commandLine: string;
  console: "none" | "output" | "open";
  suspend: boolean;
  boot: {
    /** Bytes of the file system, without its tree: what the guest sees as its disk. */
    size: number;
    blockSize: 4096;
    /** Hex, 0 to 256 bytes. */
    salt: string;
    /** dm-verity root of the file system's blocks. */
    root: string;
    /** Of the file system as a whole. */
    sha256: string;
  };
  devices: (DescribedDisk | DescribedNic)[];
}

/** Bytes; a descriptor is a page of text. */
export const MAXIMUM_DESCRIPTOR = 65536;
const BLOCK = 4096;
const GIB = 2 ** 30;

type Fields = Record<string, unknown>;

const refuse = (field: string, wanted: string, found: unknown): never => {
  const value = JSON.stringify(found) ?? "nothing";
  const short = value.length > 80 ? `${value.slice(0, 80)}…` : value;
  throw new TerraError("bad-argument", `the descriptor's ${field} must be ${wanted}, not ${short}`);
};

/** An object with exactly these keys. */
function object(value: unknown, field: string, keys: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(field, "an object", value);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined)
    throw new TerraError("bad-argument", `the descriptor's ${field} has the unknown key "${unknown}"`);
  const missing = keys.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined)
    throw new TerraError("bad-argument", `the descriptor's ${field} lacks the key "${missing}"`);
  return value as Fields;
}

function integer(value: unknown, field: string, least: number, most: number): number {
  const fits = typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
  return fits ? value : refuse(field, `a whole number from ${least} to ${most}`, value);
}

function ascii(value: unknown, field: string, least: number, most: number): string {
  const fits =
    typeof value === "string" && /^[\x20-\x7e]*$/.test(value) && value.length >= least && value.length <= most;
  return fits ? value : refuse(field, `${least} to ${most} printable ASCII characters`, value);
}

/** As a virtio serial carries it. */
function word(value: unknown, field: string, least: number, most: number): string {
  const text = ascii(value, field, least, most);
  return text.includes(" ")
    ? refuse(field, `${least} to ${most} printable ASCII characters without spaces`, value)
    : text;
}

function oneOf<const W extends string>(value: unknown, field: string, words: readonly W[]): W {
  return words.find((word) => word === value) ?? refuse(field, `one of ${words.join(", ")}`, value);
}

const flag = (value: unknown, field: string): boolean =>
  typeof value === "boolean" ? value : refuse(field, "true or false", value);

const sha256 = (value: unknown, field: string): string =>
  isDigest(value) ? value : refuse(field, "64 lower-case hexadecimal digits", value);

function file(value: unknown, field: string, most: number): DescribedFile {
  const fields = object(value, field, ["size", "sha256"]);
  return {
    size: integer(fields.size, `${field}.size`, 1, most),
    sha256: sha256(fields.sha256, `${field}.sha256`),
  };
}

function bootDisk(value: unknown): Descriptor["boot"] {
  const fields = object(value, "boot", ["size", "blockSize", "salt", "root", "sha256"]);
  const size = integer(fields.size, "boot.size", BLOCK, GIB);
  if (size % BLOCK !== 0) return refuse("boot.size", `a multiple of ${BLOCK}`, size);
  const { salt } = fields;
  if (typeof salt !== "string" || !/^(?:[0-9a-f]{2}){0,256}$/.test(salt)) {
    return refuse("boot.salt", "0 to 256 bytes in lower-case hexadecimal digits", salt);
  }
  if (fields.blockSize !== BLOCK) return refuse("boot.blockSize", String(BLOCK), fields.blockSize);
  return {
    size,
    blockSize: BLOCK,
    salt,
    root: sha256(fields.root, "boot.root"),
    sha256: sha256(fields.sha256, "boot.sha256"),
  };
}

function device(value: unknown, field: string): DescribedDisk | DescribedNic {
  const type = typeof value === "object" && value !== null ? (value as Fields).type : undefined;
  if (type === "nic") {
    const fields = object(value, field, ["type", "role", "pci", "required"]);
    return {
      type,
      role: word(fields.role, `${field}.role`, 1, 20),
      pci: integer(fields.pci, `${field}.pci`, 1, 31),
      required: flag(fields.required, `${field}.required`),
    };
  }
  if (type !== "disk") return refuse(`${field}.type`, "disk or nic", type);
  const fields = object(value, field, ["type", "slot", "name", "required", "classes", "counter"]);
  const { classes } = fields;
  if (!Array.isArray(classes) || classes.length === 0) return refuse(`${field}.classes`, "a list of classes", classes);
  const known = classes.map((each, index) =>
    oneOf(each, `${field}.classes[${index}]`, ["raw", "integrity", "encrypted", "attested"]),
  );
  if (new Set(known).size !== known.length) return refuse(`${field}.classes`, "free of repetitions", classes);
  return {
    type,
    slot: integer(fields.slot, `${field}.slot`, 1, 15),
    name: word(fields.name, `${field}.name`, 1, 20),
    required: flag(fields.required, `${field}.required`),
    classes: known,
    counter: flag(fields.counter, `${field}.counter`),
  };
}

function devices(value: unknown): Descriptor["devices"] {
  if (!Array.isArray(value) || value.length > 31) return refuse("devices", "a list of at most 31", value);
  const list = value.map((each, index) => device(each, `devices[${index}]`));
  const keys = list.flatMap((each) =>
    each.type === "disk" ? [`slot ${each.slot}`, `disk ${each.name}`] : [`pci ${each.pci}`, `role ${each.role}`],
  );
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new TerraError("bad-argument", `the descriptor's devices have "${twice}" twice`);
  return list;
}

const KEYS = [
  "format",
  "product",
  "version",
  "kind",
  "memoryMiB",
  "firmware",
  "commandLine",
  "console",
  "suspend",
  "boot",
  "devices",
] as const;

/**
 * Parses `descriptor.json`: UTF-8 JSON of at most 64 KiB. Sizes are bytes. The order of keys and the white space are not
 * checked: other bytes are another identity anyway.
 */
export function parseDescriptor(bytes: Uint8Array): Descriptor {
  if (bytes.length > MAXIMUM_DESCRIPTOR) {
    throw new TerraError("bad-argument", `a descriptor has at most ${MAXIMUM_DESCRIPTOR} bytes, not ${bytes.length}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (thrown) {
    throw new TerraError("bad-argument", `the descriptor is not JSON in UTF-8: ${String(thrown)}`);
  }
  const fields = object(json, "top level", KEYS);
  const format = oneOf(fields.format, "format", ["terra-descriptor-1"]);
  const firmware = object(fields.firmware, "firmware", ["stub", "kernel"]);
  const kind = oneOf(fields.kind, "kind", ["open", "closed"]);
  const version = ascii(fields.version, "version", 1, 32);
  if (!/^\d+\.\d+\.\d+$/.test(version)) return refuse("version", "MAJOR.MINOR.PATCH", version);
  return {
    format,
    product: ascii(fields.product, "product", 1, 64),
    version,
    kind,
    memoryMiB: integer(fields.memoryMiB, "memoryMiB", 4, 1024),
    firmware: {
      stub: file(firmware.stub, "firmware.stub", 2 ** 20),
      kernel: file(firmware.kernel, "firmware.kernel", 2 ** 26),
    },
    commandLine: ascii(fields.commandLine, "commandLine", 0, 2047),
    console: oneOf(fields.console, "console", ["none", "output", "open"]),
    suspend: flag(fields.suspend, "suspend"),
    boot: bootDisk(fields.boot),
    devices: devices(fields.devices),
  };
}

/** Size in bytes of the medium `ID.boot`: the file system and, behind it, its tree. */
export function bootMediumSize(boot: Descriptor["boot"]): number {
  return boot.size + hashBlockCount(boot.size / BLOCK) * BLOCK;
}

/** Primary identity: SHA-256 of the descriptor file's bytes, so that `sha256sum` computes it as well. */
export function primaryIdentity(bytes: Uint8Array): string {
  return digestSync(bytes);
}
