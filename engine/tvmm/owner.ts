/**
 * The owner's port: each checked request is carried out, and whatever changes something, or is refused, is told as a message.
 * The owner rules over availability and over nothing else; what a closed box keeps to itself is refused here or below.
 */
import { TerraError, toWireError } from "../protocol/errors.ts";
import type { MeasuredStage } from "../protocol/launch.ts";
import type { Checking, OwnerRequest } from "../protocol/owner.ts";
import type { Machine, Vm } from "./machine.ts";
import type { Management } from "./management.ts";
import { measurements } from "./measurements.ts";
import type { Messages } from "./messages.ts";
import type { Power } from "./power.ts";
import { secondaries } from "./slots.ts";
import { deviceStatus, vmStatus } from "./status.ts";

/** What a person reads about a VM that was switched on. */
const CHECKED: Record<Checking, string> = {
  "ahead-of-time": ": stub, kernel and every block of its disks were measured before it started",
  optimistic: ": stub and kernel were measured before it started, each block is when it is read",
  none: ": stub and kernel were measured before it started, its disks are not checked",
};

export interface OwnerParts {
  machine: Machine;
  management: Management;
  power: Power;
  messages: Messages;
  stages: readonly MeasuredStage[];
  /** SHA-256 of the chip's certificate, DER. */
  chipDigest: string;
}

export function ownerRequests(parts: OwnerParts): (request: OwnerRequest) => Promise<unknown> {
  const { machine, management, power, messages } = parts;

  /** Carries out one call of the management interface and tells how it went. */
  async function told<Result>(
    kind: "management" | "power" | "inspection",
    to: string,
    call: string,
    act: () => Promise<Result> | Result,
    result: (value: Result) => string = () => "",
  ): Promise<Result> {
    try {
      const value = await act();
      messages.tell({ from: "owner", to, kind, outcome: "accepted", summary: call + result(value) });
      return value;
    } catch (thrown) {
      const { code, sentence } = toWireError(thrown);
      messages.tell({ from: "owner", to, kind, outcome: "refused", summary: `${call}: ${code}: ${sentence}` });
      throw thrown;
    }
  }

  const manage = <Result>(call: string, act: () => Promise<Result> | Result, result?: (value: Result) => string) =>
    told("management", "tvmm", call, act, result);

  async function onOff(op: "on" | "off", id: string): Promise<void> {
    const vm = machine.vm(id);
    if (op === "off") await told("power", vm.name, `OFF ${vm.name}`, () => power.off(vm));
    else
      await told(
        "power",
        vm.name,
        `ON ${vm.name}`,
        () => power.on(vm),
        () => CHECKED[vm.checking],
      );
  }

  function identity(vm: Vm): { primary: string; secondary: Record<string, string> } {
    if (vm.kind === "open") throw new TerraError("open-box", `${vm.name} is an open box; it has no identity`);
    return { primary: vm.primary, secondary: secondaries(vm, machine.devicesOf(vm)) };
  }

  /** The console, if the maker left one open and it is attached. */
  function consoleOf(vm: Vm, use: "read" | "write"): Vm {
    if (vm.console === "none") throw new TerraError("no-console", `the maker of ${vm.name} left no console open`);
    const attached = machine
      .devicesOf(vm)
      .some(({ config }) => config.type === "serial" && config.purpose === "console");
    if (!attached) throw new TerraError("no-console", `${vm.name} has no console attached`);
    if (use === "write" && vm.console !== "open") {
      throw new TerraError("no-console", `the console of ${vm.name} is for reading only; its maker left it so`);
    }
    return vm;
  }

  return async (request) => {
    switch (request.op) {
      case "create-device": {
        const { device } = request;
        const what = device.type === "disk" ? `disk on ${device.medium}` : device.type;
        const purpose = device.type === "serial" ? ` (${device.purpose})` : "";
        return manage(
          `CREATE-DEVICE ${what}${purpose}`,
          async () => (await management.createDevice(device)).id,
          (id) => `: ${id}`,
        );
      }
      case "destroy-device":
        return manage(`destroy ${request.device}`, () => management.destroyDevice(machine.device(request.device)));
      case "create-vm": {
        const { name, medium, asOpen } = request.config;
        return manage(
          `CREATE-VM ${name} from ${medium}${asOpen ? " as an open box" : ""}`,
          async () => (await management.createVm(request.config)).id,
          (id) => `: ${id}`,
        );
      }
      case "destroy-vm":
        return manage(`destroy ${request.vm}`, () => management.destroyVm(machine.vm(request.vm)));
      case "attach":
      case "detach":
        return manage(`${request.op.toUpperCase()} ${request.device}, ${request.vm}`, () =>
          management[request.op](machine.vm(request.vm), machine.device(request.device)),
        );
      case "on":
      case "off":
        return onOff(request.op, request.vm);
      case "suspend":
      case "resume":
      case "connect":
      case "disconnect":
        return manage(request.op.toUpperCase(), () => {
          throw new TerraError("unsupported", `${request.op.toUpperCase()} is not offered yet`);
        });
      case "list-vms":
        return [...machine.vms.values()].map((vm) => vmStatus(machine, vm));
      case "list-devices":
        return [...machine.devices.values()].map(deviceStatus);
      case "boot-log":
        return [...parts.stages];
      case "measurements":
        return measurements(parts.stages, parts.chipDigest, machine.vm(request.vm), request.options);
      case "identity":
        return identity(machine.vm(request.vm));
      case "challenge": {
        const vm = machine.vm(request.vm);
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
        return vm.running.attestation.challenge(request.nonce);
      }
      case "console-read": {
        const vm = machine.vm(request.vm);
        try {
          return consoleOf(vm, "read").output.read();
        } catch (thrown) {
          return told("inspection", vm.name, `console of ${vm.name}`, () => Promise.reject(thrown));
        }
      }
      case "console-write": {
        const vm = machine.vm(request.vm);
        const write = async () => {
          consoleOf(vm, "write");
          if (!vm.running || vm.state === "halted")
            throw new TerraError("bad-state", `${vm.name} is ${vm.state}; nobody reads its console`);
          await vm.running.worker.ask({ op: "serial", line: 1, bytes: request.bytes });
        };
        return write().catch((thrown) =>
          told("inspection", vm.name, `console of ${vm.name}`, () => Promise.reject(thrown)),
        );
      }
    }
  };
}
