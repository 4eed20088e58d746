/** What the student thinks will happen: chosen before the outcome is there, shown beside it afterwards. It is never needed to go on. */
import type { Step } from "../../engine/scenarios/index.ts";
import { texts } from "../texts.ts";
import { guess, useLesson } from "./lesson.ts";

export function GuessForm({ step, answers }: { step: Step; answers: readonly string[] }) {
  const chosen = useLesson(({ guesses }) => guesses[step.id]);
  return (
    <fieldset className="guess">
      <legend>{texts.lesson.willHappen}</legend>
      {answers.map((answer, index) => (
        <label key={answer}>
          <input
            type="radio"
            name={`guess-${step.id}`}
            checked={chosen === index}
            onChange={() => guess(step, index)}
          />
          <span>{answer}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function GuessMade({ step }: { step: Step }) {
  const chosen = useLesson(({ guesses }) => guesses[step.id]);
  const words = chosen === undefined ? undefined : step.guess?.[chosen];
  if (words === undefined) return null;
  return (
    <>
      <dt>{texts.lesson.guess}</dt>
      <dd>{words}</dd>
    </>
  );
}
