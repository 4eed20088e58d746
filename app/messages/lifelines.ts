/** Where each end's lifeline falls: from the box above it, as measured on the stage. Pure. */
import { type Anchor, middle } from "../stage/anchors.ts";

export interface Lifeline {
  end: string;
  x: number;
  /** TVMMs stand at their machine's edge and are drawn dotted. */
  dotted: boolean;
}

/** Between the time and the first box there is room for the machine's owner. */
const OWNER_FROM_EDGE = 76;

export function lifelines(anchors: Record<string, Anchor>, ends: ReadonlySet<string>): Lifeline[] {
  const lines: Lifeline[] = [];
  for (const [name, anchor] of Object.entries(anchors)) {
    const platform = name.split("/")[0] ?? "";
    if (name === "verifier") lines.push({ end: name, x: middle(anchor), dotted: false });
    else if (name === `${platform}/tvmm`) {
      lines.push({ end: name, x: (anchors[platform] ?? anchor).right, dotted: true });
      const owner = `${platform}/owner`;
      if (ends.has(owner))
        lines.push({ end: owner, x: (anchors[platform] ?? anchor).left + OWNER_FROM_EDGE, dotted: true });
    } else if (name.includes("/") && !/\/(chip|firmware|loader)$/.test(name)) {
      lines.push({ end: name, x: middle(anchor), dotted: false });
    }
  }
  return lines;
}
