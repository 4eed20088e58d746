/**
 * ON and OFF (paper 4.4): the measured launch of a VM, and its end. ON reads the image from its media, checks it against the
 * descriptor that the VM was made from, and starts the vm worker with the very bytes that were checked. A check that fails
 * leaves the VM off; a worker that fails leaves it halted; neither touches another VM.
 */
import { TerraError, toWireError } from "../protocol/errors.ts";
import type { Halt, VmState } from "../protocol/owner.ts";
import type { VmEvent } from "../protocol/vm.ts";
import { type AttestationService, attestationService, type Endorser } from "./attestation-service.ts";
import { type PreparedDisk, prepareDisk } from "./disks.ts";
import { measureFirmware } from "./firmware.ts";
import { IntegrityError } from "./integrity.ts";
import type { Machine, Vm } from "./machine.ts";
import { type Measured, unmeasured } from "./measured.ts";
import type { Media } from "./media.ts";
import type { Emit, Messages } from "./messages.ts";
import type { Monitor } from "./monitor.ts";
import { received, tellBlocks } from "./received.ts";
import { secondaries, slotDisks } from "./slots.ts";
import { vmStatus } from "./status.ts";
import { stripOf } from "./strip.ts";
import { type LaunchVm, startVmWorker } from "./vm-worker.ts";

/** Memory of all VMs that are on, MiB. */
export const MAX_MEMORY_MIB = 512;
/** Events that a worker may send before its launch is answered. */
const MAX_EARLY = 1000;

export interface Power {
  /** Codes: "bad-state", "busy", "out-of-memory", "refused" (devices), "integrity", "timeout". */
  on(vm: Vm): Promise<void>;
  off(vm: Vm): void;
}

export interface PowerParts {
  machine: Machine;
  media: Media;
  launch: LaunchVm;
  wasm: WebAssembly.Module;
  endorser: Endorser;
  messages: Messages;
  monitor: Monitor;
  emit: Emit;
}

export function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

