/** How much of the world fits the stage's full form, and how wide each machine is drawn there. Pure. */
import type { MachineFacts } from "../facts/facts.ts";

/** Two machines face each other over their wires; more than that, or more boxes, are drawn as tags on a line. */
const MAX_MACHINES = 2;
const MAX_BOXES = 6;
/** Part of the width below which a frame is narrow. */
const NARROW = 0.4;

export function fitsFull(machines: readonly MachineFacts[]): boolean {
  const boxes = machines.reduce((sum, machine) => sum + Math.max(1, machine.boxes.length), 0);
  return machines.length <= MAX_MACHINES && boxes <= MAX_BOXES;
}

/** A frame and its boxes, in parts of the width: one box 240, three 592. */
const share = (machine: MachineFacts) => 64 + 176 * Math.max(1, machine.boxes.length);

/** Has that machine's frame room for one box and little more, because the other one needs the rest? */
export function isNarrow(machine: MachineFacts, machines: readonly MachineFacts[]): boolean {
  const whole = machines.reduce((sum, each) => sum + share(each), 0);
  return machines.length > 1 && share(machine) / whole < NARROW;
}

/** grid-template-columns of the full form with two machines; the wires stand between them. */
export function columns(machines: readonly MachineFacts[]): string {
  const [left, right] = machines;
  if (!left || !right) return "";
  return `minmax(0, ${share(left)}fr) var(--wires) minmax(216px, ${share(right)}fr)`;
}
