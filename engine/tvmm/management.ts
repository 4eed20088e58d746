/**
 * The management interface (paper 4.4): devices and VMs are made, joined and taken apart. Mechanism only; whoever calls it
 * gets the same answers. A call that is refused changes nothing. Kind, memory, console and identity of a VM come from the
 * descriptor in its image, never from the caller.
 */
import { readPem, toPem } from "../attestation/index.ts";
import { TerraError } from "../protocol/errors.ts";
import type { Checking, CreateVm, DeviceConfig, Kind } from "../protocol/owner.ts";
import type { Descriptor } from "../storage/index.ts";
import { consoleRing } from "./console-ring.ts";
import { readDescriptor } from "./firmware.ts";
import { inTime } from "./in-time.ts";
import type { LimitsKeeper } from "./limits.ts";
import { type Device, isNic, type Machine, type Vm } from "./machine.ts";
import { unmeasured } from "./measured.ts";
import type { Media } from "./media.ts";
import type { Emit } from "./messages.ts";
import type { Monitor } from "./monitor.ts";
import type { Network } from "./network.ts";
import { diskOn, newDevice } from "./new-devices.ts";
import { checkDescribedNics, placeNics } from "./nics.ts";
import { MAX_MEMORY_MIB } from "./power.ts";
import { placeDisks } from "./slots.ts";
import { deviceStatus, physicalStatus, vmStatus } from "./status.ts";
import { COLOURS } from "./strip.ts";

export const MAX_VMS = 16;
/** All vendors' certificates of a VM as PEM text: they must fit into an ENDORSE reply beside the chain. */
const MAX_VENDORS_TEXT = 32768;

/** Messages and the measurement tree call other ends so; a VM must not be taken for one of them. */
const RESERVED = ["chip", "firmware", "loader", "tvmm", "owner", "person", "verifier", "open", "closed"];

export interface Management {
  createDevice(config: DeviceConfig): Promise<Device>;
  destroyDevice(device: string): void;
  connect(a: string, b: string): void;
  disconnect(a: string, b: string): void;
  /** `management`: the VM is the machine's management box. */
  createVm(config: CreateVm, options?: { management?: boolean }): Promise<Vm>;
  destroyVm(vm: Vm): void;
  attach(vm: Vm, device: string): void;
  detach(vm: Vm, device: string): void;
}

export interface ManagementParts {
  machine: Machine;
  media: Media;
  network: Network;
  limits: LimitsKeeper;
  monitor: Monitor;
  emit: Emit;
  /** The debug TVMM lets the owner into closed boxes; nothing else differs. */
  debug: boolean;
  /** The machine's name. */
  platform: string;
}

