/** Selections of the facts for components. */

import type { BoxFacts, Facts } from "./facts.ts";
import { useFacts } from "./store.ts";

export { allBoxes } from "./facts.ts";

/** Derives from the facts; drawn again when they change, which is once a frame at most. */
export function useFactsNow<T>(select: (facts: Facts) => T): T {
  const facts = useFacts();
  return select(facts);
}

/** The box of that path, or else the first that fits. */
export function pickBox(facts: Facts, path: string | null, fits: (box: BoxFacts) => boolean): BoxFacts | undefined {
  const boxes = facts.machines.flatMap((machine) => machine.boxes);
  return boxes.find((box) => box.path === path && fits(box)) ?? boxes.find(fits);
}
