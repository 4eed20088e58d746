/**
 * Devices as views of a machine need them: the cards at a box, the machine's own cards, connections once each. Pure; what the
 * TVMM tells is taken as it is.
 */
import type { DeviceStatus } from "../../engine/lab/protocol.ts";
import type { MachineFacts } from "./facts.ts";
import type { WireFacts } from "./wires.ts";

const isCard = (device: DeviceStatus) => device.type === "nic";

/**
 * The machine's own cards, which are plugged into wires: known from the lab before any TVMM runs. A TVMM that has told of a card
 * knows better.
 */
export function physicalCards(machine: MachineFacts, wires: readonly WireFacts[]): DeviceStatus[] {
  return wires.flatMap((wire) =>
    wire.ends
      .filter(({ platform }) => platform === machine.info.id)
      .map(({ nic }) => ({
        id: nic,
        type: "nic",
        connectedTo: machine.devices.filter(({ connectedTo }) => connectedTo.includes(nic)).map(({ id }) => id),
        ...machine.devices.find(({ id }) => id === nic),
        wire: wire.id,
      })),
  );
}

/** All devices of a machine, its own cards first. */
export function allDevices(machine: MachineFacts, wires: readonly WireFacts[]): DeviceStatus[] {
  const cards = physicalCards(machine, wires);
  return [...cards, ...machine.devices.filter((device) => !cards.some(({ id }) => id === device.id))];
}

/** Network cards that are attached to the box. */
export function cardsOf(machine: MachineFacts, vm: string): DeviceStatus[] {
  return machine.devices.filter((device) => isCard(device) && device.attachedTo === vm);
}

/** Each connection once. */
export function connections(devices: readonly DeviceStatus[]): { a: string; b: string }[] {
  const seen = new Set<string>();
  const found: { a: string; b: string }[] = [];
  for (const device of devices) {
    for (const other of device.connectedTo) {
      if (seen.has(`${other} ${device.id}`)) continue;
      seen.add(`${device.id} ${other}`);
      found.push({ a: device.id, b: other });
    }
  }
  return found;
}

/** A device in words: "disk pc.boot", "nic 02:11:…", "serial console". */
export function deviceWords(device: DeviceStatus): string {
  if (device.wire !== undefined) return `${device.type} on wire ${device.wire}`;
  if (device.medium !== undefined) return `${device.type} ${device.medium}`;
  if (device.mac !== undefined) return `${device.type} ${device.mac}`;
  return device.type;
}
