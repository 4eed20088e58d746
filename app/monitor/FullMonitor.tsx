/** Zoom: the monitor in the place of stage and lens. Esc leaves it, unless a box has the keyboard. */
import { Close } from "../icons/icons.tsx";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";
import { BoxList } from "./BoxList.tsx";
import { Picture, useMonitorMachine } from "./MonitorLens.tsx";

export function FullMonitor() {
  const machine = useMonitorMachine();
  return (
    <section className="zoom" aria-label={texts.monitor.full} data-region="lens" tabIndex={-1} id="lens">
      <header className="zoom-head">
        <span className="heading">{machine ? texts.monitor.title(machine.info.id) : texts.lenses.monitor}</span>
        {machine && <BoxList machine={machine} chips />}
        <button
          type="button"
          className="button quiet-button"
          aria-label={texts.monitor.leave}
          onClick={() => usePage.setState({ fullMonitor: false })}
        >
          <Close />
          <span className="key">Esc</span>
        </button>
      </header>
      <div className="full-monitor">
        <Picture machine={machine} />
      </div>
    </section>
  );
}
