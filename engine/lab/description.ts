/**
 * What a lab is made of: machines, and the boxes that come up in them. A description is data, from the catalogue or from a
 * script, so it is checked here, field by field, before anything is built.
 */
import { isLayer, LAYERS, type Layer } from "../attestation/index.ts";
import { shown } from "../protocol/checks.ts";
import { POLICY_SIZE } from "../protocol/configuration.ts";
import { TerraError } from "../protocol/errors.ts";
import type { Checking } from "../protocol/owner.ts";
import type { AppraisalPolicy } from "./api.ts";

export interface NicDescription {
  role?: string;
  /** What it is connected to: "eth0", a physical card of the machine, or a box beside it, by its first card. */
  connect: string[];
}

export interface VmDescription {
  name: string;
  /** An image of the catalogue. */
  image: string;
  /** Switched on when the machine comes up; default true. */
  on: boolean;
  /** Default: the TVMM's. */
  checking?: Checking;
  asOpen?: boolean;
  /** Does the vendor's certificate come with it; default true. */
  vendorCertificate: boolean;
  nics: NicDescription[];
  /** Over 0 to 1; default: the TVMM's. */
  cpuShare?: number;
  /** What its disk `config` says, if its image has one; the owner's words, which the box does not trust. */
  config?: Record<string, string>;
}

/** The box that the machine starts by itself, and that brings the others up. */
export interface ManagementDescription {
  name: string;
  image: string;
  /** Text of its policy, a shell script; default: one that makes the description's boxes. */
  policy?: string;
}

export interface PlatformDescription {
  id: string;
  title: string;
  /** Which TVMM build the machine boots; default "release". */
  tvmm: string;
  vms: VmDescription[];
  /** Left out, the machine is managed from the page. */
  management?: ManagementDescription;
  /** Which box has the monitor at first. */
  focus?: string;
}

export interface WireDescription {
  id: string;
  /** Machines, each with one card of its own on this wire. */
  ends: string[];
}

/** What is said of one role, or of all. */
export type TrustedDescription = Pick<AppraisalPolicy, "accept" | "requiredSecondary">;

/** What the boxes' own appraisers accept; roots are the site's. */
export interface TrustDescription extends TrustedDescription {
  /** By the role that the makers of boxes gave them. */
  roles: Record<string, TrustedDescription>;
}

/** Bytes of a disk `config`. */
export const CONFIG_SIZE = 4096;

export interface LabDescription {
  id: string;
  title: string;
  platforms: PlatformDescription[];
  wires: WireDescription[];
  /** Default: what the lab's own verifier accepts, for every role. */
  trust?: TrustDescription;
  /** Products of boxes that the lab's own verifier accepts, from a version on; default: those of its closed images. */
  accept?: { product: string; minVersion?: string }[];
}

type Fields = Record<string, unknown>;

/** As the TVMM takes them for VMs. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?$/;

function fail(where: string, is: unknown, should: string): never {
  throw new TerraError("bad-argument", `${where} is ${shown(is)}; it should be ${should}`);
}

/** An object; without `known` its keys are the caller's to check. */
function fields(raw: unknown, where: string, known?: readonly string[]): Fields {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) fail(where, raw, "an object");
  if (!known) return raw as Fields;
  const unknown = Object.keys(raw).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    fail(`${where}.${unknown[0]}`, (raw as Fields)[unknown[0] ?? ""], `left out; known are ${known.join(", ")}`);
  return raw as Fields;
}

function list(raw: unknown, where: string): unknown[] {
  return Array.isArray(raw) ? raw : fail(where, raw, "a list");
}

function name(raw: unknown, where: string): string {
  return typeof raw === "string" && NAME.test(raw)
    ? raw
    : fail(where, raw, "a name of 1 to 31 lower-case letters, digits and hyphens, with no hyphen at either end");
}

function text(raw: unknown, where: string): string {
  return typeof raw === "string" && raw !== "" ? raw : fail(where, raw, "a text");
}

function flag(raw: unknown, where: string): boolean {
  return typeof raw === "boolean" ? raw : fail(where, raw, "true or false");
}

function unique(names: string[], where: string): void {
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) fail(where, twice, "unique, but stands there twice");
}

function optionalFields<Key extends string, Value>(
  from: Fields,
  key: Key,
  where: string,
  read: (value: unknown, where: string) => Value,
): { [K in Key]?: Value } {
  const value = from[key];
  return value === undefined ? {} : ({ [key]: read(value, `${where}.${key}`) } as { [K in Key]?: Value });
}

function checking(raw: unknown, where: string): Checking {
  const known = (["ahead-of-time", "optimistic", "none"] as const).find((each) => each === raw);
  return known ?? fail(where, raw, '"ahead-of-time", "optimistic" or "none"');
}

