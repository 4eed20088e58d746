/** Accepted, refused and at which check, under way, or nothing to check yet; and by whose policy, where that is not the lab's. */
import { useFacts } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { useSession } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { CHECKS, verdictOf } from "./checks.ts";
import { useChecking } from "./falling.ts";
import { byEdited, outdated, useJudge } from "./judge.ts";

export function Verdict() {
  const appraisal = useFacts((facts) => facts.appraisal);
  const asking = useSession((session) => session.asking);
  const judge = useJudge();
  const checking = useChecking();
  if (asking !== null || !appraisal || checking !== null) {
    const words =
      asking !== null
        ? texts.verifier.asking(asking.split("/")[1] ?? asking)
        : checking === null
          ? texts.verifier.nothing
          : texts.verifier.checkingAt(checking, CHECKS.length);
    return (
      <div className="verdict">
        <Mark kind="open" />
        <strong>{words}</strong>
        <Spot at={["verifier", "verifier:verdict"]} inline />
      </div>
    );
  }
  const { accepted, failedAt, failed } = verdictOf(appraisal);
  return (
    <div className={accepted ? "verdict ok" : "verdict bad"}>
      <Mark kind={accepted ? "ok" : "bad"} />
      <div>
        <strong>{accepted ? texts.verifier.accepted : texts.verifier.refused}</strong>
        <Spot at={["verifier", "verifier:verdict"]} inline />
        <p>
          {accepted
            ? texts.verifier.acceptedDetail(appraisal.result.checks.length, appraisal.durationMs)
            : texts.verifier.refusedDetail(failedAt, failed)}
        </p>
        {byEdited(judge, appraisal.result) && <p>{texts.verifier.edit.judged}</p>}
        {outdated(judge, appraisal.result) && <p>{texts.verifier.edit.outdated}</p>}
      </div>
    </div>
  );
}
