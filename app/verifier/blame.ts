/** Which layer a refusal is about, and where that stands on the stage. Pure. */
import type { Message } from "../../engine/lab/api.ts";
import type { AppraisalFacts } from "../facts/facts.ts";
import { hex } from "../facts/format.ts";
import { type CheckName, verdictOf } from "./checks.ts";

export interface Blame {
  /** By which the stage knows it: "alice/loader", "alice/hello". */
  place: string;
  /** Number of the check that failed, from 1. */
  at: number;
  check: string;
}

/** The box that was asked: the one that the challenge with this nonce went to, or the one whose identity the evidence has. */
function subject({ nonce, subject: known }: AppraisalFacts, messages: readonly Message[]): string | null {
  const digits = hex(nonce);
  const challenge = messages.findLast(({ kind, bytes }) => kind === "challenge" && bytes && hex(bytes) === digits);
  return challenge?.to ?? known;
}

const PARTS: Readonly<Partial<Record<CheckName, string>>> = {
  hardware: "chip",
  revocation: "chip",
  firmware: "firmware",
  loader: "loader",
  tvmm: "tvmm",
};

/** null: accepted, or nobody knows whose evidence it is. */
export function blameOf(appraisal: AppraisalFacts | null, messages: readonly Message[]): Blame | null {
  if (!appraisal || appraisal.result.accepted) return null;
  const box = subject(appraisal, messages);
  if (box === null) return null;
  const { failedAt, failed } = verdictOf(appraisal);
  const part = PARTS[failed as CheckName];
  const [platform = ""] = box.split("/");
  return { place: part === undefined ? box : `${platform}/${part}`, at: failedAt, check: failed };
}
