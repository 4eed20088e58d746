/**
 * ON, OFF, SUSPEND and RESUME (paper 4.4): the measured launch of a VM, its pauses, and its end. ON reads the image from its
 * media, checks it against the descriptor that the VM was made from, and starts the vm worker with the very bytes that were
 * checked. A check that fails leaves the VM off; a worker that fails leaves it halted; neither touches another VM. A suspended
 * VM stays in its worker: nothing of its state leaves that.
 */
import { TerraError, toWireError } from "../protocol/errors.ts";
import type { Halt, VmState } from "../protocol/owner.ts";
import type { Sign } from "../protocol/sign.ts";
import { FIRST_SHAPE, type VmEvent } from "../protocol/vm.ts";
import { type AttestationService, attestationService, type Endorser } from "./attestation-service.ts";
import { type PreparedDisk, prepareDisk } from "./disks.ts";
import { measureFirmware } from "./firmware.ts";
import { IntegrityError } from "./integrity.ts";
import type { LimitsKeeper } from "./limits.ts";
import { type Device, isNic, type Machine, type ManagementService, type Running, type Vm } from "./machine.ts";
import { type Measured, unmeasured } from "./measured.ts";
import type { Media } from "./media.ts";
import type { Emit, Messages } from "./messages.ts";
import type { Monitor } from "./monitor.ts";
import type { Network } from "./network.ts";
import { type PlacedNic, requiredNics } from "./nics.ts";
import { received, tellBlocks } from "./received.ts";
import { type SlottedDisk, secondaries, slotDisks } from "./slots.ts";
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
  /** Codes: "closed-box" and "refused" (its descriptor forbids it), "bad-state", "busy", "timeout". */
  suspend(vm: Vm): Promise<void>;
  /** Codes: "refused" (a limit forbids its image), "bad-state", "busy", "timeout". */
  resume(vm: Vm): Promise<void>;
}

export interface PowerParts {
  machine: Machine;
  media: Media;
  network: Network;
  limits: LimitsKeeper;
  launch: LaunchVm;
  wasm: WebAssembly.Module;
  endorser: Endorser;
  messages: Messages;
  monitor: Monitor;
  /** The person's, for the strip. */
  sign(): Sign | undefined;
  emit: Emit;
  /** The debug TVMM: the owner may look into closed boxes. */
  debug: boolean;
  /** Serves COM3 of the management box; `send` writes into its guest. */
  managementService(vm: Vm, send: (bytes: Uint8Array) => void): ManagementService;
}

export function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

