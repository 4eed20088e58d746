/** The stage's row form: each box a tag on one line, for when the lens needs the room. */
import type { CSSProperties } from "react";
import type { MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { Carton, Lock, Shield } from "../icons/icons.tsx";
import { Outcome } from "../icons/marks.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { frame } from "./colours.ts";

export function RowStage({ machines }: { machines: readonly MachineFacts[] }) {
  const appraisal = useFacts((facts) => facts.appraisal);
  return (
    <div className="row-stage">
      {machines.map(({ info, boxes, tvmm }) => (
        <div key={info.id} className="row-machine">
          <strong>{info.id}</strong>
          {boxes.map(({ path, status }, index) => (
            <span
              key={path}
              className={`tag ${status.kind} ${status.state}`}
              style={{ "--frame": frame(index) } as CSSProperties}
              data-anchor={path}
            >
              <Spot at={path} />
              {status.kind === "closed" ? <Lock /> : <Carton />}
              {status.name}
              {status.state === "halted" && (
                <span className="pill">
                  <Outcome kind="bad">{texts.stage.halted}</Outcome>
                </span>
              )}
            </span>
          ))}
          <span className="tag slab-tag" data-anchor={`${info.id}/tvmm`}>
            <Spot at={`${info.id}/tvmm`} />
            {texts.stage.tvmm} {tvmm}
          </span>
        </div>
      ))}
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
    </div>
  );
}
