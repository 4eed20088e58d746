/**
 * Which disk stands in which slot of a box, held against what its descriptor declares (identity.md, "Descriptor and
 * identity"). This is what keeps the owner from booting another disk under a box's hash: a wrong, missing or extra device in
 * a declared slot refuses ON.
 */
import { TerraError } from "../protocol/errors.ts";
import { bootMediumSize, type DescribedDisk, type Descriptor, dataSizeOf } from "../storage/index.ts";
import { type Device, type DiskDevice, isAttested, isDisk, type Vm } from "./machine.ts";

export interface SlottedDisk {
  device: DiskDevice;
  slot: number;
  /** The slot's name: "boot", what the descriptor calls it, or "disk5". */
  name: string;
  /** What the guest finds the disk by. */
  serial: string;
  /** Bytes of data. The tree of an attested disk lies behind them; a raw disk is all data. */
  dataSize: number;
  /** Of attested disks. */
  tree?: { root: string; salt: string };
}

export const BOOT_SLOT = 0;
export const MAX_SLOT = 15;

const refused = (sentence: string) => new TerraError("refused", sentence);

export interface PlacedDisk {
  device: DiskDevice;
  slot: number;
  name: string;
}

/** Each attached disk in its slot, in slot order. Disks without a slot stand behind all declared and all chosen slots. */
export function placeDisks(vm: Vm, attached: readonly Device[]): PlacedDisk[] {
  const declared = declaredDisks(vm.descriptor);
  const disks = attached.filter(isDisk);
  const taken = new Map<number, DiskDevice>();
  for (const device of disks) {
    const { slot } = device.config;
    const other = slot === undefined ? undefined : taken.get(slot);
    if (other) throw refused(`${vm.name} has two disks in slot ${slot}: ${other.id} and ${device.id}`);
    if (slot !== undefined) taken.set(slot, device);
  }
  let next = Math.max(BOOT_SLOT, ...declared.map(({ slot }) => slot), ...taken.keys());
  for (const device of disks) {
    if (device.config.slot !== undefined) continue;
    next++;
    if (next > MAX_SLOT) throw refused(`${vm.name} has more disks than slots; the last slot is ${MAX_SLOT}`);
    taken.set(next, device);
  }
  return [...taken]
    .sort(([left], [right]) => left - right)
    .map(([slot, device]) => ({ device, slot, name: slotName(slot, declared) }));
}

/** The disks in slot order, or "refused" with what is wrong and what would be right. */
export function slotDisks(vm: Vm, attached: readonly Device[]): SlottedDisk[] {
  const { descriptor } = vm;
  const declared = declaredDisks(descriptor);
  const placed = placeDisks(vm, attached);

  const boot = placed.find(({ slot }) => slot === BOOT_SLOT);
  if (!boot) throw refused(`${vm.name} has no boot disk: slot 0 must hold the disk with root ${descriptor.boot.root}`);
  checkBoot(vm, boot.device);
  for (const disk of declared) {
    const device = placed.find(({ slot }) => slot === disk.slot)?.device;
    if (device && !disk.classes.includes(device.config.class)) {
      const classes = disk.classes.join(" or ");
      throw refused(
        `slot ${disk.slot} (${disk.name}) of ${vm.name} takes disks of class ${classes}; ${device.id} is ${device.config.class}`,
      );
    }
    if (!device && disk.required)
      throw refused(`slot ${disk.slot} (${disk.name}) of ${vm.name} is empty; it is required`);
  }
  const disks = placed.map(({ device, slot, name }): SlottedDisk => {
    const free = slot !== BOOT_SLOT && !declared.some((each) => each.slot === slot);
    const serial = free && vm.kind === "open" ? (device.config.serial ?? name) : name;
    if (!isAttested(device)) return { device, slot, name, serial, dataSize: device.size };
    const { root, salt } = device.config;
    return { device, slot, name, serial, dataSize: dataSizeOf(device.size), tree: { root, salt } };
  });
  const twice = disks.find(({ serial }, index) => disks.findIndex((each) => each.serial === serial) !== index);
  if (twice)
    throw refused(`two disks of ${vm.name} have the serial "${twice.serial}"; the guest could not tell them apart`);
  return disks;
}

function checkBoot(vm: Vm, device: DiskDevice): void {
  const { boot } = vm.descriptor;
  if (!isAttested(device)) {
    const found = `${device.id} is ${device.config.class}`;
    throw refused(`slot 0 of ${vm.name} takes the attested disk that its descriptor names; ${found}`);
  }
  const { root, salt } = device.config;
  if (root !== boot.root)
    throw refused(`the boot disk of ${vm.name} has root ${root}; its descriptor says ${boot.root}`);
  if (salt !== boot.salt)
    throw refused(`the boot disk of ${vm.name} has salt ${salt}; its descriptor says ${boot.salt}`);
  const size = bootMediumSize(boot);
  if (device.size !== size) {
    throw refused(`the boot disk of ${vm.name} has ${device.size} bytes with its tree; its descriptor says ${size}`);
  }
}

/** Secondary identities (paper 4.1): roots of all attested disks but the boot disk, by the names of their slots. */
export function secondaries(vm: Vm, attached: readonly Device[]): Record<string, string> {
  const further = placeDisks(vm, attached).filter(({ slot }) => slot !== BOOT_SLOT);
  return Object.fromEntries(
    further.flatMap(({ name, device }) => (isAttested(device) ? [[name, device.config.root]] : [])),
  );
}

function declaredDisks(descriptor: Descriptor): DescribedDisk[] {
  return descriptor.devices.filter((each): each is DescribedDisk => each.type === "disk");
}

function slotName(slot: number, declared: readonly DescribedDisk[]): string {
  if (slot === BOOT_SLOT) return "boot";
  return declared.find((each) => each.slot === slot)?.name ?? `disk${slot}`;
}