function share(raw: unknown, where: string): number {
  return typeof raw === "number" && raw > 0 && raw <= 1 ? raw : fail(where, raw, "a number over 0 and at most 1");
}

function parseNic(raw: unknown, where: string): NicDescription {
  const nic = fields(raw, where, ["role", "connect"]);
  const connect = list(nic.connect ?? [], `${where}.connect`).map((end, index) =>
    name(end, `${where}.connect[${index}]`),
  );
  unique(connect, `${where}.connect`);
  return { ...optionalFields(nic, "role", where, name), connect };
}

function config(raw: unknown, where: string): Record<string, string> {
  const entries = Object.entries(fields(raw, where));
  for (const [key, value] of entries) {
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(key)) {
      fail(`${where}.${key}`, value, "left out: a key begins with a letter and has letters, digits and hyphens");
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must not be there
    if (typeof value !== "string" || /[\u0000-\u001f\u007f]/.test(value)) {
      fail(`${where}.${key}`, value, "a text without control characters");
    }
  }
  const values = Object.fromEntries(entries) as Record<string, string>;
  const { length } = new TextEncoder().encode(configText(values));
  return length <= CONFIG_SIZE ? values : fail(where, `${length} bytes of text`, `at most ${CONFIG_SIZE} bytes`);
}

/** The lines on a disk `config`. */
export const configText = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

function parseVm(raw: unknown, where: string): VmDescription {
  const known = ["name", "image", "on", "checking", "asOpen", "vendorCertificate", "nics", "cpuShare", "config"];
  const vm = fields(raw, where, known);
  return {
    name: name(vm.name, `${where}.name`),
    image: name(vm.image ?? vm.name, `${where}.image`),
    on: flag(vm.on ?? true, `${where}.on`),
    vendorCertificate: flag(vm.vendorCertificate ?? true, `${where}.vendorCertificate`),
    nics: list(vm.nics ?? [], `${where}.nics`).map((nic, index) => parseNic(nic, `${where}.nics[${index}]`)),
    ...optionalFields(vm, "checking", where, checking),
    ...optionalFields(vm, "asOpen", where, flag),
    ...optionalFields(vm, "cpuShare", where, share),
    ...optionalFields(vm, "config", where, config),
  };
}

function policy(raw: unknown, where: string): string {
  const script = text(raw, where);
  const length = new TextEncoder().encode(script).length;
  if (length > POLICY_SIZE) fail(where, `${length} bytes of text`, `at most ${POLICY_SIZE} bytes`);
  return script.includes("\0") ? fail(where, "a text with a zero byte", "a text without") : script;
}

function parseManagement(raw: unknown, where: string): ManagementDescription {
  const box = fields(raw, where, ["name", "image", "policy"]);
  return {
    name: name(box.name ?? "management", `${where}.name`),
    image: name(box.image ?? "management", `${where}.image`),
    ...optionalFields(box, "policy", where, policy),
  };
}

function parsePlatform(raw: unknown, where: string): PlatformDescription {
  const platform = fields(raw, where, ["id", "title", "tvmm", "vms", "management", "focus"]);
  const vms = list(platform.vms ?? [], `${where}.vms`).map((vm, index) => parseVm(vm, `${where}.vms[${index}]`));
  const { management } = optionalFields(platform, "management", where, parseManagement);
  const names = [...(management ? [management.name] : []), ...vms.map((vm) => vm.name)];
  unique(names, `${where}.vms`);
  const id = name(platform.id, `${where}.id`);
  const focus = platform.focus;
  if (focus !== undefined && !names.includes(String(focus))) {
    fail(`${where}.focus`, focus, `one of its boxes: ${names.join(", ")}`);
  }
  return {
    id,
    title: text(platform.title ?? id, `${where}.title`),
    tvmm: name(platform.tvmm ?? "release", `${where}.tvmm`),
    vms,
    ...(management ? { management } : {}),
    ...(typeof focus === "string" ? { focus } : {}),
  };
}

function parseWire(raw: unknown, where: string, platforms: string[]): WireDescription {
  const wire = fields(raw, where, ["id", "ends"]);
  const ends = list(wire.ends, `${where}.ends`).map((end, index) =>
    platforms.includes(String(end))
      ? String(end)
      : fail(`${where}.ends[${index}]`, end, `one of the machines: ${platforms.join(", ")}`),
  );
  if (ends.length === 0) fail(`${where}.ends`, [], "a list of at least one machine");
  unique(ends, `${where}.ends`);
  return { id: name(wire.id, `${where}.id`), ends };
}

