/**
 * QuakeWorld in a list of messages: of two people who play a hundred packets go over a wire each second, nearly all of which say
 * where everybody is and what everybody's keys do. Those are told together, once a second for each side; whatever else is said
 * is told at once. Pure: clock and frames come from outside.
 */

import { readQuake } from "./quake-observed.ts";
import type { ObservedFrame } from "./tls-flights.ts";

/** Routine packets of one side are gathered for so long, milliseconds. */
export const GATHER_MS = 1000;
/** Sides that are followed; what the one that spoke first has gathered is told early. */
const MAX_SIDES = 64;

export interface QuakeTold {
  /** When its last frame came. */
  at: number;
  from: string;
  /** The last one of them. */
  frame: Uint8Array;
  summary: string;
}

export interface QuakeObserver {
  /** `now`: milliseconds, by whatever clock. `taken`: what the frame says is told by the observer, now or later. */
  push(frame: ObservedFrame, now: number): { taken: boolean; told: QuakeTold[] };
  /** By that clock: when something is to be told. */
  readonly due: number | undefined;
  /** Tells what is due. */
  flush(now: number): QuakeTold[];
}

interface Gathered {
  last: ObservedFrame;
  said: string;
  /** "10.0.0.2:27001 → 10.0.0.1:27500". */
  ends: string;
  count: number;
  due: number;
}

export function observeQuake(): QuakeObserver {
  /** The one that began first is first. */
  const sides = new Map<string, Gathered>();

  function tell({ last, said, ends, count }: Gathered): QuakeTold {
    const summary = `${ends} QuakeWorld ${count === 1 ? said : `${count} packets, the last: ${said}`}`;
    return { at: last.at, from: last.from, frame: last.bytes, summary };
  }

  return {
    push(frame, now) {
      const packet = readQuake(frame.bytes);
      if (!packet) return { taken: false, told: [] };
      const { source, destination, said, routine } = packet;
      const ends = `${source} → ${destination}`;
      const side = `${frame.from} ${ends}`;
      const told: QuakeTold[] = [];
      const before = sides.get(side);
      if (routine) {
        if (before) Object.assign(before, { last: frame, said, count: before.count + 1 });
        else sides.set(side, { last: frame, said, ends, count: 1, due: now + GATHER_MS });
      } else {
        // What came before it stands before it.
        if (before) told.push(tell(before));
        sides.delete(side);
        told.push(tell({ last: frame, said, ends, count: 1, due: now }));
      }
      for (const [oldest, gathered] of sides) {
        if (sides.size <= MAX_SIDES) break;
        told.push(tell(gathered));
        sides.delete(oldest);
      }
      return { taken: true, told };
    },
    get due() {
      const [first] = sides.values();
      return first?.due;
    },
    flush(now) {
      const told: QuakeTold[] = [];
      for (const [side, gathered] of sides) {
        if (gathered.due > now) continue;
        told.push(tell(gathered));
        sides.delete(side);
      }
      return told;
    },
  };
}
