/**
 * The step that stands open: text, what the student guesses, what should happen, what did and what that rests on, "As expected" or
 * not, and the way on. What should happen is told once it was guessed or has begun.
 */
import type { StepReport } from "../../engine/lab/index.ts";
import type { Step } from "../../engine/scenarios/index.ts";
import { totalProgress } from "../facts/facts.ts";
import { bytesOf, shortenDigests, splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { Mark, StepMark } from "../icons/marks.tsx";
import { Prose } from "../parts/Prose.tsx";
import { texts } from "../texts.ts";
import { GuessForm, GuessMade } from "./Guess.tsx";
import { again, busy, finished, goOn, goToStep, type Lesson } from "./lesson.ts";
import { RestsOn } from "./RestsOn.tsx";

function Underway() {
  const { loaded, total } = totalProgress(useFacts());
  return (
    <dd className="outcome">
      <Mark kind="open" />
      <span>{loaded < total ? bytesOf(loaded, total) : texts.lesson.running}</span>
    </dd>
  );
}

/** The step's error in words, where it did not come to an end. */
function Broken({ observed }: { observed: string }) {
  const { code, text } = splitError(observed);
  return (
    <dd className="step-error">
      {code !== "internal" && <strong>{code}</strong>}
      <span>{shortenDigests(text)}</span>
    </dd>
  );
}

function Verdict({ passed, broken }: { passed: boolean; broken: boolean }) {
  return (
    <span className="step-verdict">
      <StepMark kind={passed ? "done" : "unexpected"} />
      {passed ? texts.lesson.asExpected : broken ? texts.lesson.didNotEnd : texts.lesson.notAsExpected}
    </span>
  );
}

interface Props {
  step: Step;
  index: number;
  lesson: Lesson;
}

/** What is to be done with the step as it stands; nothing while anything is under way. */
function Way({ index, lesson }: { index: number; lesson: Lesson }) {
  if (busy(lesson)) return null;
  const current = index === lesson.at;
  if (lesson.broken.has(index)) {
    return (
      <button type="button" className="button" onClick={() => void again(index)}>
        {texts.lesson.again}
      </button>
    );
  }
  if (!current) {
    return (
      <button type="button" className="button" onClick={() => void goToStep(index)}>
        {texts.lesson.goHere}
      </button>
    );
  }
  const run = index === lesson.reports.length;
  if (!run && finished(lesson)) {
    const passed = lesson.reports.filter((report) => report.passed).length;
    return <span className="quiet">{texts.lesson.finished(passed, lesson.reports.length)}</span>;
  }
  return (
    <button type="button" className="button" onClick={() => void goOn()}>
      {run ? texts.lesson.run : texts.lesson.next}
      <span className="key">N</span>
    </button>
  );
}

/** How the step's start was come to, or how far the way there is. */
function Note({ index, lesson }: { index: number; lesson: Lesson }) {
  const { goal, note, reports, scenario } = lesson;
  if (index !== lesson.at) return null;
  const under = goal === null ? undefined : scenario?.steps[reports.length];
  const words =
    goal === null
      ? note
      : lesson.running && under
        ? texts.lesson.replays(reports.length + 1, under.title, goal)
        : texts.lesson.opensAnew;
  return words === null ? null : <p className="step-note">{words}</p>;
}

function Facts({ step, index, lesson, report }: Props & { report: StepReport | undefined }) {
  const running = lesson.running && lesson.goal === null && index === lesson.reports.length;
  const told = report !== undefined || running || !step.guess || lesson.guesses[step.id] !== undefined;
  const broken = lesson.broken.has(index);
  return (
    <>
      {step.guess && !report && <GuessForm step={step} answers={step.guess} />}
      <dl className="step-facts">
        {told && (
          <>
            <dt>{texts.lesson.expected(step.paper)}</dt>
            <dd>{step.expected}</dd>
          </>
        )}
        {report && <GuessMade step={step} />}
        {(running || report) && <dt>{texts.lesson.observed}</dt>}
        {running && <Underway />}
        {report && (broken ? <Broken observed={report.observed} /> : <dd>{shortenDigests(report.observed)}</dd>)}
        {report && <RestsOn step={step} report={report} />}
      </dl>
    </>
  );
}

export function OpenStep({ step, index, lesson }: Props) {
  const current = index === lesson.at;
  const report = lesson.reports[index];
  return (
    <li className={current ? "step-open current" : "step-open"} aria-current={current ? "step" : undefined}>
      <h2>
        <span className="step-number">{index + 1}</span>
        <span>{step.title}</span>
      </h2>
      <Note index={index} lesson={lesson} />
      <Prose paragraphs={step.text} />
      <Facts step={step} index={index} lesson={lesson} report={report} />
      <div className="step-foot">
        {report && <Verdict passed={report.passed} broken={lesson.broken.has(index)} />}
        <Way index={index} lesson={lesson} />
      </div>
    </li>
  );
}
