/** Lens "Measurements": one tree from the chip to the block. What was measured is not judged; what the TVMM checked is. */
import type { MeasurementNode } from "../../engine/lab/api.ts";
import { setTotal } from "../facts/blocks.ts";
import { allBoxes, pickBox, useFactsNow } from "../facts/current.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { splitError } from "../facts/format.ts";
import { blocksOf, useBlocksVersion } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";
import { BlockMapView } from "./BlockMapView.tsx";
import { TreeRows } from "./TreeRows.tsx";
import { type BoxTree, useBoxTree } from "./tree.ts";

function useMeasuredBox(): BoxFacts | undefined {
  const chosen = usePage((page) => page.box);
  return useFactsNow((facts) => {
    const closed = pickBox(facts, chosen, (box) => box.status.kind === "closed" || box.path === chosen);
    return closed ?? pickBox(facts, chosen, () => true);
  });
}

export function MeasurementsTools() {
  const boxes = useFactsNow(allBoxes);
  const shown = useMeasuredBox();
  return (
    <>
      {shown && <span className="quiet tool-note">{texts.measurements.modes[shown.status.checking]}</span>}
      {boxes.map(({ path, status }) => (
        <button
          key={path}
          type="button"
          className="chip"
          aria-pressed={path === shown?.path}
          onClick={() => usePage.setState({ box: path })}
        >
          {status.name}
        </button>
      ))}
    </>
  );
}

function Disk({ box, digest, disk }: { box: BoxFacts; digest: string; disk: MeasurementNode }) {
  useBlocksVersion();
  const map = blocksOf(`${box.platform}/${box.id}`, disk.name);
  if (disk.blocks) setTotal(map, disk.blocks.total);
  return <BlockMapView key={`${box.path}/${disk.name}`} box={box} digest={digest} disk={disk} map={map} />;
}

function Tree({ box, tree }: { box: BoxFacts; tree: BoxTree }) {
  const disk = tree.parts.find(({ kind }) => kind === "disk");
  return (
    <div className="measurements">
      <TreeRows box={box} tree={tree} />
      {disk && <Disk box={box} digest={tree.box.digest} disk={disk} />}
    </div>
  );
}

export function MeasurementsLens() {
  const box = useMeasuredBox();
  const { tree, error } = useBoxTree(box);
  if (!box || (!tree && error === null)) {
    return <div className="empty">{box ? texts.measurements.opening : texts.measurements.empty}</div>;
  }
  if (!tree) {
    const { code, text } = splitError(error ?? "");
    return (
      <div className="empty">
        <p>{texts.measurements.fails}</p>
        <p className="outcome bad">
          <Mark kind="bad" />
          <strong>{code}</strong>
        </p>
        <p className="error-text">{text}</p>
      </div>
    );
  }
  return <Tree box={box} tree={tree} />;
}
