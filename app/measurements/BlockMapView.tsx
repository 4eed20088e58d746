/**
 * A disk's blocks under their hash tree: root, one hash block a row, 128 cells each. Cells fill as the TVMM checks what the
 * guest reads; a block that did not verify is an octagon with both digests.
 */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import { type BlockMap, FAILED, VERIFIED } from "../facts/blocks.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { count } from "../facts/format.ts";
import { Outcome } from "../icons/marks.tsx";
import { useTheme } from "../page/media.ts";
import { texts } from "../texts.ts";
import { Callout } from "./Callout.tsx";
import { Confirm, SaveFiles } from "./Confirm.tsx";
import { HashTree } from "./HashTree.tsx";
import { blockAt, CELLS, mapLayout } from "./layout.ts";
import { paint } from "./paint.ts";

function stateWord(map: BlockMap, block: number): string {
  const state = map.states[block];
  if (state === VERIFIED) return texts.measurements.verified;
  return state === FAILED ? texts.measurements.failed : texts.measurements.unchecked;
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

interface Props {
  box: BoxFacts;
  /** Of the box itself: its descriptor's. */
  digest: string;
  disk: MeasurementNode;
  map: BlockMap;
}

export function BlockMapView({ box, digest, disk, map }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [{ width, height }, setSize] = useState({ width: 0, height: 0 });
  const [chosen, setChosen] = useState<number | null>(null);
  const theme = useTheme((state) => state.theme);
  const total = map.states.length;
  const layout = mapLayout(total, width, height - (map.failed > 0 ? 70 : 0));

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const body = element.parentElement ?? element;
    const measure = () => setSize({ width: element.clientWidth, height: body.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(body);
    measure();
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version, theme and size are what calls for painting
  useEffect(() => {
    if (canvas.current && width > 0) paint(canvas.current, map, layout, width, chosen);
  }, [map, map.version, width, height, chosen, theme, total]);

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
        <SaveFiles box={box} />
      </div>
      <Confirm box={box} digest={digest} />
    </div>
  );
}
