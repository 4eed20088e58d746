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

export function messages(platform: string, emit: Emit): Messages {
  const end = (name: string) => (name === "verifier" ? name : `${platform}/${name}`);
  const recent = new Map<string, { second: number; told: number; untold: number }>();

  function post(message: Omit<BoxMessage, "at">): void {
    const at = performance.timeOrigin + performance.now();
    emit({ type: "message", message: { ...message, at, from: end(message.from), to: end(message.to) } });
  }

  return {
    tell(message) {
      // The owner and the verifier can flood nobody but themselves.
      if (message.from === "owner" || message.from === "verifier") return post(message);
      // A box halts once for each ON, and one that talked much before must not be able to hide it.
      if (message.kind === "halt") return post(message);
      const { from, to, kind } = message;
      const way = `${from}>${to}`;
      const second = Math.floor(performance.now() / 1000);
      const last = recent.get(way);
      const count = last?.second === second ? last : { second, told: 0, untold: 0 };
      if (count !== last) {
        recent.set(way, count);
        if (last && last.untold > 0) {
          post({ from, to, kind, summary: `${last.untold} more messages within a second were not recorded` });
        }
      }
      if (count.told < MAX_PER_SECOND) {
        count.told++;
        post(message);
      } else count.untold++;
    },
  };
}
