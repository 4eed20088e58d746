/**
 * Lower layer -> upper layer: the measured launch. The lower layer keeps a private copy of the bytes, hashes them, starts a
 * worker of opaque origin from a data: URL and posts exactly those bytes to it with one port bound to their digest. Over that
 * port it answers one ENDORSE and then closes it. Paper, sections 4.2 and 4.3. Chip, firmware, loader and TVMM are realms that
 * may not import each other, so what all four do when they start a worker is here. It must never hash for its caller: whoever
 * vouches for a digest computes it.
 */
import { bytes, fields } from "./checks.ts";
import { TerraError } from "./errors.ts";

/** First message to the worker behind the data: URL. The module made of `code` must export `start(init)`. */
export interface LaunchMessage<Init> {
  code: Uint8Array;
  init: Init;
}

/** Answer of the few lines in the data: URL, once, after `start` has returned or thrown. */
export type LaunchOutcome =
  /** value: what `start` returned. Firmware and loader return the MeasuredStage[] above them. */
  | { launched: true; value: unknown }
  /** stage: which stage failed, where it was not the worker itself but one above it. */
  | { launched: false; message: string; stage?: StageName };

export type StageName = "chip" | "firmware" | "loader" | "tvmm";

export interface MeasuredStage {
  name: StageName;
  /** SHA-256 of the very bytes that were started; absent for the chip. */
  digest?: string;
  size?: number;
  /** PEM. */
  certificate: string;
}

/** The ports and facts that are handed from chip to firmware, loader and TVMM; each port has one holder at a time. */
export interface Board {
  platform: string;
  /** Which TVMM build the owner chose: the flash's entry is `tvmm.NAME`. */
  tvmm: string;
  /** The flash: requests of media.ts bound to the medium `flash`, read only. */
  flash: MessagePort;
  /** All other media of this machine: requests of media.ts. */
  media: MessagePort;
  /** The chip's services: requests of register.ts. */
  register: MessagePort;
  /** The owner's port: the TVMM serves owner.ts on it. */
  owner: MessagePort;
  /** The person's port: the TVMM serves person.ts on it. */
  person: MessagePort;
}

/** What every measured stage is started with. */
export interface StageInit {
  board: Board;
  /** One ENDORSE request, one reply, then closed. */
  endorse: MessagePort;
  /** What was measured so far, the stage itself last and still without its certificate. */
  stages: Omit<MeasuredStage, "certificate">[];
}

/** Over the `endorse` port, with the envelopes of channel.ts. */
export interface EndorseRequest {
  op: "endorse";
  /** PKCS#10, DER. */
  request: Uint8Array;
}

export interface Endorsement {
  /** PEM, leaf (the caller's certificate) first, down to the chip's. */
  chain: string[];
  /** Vendors' certificates of this and all lower layers, PEM, untrusted, as they lay on the flash. */
  vendors: string[];
}

/** Takes the one request of the `endorse` port apart. Its DER is checked by whoever parses it. */
export function parseEndorseRequest(raw: unknown): EndorseRequest {
  const { op, request } = fields(raw, "the request", ["op", "request"]);
  if (op !== "endorse") throw new TerraError("malformed", "the only request on this port is endorse");
  return { op: "endorse", request: bytes(request, "request", 65536) };
}

/**
 * All that runs in a worker before the measured bytes do. It makes a module of exactly the bytes it was handed and
 * starts that; it takes one message, then it is deaf.
 */
const SHIM = `self.onmessage = async ({ data: { code, init } }) => {
  self.onmessage = null;
  try {
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const stage = await import(address).finally(() => URL.revokeObjectURL(address));
    postMessage({ launched: true, value: await stage.start(init) });
  } catch (error) {
    postMessage({ launched: false, message: String(error), stage: error?.stage });
  }
};`;

/** Opaque origin: storage, caches and the page's network are out of reach for what runs under this address. */
const SHIM_URL = `data:text/javascript,${encodeURIComponent(SHIM)}`;

