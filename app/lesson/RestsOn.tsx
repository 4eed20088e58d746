/** What a step's outcome rests on, each a way to the thing itself. */
import type { StepReport } from "../../engine/lab/index.ts";
import type { Step } from "../../engine/scenarios/index.ts";
import { allBoxes, useFactsNow } from "../facts/current.ts";
import { Arrows, Cable, Screen, Terminal, Tree } from "../icons/icons.tsx";
import { enterZoom, showInLens } from "../page/page.ts";
import { texts } from "../texts.ts";
import { artifacts, type Target } from "./artifacts.ts";

/** Where it was seen: on a monitor, in a console, on a wire, among messages, in the measurements. */
function Seen({ target }: { target: Target }) {
  if (target.kind === "zoom") return target.zoom.kind === "wire" ? <Cable /> : <Arrows />;
  if (target.lens === "monitor") return <Screen />;
  return target.lens === "console" ? <Terminal /> : <Tree />;
}

function go(target: Target): void {
  if (target.kind === "zoom") enterZoom(target.zoom);
  else showInLens(target.lens, target.box, target.digest);
}

export function RestsOn({ step, report }: { step: Step; report: StepReport }) {
  const list = useFactsNow((facts) => {
    const places = Object.values(step.markers ?? {});
    const boxes = allBoxes(facts).map(({ path, status }) => ({ path, console: status.console !== "none" }));
    return artifacts(report, { messages: facts.messages, boxes, places });
  });
  if (list.length === 0) return null;
  return (
    <>
      <dt>{texts.lesson.restsOn}</dt>
      <dd className="rests-on">
        {list.map(({ words, target }) =>
          target ? (
            <button
              key={words}
              type="button"
              className="chip"
              data-return={`artifact:${words}`}
              onClick={() => go(target)}
            >
              <Seen target={target} />
              {words}
            </button>
          ) : (
            <span key={words} className="quiet">
              {words}
            </span>
          ),
        )}
      </dd>
    </>
  );
}
