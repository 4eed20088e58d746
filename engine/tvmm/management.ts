/**
 * The management interface (paper 4.4): devices and VMs are made, joined and taken apart. Mechanism only; whoever calls it
 * gets the same answers. A call that is refused changes nothing. Kind, memory, console and identity of a VM come from the
 * descriptor in its image, never from the caller.
 */
import { readPem, toPem } from "../attestation/index.ts";
import { TerraError } from "../protocol/errors.ts";
import type { Checking, CreateVm, DeviceConfig, Kind } from "../protocol/owner.ts";
import { type Descriptor, dataSizeOf } from "../storage/index.ts";
import { consoleRing } from "./console-ring.ts";
import { readDescriptor } from "./firmware.ts";
import type { Device, Machine, Vm } from "./machine.ts";
import { unmeasured } from "./measured.ts";
import type { Media } from "./media.ts";
import type { Emit } from "./messages.ts";
import type { Monitor } from "./monitor.ts";
import { MAX_MEMORY_MIB } from "./power.ts";
import { placeDisks } from "./slots.ts";
import { vmStatus } from "./status.ts";
import { COLOURS } from "./strip.ts";

export const MAX_VMS = 16;
export const MAX_DEVICES = 128;
/** All vendors' certificates of a VM as PEM text: they must fit into an ENDORSE reply beside the chain. */
const MAX_VENDORS_TEXT = 32768;

/** Messages and the measurement tree call other ends so; a VM must not be taken for one of them. */
const RESERVED = ["chip", "firmware", "loader", "tvmm", "owner", "person", "verifier", "open", "closed"];

export interface Management {
  createDevice(config: DeviceConfig): Promise<Device>;
  destroyDevice(device: Device): void;
  createVm(config: CreateVm): Promise<Vm>;
  destroyVm(vm: Vm): void;
  attach(vm: Vm, device: Device): void;
  detach(vm: Vm, device: Device): void;
}

export interface ManagementParts {
  machine: Machine;
  media: Media;
  monitor: Monitor;
  emit: Emit;
  /** The debug TVMM lets the owner into closed boxes; nothing else differs. */
  debug: boolean;
}

