/**
 * A disk's blocks under their hash tree: root, one hash block a row, 128 cells each. Cells fill as the TVMM checks what the
 * guest reads; a block that did not verify is an octagon with both digests.
 */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import { type BlockMap, FAILED, VERIFIED } from "../facts/blocks.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { count } from "../facts/format.ts";
import { Mark, Outcome } from "../icons/marks.tsx";
import { useTheme } from "../page/media.ts";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { blockAt, CELL_HEIGHT, CELLS, cellAt, type MapLayout, mapLayout, PITCH, rowOf } from "./layout.ts";
import { paint } from "./paint.ts";

function stateWord(map: BlockMap, block: number): string {
  const state = map.states[block];
  if (state === VERIFIED) return texts.measurements.verified;
  return state === FAILED ? texts.measurements.failed : texts.measurements.unchecked;
}

/** Is any block of that row checked? Then its hash block was read, and checked, too. */
function rowRead(map: BlockMap, row: number): boolean {
  for (let block = row * CELLS; block < Math.min(map.states.length, (row + 1) * CELLS); block += 1) {
    if (map.states[block] !== 0) return true;
  }
  return false;
}

const ROOT = { x: 2, width: 36 };
const HASH = { x: 86, width: 14 };

function HashTree({ layout, map }: { layout: MapLayout; map: BlockMap }) {
  const middle = Math.min(layout.height, 12 * PITCH) / 2;
  const failedRow = map.firstFailed === null ? -1 : rowOf(map.firstFailed);
  return (
    <svg className="hash-tree" width={layout.left} height={layout.height} aria-hidden="true">
      {Array.from({ length: layout.rows }, (_, row) => {
        const y = row * PITCH + PITCH / 2;
        const failed = row === failedRow;
        const from = ROOT.x + ROOT.width;
        const bend = (from + HASH.x) / 2;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row of the map is its number
          <g key={row} className={failed ? "failed" : rowRead(map, row) ? "read" : ""}>
            <path d={`M${from} ${middle}C${bend} ${middle} ${bend} ${y} ${HASH.x} ${y}`} />
            <rect x={HASH.x} y={y - 4.5} width={HASH.width} height={9} />
            <path d={`M${HASH.x + HASH.width} ${y}H${layout.left - 6}`} />
          </g>
        );
      })}
      <rect
        className={failedRow >= 0 ? "root failed" : "root"}
        x={ROOT.x}
        y={middle - 11}
        width={ROOT.width}
        height={22}
        rx={2}
      />
      <text
        className={failedRow >= 0 ? "root-text failed" : "root-text"}
        x={ROOT.x + ROOT.width / 2}
        y={middle + 4}
        textAnchor="middle"
      >
        {texts.measurements.root}
      </text>
    </svg>
  );
}

function Callout({
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
  const left = Math.max(layout.left, Math.min(x, width - 330));
  const about = halt?.block === block ? halt : undefined;
  return (
    <>
      <span className="failed-cell outcome bad" style={{ left: x + layout.cell / 2 - 8, top: y + CELL_HEIGHT / 2 - 8 }}>
        <Mark kind="bad" />
      </span>
      <div className="callout" style={{ left, top: y + PITCH + 4 }}>
        <Spot at={[`measurements:${disk.name}`, "measurements:block"]} />
        <p>
          <strong>{texts.measurements.failedBlock(block)}</strong> {texts.measurements.readByGuest}
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

function Legend({ map }: { map: BlockMap }) {
  const total = map.states.length;
  return (
    <p className="legend">
      <span>
        <i className="cell verified" /> {texts.measurements.verified} {count(map.verified)}
      </span>
      <span>
        <i className="cell" /> {texts.measurements.unchecked} {count(total - map.verified - map.failed)}
      </span>
      {map.failed > 0 && (
        <Outcome kind="bad">
          {texts.measurements.failed} {count(map.failed)}
        </Outcome>
      )}
    </p>
  );
}

export function BlockMapView({ box, disk, map }: { box: BoxFacts; disk: MeasurementNode; map: BlockMap }) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const theme = useTheme((state) => state.theme);
  const total = map.states.length;
  const layout = mapLayout(total, width);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version, theme and size are what calls for painting
  useEffect(() => {
    if (canvas.current && width > 0) paint(canvas.current, map, layout, width, chosen);
  }, [map, map.version, width, chosen, theme, total]);

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: CELLS, ArrowUp: -CELLS };
    const by = steps[event.key];
    if (by === undefined) return;
    setChosen((before) => (before === null ? (map.firstFailed ?? 0) : Math.min(total - 1, Math.max(0, before + by))));
    event.preventDefault();
  };
  return (
    <div className="map">
      <div className="map-head">
        <span className="map-tree-title">{texts.measurements.tree}</span>
        <span>{texts.measurements.blocks(total)}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a map of blocks has no element of its own */}
      <div
        className="map-body"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from block to block
        tabIndex={0}
        aria-label={`${texts.measurements.map(disk.name)}: ${count(map.verified)} ${texts.measurements.verified}, ${count(map.failed)} ${texts.measurements.failed}`}
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows do the same */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the arrows do the same */}
        <div
          className="map-area"
          ref={place}
          style={{ height: layout.height + (map.failed > 0 ? 64 : 0) }}
          onClick={(event) => {
            const { left, top } = event.currentTarget.getBoundingClientRect();
            setChosen(blockAt(event.clientX - left, event.clientY - top, layout, total));
          }}
        >
          <HashTree layout={layout} map={map} />
          <canvas ref={canvas} style={{ width, height: layout.height }} />
          <Callout box={box} disk={disk} map={map} layout={layout} width={width} />
        </div>
      </div>
      <div className="map-foot">
        <Legend map={map} />
        <span role="status" className="quiet">
          {chosen !== null && texts.measurements.block(chosen, stateWord(map, chosen))}
        </span>
      </div>
    </div>
  );
}
