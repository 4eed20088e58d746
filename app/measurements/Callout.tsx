/** The block that did not verify: an octagon over its cell, what the tree says and what the block is. */
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { BlockMap } from "../facts/blocks.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { Mark } from "../icons/marks.tsx";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { cellAt, type MapLayout } from "./layout.ts";

/** Room for its longest sentence, in CSS pixels. */
const WIDEST = 360;

export function Callout({
  box,
  disk,
  map,
  layout,
  width,
}: {
  box: BoxFacts;
  disk: MeasurementNode;
  map: BlockMap;
  layout: MapLayout;
  width: number;
}) {
  const { halt } = box.status;
  const block = map.firstFailed;
  if (block === null) return null;
  const { x, y } = cellAt(block, layout);
  // It stands under its block, and ends there where it would leave the map.
  const side = x + WIDEST < width ? { left: x } : { right: Math.max(0, width - x - 60) };
  const about = halt?.block === block ? halt : undefined;
  return (
    <>
      <span
        className="failed-cell outcome bad"
        style={{ left: x + layout.cell / 2 - 8, top: y + layout.cellHeight / 2 - 8 }}
      >
        <Mark kind="bad" />
      </span>
      <div className="callout" style={{ ...side, top: y + layout.pitch + 4 }}>
        <Spot at={[`measurements:${disk.name}`, "measurements:block"]} />
        <p>
          <strong>{texts.measurements.failedBlock(block)}</strong>{" "}
          {box.status.checking === "ahead-of-time" ? texts.measurements.foundBefore : texts.measurements.readByGuest}
        </p>
        {about?.expected !== undefined && about.found !== undefined && (
          <p>
            {texts.measurements.treeSays} <Digest value={about.expected} what={texts.measurements.treeSays} />{" "}
            <span className="callout-found">
              {texts.measurements.blockIs} <Digest value={about.found} what={texts.measurements.blockIs} />
            </span>
          </p>
        )}
      </div>
    </>
  );
}
