/** The nine checks as rows: what is looked at, why it passed or failed, what came of it. Pure. */
import type { Appraisal } from "../../engine/lab/api.ts";
import type { AppraisalFacts } from "../facts/facts.ts";
import { hex } from "../facts/format.ts";

export type CheckName = Appraisal["checks"][number]["name"];

export const CHECKS: readonly CheckName[] = [
  "freshness",
  "chain",
  "hardware",
  "revocation",
  "firmware",
  "loader",
  "tvmm",
  "vm",
  "secondary",
];

export type CheckState = "waiting" | "passed" | "failed" | "not reached";

export interface CheckRow {
  name: CheckName;
  state: CheckState;
  detail: string;
  /** Hexadecimal digits of what the check is about, if it is about one value. */
  value?: string;
}

/** After the first failure nothing is reached; of those that were, the first `fallen` are shown. */
export function checkRows(appraisal: AppraisalFacts | null, fallen = CHECKS.length): CheckRow[] {
  const checks = appraisal?.result.checks ?? [];
  const failedAt = checks.findIndex((check) => !check.passed);
  return CHECKS.map((name, index) => {
    const check = checks[index];
    if (!appraisal || !check || index >= (failedAt >= 0 && fallen > failedAt ? CHECKS.length : fallen))
      return { name, state: "waiting", detail: "" };
    const state = check.passed ? "passed" : index === failedAt ? "failed" : "not reached";
    const layer = appraisal.result.layers.find((each) => each.layer === name);
    const value = name === "freshness" ? hex(appraisal.nonce) : layer?.digest;
    return {
      name,
      state,
      detail: state === "not reached" ? "" : check.detail,
      ...(value === undefined ? {} : { value }),
    };
  });
}

export interface Verdict {
  accepted: boolean;
  /** Number of the first failed check, from 1. */
  failedAt: number;
  failed: string;
}

export function verdictOf(appraisal: AppraisalFacts): Verdict {
  const { checks, accepted } = appraisal.result;
  const index = checks.findIndex((check) => !check.passed);
  return { accepted, failedAt: index + 1, failed: checks[index]?.name ?? "" };
}
