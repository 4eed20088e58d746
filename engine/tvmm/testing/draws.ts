/**
 * Random steps for the TVMM: what is random about a step is drawn before anything is played, so that a sequence that fails can
 * be shrunk; what it means is found out when its turn comes, from what there is then. Most calls are right or nearly so, for
 * only those get far.
 */
import fc from "fast-check";
import type { CreateVm, DeviceConfig, OwnerRequest } from "../../protocol/owner.ts";
import { managedMedia, managementImage } from "./com3.ts";
import { testImage } from "./image.ts";
import type { ModelMedium } from "./model.ts";

const small = { blocks: 2, memoryMiB: 100 };
const disk = (slot: number, name: string, classes: ("raw" | "attested")[], required = false) =>
  ({ type: "disk", slot, name, required, classes, counter: false }) as const;
export const management = managementImage();
export const images = {
  closed: testImage({ ...small, devices: [disk(2, "data", ["raw"])] }),
  strict: testImage({
    ...small,
    suspend: false,
    devices: [
      disk(1, "trust", ["attested"], true),
      { type: "nic", role: "lan", pci: 9, required: true },
      { type: "nic", role: "wan", pci: 8, required: false },
    ],
  }),
  open: testImage({ ...small, memoryMiB: 180, kind: "open", console: "open" }),
  output: testImage({ ...small, kind: "open", console: "output", suspend: false }),
};
export type Name = keyof typeof images;
const NAMES = Object.keys(images) as Name[];

export type Media = Record<string, Omit<ModelMedium, "tampered"> & { bytes: Uint8Array<ArrayBuffer> }>;

/** Fresh copies: they are tampered with. */
export function media(): Media {
  const made: Media = {};
  const put = (id: string, bytes: Uint8Array, image?: ReturnType<typeof testImage>) => {
    made[id] = { kind: "disk", size: bytes.length, bytes: Uint8Array.from(bytes), ...(image ? { image } : {}) };
  };
  for (const name of NAMES) {
    put(`${name}.firmware`, images[name].firmware, images[name]);
    put(`${name}.boot`, images[name].boot, images[name]);
    put(`${name}.2.boot`, images[name].boot, images[name]);
  }
  for (const id of ["data1", "data2"]) put(id, new Uint8Array(4096));
  put("odd", new Uint8Array(1000));
  for (const [id, { kind, bytes }] of Object.entries(managedMedia(management))) {
    made[id] = { kind, size: bytes.length, bytes: Uint8Array.from(bytes), image: management };
  }
  return made;
}

export const PHYSICAL = [
  { id: "eth0", wire: "lan" },
  { id: "eth1", wire: "dmz" },
];

/** What LIMIT changes. */
export interface Change {
  memory?: number;
  images?: string[] | null;
  share?: number;
  vm?: string;
}

/** What is random about one step; what it means depends on what there is when its turn comes. */
export interface Draw {
  kind: string;
  a: number;
  b: number;
  c: number;
  com3: boolean;
  junk: unknown;
}

export const KINDS: Record<string, number> = {
  "create-device": 10,
  "create-vm": 5,
  attach: 16,
  detach: 2,
  connect: 6,
  disconnect: 3,
  on: 12,
  off: 4,
  suspend: 6,
  resume: 5,
  "destroy-vm": 2,
  "destroy-device": 3,
  inspect: 6,
  console: 3,
  ask: 3,
  limit: 4,
  raw: 3,
  disturb: 5,
  tamper: 1,
  spoil: 1,
  stubborn: 1,
};

export const draw: fc.Arbitrary<Draw> = fc.record({
  kind: fc.oneof(...Object.entries(KINDS).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) }))),
  a: fc.nat(9999),
  b: fc.nat(9999),
  c: fc.nat(9999),
  com3: fc.boolean(),
  junk: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.anything({ withTypedArray: true, maxDepth: 2 }) },
  ),
});

const HOSTILE = ["", "vm999", "dev999", "eth0", "eth9", "constructor", "__proto__", "VM1", "vm1\n", "☃".repeat(64)];
export const pick = <Item>(from: readonly Item[], n: number): Item | undefined => from[n % from.length];

