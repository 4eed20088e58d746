/**
 * The owner's port, and the management box's calls: each checked request is carried out, and whatever changes something, or is
 * refused, is told as a message from whoever asked. One implementation for all callers: who asks makes no difference but
 * for the name in the message. The owner rules over availability and over nothing else; what a closed box keeps to itself is
 * refused here or below.
 */
import { TerraError } from "../protocol/errors.ts";
import type { MeasuredStage } from "../protocol/launch.ts";
import type { Checking, DeviceConfig, ManagementStatus, OwnerRequest } from "../protocol/owner.ts";
import { readConsole, writeConsole } from "./consoles.ts";
import { inspection } from "./inspection.ts";
import type { LimitsKeeper } from "./limits.ts";
import type { Machine, Vm } from "./machine.ts";
import type { Management } from "./management.ts";
import { measurements } from "./measurements.ts";
import type { Messages } from "./messages.ts";
import type { Network } from "./network.ts";
import type { Power } from "./power.ts";
import { secondaries } from "./slots.ts";
import { deviceStatus, physicalStatus, vmStatus } from "./status.ts";
import { type Call, telling } from "./telling.ts";

/** What a person reads about a VM that was switched on. */
const CHECKED: Record<Checking, string> = {
  "ahead-of-time": ": stub, kernel and every block of its attested disks were measured before it started",
  optimistic: ": stub and kernel were measured before it started, each block of its attested disks is when it is read",
  none: ": stub and kernel were measured before it started, its disks are not checked",
};

export interface OwnerParts {
  machine: Machine;
  management: Management;
  power: Power;
  network: Network;
  limits: LimitsKeeper;
  messages: Messages;
  stages: readonly MeasuredStage[];
  /** SHA-256 of the chip's certificate, DER. */
  chipDigest: string;
  /** The debug TVMM: the owner may look into closed boxes. */
  debug: boolean;
  managementStatus(): ManagementStatus;
}

/** Carries out requests of one caller: "owner", or the management box's name. */
export type Requests = (caller: string) => (request: OwnerRequest) => Promise<unknown>;

export function ownerRequests(parts: OwnerParts): Requests {
  const { machine, management, power, network, limits } = parts;
  const inspect = inspection(machine, parts.debug);
  const nameOf = (id: string) => machine.vms.get(id)?.name;

  function identity(vm: Vm): { primary: string; secondary: Record<string, string> } {
    if (vm.kind === "open") throw new TerraError("open-box", `${vm.name} is an open box; it has no identity`);
    return { primary: vm.primary, secondary: secondaries(vm, machine.devicesOf(vm)) };
  }

  function challenge(vm: Vm, nonce: Uint8Array): Promise<unknown> {
    if (vm.kind === "open") {
      throw new TerraError("open-box", `${vm.name} is an open box; it has no identity that it could prove`);
    }
    if (!vm.running || vm.state !== "on") {
      throw new TerraError("bad-state", `${vm.name} is ${vm.state}; a challenge needs a box that is on`);
    }
    const purposes = machine.devicesOf(vm).map(({ config }) => config.type === "serial" && config.purpose);
    if (!purposes.includes("attestation")) {
      throw new TerraError("bad-state", `${vm.name} has no attestation device; attach one and switch it on`);
    }
    return vm.running.attestation.challenge(nonce);
  }

  return (caller) => {
    const told = telling(parts.messages, caller);

    const manage = <Result>(what: string, act: () => Promise<Result> | Result, more: Partial<Call<Result>> = {}) =>
      told({ kind: "management", what, ...more }, act);

    function switched(op: "on" | "off" | "suspend" | "resume", id: string): Promise<void> {
      const vm = machine.vms.get(id);
      const result = vm && op === "on" ? { result: () => CHECKED[vm.checking] } : {};
      return told<void>(
        { kind: "power", what: `${op.toUpperCase()} ${vm?.name ?? id}`, box: vm?.name, ...result },
        () => power[op](machine.vm(id)),
      );
    }

    /** Reading what one may read is no message; being refused is. */
    const look = <Result>(id: string, act: (vm: Vm) => Promise<Result> | Result) =>
      told({ kind: "inspection", what: `console of ${nameOf(id) ?? id}`, box: nameOf(id), quiet: () => true }, () =>
        act(machine.vm(id)),
      );

    return async (request) => {
      switch (request.op) {
        case "create-device":
          return manage(
            `CREATE-DEVICE ${deviceWords(request.device)}`,
            async () => (await management.createDevice(request.device)).id,
            { result: (id) => `: ${id}` },
          );
        case "destroy-device":
          return manage(`destroy ${request.device}`, () => management.destroyDevice(request.device));
        case "create-vm": {
          const { name, medium, asOpen } = request.config;
          return manage(
            `CREATE-VM ${name} from ${medium}${asOpen ? " as an open box" : ""}`,
            async () => (await management.createVm(request.config)).id,
            { result: (id) => `: ${id}` },
          );
        }
        case "destroy-vm":
          return manage(`destroy ${request.vm}`, () => management.destroyVm(machine.vm(request.vm)));
        case "attach":
        case "detach":
          return manage(
            `${request.op.toUpperCase()} ${request.device}, ${request.vm}`,
            () => management[request.op](machine.vm(request.vm), request.device),
            { box: nameOf(request.vm) },
          );
        case "connect":
        case "disconnect":
          return manage(`${request.op.toUpperCase()} ${request.a}, ${request.b}`, () =>
            management[request.op](request.a, request.b),
          );
        case "on":
        case "off":
        case "suspend":
        case "resume":
          return switched(request.op, request.vm);
        case "read-memory":
        case "write-memory":
        case "screenshot":
        case "snapshot":
        case "send-keys":
          return inspect(request, told);
        case "list-vms":
          return [...machine.vms.values()].map((vm) => vmStatus(machine, vm));
        case "list-devices":
          return [
            ...[...machine.devices.values()].map((device) => deviceStatus(network, device)),
            ...physicalStatus(network),
          ];
        case "limits":
          return limits.current();
        case "management":
          return parts.managementStatus();
        case "boot-log":
          return [...parts.stages];
        case "measurements":
          return measurements(parts.stages, parts.chipDigest, machine.vm(request.vm), request.options);
        case "identity":
          return identity(machine.vm(request.vm));
        case "challenge":
          return challenge(machine.vm(request.vm), request.nonce);
        case "console-read":
          return look(request.vm, (vm) => readConsole(machine, vm));
        case "console-write":
          return look(request.vm, (vm) => writeConsole(machine, vm, request.bytes));
      }
    };
  };
}

function deviceWords(device: DeviceConfig): string {
  switch (device.type) {
    case "disk":
      return `${device.class} disk on ${device.medium}`;
    case "nic":
      return device.role === undefined ? "nic" : `nic for the role ${device.role}`;
    case "serial":
      return `serial (${device.purpose})`;
    case "display":
      return "display";
  }
}
