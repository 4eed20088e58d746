/**
 * Which calls the TVMM must refuse, and with which code: for each call the first rule that it breaks. Without any of the TVMM's
 * code, over the tables of model.ts.
 */
import type { CreateVm, DeviceConfig, OwnerRequest } from "../../protocol/owner.ts";
import type { TestImage } from "./image.ts";
import {
  connected,
  consoleOf,
  devicesOf,
  diskSerial,
  type Model,
  type ModelDevice,
  type ModelVm,
  maySuspend,
  pciNumbers,
  slots,
  type Verdict,
} from "./model.ts";

export const MACHINE_MIB = 512;
const RESERVED = ["chip", "firmware", "loader", "tvmm", "owner", "person", "verifier", "open", "closed"];
/** Sizes of a disk with its tree, bytes: all that occur. */
const WITH_TREE = [3 * 4096, 5 * 4096];

const serials = (model: Model, vm: ModelVm) =>
  devicesOf(model, vm).flatMap(({ config }) => (config.type === "serial" ? [config.purpose] : []));
const cardsOf = (model: Model, vm: ModelVm) => devicesOf(model, vm).filter(({ config }) => config.type === "nic");
const memoryLimit = ({ limits }: Model) => Math.min(MACHINE_MIB, limits.memoryMiB);
const mayRun = ({ limits }: Model, { primary }: TestImage) => limits.images?.includes(primary) ?? true;

const diskOn = (model: Model, medium: string) =>
  [...model.devices.values()].some(({ config }) => config.type === "disk" && config.medium === medium);

/** May it be switched on with what is attached. */
function equipment(model: Model, vm: ModelVm): Verdict {
  const devices = devicesOf(model, vm);
  const placed = slots(vm, devices);
  const cards = pciNumbers(vm, devices);
  if (placed === "refused" || cards === "refused") return "refused";
  const bySlot = new Map([...placed].map(([id, slot]) => [slot, model.devices.get(id)] as const));
  const { boot, devices: declared } = vm.image.descriptor;
  const first = bySlot.get(0);
  if (first?.config.type !== "disk" || first.config.class !== "attested") return "refused";
  if (first.config.root !== boot.root || first.config.salt !== boot.salt) return "refused";
  if (first.size !== vm.image.boot.length) return "refused";
  for (const each of declared) {
    if (each.type === "nic") {
      const there = cardsOf(model, vm).some(({ config }) => config.type === "nic" && config.role === each.role);
      if (each.required && !there) return "refused";
      continue;
    }
    const device = bySlot.get(each.slot);
    if (!device && each.required) return "refused";
    if (device?.config.type === "disk" && !each.classes.includes(device.config.class)) return "refused";
  }
  const names = [...placed].map(([id, slot]) => {
    const device = model.devices.get(id);
    return device && diskSerial(vm, device, slot);
  });
  return new Set(names).size < names.length ? "refused" : undefined;
}

const busyMiB = (model: Model, but: ModelVm) =>
  [...model.vms.values()]
    .filter((vm) => vm !== but && vm.worker)
    .reduce((sum, vm) => sum + vm.image.descriptor.memoryMiB, 0);

function createDevice(model: Model, config: DeviceConfig): Verdict {
  if (model.devices.size >= 128) return "out-of-memory";
  if (config.type === "nic" && config.mac !== undefined) {
    const first = Number.parseInt(config.mac.slice(0, 2), 16);
    const taken = [...model.devices.values()].some(({ mac }) => mac === config.mac);
    return first % 2 === 1 || /^[0:]*$/.test(config.mac) || taken ? "bad-argument" : undefined;
  }
  if (config.type !== "disk") return undefined;
  if (config.class === "integrity" || config.class === "encrypted") return "unsupported";
  if (config.class === "raw" && config.counter) return "bad-argument";
  const user = [...model.vms.values()].some((vm) => vm.config.medium === config.medium);
  if (user || diskOn(model, config.medium)) return "busy";
  const medium = model.media.get(config.medium);
  if (!medium) return "unknown-disk";
  if (medium.kind !== "disk") return "bad-argument";
  if (config.class === "attested") return WITH_TREE.includes(medium.size) ? undefined : "bad-argument";
  return medium.size > 0 && medium.size % 512 === 0 ? undefined : "bad-argument";
}

function createVm(model: Model, config: CreateVm): Verdict {
  if (model.vms.size >= 16) return "out-of-memory";
  const names = [...model.vms.values()].map((vm) => vm.config.name);
  if (RESERVED.includes(config.name) || names.includes(config.name)) return "bad-argument";
  if (diskOn(model, config.medium)) return "busy";
  const medium = model.media.get(config.medium);
  if (medium?.kind !== "disk") return "unknown-disk";
  const image = config.medium.endsWith(".firmware") ? medium.image : undefined;
  if (!image) return "malformed";
  const kind = config.asOpen ? "open" : image.descriptor.kind;
  if (kind === "closed" && config.checking === "none") return "bad-argument";
  if (!mayRun(model, image)) return "refused";
  return image.descriptor.memoryMiB > memoryLimit(model) ? "out-of-memory" : undefined;
}

