/** What screen readers hear by themselves: the step, its outcome, the verdict, a box that halts. Politely, and never while a box only ticks. */
import { allBoxes } from "../facts/facts.ts";
import { shortenDigests } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { type Lesson, useLesson } from "../lesson/lesson.ts";
import { texts } from "../texts.ts";

const WORDS = texts.lesson;

function stepWords({ scenario, at, reports, running, goal, broken, note }: Lesson): string {
  const step = scenario?.steps[at];
  if (!step) return "";
  if (goal !== null) {
    const under = scenario?.steps[reports.length];
    return running && under ? WORDS.replays(reports.length + 1, under.title, goal) : WORDS.opensAnew;
  }
  const name = `${WORDS.position(at + 1, scenario.steps.length)}. ${step.title}.`;
  const report = reports[at];
  if (!report) return [name, note, running ? `${WORDS.running}.` : ""].filter(Boolean).join(" ");
  const verdict = report.passed ? WORDS.asExpected : broken.has(at) ? WORDS.didNotEnd : WORDS.notAsExpected;
  return `${name} ${WORDS.observed}: ${shortenDigests(report.observed)} ${verdict}.`;
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
