/**
 * What the steps do to alice, the machine of lab `hello`: power cycles, a bit flipped where only hands with a screwdriver reach,
 * and the remote party's question. All of it through the scripting API.
 */

import type { Appraisal, Platform } from "../../lab/index.ts";
import { containerEntries } from "../../storage/index.ts";
import type { StepContext, StepOutcome } from "../scenario.ts";

export const ALICE = "alice";
export const HELLO = "alice/hello";

export const short = (digest: string) => `${digest.slice(0, 4)}…${digest.slice(-4)}`;

/** Words with each digest in them shortened. */
export const shortened = (words: string) => words.replace(/\b[0-9a-f]{64}\b/g, short);

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

export async function challenge(context: StepContext, vm = HELLO): Promise<Appraisal> {
  const nonce = context.terra.nonce();
  return context.terra.appraise(await context.lab.vm(vm).evidence(nonce), nonce);
}

/** Sequence number of the newest message with this kind and outcome, as an artifact. */
export async function newest(context: StepContext, kind: string): Promise<StepOutcome["artifacts"]> {
  const last = (await context.lab.messages({ kind })).at(-1);
  return last ? [{ kind: "message", value: String(last.sequence) }] : [];
}

export function verdict(appraisal: Appraisal): string {
  if (appraisal.accepted) {
    const vm = appraisal.layers.find((layer) => layer.layer === "vm");
    const name = vm?.product ? `${vm.product} ${vm.version ?? ""}`.trim() : "by its digest";
    return `Accepted after ${appraisal.checks.length} of ${appraisal.checks.length} checks: ${name}.`;
  }
  const index = appraisal.checks.findIndex((check) => !check.passed);
  const failed = appraisal.checks[index];
  return failed ? `Refused at check ${index + 1}, ${failed.name}: ${failed.detail}.` : "Refused.";
}

/** Was it refused, and at exactly this check? */
export function refusedAt(appraisal: Appraisal, name: Appraisal["checks"][number]["name"]): boolean {
  return !appraisal.accepted && appraisal.checks.find((check) => !check.passed)?.name === name;
}
