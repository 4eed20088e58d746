/**
 * The owner's tools for looking into a box and changing it (paper 3.1: an open box's owner may, a closed box's may not). Here it
 * is decided who is inspected; the vm worker was told once and for all, at its start, and refuses by itself as well. What a
 * worker answers may be a guest's doing: it is of the size that was asked for, or it goes no further.
 */
import { badArgument } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import type { OwnerRequest } from "../protocol/owner.ts";
import type { VmRequest } from "../protocol/vm.ts";
import type { Machine, Running, Vm } from "./machine.ts";
import { MAX_PNG } from "./monitor.ts";
import type { Call, Told } from "./telling.ts";

export type InspectionRequest = Extract<
  OwnerRequest,
  { op: "read-memory" | "write-memory" | "screenshot" | "snapshot" | "send-keys" }
>;

const MIB = 2 ** 20;
/** A machine's state is its memory and its devices, which weigh less than this. */
const MAX_DEVICES_STATE = 64 * MIB;
/** A page that shows a miniature asks for screenshots all the time: of one box they are told this often, ms. */
const SCREENSHOTS_MS = 10_000;

const hex = (address: number) => `0x${address.toString(16)}`;
const count = (bytes: number) => (bytes === 1 ? "1 byte" : `${bytes} bytes`);

/** The call in words. Keys and bytes stay out of it. */
function words(request: InspectionRequest, name: string): string {
  switch (request.op) {
    case "read-memory":
      return `READ-MEMORY of ${name}, ${count(request.length)} at ${hex(request.address)}`;
    case "write-memory":
      return `WRITE-MEMORY of ${name}, ${count(request.bytes.length)} at ${hex(request.address)}`;
    case "send-keys":
      return `SEND-KEYS to ${name}, ${request.text.length} characters`;
    default:
      return `${request.op.toUpperCase()} of ${name}`;
  }
}

export type Inspection = (request: InspectionRequest, told: Told) => Promise<Uint8Array | undefined>;

/** `debug`: the debug TVMM, which lets the owner into closed boxes. Codes: "closed-box", "bad-state", "bad-argument", "internal". */
export function inspection(machine: Machine, debug: boolean): Inspection {
  const screenshots = new WeakMap<Vm, number>();

  function inspected(vm: Vm): Running {
    if (vm.kind === "closed" && !debug) {
      throw new TerraError("closed-box", `${vm.name} is a closed box; nobody looks into it or changes it`);
    }
    const { running } = vm;
    if (!running || vm.state === "off") {
      throw new TerraError("bad-state", `${vm.name} is ${vm.state} and has no memory, screen or keyboard`);
    }
    return running;
  }

  function checkRange(vm: Vm, address: number, length: number): void {
    const size = vm.descriptor.memoryMiB * MIB;
    if (address + length <= size) return;
    throw badArgument(
      "address",
      address,
      `one from which ${count(length)} lie within the ${count(size)} of ${vm.name}`,
    );
  }

  function hasDisplay(vm: Vm): void {
    if (machine.devicesOf(vm).some(({ config }) => config.type === "display")) return;
    throw new TerraError("bad-state", `${vm.name} has no display, and so no screen`);
  }

  async function inspect(vm: Vm, request: InspectionRequest): Promise<Uint8Array | undefined> {
    const { worker } = inspected(vm);
    const bytes = async (asked: VmRequest, least: number, most: number) => {
      const reply = await worker.ask(asked);
      const right = reply instanceof Uint8Array && reply.buffer instanceof ArrayBuffer;
      if (right && reply.length >= least && reply.length <= most) return reply.slice();
      throw new TerraError(
        "internal",
        `the vm worker of ${vm.name} did not answer ${asked.op} with what was asked for`,
      );
    };
    switch (request.op) {
      case "read-memory": {
        const { address, length } = request;
        checkRange(vm, address, length);
        return bytes({ op: "read-memory", address, length }, length, length);
      }
      case "write-memory": {
        const { address, bytes: written } = request;
        checkRange(vm, address, written.length);
        await worker.ask({ op: "write-memory", address, bytes: written });
        return undefined;
      }
      case "screenshot":
        hasDisplay(vm);
        return bytes({ op: "screenshot" }, 1, MAX_PNG);
      case "snapshot":
        return bytes({ op: "snapshot" }, 1, vm.descriptor.memoryMiB * MIB + MAX_DEVICES_STATE);
      case "send-keys":
        if (vm.state !== "on") {
          throw new TerraError("bad-state", `${vm.name} is ${vm.state}; nobody reads its keyboard`);
        }
        await worker.ask({ op: "send-keys", text: request.text });
        return undefined;
    }
  }

  function toldAlready(vm: Vm | undefined, { op }: InspectionRequest): boolean {
    if (!vm || op !== "screenshot") return false;
    const now = performance.now();
    const last = screenshots.get(vm);
    if (last !== undefined && now - last < SCREENSHOTS_MS) return true;
    screenshots.set(vm, now);
    return false;
  }

  return (request, told) => {
    const vm = machine.vms.get(request.vm);
    const call: Call<Uint8Array | undefined> = {
      kind: "inspection",
      what: words(request, vm?.name ?? request.vm),
      box: vm?.name,
    };
    return told({ ...call, quiet: () => toldAlready(vm, request) }, () => inspect(machine.vm(request.vm), request));
  };
}
