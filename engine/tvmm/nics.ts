/**
 * Network cards of a box: their hardware addresses, and where each stands on the guest's bus. A guest finds a card by its PCI
 * device number, which the descriptor fixes for its roles (identity.md); so a card in a declared role never stands elsewhere,
 * and no other card ever stands there.
 */
import { badArgument } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import { type DescribedNic, type Descriptor, digestSync } from "../storage/index.ts";
import { type Device, isNic, type NicDevice, type Vm } from "./machine.ts";

/** PCI device numbers of this board that are for network cards. */
const FIRST_PCI = 8;
const LAST_PCI = 15;

export interface PlacedNic {
  device: NicDevice;
  pci: number;
}

const refused = (sentence: string) => new TerraError("refused", sentence);

/** `02:` says that nobody but the machine gave this address; then the platform's name, hashed; then the device's number. */
export function macOf(platform: string, number: number): string {
  const name = digestSync(new TextEncoder().encode(platform)).slice(0, 6);
  const device = (number % 0x10000).toString(16).padStart(4, "0");
  return `02${name}${device}`.replace(/..(?=.)/g, "$&:");
}

/** A frame's source is one card: a group's address, or none, is no card's (IEEE 802.3, 3.2.3). */
export function checkMac(mac: string): void {
  const group = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  if (group || mac === "00:00:00:00:00:00") {
    throw badArgument("device.mac", mac, "the address of a single card: the first byte even, not all bytes zero");
  }
}

/** Each attached card on its PCI number, in that order; "refused" where two want one role, or none is free. */
export function placeNics(vm: Vm, attached: readonly Device[]): PlacedNic[] {
  const declared = declaredNics(vm.descriptor);
  const cards = attached.filter(isNic);
  const placed: PlacedNic[] = [];
  const roles = new Map<string, NicDevice>();
  const others: NicDevice[] = [];
  for (const device of cards) {
    const { role } = device.config;
    if (role !== undefined) {
      const other = roles.get(role);
      if (other) throw refused(`${vm.name} has two network cards for the role ${role}: ${other.id} and ${device.id}`);
      roles.set(role, device);
    }
    const pci = declared.find((each) => each.role === role)?.pci;
    if (pci === undefined) others.push(device);
    else placed.push({ device, pci });
  }
  let pci = FIRST_PCI;
  for (const device of others) {
    while (declared.some((each) => each.pci === pci)) pci++;
    if (pci > LAST_PCI) {
      const room = LAST_PCI - FIRST_PCI + 1 - declared.length;
      throw refused(`${vm.name} has room for ${room} network cards beside those in declared roles`);
    }
    placed.push({ device, pci: pci++ });
  }
  return placed.sort((left, right) => left.pci - right.pci);
}

/** The cards that a VM is started with, or "refused" naming the role that has none. */
export function requiredNics(vm: Vm, attached: readonly Device[]): PlacedNic[] {
  const placed = placeNics(vm, attached);
  const missing = declaredNics(vm.descriptor).find(
    ({ role, required }) => required && !placed.some(({ device }) => device.config.role === role),
  );
  if (missing) throw refused(`${vm.name} has no network card for the role ${missing.role}; it is required`);
  return placed;
}

/** A descriptor may name numbers that this board does not have: no VM is made from it. */
export function checkDescribedNics(descriptor: Descriptor): void {
  const outside = declaredNics(descriptor).find(({ pci }) => pci < FIRST_PCI || pci > LAST_PCI);
  if (!outside) return;
  throw badArgument(
    `the descriptor's PCI number for the role ${outside.role}`,
    outside.pci,
    `one for network cards, ${FIRST_PCI} to ${LAST_PCI}`,
  );
}

function declaredNics(descriptor: Descriptor): DescribedNic[] {
  return descriptor.devices.filter((each): each is DescribedNic => each.type === "nic");
}
