/** An open box's inside: the last lines of its console on the stage's own paper, or a miniature of its picture. They stay when it panics. */
import { useTails } from "../console/consoles.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { Outcome } from "../icons/marks.tsx";
import { texts } from "../texts.ts";
import { Loading } from "./Loading.tsx";
import { Miniature } from "./Miniature.tsx";
import { Suspended } from "./Suspended.tsx";

function haltWords(halt: BoxFacts["status"]["halt"]): string {
  if (halt?.reason === "panic") return texts.stage.panic;
  return halt ? texts.stage.haltedBy(halt.reason) : texts.stage.halted;
}

const NOTHING: readonly string[] = [];

export function OpenBody({ box }: { box: BoxFacts }) {
  const lines = useTails((tails) => tails[`${box.platform}/${box.id}`]) ?? NOTHING;
  const { state, halt } = box.status;
  if (state === "off" || box.starting) {
    return (
      <div className="box-body centre">
        {box.starting ? (
          <Loading
            loaded={box.starting.loaded}
            total={box.starting.total}
            words={texts.stage.starting(box.starting.phase, box.starting.loaded, box.starting.total)}
          />
        ) : (
          <span className="quiet">{texts.stage.off}</span>
        )}
      </div>
    );
  }
  return (
    <div className="box-body box-screen">
      {box.status.picture ? (
        <Miniature box={box} />
      ) : (
        <div className="screen-lines" role="img" aria-label={`${box.status.name}: ${lines.slice(-6).join(". ")}`}>
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a screen are told apart by their place
            <div key={index}>
              {line || "\u00a0"}
              {state === "on" && index === lines.length - 1 && <span className="screen-cursor" />}
            </div>
          ))}
        </div>
      )}
      {state === "halted" && (
        <p className="box-halt">
          <Outcome kind="bad">{haltWords(halt)}</Outcome>
        </p>
      )}
      {state === "suspended" && <Suspended />}
    </div>
  );
}
