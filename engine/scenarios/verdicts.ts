/** What steps of every scenario say about evidence, verdicts and messages: the question is asked for real, the words are shared. */
import type { Appraisal } from "../lab/index.ts";
import type { StepContext, StepOutcome } from "./scenario.ts";

export const short = (digest: string) => `${digest.slice(0, 4)}…${digest.slice(-4)}`;

/** Words with each digest in them shortened. */
export const shortened = (words: string) => words.replace(/\b[0-9a-f]{64}\b/g, short);

export async function challenge(context: StepContext, vm: string): Promise<Appraisal> {
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
