/**
 * Zoom: the owner's whole arsenal on one box, open or closed alike. For a closed box the TVMM refuses, and its words stand at the
 * button: the page keeps nobody from asking.
 */
import { allBoxes, useFactsNow } from "../facts/current.ts";
import { BoxIcon } from "../icons/icons.tsx";
import { enterZoom, leaveZooms } from "../page/page.ts";
import { Role } from "../parts/Role.tsx";
import { ZoomHead } from "../parts/ZoomHead.tsx";
import { stateWord } from "../stage/Box.tsx";
import { texts } from "../texts.ts";
import { KeysTool } from "./KeysTool.tsx";
import { MemoryTool } from "./MemoryTool.tsx";
import { ScreenshotTool } from "./ScreenshotTool.tsx";
import { SnapshotTool } from "./SnapshotTool.tsx";

export function BoxZoom({ path }: { path: string }) {
  const box = useFactsNow(allBoxes).find((each) => each.path === path);
  const [platform = "", name = path] = path.split("/");
  return (
    <>
      <ZoomHead
        crumbs={[
          { words: texts.regions.stage, go: leaveZooms },
          { words: platform, go: () => enterZoom({ kind: "machine", platform, tab: "calls" }) },
        ]}
        title={
          <>
            {box && <BoxIcon status={box.status} />}
            {name}
          </>
        }
        what={box ? `${texts.stage[box.status.kind]}, ${stateWord(box)}, ${box.status.memoryMiB} MiB` : ""}
      >
        <Role of="owner" />
      </ZoomHead>
      {box ? (
        <div className="box-zoom" key={box.id}>
          <MemoryTool box={box} />
          <div className="box-tools">
            <p className="call-why">{texts.box.why[box.status.kind]}</p>
            <ScreenshotTool box={box} />
            <KeysTool box={box} />
            <SnapshotTool box={box} />
          </div>
        </div>
      ) : (
        <div className="empty">{texts.box.gone(name)}</div>
      )}
    </>
  );
}
