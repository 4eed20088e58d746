/**
 * What a lab is made of: machines, and the boxes that come up in them. A description is data, from the catalogue or from a
 * script, so it is checked here, field by field, before anything is built.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Checking } from "../protocol/owner.ts";

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
}

export interface PlatformDescription {
  id: string;
  title: string;
  /** Which TVMM build the machine boots; default "release". */
  tvmm: string;
  vms: VmDescription[];
  /** Which box has the monitor at first. */
  focus?: string;
}

export interface LabDescription {
  id: string;
  title: string;
  platforms: PlatformDescription[];
  /** Products of boxes that the lab's own verifier accepts, from a version on; default: those of its closed images. */
  accept?: { product: string; minVersion?: string }[];
}

type Fields = Record<string, unknown>;

/** As the TVMM takes them for VMs. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,29}[a-z0-9])?$/;

function fail(where: string, is: unknown, should: string): never {
  throw new TerraError("bad-argument", `${where} is ${JSON.stringify(is) ?? String(is)}; it should be ${should}`);
}

function fields(raw: unknown, where: string, known: string[]): Fields {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) fail(where, raw, "an object");
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

function parseVm(raw: unknown, where: string): VmDescription {
  const vm = fields(raw, where, ["name", "image", "on", "checking", "asOpen", "vendorCertificate"]);
  const checking = vm.checking;
  if (checking !== undefined && checking !== "ahead-of-time" && checking !== "optimistic" && checking !== "none") {
    fail(`${where}.checking`, checking, '"ahead-of-time", "optimistic" or "none"');
  }
  return {
    name: name(vm.name, `${where}.name`),
    image: name(vm.image ?? vm.name, `${where}.image`),
    on: flag(vm.on ?? true, `${where}.on`),
    vendorCertificate: flag(vm.vendorCertificate ?? true, `${where}.vendorCertificate`),
    ...(checking === undefined ? {} : { checking }),
    ...(vm.asOpen === undefined ? {} : { asOpen: flag(vm.asOpen, `${where}.asOpen`) }),
  };
}

function parsePlatform(raw: unknown, where: string): PlatformDescription {
  const platform = fields(raw, where, ["id", "title", "tvmm", "vms", "focus"]);
  const vms = list(platform.vms ?? [], `${where}.vms`).map((vm, index) => parseVm(vm, `${where}.vms[${index}]`));
  unique(
    vms.map((vm) => vm.name),
    `${where}.vms`,
  );
  const id = name(platform.id, `${where}.id`);
  const focus = platform.focus;
  if (focus !== undefined && !vms.some((vm) => vm.name === focus)) {
    fail(`${where}.focus`, focus, `one of its boxes: ${vms.map((vm) => vm.name).join(", ")}`);
  }
  return {
    id,
    title: text(platform.title ?? id, `${where}.title`),
    tvmm: name(platform.tvmm ?? "release", `${where}.tvmm`),
    vms,
    ...(typeof focus === "string" ? { focus } : {}),
  };
}

/** Errors: TerraError "bad-argument", naming the field, its value and what would be right. */
export function parseLabDescription(raw: unknown): LabDescription {
  const lab = fields(raw, "lab", ["id", "title", "platforms", "accept"]);
  const platforms = list(lab.platforms, "lab.platforms").map((each, index) =>
    parsePlatform(each, `lab.platforms[${index}]`),
  );
  if (platforms.length === 0) fail("lab.platforms", [], "a list of at least one machine");
  unique(
    platforms.map((platform) => platform.id),
    "lab.platforms",
  );
  const id = name(lab.id ?? "custom", "lab.id");
  const accept =
    lab.accept === undefined
      ? undefined
      : list(lab.accept, "lab.accept").map((each, index) => {
          const entry = fields(each, `lab.accept[${index}]`, ["product", "minVersion"]);
          return {
            product: text(entry.product, `lab.accept[${index}].product`),
            ...(entry.minVersion === undefined
              ? {}
              : { minVersion: text(entry.minVersion, `lab.accept[${index}].minVersion`) }),
          };
        });
  return { id, title: text(lab.title ?? id, "lab.title"), platforms, ...(accept ? { accept } : {}) };
}
