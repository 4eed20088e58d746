/** Stands in for the vm worker in Node: it answers its TVMM, and a test speaks for its guest. */
import { type Server, serve } from "../../protocol/channel.ts";
import type { VmEvent, VmInit, VmRequest } from "../../protocol/vm.ts";
import type { Launched, LaunchVm } from "../vm-worker.ts";

export interface StubWorker {
  init: VmInit;
  terminated: boolean;
  /** What the TVMM asked, oldest first. */
  requests: VmRequest[];
  /** Bytes that the guest received on COM2, as text. */
  com2(): string;
  emit(event: VmEvent): void;
  /** Anything at all over the port. */
  raw(message: unknown): void;
  /** The worker as a whole fails. */
  fail(reason: string): void;
}

export interface StubWorkers {
  launch: LaunchVm;
  workers: StubWorker[];
  /** How the next workers behave. */
  behaviour: { answer: (request: VmRequest, worker: StubWorker) => unknown; start: () => Promise<void> };
  alive(): number;
}

/** Every port that the worker was given. */
export function closePorts(init: VmInit): void {
  init.port.close();
  for (const { port } of init.nics) port.close();
  for (const { source } of init.disks) if (source.type === "medium") source.port.close();
}

const latin = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

export function answerLikeAWorker(request: VmRequest): unknown {
  if (request.op === "text") return { strip: "strip", screen: "screen" };
  if (request.op === "png") return new Uint8Array(8);
  if (request.op === "figures") return { instructions: 0, memoryBytes: 0 };
  if (request.op === "read-memory") return new Uint8Array(request.length);
  if (request.op === "screenshot" || request.op === "snapshot") return new Uint8Array(16);
  return undefined;
}

export function stubWorkers(): StubWorkers {
  const workers: StubWorker[] = [];
  const behaviour: StubWorkers["behaviour"] = { answer: answerLikeAWorker, start: async () => {} };
  const launch: LaunchVm = async (given, transfer) => {
    // As the real launch does: what is in the list is gone for the TVMM.
    const { disks, nics, port } = structuredClone(
      { disks: given.disks, nics: given.nics, port: given.port },
      { transfer },
    );
    const init: VmInit = { ...given, disks, nics, port };
    const listeners: ((reason: string) => void)[] = [];
    let server: Server<VmEvent> | undefined;
    const requests: VmRequest[] = [];
    const worker: StubWorker = {
      init,
      terminated: false,
      requests,
      com2: () =>
        requests.flatMap((each) => (each.op === "serial" && each.line === 2 ? [latin(each.bytes)] : [])).join(""),
      emit: (event) => server?.emit(event),
      raw: (message) => init.port.postMessage(message),
      fail(reason) {
        for (const listener of listeners) listener(reason);
      },
    };
    workers.push(worker);
    server = serve<VmRequest, VmEvent>(
      init.port,
      (raw) => raw as VmRequest,
      (request) => {
        requests.push(request);
        return behaviour.answer(request, worker);
      },
    );
    const terminate = () => {
      worker.terminated = true;
      server?.stop();
      closePorts(init);
    };
    try {
      // Whether the start was given up meanwhile is not looked at: a launch may be answered too late.
      await behaviour.start();
    } catch (thrown) {
      terminate();
      throw thrown;
    }
    const launched: Launched = {
      terminate,
      onFailure: (listener) => listeners.push(listener),
    };
    return launched;
  };
  return { launch, workers, behaviour, alive: () => workers.filter(({ terminated }) => !terminated).length };
}

/**
 * Holds the start of the workers that are launched from now on: `begun` resolves when the first is being launched, and
 * `release` lets the one that was launched last go on.
 */
export function holdLaunch({ behaviour }: StubWorkers): { begun: Promise<void>; release(): void } {
  let letGo = () => {};
  let launching = () => {};
  const begun = new Promise<void>((resolve) => (launching = resolve));
  behaviour.start = () => {
    launching();
    return new Promise((resolve) => (letGo = resolve));
  };
  return { begun, release: () => letGo() };
}
