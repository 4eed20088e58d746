/**
 * The record of what was said between boxes and the TVMM: one event for each message, to the owner's port. It carries what
 * the owner may see anyway: requests, certificates, nonces, evidence, and reasons. No private key and nothing out of a closed
 * box's memory ever reaches this file; who adds a call to it has to keep that so.
 */
import type { BoxMessage, OwnerEvent } from "../protocol/owner.ts";

export type Emit = (event: OwnerEvent) => void;

export interface Messages {
  /** `from` and `to` are a VM's name, or "tvmm", "owner", "verifier". */
  tell(message: Omit<BoxMessage, "at">): void;
}

/** The most messages a second that a box's talk gets recorded; a guest that talks faster is counted instead. */
const MAX_PER_SECOND = 100;
const SECOND_MS = 1000;

export function messages(platform: string, emit: Emit): Messages {
  const end = (name: string) => (name === "verifier" ? name : `${platform}/${name}`);
  const recent = new Map<string, { second: number; told: number }>();
  /** Messages that were not told and will be counted when their time is up: whoever floods and falls silent hides nothing. */
  const untold = new Map<string, number>();

  function post(message: Omit<BoxMessage, "at">): void {
    const at = performance.timeOrigin + performance.now();
    emit({ type: "message", message: { ...message, at, from: end(message.from), to: end(message.to) } });
  }

  function count(way: string, { from, to, kind }: Omit<BoxMessage, "at">): void {
    const before = untold.get(way) ?? 0;
    untold.set(way, before + 1);
    if (before > 0) return;
    setTimeout(() => {
      const more = untold.get(way) ?? 0;
      untold.delete(way);
      const messages = more === 1 ? "1 more message" : `${more} more messages`;
      post({ from, to, kind, summary: `${messages} within a second ${more === 1 ? "was" : "were"} not recorded` });
    }, SECOND_MS);
  }

  return {
    tell(message) {
      // The owner and the verifier can flood nobody but themselves.
      if (message.from === "owner" || message.from === "verifier") return post(message);
      // A box halts once for each ON, and one that talked much before must not be able to hide it.
      if (message.kind === "halt") return post(message);
      const way = `${message.from}>${message.to}`;
      const second = Math.floor(performance.now() / SECOND_MS);
      const last = recent.get(way);
      const told = last?.second === second ? last.told : 0;
      if (told >= MAX_PER_SECOND) return count(way, message);
      recent.set(way, { second, told: told + 1 });
      post(message);
    },
  };
}
