/**
 * One vm worker, from its measured launch to its end. It holds the only port to that worker. A worker that fails, speaks
 * nonsense or does not answer for 60 s is terminated and reported once; nothing that it does reaches any other VM.
 */
import { connect } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { VmEvent, VmInit, VmRequest } from "../protocol/vm.ts";
import { parseVmEvent } from "./vm-event.ts";

/** How long a vm worker may be silent after it was asked something, ms: a busy computer with many boxes is not a fault of theirs. */
export const ANSWER_MS = 60_000;
/** How long the launch may take, ms: fetching, compiling and hashing compete with every other box that starts. */
const START_MS = 120_000;
/** How often a worker is asked for a sign of life, ms. */
const PULSE_MS = 3000;

/** What the launch hands back: the worker itself stays out of reach but for these. */
export interface Launched {
  terminate(): void;
  /** Calls back if the worker fails as a whole (an uncaught error, a message that cannot be read). */
  onFailure(listener: (reason: string) => void): void;
}

/** Starts the measured vm bundle in a worker of its own; rejects if it throws, is no module or takes too long. */
export type LaunchVm = (init: VmInit, transfer: Transferable[], options: LaunchOptions) => Promise<Launched>;
export interface LaunchOptions {
  name: string;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface VmWorker {
  /** Rejects with the worker's error, or "timeout" when it does not answer; then it is ended, too. */
  ask(request: VmRequest, transfer?: Transferable[]): Promise<unknown>;
  /** Asks, and is not interested in the answer: a guest that does not take its input is no fault of its worker. */
  tell(request: VmRequest, transfer?: Transferable[]): void;
  terminate(): void;
}

export interface VmWorkerEvents {
  onEvent(event: VmEvent): void;
  /** The worker is gone, and why. Not called after terminate(). */
  onEnd(reason: string): void;
}

/** Resolves when the worker's `start` has returned; its processor still stands. */
export async function startVmWorker(
  launch: LaunchVm,
  init: Omit<VmInit, "port">,
  transfer: Transferable[],
  options: { name: string; signal: AbortSignal },
  events: VmWorkerEvents,
): Promise<VmWorker> {
  const { port1, port2 } = new MessageChannel();
  const client = connect<VmRequest, unknown>(port1);
  let launched: Launched | undefined;
  let ended = false;
  let pulse: ReturnType<typeof setInterval> | undefined;

  function terminate(): void {
    ended = true;
    clearInterval(pulse);
    client.close(new TerraError("bad-state", `${options.name} is not running any more`));
    port1.close();
    launched?.terminate();
  }

  function end(reason: string): void {
    if (ended) return;
    terminate();
    events.onEnd(reason);
  }

  async function ask(request: VmRequest, moved: Transferable[] = []): Promise<unknown> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const sentence = `the vm worker of ${options.name} did not answer within ${ANSWER_MS / 1000} s`;
        reject(new TerraError("timeout", sentence));
        end(sentence);
      }, ANSWER_MS);
    });
    try {
      return await Promise.race([client.call(request, moved), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  client.onEvent((raw) => {
    let event: VmEvent;
    try {
      event = parseVmEvent(raw);
    } catch (thrown) {
      end(`the vm worker of ${options.name} spoke nonsense: ${thrown instanceof Error ? thrown.message : "?"}`);
      return;
    }
    events.onEvent(event);
  });

  try {
    launched = await launch({ ...init, port: port2 }, [port2, ...transfer], { ...options, timeoutMs: START_MS });
  } catch (thrown) {
    terminate();
    throw thrown;
  }
  if (ended) {
    launched.terminate();
    throw new TerraError("refused", `the vm worker of ${options.name} ended while it was starting`);
  }
  launched.onFailure((reason) => end(`the vm worker of ${options.name} failed: ${reason}`));
  pulse = setInterval(() => void ask({ op: "figures" }).catch(() => {}), PULSE_MS);

  return {
    ask,
    tell(request, moved) {
      client.call(request, moved).catch(() => {});
    },
    terminate,
  };
}
