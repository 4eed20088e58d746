/**
 * What the TVMM's tables must be, and what each call does to them, written down once more, as plainly as can be and without
 * any of the TVMM's code. Tests play calls against both. model-rules.ts says which calls are refused.
 */
import type { CreateVm, DeviceConfig, DeviceStatus, Limits, OwnerRequest, VmStatus } from "../../protocol/owner.ts";
import type { TestImage } from "./image.ts";

export interface ModelMedium {
  kind: "flash" | "disk" | "sealed";
  size: number;
  /** For a firmware medium: what a VM is made from. */
  image?: TestImage;
  /** A bit of it is not what it was: the tree of a disk, the kernel of an image. */
  tampered: boolean;
}

export interface ModelVm {
  id: string;
  config: CreateVm;
  image: TestImage;
  kind: "open" | "closed";
  management: boolean;
  state: VmStatus["state"];
  /** Its worker is there. */
  worker: boolean;
}

export interface ModelDevice {
  id: string;
  config: DeviceConfig;
  size: number;
  mac?: string;
  attachedTo?: string;
}

export interface Model {
  media: Map<string, ModelMedium>;
  vms: Map<string, ModelVm>;
  devices: Map<string, ModelDevice>;
  physical: { id: string; wire: string }[];
  /** Of each card, in the order in which it was connected. */
  connections: Map<string, string[]>;
  limits: Limits;
  made: { vm: number; dev: number };
  /** How the next vm worker starts. */
  launchFails: boolean;
}

/** The code that a call is refused with, or undefined: it is carried out. */
export type Verdict = string | undefined;

export const devicesOf = (model: Model, vm: ModelVm) =>
  [...model.devices.values()].filter((device) => device.attachedTo === vm.id);
const openAsOpen = (vm: ModelVm) => vm.kind !== vm.image.descriptor.kind;
export const consoleOf = (vm: ModelVm) => (openAsOpen(vm) ? "open" : vm.image.descriptor.console);
export const maySuspend = (vm: ModelVm) => openAsOpen(vm) || vm.image.descriptor.suspend;
export const connected = (model: Model, device: string) => model.connections.get(device) ?? [];

export function shareOf({ limits }: Model, vm: ModelVm): number {
  const [, share] = Object.entries(limits.shares).find(([name]) => name === vm.config.name) ?? [];
  return Math.min(vm.config.cpuShare ?? 1, share ?? limits.share);
}

/** Slots by device, or "refused". */
export function slots(vm: ModelVm, devices: readonly ModelDevice[]): Map<string, number> | "refused" {
  const disks = devices.flatMap(({ id, config }) => (config.type === "disk" ? [{ id, slot: config.slot }] : []));
  const chosen = disks.flatMap(({ slot }) => (slot === undefined ? [] : [slot]));
  if (new Set(chosen).size < chosen.length) return "refused";
  const declared = vm.image.descriptor.devices.flatMap((each) => (each.type === "disk" ? [each.slot] : []));
  const behind = Math.max(0, ...declared, ...chosen);
  let free = 0;
  const placed = new Map(disks.map(({ id, slot }) => [id, slot ?? behind + ++free] as const));
  return [...placed.values()].some((slot) => slot > 15) ? "refused" : placed;
}

/** PCI numbers by device, or "refused". */
export function pciNumbers(vm: ModelVm, devices: readonly ModelDevice[]): Map<string, number> | "refused" {
  const declared = new Map(
    vm.image.descriptor.devices.flatMap((each) => (each.type === "nic" ? [[each.role, each.pci] as const] : [])),
  );
  const cards = devices.flatMap(({ id, config }) => (config.type === "nic" ? [{ id, role: config.role }] : []));
  const roles = cards.flatMap(({ role }) => (role === undefined ? [] : [role]));
  if (new Set(roles).size < roles.length) return "refused";
  const free = [8, 9, 10, 11, 12, 13, 14, 15].filter((pci) => ![...declared.values()].includes(pci));
  const placed = new Map<string, number>();
  for (const { id, role } of cards) {
    const pci = declared.get(role ?? "") ?? free.shift();
    if (pci === undefined) return "refused";
    placed.set(id, pci);
  }
  return placed;
}

export function diskName(vm: ModelVm, slot: number): string {
  if (slot === 0) return "boot";
  const declared = vm.image.descriptor.devices.find((each) => each.type === "disk" && each.slot === slot);
  return declared?.type === "disk" ? declared.name : `disk${slot}`;
}

export function diskSerial(vm: ModelVm, device: ModelDevice, slot: number): string {
  const name = diskName(vm, slot);
  const own = vm.kind === "open" && name === `disk${slot}` && device.config.type === "disk" && device.config.serial;
  return own || name;
}

/** Is what lies in the media what ON takes them for. */
function content(model: Model, vm: ModelVm): Verdict {
  if (model.media.get(vm.config.medium)?.tampered) return "integrity";
  if (vm.config.checking === "none") return undefined;
  const wrong = devicesOf(model, vm).some(({ config }) => {
    if (config.type !== "disk" || config.class !== "attested") return false;
    return model.media.get(config.medium)?.tampered === true || !rootOf(model, config.medium).includes(config.root);
  });
  return wrong ? "integrity" : undefined;
}

