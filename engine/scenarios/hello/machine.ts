/**
 * What the steps do to alice, the machine of lab `hello`: power cycles, a bit flipped where only hands with a screwdriver reach,
 * and the remote party's question. All of it through the scripting API.
 */

import type { Platform } from "../../lab/index.ts";
import { containerEntries } from "../../storage/index.ts";
import type { StepContext } from "../scenario.ts";

export const ALICE = "alice";
export const HELLO = "alice/hello";

export function alice(context: StepContext): Platform {
  return context.lab.platform(ALICE);
}

interface State {
  /** Copies of the media as they were before anybody touched them, by id. */
  pristine: Map<string, Uint8Array>;
  /** Has the machine been changed or rebooted into something else since? */
  touched: boolean;
}

function state(context: StepContext): State {
  const known = context.notes.get("machine") as State | undefined;
  if (known) return known;
  const fresh: State = { pristine: new Map(), touched: false };
  context.notes.set("machine", fresh);
  return fresh;
}

/** Flips the lowest bit of one byte of a medium; it is put back before the next step that needs the machine as it was. */
export async function flipBit(context: StepContext, medium: string, offset: number): Promise<void> {
  const disk = alice(context).disk(medium);
  const { pristine } = state(context);
  if (!pristine.has(medium)) pristine.set(medium, await disk.copy());
  const [byte = 0] = await disk.read(offset, 1);
  await disk.write(offset, Uint8Array.of(byte ^ 1));
}

/** Overwrites a part of a medium, remembered in the same way. */
export async function overwrite(
  context: StepContext,
  medium: string,
  offset: number,
  bytes: Uint8Array,
): Promise<void> {
  const disk = alice(context).disk(medium);
  const { pristine } = state(context);
  if (!pristine.has(medium)) pristine.set(medium, await disk.copy());
  await disk.write(offset, bytes);
}

/** Where a part of the flash, or of an image's firmware medium, lies. */
export async function locate(
  context: StepContext,
  medium: string,
  entry: string,
): Promise<{ offset: number; length: number }> {
  const entries = containerEntries(await alice(context).disk(medium).copy());
  const found = entries.find((each) => each.name === entry);
  if (!found)
    throw new Error(`medium ${medium} has no part ${entry}; it has ${entries.map((each) => each.name).join(", ")}`);
  return found;
}

/** Cuts the power and boots again, with what lies on the media now. */
export async function reboot(context: StepContext, tvmm?: string): Promise<void> {
  state(context).touched = true;
  await alice(context).powerOff();
  await alice(context).powerOn(tvmm === undefined ? {} : { tvmm });
}

/** The machine as it was when the lab was opened: every medium put back, the release TVMM booted. */
export async function untouched(context: StepContext): Promise<void> {
  const { pristine, touched } = state(context);
  if (!touched && pristine.size === 0) return;
  for (const [medium, bytes] of pristine) await alice(context).disk(medium).restore(bytes);
  await reboot(context);
  context.notes.delete("machine");
}

/** Says that the machine must be put back before the next step. */
export function touch(context: StepContext): void {
  state(context).touched = true;
}
