/** Where each end's lifeline falls: from the box above it, as measured on the stage. Pure. */
import { type Anchor, middle } from "../stage/anchors.ts";

export interface Lifeline {
  end: string;
  x: number;
  /** TVMMs stand at their machine's edge, owners beside their first box, wires between machines: all drawn dotted. */
  dotted: boolean;
}

/** Between the time and the first box there is room for the machine's owner. */
const OWNER_FROM_EDGE = 76;
/** Nearer than this two names would run into each other. */
const APART = 64;
/** A verifier that is not drawn stands at the stage's right edge. */
const VERIFIER_FROM_RIGHT = 40;

type Anchors = Readonly<Record<string, Anchor>>;

const isBox = (name: string) => /^[^:/]+\/[^:/]+$/.test(name) && !/\/(chip|firmware|loader|tvmm)$/.test(name);

function ownerX(platform: string, machine: Anchor, anchors: Anchors, left: boolean): number {
  const boxes = Object.entries(anchors).filter(([name]) => isBox(name) && name.startsWith(`${platform}/`));
  const [first] = boxes.map(([, anchor]) => anchor).sort((a, b) => a.left - b.left);
  // At the left edge of a machine to the right stands its TVMM.
  const x = left || !first ? machine.left + OWNER_FROM_EDGE : (machine.left + middle(first)) / 2;
  if (!first || Math.abs(middle(first) - x) > (left ? APART : APART / 1.5)) return x;
  // Where the first box stands there already, the owner stands behind it.
  return first.right + 4;
}

/** Tags on several lines stand one over the other; their lifelines cannot. */
const LINE = 20;
/** Left of the first lifeline stands the time. */
const FIRST = 100;

const onSeveralLines = (anchors: Anchors): boolean => {
  const tops = Object.entries(anchors)
    .filter(([name]) => isBox(name))
    .map(([, anchor]) => anchor.top);
  return tops.length > 0 && Math.max(...tops) - Math.min(...tops) > LINE;
};

/** The same lifelines at even distances, machine by machine. */
function spread(lines: readonly Lifeline[], width: number): Lifeline[] {
  const gap = (width - FIRST - VERIFIER_FROM_RIGHT) / Math.max(1, lines.length - 1);
  return lines.map((line, index) => ({ ...line, x: Math.round(FIRST + index * gap) }));
}

export function lifelines(anchors: Anchors, ends: ReadonlySet<string>, width = 0): Lifeline[] {
  const lines = fallen(anchors, ends, width);
  return onSeveralLines(anchors) ? spread(lines, width) : lines;
}

function fallen(anchors: Anchors, ends: ReadonlySet<string>, width: number): Lifeline[] {
  const lines: Lifeline[] = [];
  const leftmost = Math.min(
    ...Object.entries(anchors)
      .filter(([name]) => !/[:/]/.test(name))
      .map(([, anchor]) => anchor.left),
  );
  for (const [name, anchor] of Object.entries(anchors)) {
    const platform = name.split("/")[0] ?? "";
    const machine = anchors[platform] ?? anchor;
    const left = machine.left === leftmost;
    if (name === "verifier") lines.push({ end: name, x: middle(anchor), dotted: false });
    else if (name.startsWith("wire:")) {
      const wire = name.slice("wire:".length);
      if (ends.has(wire)) lines.push({ end: wire, x: middle(anchor), dotted: true });
    } else if (name === `${platform}/tvmm`) {
      lines.push({ end: name, x: left ? machine.right : machine.left, dotted: true });
      const owner = `${platform}/owner`;
      if (ends.has(owner)) lines.push({ end: owner, x: ownerX(platform, machine, anchors, left), dotted: true });
    } else if (isBox(name)) lines.push({ end: name, x: middle(anchor), dotted: false });
  }
  if (ends.has("verifier") && !anchors.verifier && width > 0) {
    lines.push({ end: "verifier", x: width - VERIFIER_FROM_RIGHT, dotted: true });
  }
  return lines;
}

/** Where an arrow of that end begins or arrives: at its lifeline, or, for a machine's own card and whoever holds a wire, at the wire. */
export function placeOf(end: string, lines: readonly Lifeline[], anchors: Anchors): number | undefined {
  const own = lines.find((line) => line.end === end)?.x;
  if (own !== undefined) return own;
  const [platform = "", card = ""] = end.split("/");
  if (end !== "attacker" && !/^eth\d+$/.test(card)) return undefined;
  const wire = Object.entries(anchors).find(([name]) => name.startsWith("wire:"))?.[1];
  if (end === "attacker") return wire && middle(wire);
  const machine = anchors[platform];
  if (!machine) return undefined;
  return wire && wire.left < machine.left ? machine.left : machine.right;
}