function attach(model: Model, vm: ModelVm, device: ModelDevice): Verdict {
  if (vm.state !== "off" || device.attachedTo !== undefined) return "bad-state";
  const { config } = device;
  if (config.type === "serial") {
    if (config.purpose === "console" && consoleOf(vm) === "none") {
      return vm.kind === "closed" ? "closed-box" : "no-console";
    }
    if (config.purpose === "management" && !vm.management) return "refused";
    if (serials(model, vm).includes(config.purpose)) return "bad-state";
  }
  const devices = [...devicesOf(model, vm), device];
  if (config.type === "display" && devices.filter((each) => each.config.type === "display").length > 1) {
    return "bad-state";
  }
  // The order in which devices were made, not attached, is what places them.
  const inOrder = [...model.devices.values()].filter((each) => devices.includes(each));
  return slots(vm, inOrder) === "refused" || pciNumbers(vm, inOrder) === "refused" ? "refused" : undefined;
}

function join(model: Model, op: "connect" | "disconnect", a: string, b: string): Verdict {
  for (const id of [a, b]) {
    if (model.physical.some((card) => card.id === id)) continue;
    const device = model.devices.get(id);
    if (!device) return "unknown-device";
    if (device.config.type !== "nic") return "bad-argument";
  }
  const together = connected(model, a).includes(b);
  if (op === "disconnect") return together ? undefined : "bad-state";
  const physical = [a, b].filter((id) => model.physical.some((card) => card.id === id)).length;
  if (a === b || physical === 2) return "bad-argument";
  return together ? "bad-state" : undefined;
}

type Inspection = Extract<
  OwnerRequest,
  { op: "read-memory" | "write-memory" | "screenshot" | "snapshot" | "send-keys" }
>;

function inspect(model: Model, vm: ModelVm, request: Inspection): Verdict {
  if (vm.kind === "closed") return "closed-box";
  if (!vm.worker) return "bad-state";
  const end = vm.image.descriptor.memoryMiB * 2 ** 20;
  switch (request.op) {
    case "read-memory":
      return request.address + request.length > end ? "bad-argument" : undefined;
    case "write-memory":
      return request.address + request.bytes.length > end ? "bad-argument" : undefined;
    case "screenshot":
      return devicesOf(model, vm).some(({ config }) => config.type === "display") ? undefined : "bad-state";
    case "send-keys":
      return vm.state === "on" ? undefined : "bad-state";
    case "snapshot":
      return undefined;
  }
}

function console(model: Model, vm: ModelVm, op: "console-read" | "console-write"): Verdict {
  if (consoleOf(vm) === "none" || !serials(model, vm).includes("console")) return "no-console";
  if (op === "console-read") return undefined;
  if (consoleOf(vm) !== "open") return "no-console";
  return vm.state === "on" ? undefined : "bad-state";
}

function switchOn(model: Model, vm: ModelVm): Verdict {
  if (vm.state !== "off" && vm.state !== "halted") return "bad-state";
  if (!mayRun(model, vm.image)) return "refused";
  if (busyMiB(model, vm) + vm.image.descriptor.memoryMiB > memoryLimit(model)) return "out-of-memory";
  return equipment(model, vm);
}

/** What the call is answered with. What ON finds out only by starting is in `begun`. */
export function verdict(model: Model, request: OwnerRequest): Verdict {
  switch (request.op) {
    case "create-device":
      return createDevice(model, request.device);
    case "create-vm":
      return createVm(model, request.config);
    case "connect":
    case "disconnect":
      return join(model, request.op, request.a, request.b);
    case "list-vms":
    case "list-devices":
    case "limits":
    case "management":
    case "boot-log":
      return undefined;
  }
  if ("vm" in request && !model.vms.has(request.vm)) return "unknown-vm";
  if ("device" in request) {
    if (model.physical.some(({ id }) => id === request.device)) return "bad-argument";
    if (!model.devices.has(request.device)) return "unknown-device";
  }
  if (request.op === "destroy-device") {
    return model.devices.get(request.device)?.attachedTo === undefined ? undefined : "bad-state";
  }
  const vm = model.vms.get(request.vm);
  if (!vm) return "unknown-vm";
  switch (request.op) {
    case "destroy-vm":
      return vm.state === "off" ? undefined : "bad-state";
    case "attach": {
      const device = model.devices.get(request.device);
      return device ? attach(model, vm, device) : "unknown-device";
    }
    case "detach":
      return vm.state === "off" && model.devices.get(request.device)?.attachedTo === vm.id ? undefined : "bad-state";
    case "on":
      return switchOn(model, vm);
    case "off":
      return vm.state === "off" ? "bad-state" : undefined;
    case "suspend":
      if (!maySuspend(vm)) return vm.kind === "closed" ? "closed-box" : "refused";
      return vm.state === "on" ? undefined : "bad-state";
    case "resume":
      if (vm.state !== "suspended") return "bad-state";
      return mayRun(model, vm.image) ? undefined : "refused";
    case "identity":
      return vm.kind === "open" ? "open-box" : undefined;
    case "challenge":
      if (vm.kind === "open") return "open-box";
      return vm.state === "on" && serials(model, vm).includes("attestation") ? undefined : "bad-state";
    case "console-read":
    case "console-write":
      return console(model, vm, request.op);
    case "measurements":
      return undefined;
    default:
      return inspect(model, vm, request);
  }
}
