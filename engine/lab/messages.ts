/**
 * What was said between boxes, kept in a ring, oldest first, with those who wait for more. It decodes nothing: who sends a
 * message says what it is.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Message, MessageFilter } from "./api.ts";
import { options, timeout } from "./arguments.ts";

/** Messages kept; older ones fall out. Sequence numbers go on counting. */
export const MESSAGE_RING = 10_000;

const DEFAULT_TIMEOUT_MS = 30_000;

export interface MessageLog {
  add(message: Omit<Message, "sequence">): Message;
  list(filter?: MessageFilter): Message[];
  wait(filter?: MessageFilter, timeoutMs?: number): Promise<Message>;
  subscribe(listener: (message: Message) => void): () => void;
  /** Rejects whoever still waits. */
  close(): void;
}

/** `vm` matches "PLATFORM/NAME" at either end. */
function matches(message: Message, filter: MessageFilter): boolean {
  if (filter.since !== undefined && message.sequence <= filter.since) return false;
  if (filter.kind !== undefined && message.kind !== filter.kind) return false;
  if (filter.outcome !== undefined && message.outcome !== filter.outcome) return false;
  return filter.vm === undefined || message.from === filter.vm || message.to === filter.vm;
}

function checked(filter: MessageFilter | undefined): MessageFilter {
  const { kind, vm, outcome, since } = options(filter, "the filter");
  for (const [name, value] of Object.entries({ kind, vm, outcome })) {
    if (value !== undefined && typeof value !== "string") {
      throw new TerraError("bad-argument", `the filter's ${name} is ${String(value)}; it should be text`);
    }
  }
  if (since !== undefined && (typeof since !== "number" || Number.isNaN(since))) {
    throw new TerraError("bad-argument", `the filter's since is ${String(since)}; it should be a sequence number`);
  }
  return filter ?? {};
}

function words(filter: MessageFilter): string {
  const parts = Object.entries(filter).map(([name, value]) => `${name} ${String(value)}`);
  return parts.length > 0 ? parts.join(", ") : "any kind";
}

export function createMessageLog(): MessageLog {
  let ring: Message[] = [];
  let sequence = 0;
  let closed = false;
  const listeners = new Set<(message: Message) => void>();
  const abandon = new Set<(error: TerraError) => void>();

  return {
    add(message) {
      sequence += 1;
      const numbered: Message = { sequence, ...message };
      ring.push(numbered);
      if (ring.length > MESSAGE_RING * 1.1) ring = ring.slice(-MESSAGE_RING);
      for (const listener of [...listeners]) listener(numbered);
      return numbered;
    },
    list(filter) {
      const wanted = checked(filter);
      return ring.slice(-MESSAGE_RING).filter((message) => matches(message, wanted));
    },
    async wait(filter, wait) {
      const timeoutMs = timeout(wait, DEFAULT_TIMEOUT_MS);
      const wanted = checked(filter);
      const already = ring.find((message) => matches(message, wanted));
      if (already) return already;
      if (closed) throw new TerraError("bad-state", "the lab was closed");
      return new Promise((resolve, reject) => {
        const finish = (act: () => void) => {
          clearTimeout(timer);
          listeners.delete(listener);
          abandon.delete(fail);
          act();
        };
        const listener = (message: Message) => {
          if (matches(message, wanted)) finish(() => resolve(message));
        };
        const fail = (error: TerraError) => finish(() => reject(error));
        const timer = setTimeout(
          () => fail(new TerraError("timeout", `no message with ${words(wanted)} within ${timeoutMs} ms`)),
          timeoutMs,
        );
        listeners.add(listener);
        abandon.add(fail);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      for (const fail of [...abandon]) fail(new TerraError("bad-state", "the lab was closed"));
      listeners.clear();
    },
  };
}
