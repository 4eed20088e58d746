/**
 * The reserved strip of a box (paper 2.3): what it says is decided here, in the TVMM, and no guest has a say in it. The vm
 * worker draws it; while a box is off the page shows the same words.
 */
import type { StripText } from "../protocol/vm.ts";
import type { Vm } from "./machine.ts";

/** Frames tell boxes apart; given out in this order (docs: look). Never green, red or yellow, which are verdicts. */
export const COLOURS = ["blue", "violet", "brown", "plum", "teal"] as const;

export function stripOf(vm: Pick<Vm, "name" | "kind" | "primary" | "colour">): StripText {
  return {
    name: vm.name,
    kind: vm.kind,
    ...(vm.kind === "closed" ? { identity: `${vm.primary.slice(0, 4)}…${vm.primary.slice(-4)}` } : {}),
    colour: vm.colour,
  };
}

/** The same words as the vm worker's, which draws the strip (engine/vm/strip.ts). */
export function stripLine(vm: Pick<Vm, "name" | "kind" | "primary" | "colour" | "state" | "halt">): string {
  const { name, kind, identity, sign } = stripOf(vm);
  const halted = vm.state === "halted" ? [`halted: ${vm.halt?.reason ?? ""}`] : [];
  return [name, kind, ...(identity ? [identity] : []), ...halted, sign ?? "no sign"].join(" · ");
}