/** Roots that the disk in this medium has: of the image whose boot disk it was made from. */
function rootOf(model: Model, medium: string): string[] {
  const { image } = model.media.get(medium) ?? {};
  return image ? [image.descriptor.boot.root] : [];
}

/** ON was not refused, and starts: how it ends. */
export function begun(model: Model, vm: ModelVm): Verdict {
  const wrong = content(model, vm);
  vm.state = "off";
  vm.worker = false;
  if (wrong) return wrong;
  if (model.launchFails) {
    vm.state = "halted";
    return "internal";
  }
  vm.state = "on";
  vm.worker = true;
  return undefined;
}

/** What a call that is carried out changes. `id`: what CREATE-DEVICE and CREATE-VM answered; `mac`: what the card got. */
export function carryOut(model: Model, request: OwnerRequest, id: string, mac?: string): void {
  switch (request.op) {
    case "create-device": {
      const { device: config } = request;
      const size = config.type === "disk" ? (model.media.get(config.medium)?.size ?? 0) : 0;
      model.devices.set(id, { id, config, size, ...(mac === undefined ? {} : { mac }) });
      return;
    }
    case "create-vm": {
      const { config } = request;
      const image = model.media.get(config.medium)?.image;
      if (!image) throw new Error(`the model has no image in ${config.medium}`);
      const kind = config.asOpen ? "open" : image.descriptor.kind;
      model.vms.set(id, { id, config, image, kind, management: false, state: "off", worker: false });
      return;
    }
    case "connect":
      model.connections.set(request.a, [...connected(model, request.a), request.b]);
      model.connections.set(request.b, [...connected(model, request.b), request.a]);
      return;
    case "disconnect":
      part(model, request.a, request.b);
      return;
    case "destroy-device":
      for (const other of connected(model, request.device)) part(model, request.device, other);
      model.devices.delete(request.device);
      return;
    case "attach":
    case "detach": {
      const device = model.devices.get(request.device);
      if (!device) throw new Error(`the model has no ${request.device}`);
      if (request.op === "attach") device.attachedTo = request.vm;
      else delete device.attachedTo;
      return;
    }
  }
  const vm = "vm" in request ? model.vms.get(request.vm) : undefined;
  if (!vm) return;
  if (request.op === "suspend") vm.state = "suspended";
  if (request.op === "resume") vm.state = "on";
  if (request.op === "off") {
    vm.state = "off";
    vm.worker = false;
  }
  if (request.op === "destroy-vm") {
    for (const device of devicesOf(model, vm)) delete device.attachedTo;
    model.vms.delete(vm.id);
  }
}

function part(model: Model, a: string, b: string): void {
  model.connections.set(
    a,
    connected(model, a).filter((each) => each !== b),
  );
  model.connections.set(
    b,
    connected(model, b).filter((each) => each !== a),
  );
}

/** What the owner must see of a VM, but for why it halted. */
export function vmSeen(model: Model, vm: ModelVm): Omit<VmStatus, "halt"> {
  const { config, image, kind } = vm;
  const { descriptor, primary } = image;
  const devices = devicesOf(model, vm);
  const placed = slots(vm, devices);
  const secondary = devices.flatMap(({ id, config: disk }) => {
    const slot = placed === "refused" ? 0 : (placed.get(id) ?? 0);
    return slot > 0 && disk.type === "disk" && disk.class === "attested" ? [[diskName(vm, slot), disk.root]] : [];
  });
  return {
    id: vm.id,
    name: config.name,
    image: config.image,
    medium: config.medium,
    kind,
    product: descriptor.product,
    version: descriptor.version,
    state: vm.state,
    ...(kind === "closed" ? { primary, secondary: Object.fromEntries(secondary) } : {}),
    console: consoleOf(vm),
    checking: config.checking ?? "optimistic",
    memoryMiB: descriptor.memoryMiB,
    cpuShare: shareOf(model, vm),
    suspend: maySuspend(vm),
    management: vm.management,
    devices: devices.map(({ id }) => id),
  };
}

/** What the owner must see of devices, physical cards last. */
export function devicesSeen(model: Model): DeviceStatus[] {
  const virtual = [...model.devices.values()].map(({ id, config, mac, attachedTo }) => ({
    id,
    type: config.type === "serial" ? `serial ${config.purpose}` : config.type,
    ...(config.type === "disk" ? { medium: config.medium, class: config.class } : {}),
    ...(mac === undefined ? {} : { mac }),
    ...(config.type === "nic" && config.role !== undefined ? { role: config.role } : {}),
    ...(attachedTo === undefined ? {} : { attachedTo }),
    connectedTo: connected(model, id),
  }));
  const physical = model.physical.map((card) => ({ ...card, type: "nic", connectedTo: connected(model, card.id) }));
  return [...virtual, ...physical];
}
