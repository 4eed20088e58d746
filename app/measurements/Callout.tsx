/** The block that did not verify: an octagon over its cell, when it was asked for, what the tree says and what the block is. */
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { BlockMap } from "../facts/blocks.ts";
import { useFactsNow } from "../facts/current.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { seconds } from "../facts/format.ts";
import { Mark } from "../icons/marks.tsx";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { cellAt, type MapLayout } from "./layout.ts";

/** Room for its longest sentence, in CSS pixels. */
const WIDEST = 400;
/** Its height, and that of the gap to its block. */
export const CALLOUT = 64;

/** When the TVMM told that the box stopped, or would not start, over its content. */
function useHaltTime({ path }: BoxFacts): string | null {
  return useFactsNow(({ messages }) => {
    const told = messages.findLast(
      ({ kind, outcome, from, to }) => kind === "halt" && outcome === "refused" && (from === path || to === path),
    );
    return told ? seconds(told.time) : null;
  });
}

interface Props {
  box: BoxFacts;
  disk: MeasurementNode;
  map: BlockMap;
  block: number;
  layout: MapLayout;
  width: number;
}

export function Callout({ box, disk, block, layout, width }: Props) {
  const { halt, checking } = box.status;
  const time = useHaltTime(box);
  const { x, y } = cellAt(block, layout);
  // It stands under its block, and ends there where it would leave the map; under the last rows it stands above.
  const side = x + WIDEST < width ? { left: x } : { right: Math.max(0, width - x - 60) };
  const above = y + layout.pitch + CALLOUT > layout.height && y > CALLOUT;
  const about = halt?.block === block ? halt : undefined;
  const words = checking === "ahead-of-time" ? texts.measurements.foundBefore : texts.measurements.readByGuest;
  return (
    <>
      <span
        className="failed-cell outcome bad"
        style={{ left: x + layout.cell / 2 - 8, top: y + layout.cellHeight / 2 - 8 }}
      >
        <Mark kind="bad" />
      </span>
      <div className="callout" style={{ ...side, top: above ? y - CALLOUT + 4 : y + layout.pitch + 4 }}>
        <Spot at={[`measurements:${disk.name}`, "measurements:block"]} />
        <p>
          <strong>{texts.measurements.failedBlock(block)}</strong> {words(time)}
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
