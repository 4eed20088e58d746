/** Back, play, step, permalink. */
import { useEffect, useState } from "react";
import type { Scenario } from "../../engine/scenarios/index.ts";
import { Link, Next, Pause, Play, Restart } from "../icons/icons.tsx";
import { stepLink } from "../page/session.ts";
import { copyText } from "../parts/copy.ts";
import { texts } from "../texts.ts";
import { atStart, back, busy, finished, goOn, type Lesson, pause, play } from "./lesson.ts";

export function Transport({ lesson, scenario }: { lesson: Lesson; scenario: Scenario }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const done = finished(lesson);
  const under = busy(lesson);
  const plays = lesson.playing || lesson.goal !== null;
  const start = atStart(lesson);
  const toStart = start && lesson.at > 0 ? texts.lesson.toStartBefore : texts.lesson.toStart;
  const label = plays ? texts.lesson.pause : texts.lesson.play;
  const broke = lesson.broken.has(lesson.at);
  const step = start ? texts.lesson.run : broke ? texts.lesson.again : texts.lesson.next;
  return (
    <div className="transport">
      <button
        type="button"
        className="icon-button"
        aria-label={toStart}
        title={`${toStart} (B)`}
        disabled={under}
        onClick={() => void back()}
      >
        <Restart />
      </button>
      <button
        type="button"
        className="icon-button play"
        aria-label={label}
        title={`${label} (Space)`}
        disabled={!plays && (done || under)}
        onClick={() => (plays ? pause() : void play())}
      >
        {plays ? <Pause /> : <Play />}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={step}
        title={`${step} (N)`}
        disabled={under || (done && !start && !broke)}
        onClick={() => void goOn()}
      >
        <Next />
      </button>
      <span className="transport-place">
        {copied ? texts.lesson.linkCopied : texts.lesson.position(lesson.at + 1, scenario.steps.length)}
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
