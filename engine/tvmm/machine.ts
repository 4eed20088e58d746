/**
 * What the TVMM knows: its VMs and devices, and which belongs to which. Plain tables; the rules about changing them are in
 * management.ts and power.ts. A record here is never handed out of the TVMM: status.ts says what others may see of it.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Checking, DeviceConfig, Halt, Kind, VmState } from "../protocol/owner.ts";
import type { ScreenShape } from "../protocol/person.ts";
import type { Descriptor } from "../storage/index.ts";
import type { AttestationService } from "./attestation-service.ts";
import type { ConsoleRing } from "./console-ring.ts";
import type { Measured } from "./measured.ts";
import type { VmWorker } from "./vm-worker.ts";

export interface Vm {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** The medium with descriptor, stub and kernel. */
  readonly medium: string;
  /** Exactly the bytes that were read at CREATE-VM; ON refuses any others. */
  readonly descriptorBytes: Uint8Array;
  readonly descriptor: Descriptor;
  /** SHA-256 of descriptorBytes. An identity if the box is closed, else only a measurement. */
  readonly primary: string;
  /** "open" for a closed image that was started as an open box. */
  readonly kind: Kind;
  readonly console: Descriptor["console"];
  /** May it be suspended. */
  readonly suspend: boolean;
  /** Is it the machine's management box: no other VM may have a management device. */
  readonly management: boolean;
  readonly checking: Checking;
  /** PEM, one certificate each, untrusted. */
  readonly vendorCertificates: readonly string[];
  readonly colour: string;
  readonly output: ConsoleRing;
  /** What CREATE-VM asked for, over 0 to 1. */
  readonly cpuShare: number;
  /** What it may have now: less than it asked for where a limit says so. */
  share: number;
  state: VmState;
  halt?: Halt | undefined;
  /** ON is under way; aborting gives it up. */
  starting?: AbortController | undefined;
  /** What the last ON measured, and what has been read since. */
  measured: Measured;
  running?: Running | undefined;
}

export interface Running {
  readonly worker: VmWorker;
  readonly attestation: AttestationService;
  /** Of the management box, if its management device is attached. */
  readonly management?: ManagementService | undefined;
  /** Openings of COM2 and COM3 that the worker told of last: what is sent there now is for those. */
  readonly openings: { 2: number; 3: number };
  /** What its screen shows, as the worker told it last. */
  shape: ScreenShape;
  /** SUSPEND or RESUME is under way. */
  changing: boolean;
}

/** The TVMM's end of COM3 for one power-on of the management box. */
export interface ManagementService {
  /** Bytes that the guest wrote to COM3. */
  receive(bytes: Uint8Array): void;
  dtr(high: boolean): void;
  /** The box runs no more: nothing is answered and nothing sent from now on. */
  stop(): void;
}

export interface Device {
  readonly id: string;
  readonly config: DeviceConfig;
  /** Bytes of the medium, for disks. */
  readonly size: number;
  /** Of network cards, chosen or given. */
  readonly mac?: string | undefined;
  /** Id of a VM. */
  attachedTo?: string | undefined;
}

export type DiskDevice = Device & { readonly config: Extract<DeviceConfig, { type: "disk" }> };
export type AttestedDisk = Device & { readonly config: Extract<DeviceConfig, { type: "disk"; class: "attested" }> };
export type NicDevice = Device & { readonly mac: string; readonly config: Extract<DeviceConfig, { type: "nic" }> };

export interface Machine {
  readonly vms: Map<string, Vm>;
  readonly devices: Map<string, Device>;
  vm(id: string): Vm;
  device(id: string): Device;
  devicesOf(vm: Vm): Device[];
  /** Ids are never used twice while the machine is on. */
  nextId(kind: "vm" | "dev"): string;
}

export function machine(): Machine {
  const vms = new Map<string, Vm>();
  const devices = new Map<string, Device>();
  const made = { vm: 0, dev: 0 };
  const list = (ids: Iterable<string>) => [...ids].join(", ") || "none";
  return {
    vms,
    devices,
    vm(id) {
      const found = vms.get(id);
      if (!found)
        throw new TerraError("unknown-vm", `there is no VM ${JSON.stringify(id)}; there are: ${list(vms.keys())}`);
      return found;
    },
    device(id) {
      const found = devices.get(id);
      if (!found) {
        const there = list(devices.keys());
        throw new TerraError("unknown-device", `there is no device ${JSON.stringify(id)}; there are: ${there}`);
      }
      return found;
    },
    devicesOf: (vm) => [...devices.values()].filter((device) => device.attachedTo === vm.id),
    nextId(kind) {
      made[kind]++;
      return `${kind}${made[kind]}`;
    },
  };
}

export function isDisk(device: Device): device is DiskDevice {
  return device.config.type === "disk";
}

export function isAttested(device: Device): device is AttestedDisk {
  return device.config.type === "disk" && device.config.class === "attested";
}

export function isNic(device: Device): device is NicDevice {
  return device.config.type === "nic" && device.mac !== undefined;
}

/**
 * Suspended, and nobody has asked it to go on: its guest does nothing, and whatever its worker says for it meanwhile is the worker's
 * own invention.
 */
export function standsStill(vm: Vm): boolean {
  return vm.state === "suspended" && !vm.running?.changing;
}
