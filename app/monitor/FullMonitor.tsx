/** Zoom: the monitor in the place of stage and lens. Esc leaves it, unless a box has the keyboard. */
import { leaveZooms } from "../page/page.ts";
import { ZoomHead } from "../parts/ZoomHead.tsx";
import { texts } from "../texts.ts";
import { BoxList } from "./BoxList.tsx";
import { Picture, useMonitorMachine } from "./MonitorLens.tsx";

export function FullMonitor() {
  const machine = useMonitorMachine();
  return (
    <>
      <ZoomHead
        crumbs={[{ words: texts.regions.stage, go: leaveZooms }]}
        title={machine ? texts.monitor.title(machine.info.id) : texts.lenses.monitor}
      >
        {machine && <BoxList machine={machine} chips />}
      </ZoomHead>
      <div className="full-monitor">
        <Picture machine={machine} />
      </div>
    </>
  );
}
