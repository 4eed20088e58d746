/**
 * What the TVMM knows: its VMs and devices, and which belongs to which. Plain tables; the rules about changing them are in
 * management.ts and power.ts. A record here is never handed out of the TVMM: status.ts says what others may see of it.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Checking, DeviceConfig, Halt, Kind, VmState } from "../protocol/owner.ts";
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
  readonly checking: Checking;
  /** PEM, one certificate each, untrusted. */
  readonly vendorCertificates: readonly string[];
  readonly colour: string;
  readonly output: ConsoleRing;
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
}

export interface Device {
  readonly id: string;
  readonly config: DeviceConfig;
  /** Bytes of the medium, for disks. */
  readonly size: number;
  /** Id of a VM. */
  attachedTo?: string | undefined;
}

export type DiskDevice = Device & { readonly config: Extract<DeviceConfig, { type: "disk"; class: "attested" }> };

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
  return device.config.type === "disk" && device.config.class === "attested";
}
