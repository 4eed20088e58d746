/**
 * Capsules on a line: one for each thing that really went, and one with a number where many did at once. Nothing moves without a
 * thing that moves it.
 */
import { useEffect, useRef, useState } from "react";

/** Over so many within this time become one capsule. */
export const BURST = 8;
export const BURST_MS = 240;
/** How long a capsule stays readable where it arrived. */
const STAYS_MS = 2000;

export interface Burst {
  /** How many had gone before it began. */
  before: number;
  /** Milliseconds, of the same clock as all others. */
  since: number;
}

export const NO_BURST: Burst = { before: 0, since: Number.NEGATIVE_INFINITY };

/** The burst to which what goes now belongs, after `gone` others. Pure. */
export const burstNow = (burst: Burst, gone: number, now: number): Burst =>
  now - burst.since > BURST_MS ? { before: gone, since: now } : burst;

export interface Going {
  words: string;
  towards: "rightward" | "leftward" | "outward";
}

/** `total` things went over the line so far, the last of them `last`; `many` says how many did at once. */
export function useCapsule(
  total: number,
  last: Going | null,
  many: (number: number) => string,
): (Going & { key: number }) | null {
  const [shown, setShown] = useState<(Going & { key: number }) | null>(null);
  // What went over before the stage was drawn is over.
  const gone = useRef(total);
  const burst = useRef(NO_BURST);
  const words = last?.words;
  const towards = last?.towards;
  const count = useRef(many);
  useEffect(() => {
    const before = gone.current;
    gone.current = total;
    if (words === undefined || towards === undefined || total <= before) return;
    burst.current = burstNow(burst.current, before, performance.now());
    const number = total - burst.current.before;
    setShown({ key: burst.current.since, words: number > BURST ? count.current(number) : words, towards });
    const timer = setTimeout(() => setShown(null), STAYS_MS);
    return () => clearTimeout(timer);
  }, [total, words, towards]);
  return shown;
}