export function power(parts: PowerParts): Power {
  const { machine, media, network, limits, messages, monitor, emit } = parts;
  const changed = (vm: Vm) => emit({ type: "vm", vm: vm.id, status: vmStatus(machine, vm) });
  const into = { emit, monitor, halted, changed };
  /** Workers that are being launched, MiB: one whose start was given up has its memory until it is known to be gone. */
  const launches = new Map<AbortSignal, number>();

  function enter(vm: Vm, state: VmState, halt?: Halt): void {
    vm.state = state;
    vm.halt = halt;
    changed(vm);
    monitor.refresh();
  }

  /** Nothing reaches this VM's guest any more, nor it anything. */
  function silence(vm: Vm): void {
    vm.running?.attestation.stop();
    vm.running?.management?.stop();
    for (const device of machine.devicesOf(vm)) if (isNic(device)) network.unplug(device.id);
  }

  /** Ends whatever runs for this VM. */
  function stop(vm: Vm): void {
    silence(vm);
    const { running } = vm;
    vm.running = undefined;
    running?.worker.terminate();
  }

  /** The box runs no more. Its worker may live on until OFF or ON, for the person to see where it stopped. */
  function halted(vm: Vm, halt: Halt): void {
    silence(vm);
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
    const most = Math.min(MAX_MEMORY_MIB, limits.memoryMiB());
    const others = [...machine.vms.values()].filter((each) => each !== vm && (each.running || each.starting));
    const givenUp = [...launches].filter(([signal]) => signal.aborted).map(([, memoryMiB]) => memoryMiB);
    const taken = [...others.map(({ descriptor }) => descriptor.memoryMiB), ...givenUp].reduce(
      (sum, each) => sum + each,
      0,
    );
    if (taken + wanted > most) {
      const sentence = `${vm.name} needs ${wanted} MiB; ${Math.max(0, most - taken)} of ${most} MiB are free`;
      throw new TerraError("out-of-memory", sentence);
    }
  }

  /** Whatever this finds out belongs to this one start: it may have been given up long before an answer comes. */
  async function start(vm: Vm, { attached, slotted, cards }: Equipment, measured: Measured, signal: AbortSignal) {
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
    const serials = {
      console: serial("console"),
      attestation: serial("attestation"),
      management: serial("management"),
    };
    const { share } = vm;
    const sign = parts.sign();
    // The last thing before the launch: whoever gives this start up unplugs them again.
    const nics = cards.map(({ device: { id, mac }, pci }) => ({ device: id, pci, mac, port: network.plugIn(id) }));
    const early: VmEvent[] = [];
    let running: Running | undefined;
    launches.set(signal, vm.descriptor.memoryMiB);
    const worker = await startVmWorker(
      parts.launch,
      {
        memoryMiB: vm.descriptor.memoryMiB,
        commandLine: vm.descriptor.commandLine,
        ...firmware,
        wasm: parts.wasm,
        disks: disks.map(({ disk }) => disk),
        nics,
        serials,
        display: attached.some(({ config }) => config.type === "display"),
        strip: stripOf(vm, sign),
        cpuShare: share,
        inspectable: vm.kind === "open" || parts.debug,
      },
      // Copies of the TVMM's that nobody needs any more: left here, they would weigh 12 MiB and more for each box.
      [
        firmware.stub.buffer,
        firmware.kernel.buffer,
        ...disks.flatMap(({ transfer }) => transfer),
        ...nics.map(({ port }) => port),
      ],
      { name: vm.name, signal },
      {
        onEvent(event) {
          if (running) received(into, vm, running, serials, event);
          else if (early.length < MAX_EARLY) early.push(event);
        },
        onEnd(reason) {
          if (signal.aborted) return;
          stop(vm);
          if (vm.state !== "halted") halted(vm, { reason: workerReason(reason) });
        },
      },
    )
      .then((started) => {
        if (signal.aborted) started.terminate();
        return started;
      })
      .catch(workerFailure)
      .finally(() => launches.delete(signal));
    signal.throwIfAborted();
    const openings = { 2: 0, 3: 0 };
    const sendTo = (line: 2 | 3) => (bytes: Uint8Array) =>
      worker.tell({ op: "serial", line, bytes, opening: openings[line] });
    const attestation: AttestationService = attestationService({
      name: vm.name,
      identity: vm.kind === "closed" ? { primary: vm.primary, secondaries: secondaries(vm, attached) } : null,
      endorser: { ...parts.endorser, vendors: [...parts.endorser.vendors, ...vm.vendorCertificates] },
      messages,
      send: sendTo(2),
      after,
    });
    const management = serials.management ? parts.managementService(vm, sendTo(3)) : undefined;
    running = { worker, attestation, management, openings, shape: FIRST_SHAPE, changing: false };
    vm.running = running;
    monitor.started(vm, worker, sign);
    // A limit may have been set while the worker was starting.
    if (vm.share !== share) worker.tell({ op: "share", share: vm.share });
    for (const event of early) received(into, vm, running, serials, event);
    await worker.ask({ op: "run" }).catch(workerFailure);
  }

  /** SUSPEND or RESUME: the VM is in its new state once its worker has answered. */
  async function change(vm: Vm, op: "suspend" | "resume", from: VmState, to: VmState): Promise<void> {
    const { running } = vm;
    if (vm.starting || running?.changing) throw new TerraError("busy", `${vm.name} is changing its state already`);
    if (!running || vm.state !== from) {
      throw new TerraError("bad-state", `${vm.name} is ${vm.state}; ${op.toUpperCase()} needs a VM that is ${from}`);
    }
    // A limit leaves alone what is on; going on is no less than being switched on.
    if (op === "resume") limits.checkImage(vm.primary, vm.name);
    running.changing = true;
    try {
      await running.worker.ask({ op });
    } finally {
      running.changing = false;
    }
    if (vm.running !== running || vm.state !== from) {
      throw new TerraError("bad-state", `${vm.name} was ${vm.state} before it could ${op}`);
    }
    if (op === "suspend") running.attestation.suspended();
    enter(vm, to);
  }

  return {
    async on(vm) {
      if (vm.starting) throw new TerraError("busy", `${vm.name} is being switched on already`);
      if (vm.state !== "off" && vm.state !== "halted") {
        throw new TerraError("bad-state", `${vm.name} is ${vm.state}; ON needs a VM that is off or halted`);
      }
      limits.checkImage(vm.primary, vm.name);
      checkMemory(vm);
      // Nothing can be attached or detached from here on: the VM is starting.
      const attached = machine.devicesOf(vm);
      const equipment = { attached, slotted: slotDisks(vm, attached), cards: requiredNics(vm, attached) };
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
        await Promise.race([start(vm, equipment, measured, starting.signal), aborted(starting.signal)]);
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
        throw new TerraError("bad-state", `${vm.name} is off; OFF needs a VM that is on, suspended or halted`);
      stop(vm);
      enter(vm, "off");
    },
    async suspend(vm) {
      if (!vm.suspend) {
        const sentence = `the maker of ${vm.name} forbids suspending it`;
        throw new TerraError(vm.kind === "closed" ? "closed-box" : "refused", sentence);
      }
      await change(vm, "suspend", "on", "suspended");
    },
    resume: (vm) => change(vm, "resume", "suspended", "on"),
  };

  /** ON did not succeed: off if nothing was started, halted if the worker did not do its part. */
  function failed(vm: Vm, thrown: unknown): void {
    if (vm.state === "halted") return;
    stop(vm);
    if (thrown instanceof WorkerFailure) halted(vm, { reason: workerReason(thrown.sentence) });
    else if (thrown instanceof IntegrityError) {
      messages.tell({ from: "tvmm", to: vm.name, kind: "halt", outcome: "refused", summary: thrown.message });
      enter(vm, "off", thrown.halt);
    } else enter(vm, "off");
  }
}

/** Why a worker failed may be in its own words, and goes into the strip: one short line that can turn nothing round. */
function workerReason(words: string): string {
  return `worker: ${words.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?").slice(0, 200)}`;
}

/** What a VM is started with, as it was found right. */
interface Equipment {
  attached: readonly Device[];
  slotted: readonly SlottedDisk[];
  cards: readonly PlacedNic[];
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
