/**
 * The nine checks as they fall: one after the other, as fast as an eye can follow, though they are all known at once. Nothing is
 * decided here, and where motion is not wanted they are all there at once.
 */
import { create } from "zustand";
import type { AppraisalFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { type Blame, blameOf } from "./blame.ts";

const EACH_MS = 60;

export interface Fallen {
  /** How many checks of the last appraisal have fallen. */
  fallen: number;
  /** The layer that it refused. */
  blame: Blame | null;
}

export const useFallen = create<Fallen>(() => ({ fallen: 0, blame: null }));

/** Checks after the first failure were not made: they fall with it. */
function last(appraisal: AppraisalFacts): number {
  const failed = appraisal.result.checks.findIndex(({ passed }) => !passed);
  return failed < 0 ? appraisal.result.checks.length : failed + 1;
}

let timer: ReturnType<typeof setTimeout> | undefined;

function fall(to: number): void {
  const { fallen } = useFallen.getState();
  if (fallen >= to) return;
  useFallen.setState({ fallen: fallen + 1 });
  timer = setTimeout(fall, EACH_MS, to);
}

export function followChecks(): void {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  useFacts.subscribe(({ appraisal, messages }, before) => {
    if (appraisal === before.appraisal) return;
    clearTimeout(timer);
    const to = appraisal ? last(appraisal) : 0;
    useFallen.setState({ fallen: still.matches ? to : 0, blame: blameOf(appraisal, messages) });
    fall(to);
  });
}

/** The number of the check that is under way, from 1; null: all have fallen. */
export function useChecking(): number | null {
  const fallen = useFallen((state) => state.fallen);
  const appraisal = useFacts((facts) => facts.appraisal);
  return appraisal && fallen < last(appraisal) ? fallen + 1 : null;
}
