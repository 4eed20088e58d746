/** Accepted, refused and at which check, or nothing to check yet. */
import { useFacts } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { useSession } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { verdictOf } from "./checks.ts";

export function Verdict() {
  const appraisal = useFacts((facts) => facts.appraisal);
  const asking = useSession((session) => session.asking);
  if (asking !== null || !appraisal) {
    const words = asking === null ? texts.verifier.nothing : texts.verifier.asking(asking.split("/")[1] ?? asking);
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
      </div>
    </div>
  );
}
