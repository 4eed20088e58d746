/**
 * The reserved strip of a box (paper 2.3): what it says is decided here, in the TVMM, and no guest has a say in it. The vm
 * worker draws it; while a box is off the page shows the same words.
 */
import type { Sign } from "../protocol/sign.ts";
import { type StripText, stripText } from "../protocol/vm.ts";
import type { Vm } from "./machine.ts";

/** Frames tell boxes apart; given out in this order (docs: look). Never green, red or yellow, which are verdicts. */
export const COLOURS = ["blue", "violet", "brown", "plum", "teal"] as const;

export function stripOf(vm: Pick<Vm, "name" | "kind" | "primary" | "colour">, sign: Sign | undefined): StripText {
  return {
    name: vm.name,
    kind: vm.kind,
    ...(vm.kind === "closed" ? { identity: `${vm.primary.slice(0, 4)}…${vm.primary.slice(-4)}` } : {}),
    ...(sign ? { sign } : {}),
    colour: vm.colour,
  };
}

/** The same words as a running box's worker draws. */
export function stripLine(
  vm: Pick<Vm, "name" | "kind" | "primary" | "colour" | "state" | "halt">,
  sign: Sign | undefined,
): string {
  return stripText(stripOf(vm, sign), vm.state === "halted" ? (vm.halt?.reason ?? "") : undefined);
}
