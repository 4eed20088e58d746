/**
 * The lesson's yellow numbers: in its text, and at the same time on the thing spoken of, wherever that is shown. A place names
 * itself ("alice/hello", "verifier:tvmm"); the open step says which numbers stand there. Yellow is used for nothing else.
 */
import { openStep, useLesson } from "../lesson/lesson.ts";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";

const ring = (ringed: number | null) => usePage.setState({ ringed });

/** Numbers that stand at any of these places now. */
export function useNumbers(places: readonly string[]): number[] {
  const lesson = useLesson();
  const step = openStep(lesson);
  return Object.entries(step?.markers ?? {})
    .filter(([, place]) => places.includes(place))
    .map(([number]) => Number(number));
}

/** The marker on the thing itself. */
export function Spot({ at, inline = false }: { at: string | readonly string[]; inline?: boolean }) {
  const numbers = useNumbers(typeof at === "string" ? [at] : at);
  const ringed = usePage((page) => page.ringed);
  if (numbers.length === 0) return null;
  return (
    <span className={inline ? "spot inline" : "spot"}>
      {numbers.map((number) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: hovering only shows what the text's marker does for keyboards too
        <span
          key={number}
          className={ringed === number ? "marker ringed" : "marker"}
          data-spot={number}
          onMouseEnter={() => ring(number)}
          onMouseLeave={() => ring(null)}
        >
          <span className="visually-hidden">{texts.lesson.marker(number)}</span>
          <span aria-hidden="true">{number}</span>
        </span>
      ))}
    </span>
  );
}

/** The marker in the text. */
export function TextMarker({ number }: { number: number }) {
  const ringed = usePage((page) => page.ringed);
  return (
    <button
      type="button"
      className={ringed === number ? "marker in-text ringed" : "marker in-text"}
      aria-label={texts.lesson.marker(number)}
      onMouseEnter={() => ring(number)}
      onMouseLeave={() => ring(null)}
      onClick={() => document.querySelector(`[data-spot="${number}"]`)?.scrollIntoView({ block: "nearest" })}
      onFocus={() => ring(number)}
      onBlur={() => ring(null)}
    >
      {number}
    </button>
  );
}
