/** The step that stands open: text, what should happen, what did, "As expected" or not, and the way on. */
import type { StepReport } from "../../engine/lab/index.ts";
import type { Step } from "../../engine/scenarios/index.ts";
import { totalProgress } from "../facts/facts.ts";
import { bytesOf, shortenDigests } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Mark, StepMark } from "../icons/marks.tsx";
import { Prose } from "../parts/Prose.tsx";
import { texts } from "../texts.ts";
import { nextStep } from "./lesson.ts";

function Underway() {
  const { loaded, total } = totalProgress(useFacts());
  return (
    <dd className="outcome">
      <Mark kind="open" />
      <span>{loaded < total ? bytesOf(loaded, total) : texts.lesson.running}</span>
    </dd>
  );
}

interface Props {
  step: Step;
  number: number;
  report: StepReport | undefined;
  running: boolean;
  current: boolean;
  offerNext: boolean;
  offerStart: boolean;
}

export function OpenStep({ step, number, report, running, current, offerNext, offerStart }: Props) {
  return (
    <li className={current ? "step-open current" : "step-open"} aria-current={current ? "step" : undefined}>
      <h2>
        <span className="step-number">{number}</span>
        <span>{step.title}</span>
      </h2>
      <Prose paragraphs={step.text} />
      <dl className="step-facts">
        <dt>{texts.lesson.expected(step.paper)}</dt>
        <dd>{step.expected}</dd>
        {running && (
          <>
            <dt>{texts.lesson.observed}</dt>
            <Underway />
          </>
        )}
        {report && (
          <>
            <dt>{texts.lesson.observed}</dt>
            <dd>{shortenDigests(report.observed)}</dd>
          </>
        )}
      </dl>
      {(report || offerStart) && (
        <div className="step-foot">
          {report && (
            <span className="step-verdict">
              <StepMark kind={report.passed ? "done" : "unexpected"} />
              {report.passed ? texts.lesson.asExpected : texts.lesson.notAsExpected}
            </span>
          )}
          {offerNext && (
            <button type="button" className="button" onClick={() => void nextStep()}>
              {offerStart ? texts.lesson.start : texts.lesson.next}
              <span className="key">N</span>
            </button>
          )}
        </div>
      )}
    </li>
  );
}
