/** The TVMM's list of boxes: who has the monitor and keyboard, and whom the person gives them to. 1-9 choose. */
import type { CSSProperties } from "react";
import type { MachineFacts } from "../facts/facts.ts";
import { BoxIcon, Screen } from "../icons/icons.tsx";
import { giveMonitor, useView } from "../page/session.ts";
import { frame } from "../stage/colours.ts";
import { texts } from "../texts.ts";

export function BoxList({ machine, chips = false }: { machine: MachineFacts; chips?: boolean }) {
  const view = useView();
  const platform = machine.info.id;
  const give = (index: number) => {
    const box = machine.boxes[index];
    if (box) giveMonitor(view, platform, box.id).catch(() => undefined);
  };
  return (
    <ul
      className={chips ? "box-chips" : "box-list"}
      data-monitor-list={platform}
      onKeyDown={(event) => {
        const index = Number(event.key) - 1;
        if (!machine.boxes[index]) return;
        give(index);
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {machine.boxes.map((box, index) => {
        const has = machine.focus.box === box.id;
        return (
          <li key={box.id} style={{ "--frame": frame(box.id) } as CSSProperties}>
            <button
              type="button"
              className={chips ? "chip" : "box-list-button"}
              aria-pressed={has}
              aria-label={`${texts.monitor.give(box.status.name)}, ${box.status.kind}${has ? `, ${texts.monitor.has}` : ""}`}
              onClick={() => give(index)}
            >
              <span className="framed">
                <BoxIcon status={box.status} />
              </span>
              <span className="box-list-name">{box.status.name}</span>
              {!chips && <span className="quiet">{box.status.kind}</span>}
              {!chips && has && (
                <span className="box-list-has">
                  <Screen />
                  {texts.monitor.has}
                </span>
              )}
              <span className="key">{index + 1}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
