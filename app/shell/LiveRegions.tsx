/** What screen readers hear by themselves: the step, its outcome, the verdict, a box that halts. Politely, and never while a box only ticks. */
import { allBoxes } from "../facts/facts.ts";
import { shortenDigests } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { type Lesson, useLesson } from "../lesson/lesson.ts";
import { texts } from "../texts.ts";

const WORDS = texts.lesson;

/** A step's name, and its outcome if it has one. */
function told({ scenario, reports, broken }: Lesson, index: number): string {
  const step = scenario?.steps[index];
  if (!step) return "";
  const name = `${WORDS.position(index + 1, scenario.steps.length)}. ${step.title}.`;
  const report = reports[index];
  if (!report) return name;
  const verdict = report.passed ? WORDS.asExpected : broken.has(index) ? WORDS.didNotEnd : WORDS.notAsExpected;
  return `${name} ${WORDS.observed}: ${shortenDigests(report.observed)} ${verdict}.`;
}

function stepWords(lesson: Lesson): string {
  const { scenario, at, reports, running, playing, goal, note } = lesson;
  if (goal !== null) {
    const under = scenario?.steps[reports.length];
    return running && under ? WORDS.replays(reports.length + 1, under.title, goal) : WORDS.opensAnew;
  }
  // Where one step follows the other at once, the outcome of the one before would be gone before it is heard.
  const before = running && playing ? told(lesson, at - 1) : "";
  const words = [before, told(lesson, at), reports[at] ? "" : note, running ? `${WORDS.running}.` : ""];
  return words.filter(Boolean).join(" ");
}

export function LiveRegions() {
  const lesson = useLesson();
  const appraisal = useFacts((facts) => facts.appraisal);
  const halted = useFacts((facts) =>
    allBoxes(facts)
      .filter(({ status }) => status.state === "halted")
      .map(({ path }) => WORDS.halted(path))
      .join(" "),
  );
  const failed = appraisal?.result.checks.findIndex((check) => !check.passed) ?? -1;
  const check = appraisal?.result.checks[failed];
  return (
    <div className="visually-hidden">
      <p role="status" data-live="step">
        {stepWords(lesson)}
      </p>
      <p role="status" data-live="verdict">
        {appraisal &&
          (check
            ? `${texts.verifier.refused}, ${texts.verifier.refusedDetail(failed + 1, check.name)}`
            : texts.verifier.accepted)}
      </p>
      <p role="status" data-live="halted">
        {halted}
      </p>
    </div>
  );
}
