/** The remote party's buttons: challenge a closed box, judge its answer again, keep it. */
import { splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Save } from "../icons/icons.tsx";
import { Mark } from "../icons/marks.tsx";
import { challenge, useChallengeable, useSession, useView } from "../page/session.ts";
import { Refusal } from "../parts/call.tsx";
import { saveFile } from "../parts/save.ts";
import { texts } from "../texts.ts";
import { evidenceFiles } from "./evidence-files.ts";
import { appraiseAgain, useJudge } from "./judge.ts";
import { tar } from "./tar.ts";

export function SaveEvidence() {
  const view = useView();
  const appraisal = useFacts((facts) => facts.appraisal);
  if (!appraisal) return null;
  const save = async () => {
    const policy = await view.terra.policy();
    const files = await evidenceFiles(appraisal.evidence, appraisal.nonce, policy.hardwareRoots ?? []);
    saveFile("evidence.tar", tar(files));
  };
  return (
    <button type="button" className="chip" title={texts.verifier.saveWhy} onClick={() => void save()}>
      <Save />
      {texts.verifier.save}
    </button>
  );
}

export function Ask() {
  const view = useView();
  const boxes = useChallengeable();
  const { asking, askError } = useSession();
  const appraisal = useFacts((facts) => facts.appraisal);
  const policyError = useJudge((state) => state.error);
  const error = askError === null ? null : splitError(askError);
  if (boxes.length === 0 && !appraisal) return <p className="quiet">{texts.verifier.noClosed}</p>;
  return (
    <div className="ask">
      {appraisal && (
        <button
          type="button"
          className="button"
          disabled={asking !== null}
          title={texts.verifier.edit.againWhy}
          onClick={() => void appraiseAgain(view)}
        >
          {texts.verifier.edit.again}
        </button>
      )}
      {boxes.map(({ path, status }) => (
        <button
          key={path}
          type="button"
          className="button strong"
          disabled={asking !== null}
          onClick={() => void challenge(view, path)}
        >
          {texts.verifier.challenge(status.name)}
        </button>
      ))}
      {error && (
        <p className="ask-error">
          <span className="outcome bad">
            <Mark kind="bad" />
            <strong>{error.code}</strong>
          </span>{" "}
          {texts.verifier.failedToAsk} {error.text}
        </p>
      )}
      {policyError !== null && <Refusal {...splitError(policyError)} />}
    </div>
  );
}
