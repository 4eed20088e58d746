/** The teacher's column: the lesson's steps, the current one open, what should happen and what did; the transport at its foot. */
import { useEffect, useRef, useState } from "react";
import type { StepReport } from "../../engine/lab/index.ts";
import type { Scenario, Step } from "../../engine/scenarios/index.ts";
import { Caret } from "../icons/icons.tsx";
import { StepMark } from "../icons/marks.tsx";
import { backToLesson, strayed, usePage } from "../page/page.ts";
import { texts } from "../texts.ts";
import { type Lesson, openStep, useLesson } from "./lesson.ts";
import { OpenStep } from "./OpenStep.tsx";
import { Transport } from "./Transport.tsx";

function FoldedLine({ last, onOpen, open }: { last: number; onOpen: () => void; open: boolean }) {
  return (
    <li>
      <button
        type="button"
        className="step-line folded"
        aria-expanded={open}
        aria-label={open ? texts.lesson.fold : texts.lesson.unfold}
        onClick={onOpen}
      >
        <StepMark kind="done" />
        <span className="step-title">{texts.lesson.folded(last)}</span>
        <span className={open ? "turned" : ""}>
          <Caret />
        </span>
      </button>
    </li>
  );
}

function StepLine({ step, number, report }: { step: Step; number: number; report: StepReport | undefined }) {
  const kind = !report ? "to-come" : report.passed ? "done" : "unexpected";
  return (
    <li>
      <button type="button" className="step-line" onClick={() => useLesson.setState({ opened: step.id })}>
        <StepMark kind={kind} />
        <span className="step-digit">{number}</span>
        <span className="step-title">{step.title}</span>
        <span className="visually-hidden">
          {report ? (report.passed ? texts.lesson.asExpected : texts.lesson.notAsExpected) : texts.lesson.toCome}
        </span>
      </button>
    </li>
  );
}

function Steps({ lesson, scenario }: { lesson: Lesson; scenario: Scenario }) {
  const [unfolded, setUnfolded] = useState(false);
  const open = openStep(lesson);
  const openIndex = open ? scenario.steps.indexOf(open) : 0;
  // Done steps before the last one fold into one line.
  const fold = openIndex >= 2 ? openIndex - 1 : 0;
  const list = useRef<HTMLOListElement>(null);
  const reported = lesson.reports[openIndex] !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another open step, or its outcome, is the reason to scroll
  useEffect(() => {
    const part = reported ? ".step-open .step-foot" : ".step-open";
    list.current?.querySelector(part)?.scrollIntoView({ block: "nearest" });
  }, [open?.id, lesson.running, reported]);
  return (
    <ol className="steps" aria-label={texts.lesson.steps} ref={list}>
      {fold > 0 && <FoldedLine last={fold} open={unfolded} onOpen={() => setUnfolded(!unfolded)} />}
      {scenario.steps.map((step, index) => {
        if (index < fold && !unfolded) return null;
        const report = lesson.reports[index];
        if (step !== open) return <StepLine key={step.id} step={step} number={index + 1} report={report} />;
        return <OpenStep key={step.id} step={step} index={index} lesson={lesson} />;
      })}
    </ol>
  );
}

export function LessonColumn() {
  const lesson = useLesson();
  const back = usePage(strayed);
  const { scenario } = lesson;
  return (
    <aside className="lesson" id="lesson" aria-label={texts.regions.lesson} data-region="lesson" tabIndex={-1}>
      {scenario ? (
        <>
          <div className="lesson-head">
            <p className="quiet">{scenario.chapter}</p>
            <h1>{scenario.title}</h1>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer */}
          <section className="lesson-body" tabIndex={0} aria-label={texts.lesson.steps}>
            <Steps lesson={lesson} scenario={scenario} />
          </section>
          {back && (
            <div className="lesson-back">
              <button type="button" className="button" onClick={backToLesson}>
                {texts.lesson.back}
              </button>
            </div>
          )}
          <Transport lesson={lesson} scenario={scenario} />
        </>
      ) : (
        <>
          <h1 className="visually-hidden">{texts.name}</h1>
          <p className="lesson-none">{texts.lesson.none}</p>
        </>
      )}
    </aside>
  );
}