/** What there is to choose from: a model of the machine, or what it lists. */
export interface There {
  vms: ReadonlyMap<string, { id: string; state: string; config: { name: string } }>;
  devices: ReadonlyMap<string, { id: string; attachedTo?: string; config: { type: string } }>;
  connections: ReadonlyMap<string, readonly string[]>;
}

/** One of those that there are, mostly. */
const oneOf = (ids: readonly string[], n: number): string =>
  (n % 12 === 11 ? pick(HOSTILE, Math.floor(n / 12)) : pick(ids, Math.floor(n / 12))) ?? "vm1";

export function attested(medium: string, name: Name, slot?: number): DeviceConfig {
  const { root, salt } = images[name].descriptor.boot;
  return { type: "disk", medium, class: "attested", root, salt, ...(slot === undefined ? {} : { slot }) };
}

function deviceConfig({ a, b, c }: Draw): DeviceConfig {
  const name = pick(NAMES, b) ?? "closed";
  const slot = pick([0, 1, 2, 3, 15, undefined, undefined], c);
  switch (a % 12) {
    case 0:
    case 1:
      return attested(`${name}${c % 3 === 0 ? ".2" : ""}.boot`, name, 0);
    case 2:
      return attested(pick(["closed.2.boot", "strict.2.boot", "odd", "sealed", "nowhere"], b) ?? "", name, slot);
    case 3:
    case 4: {
      const medium = pick(["data1", "data2", "data1", "data2", "odd", "flash", "closed.firmware", "open.2.boot"], b);
      return {
        type: "disk",
        medium: medium ?? "",
        class: "raw",
        ...(slot === undefined ? {} : { slot }),
        ...(c % 7 === 0 ? { serial: "mine" } : {}),
        ...(c % 11 === 0 ? { counter: true } : {}),
      };
    }
    case 5:
      return { type: "disk", medium: "data1", class: b % 2 === 0 ? "integrity" : "encrypted" };
    case 6:
    case 7:
    case 8: {
      const role = pick(["lan", "wan", "own", undefined, undefined], b);
      // Among them the address that the next card would get.
      const mac = pick(["52:54:00:00:00:01", "02:2b:d8:06:00:30", "01:00:5e:00:00:01", "00:00:00:00:00:00"], c);
      return { type: "nic", ...(role === undefined ? {} : { role }), ...(c % 3 === 0 && mac ? { mac } : {}) };
    }
    case 9:
      return { type: "display" };
    default:
      return { type: "serial", purpose: pick(["console", "attestation", "management"] as const, b) ?? "console" };
  }
}

function vmConfig({ a, b, c }: Draw): CreateVm {
  const medium = pick([...NAMES.map((name) => `${name}.firmware`), "closed.2.boot", "data1", "nowhere", "sealed"], a);
  const checking = pick(["ahead-of-time", "optimistic", "none", undefined] as const, b);
  return {
    name: pick(["a", "b", "c", "d", "e", "owner", "tvmm", "vm2", "management"], b) ?? "a",
    medium: medium ?? "",
    image: "x",
    ...(c % 4 === 0 ? { asOpen: true } : {}),
    ...(checking === undefined ? {} : { checking }),
    ...(c % 3 === 0 ? { cpuShare: ((c % 10) + 1) / 10 } : {}),
  };
}

function inspection(vm: string, { b, c }: Draw): OwnerRequest {
  const end = 100 * 2 ** 20;
  const address = pick([0, 4096, end - 8, end, 2 ** 32 - 1], c) ?? 0;
  switch (b % 5) {
    case 0:
      return { op: "read-memory", vm, address, length: (c % 3) * 8 };
    case 1:
      return { op: "write-memory", vm, address, bytes: new Uint8Array((c % 3) * 8) };
    case 2:
      return { op: "screenshot", vm };
    case 3:
      return { op: "snapshot", vm };
    default:
      return { op: "send-keys", vm, text: "ls\n" };
  }
}