export function power(parts: PowerParts): Power {
  const { machine, media, messages, monitor, emit } = parts;
  const into = { emit, monitor, halted };

  function enter(vm: Vm, state: VmState, halt?: Halt): void {
    vm.state = state;
    vm.halt = halt;
    emit({ type: "vm", vm: vm.id, status: vmStatus(machine, vm) });
    monitor.refresh();
  }

  /** Ends whatever runs for this VM. */
  function stop(vm: Vm): void {
    const { running } = vm;
    vm.running = undefined;
    running?.attestation.stop();
    running?.worker.terminate();
  }

  /** The box runs no more. Its worker may live on until OFF or ON, for the person to see where it stopped. */
  function halted(vm: Vm, halt: Halt): void {
    vm.running?.attestation.stop();
    const where =
      halt.disk === undefined ? "" : `, disk ${halt.disk}${halt.block === undefined ? "" : `, block ${halt.block}`}`;
    const digests = halt.expected && halt.found ? `: expected ${halt.expected}, found ${halt.found}` : "";
    const summary = `${vm.name} halted: ${halt.reason}${where}${digests}`;
    const outcome = halt.reason === "integrity" ? { outcome: "refused" as const } : {};
    messages.tell({ from: vm.name, to: "tvmm", kind: "halt", summary, ...outcome });
    enter(vm, "halted", halt);
  }

  function checkMemory(vm: Vm): void {
    const wanted = vm.descriptor.memoryMiB;
    const others = [...machine.vms.values()].filter((each) => each !== vm && (each.running || each.starting));
    const taken = others.reduce((sum, each) => sum + each.descriptor.memoryMiB, 0);
    if (taken + wanted > MAX_MEMORY_MIB) {
      const sentence = `${vm.name} needs ${wanted} MiB; ${MAX_MEMORY_MIB - taken} of ${MAX_MEMORY_MIB} MiB are free`;
      throw new TerraError("out-of-memory", sentence);
    }
  }

  /** Whatever this finds out belongs to this one start: it may have been given up long before an answer comes. */
  async function start(vm: Vm, measured: Measured, signal: AbortSignal): Promise<void> {
    const attached = machine.devicesOf(vm);
    const slotted = slotDisks(vm, attached);
    const options = (phase: string, total: number) => {
      let loaded = 0;
      return {
        signal,
        onProgress(bytes: number) {
          loaded += bytes;
          emit({ type: "starting", vm: vm.id, phase, loaded, total });
        },
      };
    };
    const { stub, kernel } = vm.descriptor.firmware;
    const firmware = await measureFirmware(media, vm, measured, options("firmware", stub.size + kernel.size));
    const disks: PreparedDisk[] = [];
    try {
      for (const disk of slotted) {
        const total = vm.checking === "ahead-of-time" ? disk.device.size : disk.device.size - disk.dataSize;
        disks.push(await prepareDisk(media, vm, disk, measured, options(`disk ${disk.name}`, total)));
        signal.throwIfAborted();
      }
    } catch (thrown) {
      // Ports to media that no worker will ever hold.
      for (const { transfer } of disks) for (const each of transfer) if (each instanceof MessagePort) each.close();
      throw thrown;
    } finally {
      if (!signal.aborted) for (const disk of measured.disks) tellBlocks(emit, vm, disk);
    }

    const serial = (purpose: string) =>
      attached.some(({ config }) => config.type === "serial" && config.purpose === purpose);
    const serials = { console: serial("console"), attestation: serial("attestation"), management: false };
    const early: VmEvent[] = [];
    let attestation: AttestationService | undefined;
    const worker = await startVmWorker(
      parts.launch,
      {
        memoryMiB: vm.descriptor.memoryMiB,
        commandLine: vm.descriptor.commandLine,
        ...firmware,
        wasm: parts.wasm,
        disks: disks.map(({ disk }) => disk),
        serials,
        display: attached.some(({ config }) => config.type === "display"),
        strip: stripOf(vm),
      },
      // Copies of the TVMM's that nobody needs any more: left here, they would weigh 12 MiB and more for each box.
      [firmware.stub.buffer, firmware.kernel.buffer, ...disks.flatMap(({ transfer }) => transfer)],
      { name: vm.name, signal },
      {
        onEvent(event) {
          if (attestation) received(into, vm, attestation, serials, event);
          else if (early.length < MAX_EARLY) early.push(event);
        },
        onEnd(reason) {
          if (signal.aborted) return;
          stop(vm);
          if (vm.state !== "halted") halted(vm, { reason: `worker: ${reason}` });
        },
      },
    ).catch(workerFailure);
    if (signal.aborted) worker.terminate();
    signal.throwIfAborted();
    attestation = attestationService({
      name: vm.name,
      identity: vm.kind === "closed" ? { primary: vm.primary, secondaries: secondaries(vm, attached) } : null,
      endorser: { ...parts.endorser, vendors: [...parts.endorser.vendors, ...vm.vendorCertificates] },
      messages,
      send: (bytes) => worker.tell({ op: "serial", line: 2, bytes }),
      after,
    });
    vm.running = { worker, attestation };
    monitor.started(vm, worker);
    for (const event of early) received(into, vm, attestation, serials, event);
    await worker.ask({ op: "run" }).catch(workerFailure);
  }

  return {
    async on(vm) {
      if (vm.starting) throw new TerraError("busy", `${vm.name} is being switched on already`);
      if (vm.state !== "off" && vm.state !== "halted") {
        throw new TerraError("bad-state", `${vm.name} is ${vm.state}; ON needs a VM that is off or halted`);
      }
      checkMemory(vm);
      const starting = new AbortController();
      vm.starting = starting;
      stop(vm);
      const measured = unmeasured();
      vm.measured = measured;
      vm.output.clear();
      enter(vm, "off");
      monitor.starting(vm);
      try {
        // A medium may never answer: OFF must not wait for it.
        await Promise.race([start(vm, measured, starting.signal), aborted(starting.signal)]);
        starting.signal.throwIfAborted();
        vm.starting = undefined;
        // A guest may have halted before the answer to ON is out.
        if (vm.state !== "halted") enter(vm, "on");
      } catch (thrown) {
        vm.starting = undefined;
        const given = starting.signal.aborted
          ? new TerraError("bad-state", `${vm.name} was switched off while it was starting`)
          : thrown;
        failed(vm, given);
        throw given;
      }
    },
    off(vm) {
      if (vm.starting) {
        stop(vm);
        vm.starting.abort();
        return;
      }
      if (vm.state === "off")
        throw new TerraError("bad-state", `${vm.name} is off; OFF needs a VM that is on or halted`);
      stop(vm);
      enter(vm, "off");
    },
  };

  /** ON did not succeed: off if nothing was started, halted if the worker did not do its part. */
  function failed(vm: Vm, thrown: unknown): void {
    if (vm.state === "halted") return;
    stop(vm);
    if (thrown instanceof WorkerFailure) halted(vm, { reason: `worker: ${thrown.sentence}` });
    else if (thrown instanceof IntegrityError) {
      messages.tell({ from: "tvmm", to: vm.name, kind: "halt", outcome: "refused", summary: thrown.message });
      enter(vm, "off", thrown.halt);
    } else enter(vm, "off");
  }
}

/** What was checked is in order, but its worker did not start or did not run. */
class WorkerFailure extends TerraError {
  readonly sentence: string;

  constructor(code: TerraError["code"], sentence: string) {
    super(code, sentence);
    this.sentence = sentence;
  }
}

function workerFailure(thrown: unknown): never {
  const { code, sentence } = toWireError(thrown);
  throw new WorkerFailure(code, sentence);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
