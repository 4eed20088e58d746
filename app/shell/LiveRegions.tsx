/** What screen readers hear by themselves: the step, its outcome, the verdict. Politely, and never while a box only ticks. */
import { useFacts } from "../facts/store.ts";
import { currentIndex, useLesson } from "../lesson/lesson.ts";
import { texts } from "../texts.ts";

function stepWords(lesson: ReturnType<typeof useLesson.getState>): string {
  const step = lesson.scenario?.steps[currentIndex(lesson)];
  if (!step) return "";
  const report = lesson.running ? undefined : lesson.reports.at(-1);
  const number = currentIndex(lesson) + 1;
  if (!report) return `${number}. ${step.title}`;
  const verdict = report.passed ? texts.lesson.asExpected : texts.lesson.notAsExpected;
  return `${number}. ${step.title}. ${texts.lesson.observed}: ${report.observed} ${verdict}.`;
}

export function LiveRegions() {
  const lesson = useLesson();
  const appraisal = useFacts((facts) => facts.appraisal);
  const failed = appraisal?.result.checks.findIndex((check) => !check.passed) ?? -1;
  const check = appraisal?.result.checks[failed];
  return (
    <div className="visually-hidden">
      <p role="status">{stepWords(lesson)}</p>
      <p role="status">
        {appraisal &&
          (check
            ? `${texts.verifier.refused}, ${texts.verifier.refusedDetail(failed + 1, check.name)}`
            : texts.verifier.accepted)}
      </p>
    </div>
  );
}