function question(vm: string, { b }: Draw): OwnerRequest {
  switch (b % 3) {
    case 0:
      return { op: "identity", vm };
    case 1:
      return { op: "measurements", vm, options: { depth: 8 } };
    default:
      return { op: "challenge", vm, nonce: new Uint8Array(32) };
  }
}

export function requestOf(there: There, draw: Draw): OwnerRequest | undefined {
  const { kind, a, b } = draw;
  const vm = oneOf([...there.vms.keys()], a);
  const physical = PHYSICAL.map(({ id }) => id);
  const device = (n: number) => oneOf([...there.devices.keys(), ...physical], n);
  const card = (n: number) => {
    const cards = [...there.devices.values()].filter(({ config }) => config.type === "nic").map(({ id }) => id);
    return n % 13 === 0 ? device(n) : oneOf([...cards, ...physical], n);
  };
  switch (kind) {
    case "create-device":
      return { op: kind, device: deviceConfig(draw) };
    case "create-vm":
      return { op: kind, config: vmConfig(draw) };
    case "attach": {
      const free = [...there.devices.values()].filter(({ attachedTo }) => attachedTo === undefined);
      const off = [...there.vms.values()].filter(({ state }) => state === "off");
      if (b % 4 === 0) return { op: kind, vm, device: device(b) };
      return { op: kind, vm: pick(off, a)?.id ?? vm, device: pick(free, b)?.id ?? device(b) };
    }
    case "detach": {
      const held = [...there.devices.values()].filter(({ attachedTo }) => attachedTo !== undefined);
      const found = b % 4 === 0 ? undefined : pick(held, a);
      return { op: kind, vm: found?.attachedTo ?? vm, device: found?.id ?? device(b) };
    }
    case "connect":
      return { op: kind, a: card(a), b: card(b) };
    case "disconnect": {
      const from = (b % 4 === 0 ? undefined : pick([...there.connections.keys()], a)) ?? card(a);
      return { op: kind, a: from, b: pick(there.connections.get(from) ?? [], b) ?? card(b) };
    }
    case "on":
    case "off":
    case "suspend":
    case "resume":
    case "destroy-vm":
      return { op: kind, vm };
    case "destroy-device":
      return { op: kind, device: device(a) };
    case "inspect":
      return inspection(vm, draw);
    case "console":
      return b % 2 === 0 ? { op: "console-read", vm } : { op: "console-write", vm, bytes: new Uint8Array(4) };
    case "ask":
      return question(vm, draw);
    default:
      return undefined;
  }
}

export function limitOf(there: There, { a, b, c }: Draw): Change {
  switch (a % 4) {
    case 0:
      return { memory: pick([16, 200, 300, 512, 512, 513], b) ?? 512 };
    case 1:
      return { images: b % 2 === 0 ? null : [management.primary, images[pick(NAMES, c) ?? "open"].primary] };
    case 2:
      return { share: ((b % 10) + 1) / 10 };
    default: {
      const names = [...there.vms.values()].map(({ config }) => config.name);
      return { share: ((c % 10) + 1) / 10, vm: pick([...there.vms.keys(), ...names, "vm999"], b) ?? "vm1" };
    }
  }
}

/** A request with something in it that cannot be, or no request at all. */
export function hostile(there: There, each: Draw): unknown {
  const kinds = Object.keys(KINDS).filter((kind) => requestOf(there, { ...each, kind }));
  const request = requestOf(there, { ...each, kind: pick(kinds, each.c) ?? "on" }) as unknown as Record<
    string,
    unknown
  >;
  const keys = Object.keys(request);
  switch (each.a % 4) {
    case 0:
      return { ...request, [pick(keys, each.b) ?? "op"]: each.junk ?? Number.NaN, more: 1 };
    case 1:
      return { ...request, op: `${String(request.op)} ` };
    case 2:
      return Object.fromEntries(Object.entries(request).filter(([key]) => key !== pick(keys, each.b)));
    default:
      return typeof each.junk === "object" && each.junk !== null && "op" in each.junk ? null : each.junk;
  }
}
