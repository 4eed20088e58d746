/**
 * One box as the machine's owner can see it. Open: see-through, the last lines of its console. Closed: solid grey, lock, what it
 * calls itself, its identity, and no screen: that is on the monitor only, where the person sees it.
 */
import type { CSSProperties } from "react";
import { cardsOf } from "../facts/devices.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { BoxIcon, Eye } from "../icons/icons.tsx";
import { enterZoom } from "../page/page.ts";
import { giveMonitor, openBox, useView } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { Blame } from "./Blame.tsx";
import { ClosedBody } from "./ClosedBody.tsx";
import { cardAnchor } from "./cards.ts";
import { OpenBody } from "./OpenBody.tsx";

export function stateWord(box: BoxFacts): string {
  const { state, halt } = box.status;
  if (box.starting) return texts.stage.isStarting;
  if (state === "halted" && halt?.reason === "panic") return texts.stage.panic;
  return state;
}

/** Where the box's network cards end, at its foot. */
function Cards({ box, machine }: { box: BoxFacts; machine: MachineFacts }) {
  const cards = cardsOf(machine, box.id);
  if (cards.length === 0) return null;
  return (
    <div className="cards">
      {cards.map(({ id, mac }) => (
        <span key={id} data-anchor={cardAnchor(machine.info.id, id)} title={`${id} ${mac ?? ""}`} />
      ))}
    </div>
  );
}

export function Box({ box, machine, frame }: { box: BoxFacts; machine: MachineFacts; frame: string }) {
  const view = useView();
  const { status } = box;
  const className = [
    "box",
    status.kind,
    status.state,
    box.starting ? "starting" : "",
    status.management ? "management" : "",
  ].join(" ");
  return (
    <section
      className={className}
      style={{ "--frame": frame } as CSSProperties}
      data-anchor={box.path}
      data-box={box.path}
      aria-label={`${box.path}, ${status.kind}, ${stateWord(box)}`}
    >
      <Spot at={box.path} />
      <Blame at={box.path} />
      <div className="box-head">
        <button
          type="button"
          className="box-open"
          aria-label={texts.stage.boxButton(status.name, status.kind, stateWord(box))}
          onClick={() => openBox(view, box)}
          onKeyDown={(event) => {
            if (event.key === "m") giveMonitor(view, box.platform, box.id).catch(() => undefined);
            if (event.key === "i") enterZoom({ kind: "box", path: box.path });
          }}
        >
          <BoxIcon status={status} />
          <span className="box-name">{status.name}</span>
          <span className="box-kind">{texts.stage[status.kind]}</span>
        </button>
        <button
          type="button"
          className="box-inspect"
          data-return={`box:${box.path}`}
          title={texts.box.inspect(box.path)}
          aria-label={texts.box.inspect(box.path)}
          onClick={() => enterZoom({ kind: "box", path: box.path })}
        >
          <Eye />
        </button>
      </div>
      {status.kind === "closed" ? <ClosedBody box={box} machine={machine} /> : <OpenBody box={box} />}
      <Cards box={box} machine={machine} />
    </section>
  );
}
