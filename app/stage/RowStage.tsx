/** The stage's row form: each box a tag on one line, for when the lens needs the room or the stage has not enough of it. */
import { type CSSProperties, Fragment } from "react";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { splitError } from "../facts/format.ts";
import { useFacts } from "../facts/store.ts";
import { BoxIcon, Pause, Shield, Sliders } from "../icons/icons.tsx";
import { Mark, Outcome } from "../icons/marks.tsx";
import { enterZoom } from "../page/page.ts";
import { giveMonitor, openBox, startMachine, useView } from "../page/session.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { stateWord } from "./Box.tsx";
import { frame } from "./colours.ts";
import { WireName } from "./WireColumn.tsx";

function State({ box }: { box: BoxFacts }) {
  const { state } = box.status;
  if (state === "suspended") return <Pause />;
  if (state !== "halted") return null;
  return (
    <span className="outcome bad">
      <Mark kind="bad" />
    </span>
  );
}

function Tag({ box }: { box: BoxFacts }) {
  const view = useView();
  const { status, path } = box;
  const className = ["tag", status.kind, status.state, status.management ? "management" : ""].join(" ");
  return (
    <span className={className} style={{ "--frame": frame(box.id) } as CSSProperties} data-anchor={path}>
      <Spot at={path} />
      <button
        type="button"
        className="box-open"
        aria-label={texts.stage.boxButton(status.name, status.kind, stateWord(box))}
        title={stateWord(box)}
        onClick={() => openBox(view, box)}
        onKeyDown={(event) => {
          if (event.key === "m") giveMonitor(view, box.platform, box.id).catch(() => undefined);
          if (event.key === "i") enterZoom({ kind: "box", path });
        }}
      >
        <BoxIcon status={status} />
        {status.name}
        <State box={box} />
      </button>
    </span>
  );
}

/** A machine that is off or did not start: why, and the way back on. */
function Trouble({ machine }: { machine: MachineFacts }) {
  const view = useView();
  const { info, power, error, powerOns } = machine;
  if (power === "starting" || (power === "off" && powerOns === 0))
    return <span className="quiet">{texts.stage.wait}</span>;
  return (
    <span className="row-trouble">
      {power === "failed" ? (
        <Outcome kind="bad">{splitError(error ?? "").code}</Outcome>
      ) : (
        <span className="quiet">{texts.stage.off}</span>
      )}
      <button
        type="button"
        className="chip"
        title={error ?? undefined}
        onClick={() => void startMachine(view, info.id)}
      >
        {texts.stage.powerOn(info.id)}
      </button>
    </span>
  );
}

function Row({ machine }: { machine: MachineFacts }) {
  const { info, boxes, tvmm, power } = machine;
  return (
    <div className="row-machine" data-anchor={info.id}>
      <Spot at={info.id} />
      <button
        type="button"
        className="row-name"
        data-return={`machine:${info.id}`}
        aria-label={texts.machine.open(info.id)}
        onClick={() => enterZoom({ kind: "machine", platform: info.id, tab: "calls" })}
      >
        <Sliders />
        {info.id}
      </button>
      {boxes.map((box) => (
        <Tag key={box.id} box={box} />
      ))}
      {power !== "on" && <Trouble machine={machine} />}
      <span className={tvmm === "release" ? "tag slab-tag" : "tag slab-tag other"} data-anchor={`${info.id}/tvmm`}>
        <Spot at={`${info.id}/tvmm`} />
        {texts.stage.tvmm} {tvmm}
      </span>
    </div>
  );
}

export function RowStage({ machines }: { machines: readonly MachineFacts[] }) {
  const appraisal = useFacts((facts) => facts.appraisal);
  const wires = useFacts((facts) => facts.wires);
  return (
    <div className="row-stage">
      {machines.map((machine, index) => (
        <Fragment key={machine.info.id}>
          {index > 0 && (
            <div className="row-wires">
              {index === 1 && wires.map((wire) => <WireName key={wire.id} wire={wire} spell />)}
              <span className="row-line" />
            </div>
          )}
          <Row machine={machine} />
        </Fragment>
      ))}
      {machines.length === 1 && (
        <>
          <span className="row-line" />
          <span className="tag" data-anchor="verifier">
            <Spot at="verifier" />
            <Shield />
            {texts.stage.verifier}
            {appraisal && (
              <Outcome kind={appraisal.result.accepted ? "ok" : "bad"}>
                {appraisal.result.accepted ? texts.verifier.accepted : texts.verifier.refused}
              </Outcome>
            )}
          </span>
        </>
      )}
    </div>
  );
}