type Accept = NonNullable<TrustedDescription["accept"]>;
type Acceptables = NonNullable<Accept[Layer]>;

function acceptables(raw: unknown, where: string): Acceptables {
  return list(raw, where).map((each, index) => {
    const at = `${where}[${index}]`;
    const entry = fields(each, at, ["digest", "product", "minVersion"]);
    if (entry.digest === undefined) return product(each, at);
    if (!/^[0-9a-f]{64}$/.test(String(entry.digest))) fail(`${at}.digest`, entry.digest, "64 lower-case hex digits");
    return { digest: String(fields(each, at, ["digest"]).digest) };
  });
}

function product(raw: unknown, where: string): { product: string; minVersion?: string } {
  const entry = fields(raw, where, ["product", "minVersion"]);
  return { product: text(entry.product, `${where}.product`), ...optionalFields(entry, "minVersion", where, text) };
}

const ACCEPTED = ["accept", "requiredSecondary"];

function trusted(raw: Fields, where: string): TrustedDescription {
  return {
    ...optionalFields(raw, "accept", where, (layers, at): Accept => {
      const named = Object.entries(fields(layers, at));
      return Object.fromEntries(
        named.map(([layer, entries]) => {
          if (!isLayer(layer)) fail(`${at}.${layer}`, entries, `left out; known are ${LAYERS.join(", ")}`);
          return [layer, acceptables(entries, `${at}.${layer}`)];
        }),
      );
    }),
    ...optionalFields(raw, "requiredSecondary", where, (roots, at) => {
      const named = Object.entries(fields(roots, at));
      return Object.fromEntries(named.map(([disk, root]) => [disk, text(root, `${at}.${disk}`)]));
    }),
  };
}

function parseTrust(raw: unknown, where: string): TrustDescription {
  const trust = fields(raw, where, [...ACCEPTED, "roles"]);
  const named = Object.entries(fields(trust.roles ?? {}, `${where}.roles`));
  const roles = named.map(([role, policy]): [string, TrustedDescription] => {
    const at = `${where}.roles.${role}`;
    return [role, trusted(fields(policy, at, ACCEPTED), at)];
  });
  return { ...trusted(trust, where), roles: Object.fromEntries(roles) };
}

/** The wires that a machine's cards eth0, eth1, … are plugged into. */
export function wiresOf(lab: Pick<LabDescription, "wires">, platform: string): string[] {
  return lab.wires.filter((wire) => wire.ends.includes(platform)).map((wire) => wire.id);
}

/** The machine's own cards, and where each connection of its boxes leads. */
function checkConnections(platform: PlatformDescription, cards: string[], where: string): void {
  for (const [at, vm] of platform.vms.entries()) {
    const boxes = platform.vms.filter((each) => each !== vm && each.nics.length > 0).map((each) => each.name);
    const ends = [...cards, ...boxes];
    for (const [number, nic] of vm.nics.entries()) {
      const wrong = nic.connect.find((end) => !ends.includes(end));
      if (wrong === undefined) continue;
      const should = ends.length > 0 ? `one of ${ends.join(", ")}` : "left out: there is nothing to connect it with";
      fail(`${where}.vms[${at}].nics[${number}].connect`, wrong, should);
    }
  }
}

/** Errors: TerraError "bad-argument", naming the field, its value and what would be right. */
export function parseLabDescription(raw: unknown): LabDescription {
  const lab = fields(raw, "lab", ["id", "title", "platforms", "wires", "accept", "trust"]);
  const platforms = list(lab.platforms, "lab.platforms").map((each, index) =>
    parsePlatform(each, `lab.platforms[${index}]`),
  );
  if (platforms.length === 0) fail("lab.platforms", [], "a list of at least one machine");
  const ids = platforms.map((platform) => platform.id);
  unique(ids, "lab.platforms");
  const wires = list(lab.wires ?? [], "lab.wires").map((each, index) => parseWire(each, `lab.wires[${index}]`, ids));
  unique(
    wires.map((wire) => wire.id),
    "lab.wires",
  );
  for (const [index, platform] of platforms.entries()) {
    const cards = wiresOf({ wires }, platform.id).map((_, card) => `eth${card}`);
    checkConnections(platform, cards, `lab.platforms[${index}]`);
  }
  const id = name(lab.id ?? "custom", "lab.id");
  const accept = optionalFields(lab, "accept", "lab", (entries, where) =>
    list(entries, where).map((each, index) => product(each, `${where}[${index}]`)),
  );
  const trust = optionalFields(lab, "trust", "lab", parseTrust);
  return { id, title: text(lab.title ?? id, "lab.title"), platforms, wires, ...accept, ...trust };
}
