/**
 * Role: attacker. A wire between machines as a script reaches it: capture, intercept, inject. The wire itself is in the
 * physical realm; handlers run here, each frame waits there for their answer, a second at most.
 */
import type { Client } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import { MAX_BATCH, MAX_FRAME, MIN_FRAME } from "../protocol/frames.ts";
import type { PhysicalEvent, PhysicalRequest, WireFrame } from "../protocol/media.ts";
import type { Frame, Wire } from "./api.ts";
import { asArgument, options, timeout } from "./arguments.ts";
import { asCapture } from "./frames.ts";

const DEFAULT_TIMEOUT_MS = 30_000;
/** A handler that takes longer has its frame passed on. */
const HANDLER_MS = 1000;
/** Frames asked for at once. */
const PAGE = 4096;

export interface WireParts {
  id: string;
  physical: Client<PhysicalRequest, PhysicalEvent>;
  /** What a script sees of a frame. */
  asFrame(frame: WireFrame): Frame;
  /** A handler failed, and the frame was passed on. */
  complain(summary: string): void;
  /** The number of interceptors changed. */
  intercepted(interceptors: number): void;
}

export interface LabWire {
  readonly wire: Wire;
  /** Frames went over it. */
  news(): void;
  held(event: Extract<PhysicalEvent, { type: "held" }>): void;
  letGo(event: Extract<PhysicalEvent, { type: "let-go" }>): void;
  /** Rejects whoever still waits. */
  close(): void;
}

type Handler = Parameters<Wire["intercept"]>[0];

export function createWire({ id, physical, asFrame, complain, intercepted }: WireParts): LabWire {
  const handlers = new Map<string, Handler>();
  let closed = false;
  /** Called when frames go over the wire, or it is closed. */
  const waiting = new Set<() => void>();

  const ask = async (request: PhysicalRequest) => {
    if (closed) throw new TerraError("bad-state", "the lab was closed");
    return asArgument(physical.call(request));
  };
  const page = async (since: number, limit: number) =>
    (await ask({ op: "wire-frames", wire: id, since, limit })) as WireFrame[];

  function wake(): void {
    for (const each of waiting) each();
    waiting.clear();
  }

  async function all(since: number, limit: number): Promise<WireFrame[]> {
    const found: WireFrame[] = [];
    while (found.length < limit) {
      const wanted = Math.min(PAGE, limit - found.length);
      const more = await page(found.at(-1)?.sequence ?? since, wanted);
      found.push(...more);
      if (more.length < wanted) break;
    }
    return found;
  }

  /** What the handler makes of the frame; itself if the handler fails. */
  async function handled(interceptor: string, frame: WireFrame): Promise<Uint8Array[]> {
    const handler = handlers.get(interceptor);
    if (!handler) return [frame.bytes];
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("it took over a second")), HANDLER_MS);
      });
      return checkedFrames(await Promise.race([handler(asFrame(frame)), late]));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      complain(`interceptor ${interceptor} failed at frame ${frame.sequence}, which was passed on: ${why}`);
      return [frame.bytes];
    } finally {
      clearTimeout(timer);
    }
  }

  const wire: Wire = {
    async frames(given) {
      const { since = 0, limit = Number.POSITIVE_INFINITY } = options(given, "options");
      for (const [name, value] of Object.entries({ since, limit })) {
        if (typeof value !== "number" || !(value >= 0)) {
          throw new TerraError("bad-argument", `${name} is ${String(value)}; it should be a number, 0 or more`);
        }
      }
      return (await all(Math.floor(Math.min(since, Number.MAX_SAFE_INTEGER)), Math.floor(limit))).map(asFrame);
    },
    async waitForFrame(predicate, wait) {
      const timeoutMs = timeout(wait, DEFAULT_TIMEOUT_MS);
      if (typeof predicate !== "function") {
        throw new TerraError("bad-argument", `the predicate is ${String(predicate)}; it should be a function`);
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_, reject) => {
        const error = new TerraError("timeout", `no such frame on ${id} within ${timeoutMs} ms`);
        timer = setTimeout(() => reject(error), timeoutMs);
      });
      try {
        for (let since = 0; ; ) {
          // Taken before the question, so that no frame slips through between answer and wait.
          const news = new Promise<void>((resolve) => waiting.add(resolve));
          const more = await Promise.race([page(since, PAGE), late]);
          for (const each of more) {
            const frame = asFrame(each);
            if (predicate(frame)) return frame;
            since = each.sequence;
          }
          if (more.length === 0) await Promise.race([news, late]);
        }
      } finally {
        late.catch(() => undefined);
        clearTimeout(timer);
      }
    },
    async intercept(handler) {
      if (typeof handler !== "function") {
        throw new TerraError("bad-argument", `the handler is ${String(handler)}; it should be a function`);
      }
      const interceptor = (await ask({ op: "wire-intercept", wire: id })) as string;
      handlers.set(interceptor, handler);
      intercepted(handlers.size);
      return interceptor;
    },
    async stopIntercept(interceptor) {
      await ask({ op: "wire-stop-intercept", wire: id, interceptor });
      handlers.delete(interceptor);
      intercepted(handlers.size);
    },
    async inject(bytes) {
      await ask({ op: "wire-inject", wire: id, bytes });
    },
    pcapng: async () => asCapture(await all(0, Number.POSITIVE_INFINITY)),
  };

  return {
    wire,
    news: wake,
    async held({ interceptor, held, frame }) {
      const frames = await handled(interceptor, frame);
      // In the meantime the wire may have let it go, or the interceptor been taken away: then nobody waits for an answer.
      await physical.call({ op: "wire-pass", wire: id, interceptor, held, frames }).catch(() => undefined);
    },
    letGo({ interceptor, held }) {
      complain(`interceptor ${interceptor} gave no answer for frame ${held} in time; it was passed on`);
    },
    close() {
      closed = true;
      handlers.clear();
      wake();
    },
  };
}

function checkedFrames(answer: unknown): Uint8Array[] {
  if (!Array.isArray(answer)) throw new Error(`it answered ${String(answer)}, not a list of frames`);
  if (answer.length > MAX_BATCH) throw new Error(`it answered ${answer.length} frames; at most ${MAX_BATCH}`);
  for (const frame of answer) {
    if (!(frame instanceof Uint8Array) || frame.length < MIN_FRAME || frame.length > MAX_FRAME) {
      const is = frame instanceof Uint8Array ? `${frame.length} bytes` : String(frame);
      throw new Error(`it answered ${is} as a frame; a frame is a Uint8Array of ${MIN_FRAME} to ${MAX_FRAME} bytes`);
    }
  }
  return answer;
}
