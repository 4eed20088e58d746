/** The verifier, drawn where the paper's figure has the other side: outside every machine, at the far end of the line. */
import { shortDigest } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Shield } from "../icons/icons.tsx";
import { Mark, Outcome } from "../icons/marks.tsx";
import { challenge, useChallengeable, useSession, useView } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { CHECKS } from "../verifier/checks.ts";
import { useChecking } from "../verifier/falling.ts";
import { Capsule } from "./Capsule.tsx";
import { WireRun } from "./WireColumn.tsx";

function Verdict() {
  const appraisal = useFacts((facts) => facts.appraisal);
  const asking = useSession((session) => session.asking);
  const checking = useChecking();
  if (asking) {
    return (
      <p className="party-verdict">
        <Outcome kind="open">{texts.verifier.asking(asking.split("/")[1] ?? asking)}</Outcome>
      </p>
    );
  }
  if (checking !== null) {
    return (
      <p className="party-verdict">
        <Outcome kind="open">{texts.verifier.checkingAt(checking, CHECKS.length)}</Outcome>
      </p>
    );
  }
  if (!appraisal) return <p className="party-verdict quiet">{texts.stage.nothingYet}</p>;
  const { checks, accepted, layers } = appraisal.result;
  const failed = checks.findIndex((check) => !check.passed);
  const vm = layers.find((layer) => layer.layer === "vm");
  return (
    <div className={accepted ? "party-verdict verdict ok" : "party-verdict verdict bad"}>
      <Mark kind={accepted ? "ok" : "bad"} />
      <div>
        <strong>{accepted ? texts.verifier.accepted : texts.verifier.refused}</strong>
        <p>
          {accepted
            ? texts.verifier.acceptedDetail(checks.length, appraisal.durationMs)
            : texts.verifier.refusedDetail(failed + 1, checks[failed]?.name ?? "")}
        </p>
        {vm && (
          <>
            {vm.product && <p>{`${vm.product} ${vm.version ?? ""}`}</p>}
            <p className="mono">{shortDigest(vm.digest)}</p>
          </>
        )}
      </div>
    </div>
  );
}

export function RemoteParty() {
  const view = useView();
  const boxes = useChallengeable();
  const wires = useFacts((facts) => facts.wires);
  const asking = useSession((session) => session.asking);
  return (
    <>
      <div className="wire">
        {wires.map((wire) => (
          <WireRun key={wire.id} wire={wire} />
        ))}
        <Capsule />
        <p className="wire-note">{texts.stage.wire}</p>
      </div>
      <article className="party" aria-labelledby="party-name" data-anchor="verifier">
        <Spot at="verifier" />
        <header>
          <h2 id="party-name">{texts.stage.verifier}</h2>
          <span className="quiet">{texts.stage.verifierRole}</span>
        </header>
        <div className="party-body">
          <Shield />
          <p className="quiet">{texts.stage.verifierOutside}</p>
          <Verdict />
          {boxes.map(({ path, status }) => (
            <button
              key={path}
              type="button"
              className="button"
              disabled={asking !== null}
              onClick={() => void challenge(view, path)}
            >
              {texts.stage.challenge(status.name)}
            </button>
          ))}
        </div>
      </article>
    </>
  );
}
