/**
 * Role: remote party. Appraisals from the page: by the policy as it is edited here, or by the lab's own. It alone knows of the edited
 * policy; a lesson's steps appraise by themselves and never ask it.
 */
import { create } from "zustand";
import type { Appraisal, AppraisalPolicy, Evidence } from "../../engine/lab/api.ts";
import type { LabView } from "../../engine/lab/index.ts";
import { messageOf } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { type Edits, isEdited, linesOf, NO_EDITS, policyOf } from "./edit.ts";

export interface Judge {
  /** The lab's own policy; null until it is known. */
  own: AppraisalPolicy | null;
  edits: Edits;
  /** The verdict that the edited policy made last, and the edits that it went by. */
  judged: { result: Appraisal; edits: Edits } | null;
  error: string | null;
}

const FRESH: Judge = { own: null, edits: NO_EDITS, judged: null, error: null };

export const useJudge = create<Judge>(() => FRESH);

/** Was this verdict made by another policy than the lab's own? */
export const byEdited = ({ judged }: Judge, result: Appraisal): boolean =>
  judged !== null && judged.result === result && isEdited(judged.edits);

/** Would the same evidence be judged by something else now? */
export function outdated(judge: Judge, result: Appraisal): boolean {
  const went = judge.judged?.result === result ? judge.judged.edits : NO_EDITS;
  return went !== judge.edits && (isEdited(went) || isEdited(judge.edits));
}

export async function loadPolicy(view: LabView): Promise<void> {
  const { lab } = view.terra;
  const own = await view.terra.policy();
  if (view.terra.lab === lab) useJudge.setState({ own });
}

/** Appraises as the policy stands here. Rejects with "bad-argument" for what is no version. */
export async function judge(view: LabView, evidence: Evidence, nonce: Uint8Array): Promise<void> {
  await loadPolicy(view);
  const { own, edits } = useJudge.getState();
  const seen = useFacts.getState().appraisal?.result ?? null;
  const policy = own && isEdited(edits) ? policyOf(linesOf(own, seen, edits), edits) : undefined;
  const result = await view.terra.appraise(evidence, nonce, policy);
  useJudge.setState({ judged: { result, edits }, error: null });
}

/** The same evidence, by the policy as it is now. */
export async function appraiseAgain(view: LabView): Promise<void> {
  const last = useFacts.getState().appraisal;
  if (!last) return;
  try {
    await judge(view, last.evidence, last.nonce);
  } catch (error) {
    useJudge.setState({ error: messageOf(error) });
  }
}

/** The factory's list as it is now, to go by from the next appraisal on. */
export async function askForList(view: LabView): Promise<void> {
  try {
    const list = await view.terra.revocationList();
    useJudge.setState(({ edits }) => ({ edits: { ...edits, lists: [list] }, error: null }));
  } catch (error) {
    useJudge.setState({ error: messageOf(error) });
  }
}

/** Back to the lab's policy. */
export const forgetEdits = (): void => useJudge.setState({ edits: NO_EDITS, error: null });

/** Another lab has another policy. */
export function followPolicies(view: LabView): void {
  useFacts.subscribe((now, before) => {
    if (now.lab !== before.lab) useJudge.setState(FRESH);
    if (now.lab && (now.appraisal !== before.appraisal || useJudge.getState().own === null) && view.terra.lab) {
      loadPolicy(view).catch(() => undefined);
    }
  });
}
