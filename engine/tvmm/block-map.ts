/**
 * Which blocks of a disk were found right and which wrong, and how many in any stretch of the disk. Only the latest verdict on
 * a block counts: a block is checked at every read, and its medium may change in between.
 */
import { DIGESTS_PER_BLOCK } from "../storage/index.ts";

export type BlockState = "unchecked" | "verified" | "failed";

export interface BlockMap {
  readonly total: number;
  mark(block: number, state: "verified" | "failed"): void;
  markAllVerified(): void;
  state(block: number): BlockState;
  /** Counts over blocks `from` up to but not including `to`. */
  count(from: number, to: number): { total: number; verified: number; failed: number };
}

const STATES = ["unchecked", "verified", "failed"] as const;
const VERIFIED = 1;
const FAILED = 2;

export function blockMap(total: number): BlockMap {
  const states = new Uint8Array(total);
  /** Counts for each stretch of 128 blocks, which is one hash block: a tree of any size is summed without visiting it. */
  const stretches = Math.ceil(total / DIGESTS_PER_BLOCK);
  const verified = new Uint8Array(stretches);
  const failed = new Uint8Array(stretches);

  function set(block: number, state: number): void {
    const stretch = Math.floor(block / DIGESTS_PER_BLOCK);
    const was = states[block];
    if (was === VERIFIED) verified[stretch] = (verified[stretch] ?? 0) - 1;
    if (was === FAILED) failed[stretch] = (failed[stretch] ?? 0) - 1;
    states[block] = state;
    if (state === VERIFIED) verified[stretch] = (verified[stretch] ?? 0) + 1;
    if (state === FAILED) failed[stretch] = (failed[stretch] ?? 0) + 1;
  }

  return {
    total,
    mark(block, state) {
      if (!Number.isInteger(block) || block < 0 || block >= total) return;
      set(block, state === "verified" ? VERIFIED : FAILED);
    },
    markAllVerified() {
      states.fill(VERIFIED);
      failed.fill(0);
      for (let at = 0; at < stretches; at++) {
        verified[at] = Math.min(DIGESTS_PER_BLOCK, total - at * DIGESTS_PER_BLOCK);
      }
    },
    state: (block) => STATES[states[block] ?? 0] ?? "unchecked",
    count(from, to) {
      const end = Math.min(to, total);
      const counts = { total: Math.max(0, end - from), verified: 0, failed: 0 };
      for (let block = from; block < end; ) {
        const stretch = block / DIGESTS_PER_BLOCK;
        if (Number.isInteger(stretch) && block + DIGESTS_PER_BLOCK <= end) {
          counts.verified += verified[stretch] ?? 0;
          counts.failed += failed[stretch] ?? 0;
          block += DIGESTS_PER_BLOCK;
        } else {
          if (states[block] === VERIFIED) counts.verified++;
          if (states[block] === FAILED) counts.failed++;
          block++;
        }
      }
      return counts;
    },
  };
}
