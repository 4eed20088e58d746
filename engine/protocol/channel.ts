/**
 * Requests, replies and events over a MessagePort: ids are matched here and nothing else is done. What may be said over a
 * port is in the file of its boundary, and the serving side parses each request at its door before it is handled.
 */
import { fromWireError, TerraError, toWireError, type WireError } from "./errors.ts";

/** What MessagePort, Worker and a worker's own scope have in common. */
export interface PortLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  start?(): void;
}

interface RequestEnvelope {
  id: number;
  request: unknown;
}
type ReplyEnvelope = { reply: number; value: unknown } | { reply: number; error: WireError };
interface EventEnvelope {
  event: unknown;
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;

/** A reply with buffers or ports that must be transferred rather than copied. */
export class Transferred<T> {
  readonly value: T;
  readonly transfer: Transferable[];
  constructor(value: T, transfer: Transferable[]) {
    this.value = value;
    this.transfer = transfer;
  }
}

export interface Server<Event> {
  emit(event: Event, transfer?: Transferable[]): void;
  stop(): void;
}

/**
 * Serves one port. `parse` turns what came into a request or throws a TerraError; `handle` answers. A message without
 * a usable id cannot be answered and is dropped; every other one gets exactly one reply.
 */
export function serve<Request, Event = never>(
  port: PortLike,
  parse: (raw: unknown) => Request,
  handle: (request: Request) => unknown,
): Server<Event> {
  const listener = async (message: MessageEvent) => {
    const envelope = record(message.data) as Partial<RequestEnvelope> | undefined;
    const id = envelope?.id;
    if (typeof id !== "number" || !Number.isSafeInteger(id)) return;
    try {
      const value = await handle(parse(envelope?.request));
      if (value instanceof Transferred) port.postMessage({ reply: id, value: value.value }, value.transfer);
      else port.postMessage({ reply: id, value }, []);
    } catch (thrown) {
      port.postMessage({ reply: id, error: toWireError(thrown) }, []);
    }
  };
  port.addEventListener("message", listener);
  port.start?.();
  return {
    emit: (event, transfer = []) => port.postMessage({ event } satisfies EventEnvelope, transfer),
    stop: () => port.removeEventListener("message", listener),
  };
}

export interface Client<Request, Event = never> {
  /** Resolves with the reply's value; rejects with the TerraError that the other side sent. */
  call(request: Request, transfer?: Transferable[]): Promise<unknown>;
  onEvent(listener: (event: Event) => void): () => void;
  /** Rejects everything that is still waiting. */
  close(reason: TerraError): void;
}

export function connect<Request, Event = never>(port: PortLike): Client<Request, Event> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: TerraError): void }>();
  const listeners = new Set<(event: Event) => void>();
  let nextId = 1;
  let closed: TerraError | undefined;
  const listener = (message: MessageEvent) => {
    const data = record(message.data);
    if (!data) return;
    if ("event" in data) {
      for (const each of listeners) each(data.event as Event);
      return;
    }
    const reply = data as ReplyEnvelope;
    const call = waiting.get(reply.reply);
    if (!call) return;
    waiting.delete(reply.reply);
    if ("error" in reply) call.reject(fromWireError(reply.error));
    else call.resolve(reply.value);
  };
  port.addEventListener("message", listener);
  port.start?.();
  return {
    call(request, transfer = []) {
      if (closed) return Promise.reject(closed);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        try {
          port.postMessage({ id, request } satisfies RequestEnvelope, transfer);
        } catch (thrown) {
          waiting.delete(id);
          reject(new TerraError("bad-argument", `this request cannot be posted: ${String(thrown)}`));
        }
      });
    },
    onEvent(each) {
      listeners.add(each);
      return () => listeners.delete(each);
    },
    close(reason) {
      closed = reason;
      port.removeEventListener("message", listener);
      for (const call of waiting.values()) call.reject(reason);
      waiting.clear();
    },
  };
}
