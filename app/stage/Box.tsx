/**
 * One box as the machine's owner can see it. Open: see-through, the last lines of its console. Closed: solid grey, lock, what it
 * calls itself, its identity, and no screen: that is on the monitor only, where the person sees it.
 */
import type { CSSProperties } from "react";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { Carton, Lock } from "../icons/icons.tsx";
import { usePage } from "../page/page.ts";
import { giveMonitor, useView } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { ClosedBody } from "./ClosedBody.tsx";
import { OpenBody } from "./OpenBody.tsx";

function stateWord(box: BoxFacts): string {
  const { state, halt } = box.status;
  if (box.starting) return texts.stage.isStarting;
  if (state === "halted" && halt?.reason === "panic") return texts.stage.panic;
  return state;
}

/** Opens the box: its console where it has one, the monitor otherwise. */
function openBox(view: ReturnType<typeof useView>, box: BoxFacts): void {
  const hasConsole = box.status.console !== "none";
  if (!hasConsole) void giveMonitor(view, box.platform, box.id);
  usePage.setState({ box: box.path, lens: hasConsole ? "console" : "monitor", message: null, detent: "half" });
}

export function Box({ box, machine, frame }: { box: BoxFacts; machine: MachineFacts; frame: string }) {
  const view = useView();
  const { status } = box;
  const closed = status.kind === "closed";
  const className = ["box", status.kind, status.state, box.starting ? "starting" : ""].join(" ");
  return (
    <section
      className={className}
      style={{ "--frame": frame } as CSSProperties}
      data-anchor={box.path}
      data-box={box.path}
      aria-label={`${status.name}, ${status.kind}, ${stateWord(box)}`}
    >
      <Spot at={box.path} />
      <button
        type="button"
        className="box-head"
        aria-label={texts.stage.boxButton(status.name, status.kind, stateWord(box))}
        onClick={() => openBox(view, box)}
        onKeyDown={(event) => {
          if (event.key === "m") void giveMonitor(view, box.platform, box.id);
        }}
      >
        {closed ? <Lock /> : <Carton />}
        <span className="box-name">{status.name}</span>
        <span className="box-kind">{closed ? texts.stage.closed : texts.stage.open}</span>
      </button>
      {closed ? <ClosedBody box={box} machine={machine} /> : <OpenBody box={box} />}
    </section>
  );
}
