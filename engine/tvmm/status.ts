/** What the owner may see of a VM and of a device: no more than this leaves the TVMM's tables. */
import type { DeviceStatus, VmStatus } from "../protocol/owner.ts";
import type { Device, Machine, Vm } from "./machine.ts";
import type { Network } from "./network.ts";
import { secondaries } from "./slots.ts";

export function vmStatus(machine: Machine, vm: Vm): VmStatus {
  const devices = machine.devicesOf(vm);
  return {
    id: vm.id,
    name: vm.name,
    image: vm.image,
    medium: vm.medium,
    kind: vm.kind,
    product: vm.descriptor.product,
    version: vm.descriptor.version,
    state: vm.state,
    ...(vm.halt ? { halt: { ...vm.halt } } : {}),
    ...(vm.kind === "closed" ? { primary: vm.primary, secondary: secondaries(vm, devices) } : {}),
    console: vm.console,
    checking: vm.checking,
    memoryMiB: vm.descriptor.memoryMiB,
    cpuShare: vm.share,
    suspend: vm.suspend,
    management: vm.management,
    devices: devices.map(({ id }) => id),
    ...pictureOf(vm),
  };
}

/** What a closed box shows, text or a picture, is between it and the person. */
function pictureOf({ kind, running }: Vm): Pick<VmStatus, "picture"> {
  if (kind === "closed" || running?.shape.kind !== "picture") return {};
  const { width, height } = running.shape;
  return { picture: { width, height } };
}

export function deviceStatus(network: Network, device: Device): DeviceStatus {
  const { config } = device;
  return {
    id: device.id,
    type: config.type === "serial" ? `serial ${config.purpose}` : config.type,
    ...(config.type === "disk" ? { medium: config.medium, class: config.class } : {}),
    ...(device.mac === undefined ? {} : { mac: device.mac }),
    ...(config.type === "nic" && config.role !== undefined ? { role: config.role } : {}),
    ...(device.attachedTo === undefined ? {} : { attachedTo: device.attachedTo }),
    connectedTo: network.connectedTo(device.id),
  };
}

/** The machine's own network cards, which are plugged into wires outside. */
export function physicalStatus(network: Network): DeviceStatus[] {
  return network.physical.map(({ id, wire }) => ({ id, type: "nic", wire, connectedTo: network.connectedTo(id) }));
}