export function management(parts: ManagementParts): Management {
  const { machine, network, limits, monitor, emit, debug } = parts;
  let colours = 0;

  const changed = (vm: Vm) => emit({ type: "vm", vm: vm.id, status: vmStatus(machine, vm) });

  function deviceChanged(id: string): void {
    const device = machine.devices.get(id);
    const status = device ? deviceStatus(network, device) : physicalStatus(network).find((each) => each.id === id);
    emit({ type: "device", device: id, ...(status ? { status } : {}) });
  }

  function onlyWhileOff(vm: Vm, call: string): void {
    if (vm.starting) throw new TerraError("busy", `${vm.name} is being switched on; ${call} needs a VM that is off`);
    if (vm.state !== "off")
      throw new TerraError("bad-state", `${vm.name} is ${vm.state}; ${call} needs a VM that is off`);
  }

  function refuseSecondOfItsKind(vm: Vm, { config }: Device): void {
    const same = machine.devicesOf(vm).find((other) => {
      if (config.type === "serial") return other.config.type === "serial" && other.config.purpose === config.purpose;
      return config.type === "display" && other.config.type === "display";
    });
    if (same) throw new TerraError("bad-state", `${vm.name} has such a device already: ${same.id}`);
  }

  function refuseSerial(vm: Vm, { id, config }: Device): void {
    if (config.type !== "serial") return;
    if (config.purpose === "console" && vm.console === "none") {
      throw vm.kind === "closed"
        ? new TerraError("closed-box", `the maker of ${vm.name} left no console open; its owner cannot open one`)
        : new TerraError("no-console", `the image of ${vm.name} has no console`);
    }
    if (config.purpose === "management" && !vm.management) {
      const sentence = `${vm.name} is not this machine's management box; ${id} is a management device and for that box only`;
      throw new TerraError("refused", sentence);
    }
  }

  /** A virtual device of this machine; a physical card is told as what it is. */
  function virtual(id: string): Device {
    if (network.physical.some((each) => each.id === id)) {
      const sentence = `${id} is a physical network card; such a card is never attached or destroyed, it is connected`;
      throw new TerraError("bad-argument", sentence);
    }
    return machine.device(id);
  }

  /** A network card, virtual or physical. */
  function card(id: string): void {
    if (network.physical.some((each) => each.id === id)) return;
    const { config } = machine.device(id);
    if (config.type !== "nic") {
      throw new TerraError("bad-argument", `${id} is a device of type ${config.type}; network cards are connected`);
    }
  }

  function join(call: "connect" | "disconnect", a: string, b: string): void {
    card(a);
    card(b);
    network[call](a, b);
    deviceChanged(a);
    deviceChanged(b);
  }

  function checkName(name: string): void {
    if (machine.vms.size >= MAX_VMS) throw new TerraError("out-of-memory", `this machine has ${MAX_VMS} VMs already`);
    if (RESERVED.includes(name)) {
      const sentence = `config.name is "${name}", which is not a VM's name; it means another part here`;
      throw new TerraError("bad-argument", sentence);
    }
    if ([...machine.vms.values()].some((each) => each.name === name)) {
      throw new TerraError("bad-argument", `there is a VM named ${name} already; names are unique on a machine`);
    }
  }

  function checkMedium(medium: string): void {
    const disk = diskOn(machine, medium);
    if (disk) throw new TerraError("busy", `the medium ${medium} is in use by ${disk.id}, a disk`);
  }

  /** The debug TVMM opens every console; a closed image that was started as an open box hides nothing. */
  function consoleOf(descriptor: Descriptor, kind: Kind): Descriptor["console"] {
    return debug || kind !== descriptor.kind ? "open" : descriptor.console;
  }

  limits.onChange(() => {
    for (const vm of machine.vms.values()) {
      const share = limits.shareOf(vm.name, vm.cpuShare);
      if (share === vm.share) continue;
      vm.share = share;
      vm.running?.worker.tell({ op: "share", share });
      changed(vm);
    }
  });

  return {
    async createDevice(config) {
      const device = await newDevice(parts, config);
      deviceChanged(device.id);
      return device;
    },
    destroyDevice(id) {
      const device = virtual(id);
      if (device.attachedTo !== undefined) {
        const vm = machine.vm(device.attachedTo);
        throw new TerraError("bad-state", `${id} is attached to ${vm.name} (${vm.id}); detach it first`);
      }
      const others = network.connectedTo(id);
      if (isNic(device)) network.remove(id);
      machine.devices.delete(id);
      for (const each of [id, ...others]) deviceChanged(each);
    },
    connect: (a, b) => join("connect", a, b),
    disconnect: (a, b) => join("disconnect", a, b),
    async createVm(config, { management: isManagement = false } = {}) {
      const { name, medium } = config;
      checkName(name);
      checkMedium(medium);
      const vendorCertificates = normalise(config.vendorCertificates ?? []);
      const { bytes, descriptor, primary } = await inTime(readDescriptor(parts.media, medium), `the medium ${medium}`);
      // Nothing was reserved while the medium was read: whoever came first has the name.
      checkName(name);
      checkMedium(medium);
      const kind: Kind = config.asOpen ? "open" : descriptor.kind;
      const checking = checkingOf(config, kind);
      checkDescribedNics(descriptor);
      limits.checkImage(primary, name);
      const memoryMiB = Math.min(MAX_MEMORY_MIB, limits.memoryMiB());
      if (descriptor.memoryMiB > memoryMiB) {
        const sentence = `${name} needs ${descriptor.memoryMiB} MiB; this machine has ${memoryMiB} MiB for VMs`;
        throw new TerraError("out-of-memory", sentence);
      }
      const id = machine.nextId("vm");
      const cpuShare = config.cpuShare ?? 1;
      const vm: Vm = {
        id,
        name,
        image: config.image,
        medium,
        descriptorBytes: bytes,
        descriptor,
        primary,
        kind,
        console: consoleOf(descriptor, kind),
        suspend: descriptor.suspend || kind !== descriptor.kind,
        management: isManagement,
        checking,
        vendorCertificates,
        colour: COLOURS[colours++ % COLOURS.length] ?? COLOURS[0],
        output: consoleRing(),
        cpuShare,
        share: limits.shareOf(name, cpuShare),
        state: "off",
        measured: unmeasured(),
      };
      machine.vms.set(id, vm);
      changed(vm);
      monitor.refresh();
      return vm;
    },
    destroyVm(vm) {
      onlyWhileOff(vm, "destroying it");
      const devices = machine.devicesOf(vm);
      for (const device of devices) device.attachedTo = undefined;
      machine.vms.delete(vm.id);
      emit({ type: "vm", vm: vm.id });
      for (const { id } of devices) deviceChanged(id);
      monitor.destroyed(vm);
    },
    attach(vm, id) {
      const device = virtual(id);
      onlyWhileOff(vm, "ATTACH");
      if (device.attachedTo !== undefined) {
        throw new TerraError("bad-state", `${id} is attached to ${device.attachedTo} already`);
      }
      refuseSerial(vm, device);
      refuseSecondOfItsKind(vm, device);
      const devices = [...machine.devicesOf(vm), device];
      placeDisks(vm, devices);
      placeNics(vm, devices);
      device.attachedTo = vm.id;
      changed(vm);
      deviceChanged(id);
    },
    detach(vm, id) {
      const device = virtual(id);
      onlyWhileOff(vm, "DETACH");
      if (device.attachedTo !== vm.id) {
        throw new TerraError("bad-state", `${id} is not attached to ${vm.name} (${vm.id})`);
      }
      device.attachedTo = undefined;
      changed(vm);
      deviceChanged(id);
    },
  };
}

function checkingOf(config: CreateVm, kind: Kind): Checking {
  const checking = config.checking ?? "optimistic";
  if (checking === "none" && kind === "closed") {
    throw new TerraError("bad-argument", `${config.name} is a closed box; "none" is for open boxes only`);
  }
  return checking;
}

/** One certificate a text, in one form: they go into ENDORSE replies, where a guest must be able to count them. */
function normalise(certificates: readonly string[]): string[] {
  const all = certificates
    .flatMap((each, index) => readPem(each, `config.vendorCertificates[${index}]`))
    .map((der) => toPem(der));
  const length = all.reduce((sum, each) => sum + each.length, 0);
  if (length > MAX_VENDORS_TEXT) {
    throw new TerraError(
      "bad-argument",
      `the vendors' certificates have ${length} characters; at most ${MAX_VENDORS_TEXT} fit`,
    );
  }
  return all;
}