const STAGES: readonly StageName[] = ["chip", "firmware", "loader", "tvmm"];

/** A stage of the boot that did not start; `stage` says which, whoever reports it. */
export class StageError extends TerraError {
  readonly stage: StageName;

  constructor(stage: StageName, sentence: string) {
    super("refused", sentence);
    this.stage = stage;
  }
}

/** What the worker said, if it is an outcome at all. Any field may be a lie of the worker's: it is text to show, no more. */
function parseOutcome(raw: unknown): LaunchOutcome | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const { launched, value, message, stage } = raw as Record<string, unknown>;
  if (launched === true) return { launched: true, value };
  if (launched !== false) return undefined;
  const known = STAGES.find((each) => each === stage);
  const failure = { launched: false as const, message: String(message).slice(0, 2000) };
  return known ? { ...failure, stage: known } : failure;
}

export interface Launch<Init> {
  /** The private copy whose digest the caller computed. Copied once more into the worker. */
  code: Uint8Array;
  init: Init;
  /** Ports, canvases and buffers of `init` that the worker is to own. */
  transfer?: Transferable[];
  /** For developer tools and errors. */
  name: string;
  /** How long `start` may take, in ms; null: somebody else watches. */
  timeoutMs?: number | null;
  /** Gives up at once. */
  signal?: AbortSignal;
}

/**
 * Starts measured code in a worker of opaque origin. Resolves when its `start` has returned; `value` is what it returned, and
 * is as trustworthy as that code. Rejects with "refused" (or StageError) if it throws or is no module, "timeout" if it does
 * not answer in time; the worker is terminated then.
 */
export function launchMeasured<Init>(launch: Launch<Init>): Promise<{ worker: Worker; value: unknown }> {
  const { code, init, transfer = [], name, timeoutMs = 10_000, signal } = launch;
  return new Promise((resolve, reject) => {
    const worker = new Worker(SHIM_URL, { type: "module", name });
    const ended = new AbortController();
    const fail = (error: TerraError) => {
      ended.abort();
      worker.terminate();
      reject(error);
    };
    const listen = { signal: ended.signal };
    worker.addEventListener(
      "message",
      ({ data }) => {
        const outcome = parseOutcome(data);
        if (outcome?.launched) {
          ended.abort();
          resolve({ worker, value: outcome.value });
        } else if (outcome?.stage) fail(new StageError(outcome.stage, outcome.message.replace(/^.*?refused: /, "")));
        else fail(new TerraError("refused", `${name} did not start: ${outcome?.message ?? "it spoke out of turn"}`));
      },
      listen,
    );
    worker.addEventListener(
      "error",
      (event) => {
        // Left alone, an uncaught error travels on from realm to realm as far as the page.
        event.preventDefault();
        fail(new TerraError("refused", `${name} did not start: ${event.message ?? "its worker was refused"}`));
      },
      listen,
    );
    worker.addEventListener(
      "messageerror",
      () => fail(new TerraError("refused", `${name} did not start: what it was given or said cannot be read`)),
      listen,
    );
    if (timeoutMs !== null) {
      const timer = setTimeout(
        () => fail(new TerraError("timeout", `${name} did not start within ${timeoutMs / 1000} s.`)),
        timeoutMs,
      );
      ended.signal.addEventListener("abort", () => clearTimeout(timer));
    }
    const abort = () => fail(new TerraError("bad-state", `${name} was stopped while it was starting.`));
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, listen);
    // A view of a larger buffer would carry that whole buffer along.
    const whole = code.byteLength === code.buffer.byteLength ? code : code.slice();
    try {
      worker.postMessage({ code: whole, init } satisfies LaunchMessage<Init>, transfer);
    } catch (thrown) {
      fail(new TerraError("bad-argument", `${name} cannot be given its start values: ${String(thrown)}`));
    }
  });
}
