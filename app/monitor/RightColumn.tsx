/** From 1680 pixels on: the monitor over the verifier's checks and policy, beside stage and lens. */
import { Full } from "../icons/icons.tsx";
import { enterZoom, usePage } from "../page/page.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { VerifierColumn } from "../verifier/VerifierColumn.tsx";
import { BoxList } from "./BoxList.tsx";
import { MonitorChoice, Picture, useMonitorMachine } from "./MonitorLens.tsx";
import { Sign } from "./Sign.tsx";

export function RightColumn() {
  const machine = useMonitorMachine();
  const full = usePage((page) => page.zooms.some(({ kind }) => kind === "monitor"));
  return (
    <aside className="right" aria-label={texts.regions.right} data-region="right" tabIndex={-1}>
      <section className="right-monitor" data-beside="monitor" tabIndex={-1} aria-label={texts.lenses.monitor}>
        <div className="right-head">
          <h2 className="heading">{machine ? texts.monitor.title(machine.info.id) : texts.lenses.monitor}</h2>
          <Spot at="monitor" inline />
          <MonitorChoice />
          <button
            type="button"
            className="button quiet-button"
            aria-label={texts.monitor.full}
            onClick={() => enterZoom({ kind: "monitor" })}
          >
            <Full />
            <span className="key">F</span>
          </button>
        </div>
        {/* One canvas a box, so one place at a time shows it. */}
        <div className="right-picture">{!full && <Picture machine={machine} />}</div>
        {machine && <BoxList machine={machine} chips />}
        {machine && <Sign machine={machine} />}
      </section>
      <VerifierColumn />
    </aside>
  );
}
