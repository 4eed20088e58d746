/** Back, play, step, permalink. */
import { useEffect, useState } from "react";
import type { Scenario } from "../../engine/scenarios/index.ts";
import { Link, Next, Pause, Play, Restart } from "../icons/icons.tsx";
import { stepLink } from "../page/session.ts";
import { copyText } from "../parts/copy.ts";
import { texts } from "../texts.ts";
import { currentIndex, finished, type Lesson, nextStep, pause, play, restart } from "./lesson.ts";

export function Transport({ lesson, scenario }: { lesson: Lesson; scenario: Scenario }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const done = finished(lesson);
  const label = lesson.playing ? texts.lesson.pause : texts.lesson.play;
  return (
    <div className="transport">
      <button
        type="button"
        className="icon-button"
        aria-label={texts.lesson.restart}
        title={`${texts.lesson.restart} (B)`}
        disabled={lesson.running}
        onClick={() => void restart()}
      >
        <Restart />
      </button>
      <button
        type="button"
        className="icon-button play"
        aria-label={label}
        title={`${label} (Space)`}
        disabled={done}
        onClick={() => (lesson.playing ? pause() : void play())}
      >
        {lesson.playing ? <Pause /> : <Play />}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={texts.lesson.nextStep}
        title={`${texts.lesson.nextStep} (N)`}
        disabled={lesson.running || done}
        onClick={() => void nextStep()}
      >
        <Next />
      </button>
      <span className="transport-place">
        {copied ? texts.lesson.linkCopied : texts.lesson.position(currentIndex(lesson) + 1, scenario.steps.length)}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={texts.lesson.link}
        title={texts.lesson.link}
        onClick={() => void copyText(stepLink()).then(setCopied)}
      >
        <Link />
      </button>
    </div>
  );
}