export function management({ machine, media, monitor, emit, debug }: ManagementParts): Management {
  /** Names and media of calls under way: two calls at once must not both find them free. */
  const names = new Set<string>();
  const mediaTaken = new Set<string>();
  let colours = 0;

  const changed = (vm: Vm) => emit({ type: "vm", vm: vm.id, status: vmStatus(machine, vm) });

  async function diskSize(medium: string): Promise<number> {
    const list = await media.list();
    const info = list.find(({ id }) => id === medium);
    if (!info) {
      const disks = list.filter(({ kind }) => kind === "disk").map(({ id }) => id);
      throw new TerraError(
        "unknown-disk",
        `there is no medium ${JSON.stringify(medium)} in this machine; there are: ${disks.join(", ") || "none"}`,
      );
    }
    if (info.kind !== "disk")
      throw new TerraError("bad-argument", `the medium ${medium} is no disk but the ${info.kind}`);
    dataSizeOf(info.size);
    return info.size;
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

  return {
    async createDevice(config) {
      if (machine.devices.size >= MAX_DEVICES) {
        throw new TerraError("out-of-memory", `this machine has ${MAX_DEVICES} devices already`);
      }
      if (config.type === "nic") throw new TerraError("unsupported", "network cards are not offered yet");
      if (config.type === "serial" && config.purpose === "management") {
        throw new TerraError("unsupported", "management devices are not offered yet");
      }
      if (config.type !== "disk") return add({ config, size: 0 });
      if (config.class !== "attested") {
        throw new TerraError("unsupported", `disks of class ${config.class} are not offered yet; "attested" are`);
      }
      const { medium } = config;
      const user = [...machine.devices.values()].find(
        (each) => each.config.type === "disk" && each.config.medium === medium,
      );
      if (user || mediaTaken.has(medium)) {
        throw new TerraError("busy", `the medium ${medium} is in use${user ? ` by ${user.id}` : ""}`);
      }
      mediaTaken.add(medium);
      try {
        return add({ config, size: await diskSize(medium) });
      } finally {
        mediaTaken.delete(medium);
      }
    },
    destroyDevice(device) {
      if (device.attachedTo !== undefined) {
        const vm = machine.vm(device.attachedTo);
        throw new TerraError("bad-state", `${device.id} is attached to ${vm.name} (${vm.id}); detach it first`);
      }
      machine.devices.delete(device.id);
    },
    async createVm(config) {
      if (machine.vms.size + names.size >= MAX_VMS) {
        throw new TerraError("out-of-memory", `this machine has ${MAX_VMS} VMs already`);
      }
      const { name } = config;
      if (RESERVED.includes(name)) {
        throw new TerraError(
          "bad-argument",
          `config.name is "${name}", which is not a VM's name; it means another part here`,
        );
      }
      if (names.has(name) || [...machine.vms.values()].some((each) => each.name === name)) {
        throw new TerraError("bad-argument", `there is a VM named ${name} already; names are unique on a machine`);
      }
      if (config.cpuShare !== undefined) {
        throw new TerraError("unsupported", "shares of processor time are not offered yet; leave config.cpuShare out");
      }
      const vendorCertificates = normalise(config.vendorCertificates ?? []);
      names.add(name);
      try {
        const { bytes, descriptor, primary } = await readDescriptor(media, config.medium);
        const kind: Kind = config.asOpen ? "open" : descriptor.kind;
        const checking = checkingOf(config, kind);
        if (descriptor.memoryMiB > MAX_MEMORY_MIB) {
          const sentence = `${name} needs ${descriptor.memoryMiB} MiB; this machine has ${MAX_MEMORY_MIB} MiB for VMs`;
          throw new TerraError("out-of-memory", sentence);
        }
        const vm: Vm = {
          id: machine.nextId("vm"),
          name,
          image: config.image,
          medium: config.medium,
          descriptorBytes: bytes,
          descriptor,
          primary,
          kind,
          console: consoleOf(descriptor, kind),
          checking,
          vendorCertificates,
          colour: COLOURS[colours++ % COLOURS.length] ?? COLOURS[0],
          output: consoleRing(),
          state: "off",
          measured: unmeasured(),
        };
        machine.vms.set(vm.id, vm);
        changed(vm);
        monitor.refresh();
        return vm;
      } finally {
        names.delete(name);
      }
    },
    destroyVm(vm) {
      onlyWhileOff(vm, "destroying it");
      for (const device of machine.devicesOf(vm)) device.attachedTo = undefined;
      machine.vms.delete(vm.id);
      emit({ type: "vm", vm: vm.id });
      monitor.destroyed(vm);
    },
    attach(vm, device) {
      onlyWhileOff(vm, "ATTACH");
      if (device.attachedTo !== undefined) {
        throw new TerraError("bad-state", `${device.id} is attached to ${device.attachedTo} already`);
      }
      if (device.config.type === "serial" && device.config.purpose === "console" && vm.console === "none") {
        throw vm.kind === "closed"
          ? new TerraError("closed-box", `the maker of ${vm.name} left no console open; its owner cannot open one`)
          : new TerraError("no-console", `the image of ${vm.name} has no console`);
      }
      refuseSecondOfItsKind(vm, device);
      placeDisks(vm, [...machine.devicesOf(vm), device]);
      device.attachedTo = vm.id;
      changed(vm);
    },
    detach(vm, device) {
      onlyWhileOff(vm, "DETACH");
      if (device.attachedTo !== vm.id) {
        throw new TerraError("bad-state", `${device.id} is not attached to ${vm.name} (${vm.id})`);
      }
      device.attachedTo = undefined;
      changed(vm);
    },
  };

  function add(made: Pick<Device, "config" | "size">): Device {
    const device: Device = { id: machine.nextId("dev"), ...made };
    machine.devices.set(device.id, device);
    return device;
  }

  /** The debug TVMM opens every console; a closed image that was started as an open box hides nothing. */
  function consoleOf(descriptor: Descriptor, kind: Kind): Descriptor["console"] {
    return debug || kind !== descriptor.kind ? "open" : descriptor.console;
  }
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
