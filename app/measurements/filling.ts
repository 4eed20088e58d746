/**
 * Which blocks have just been read, and how far their cells have filled: 80 ms for one by one, at once for bursts of more than 60
 * in a frame. It compares what is in sight with what was painted last, so its cost is that of what is in sight. Pure but for what
 * it remembers.
 */
import { VERIFIED } from "../facts/blocks.ts";

const FILL_MS = 80;
const BURST = 60;

export interface Filling {
  /** To be called before each painting: blocks from `from` up to but not including `to` are in sight. `moving`: may anything move? */
  look(states: Uint8Array, from: number, to: number, now: number, moving: boolean): void;
  /** 0 to 1. */
  filled(block: number): number;
  /** Is a cell still filling, so that another painting is needed? */
  readonly busy: boolean;
}

export function createFilling(): Filling {
  let painted = new Uint8Array(0);
  let sight = { from: 0, to: 0 };
  let last = 0;
  const begun = new Map<number, number>();
  return {
    look(states, from, to, now, moving) {
      const known = painted.length === states.length;
      const fresh: number[] = [];
      if (known && moving) {
        // What has come into sight by scrolling was read at some other time.
        for (let block = Math.max(from, sight.from); block < Math.min(to, sight.to); block += 1) {
          if (states[block] === VERIFIED && painted[block] !== VERIFIED) fresh.push(block);
        }
      }
      if (known) painted.set(states.subarray(from, to), from);
      else painted = states.slice();
      sight = { from, to };
      last = now;
      for (const [block, since] of begun) if (now - since >= FILL_MS || states[block] !== VERIFIED) begun.delete(block);
      if (fresh.length <= BURST) for (const block of fresh) begun.set(block, now);
      else begun.clear();
    },
    filled(block) {
      const since = begun.get(block);
      return since === undefined ? 1 : Math.min(1, (last - since) / FILL_MS);
    },
    get busy() {
      return begun.size > 0;
    },
  };
}
