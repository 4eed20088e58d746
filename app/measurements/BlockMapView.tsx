/**
 * A disk's blocks under their hash tree: root, one hash block a row, 128 cells each. Cells fill as the TVMM checks what the
 * guest reads; a block that did not verify is an octagon with both digests. Only what is in sight is painted.
 */
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import { type BlockMap, FAILED, VERIFIED } from "../facts/blocks.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { count } from "../facts/format.ts";
import { Outcome } from "../icons/marks.tsx";
import { colour, useTheme } from "../page/media.ts";
import { useView } from "../page/session.ts";
import { scaleOf } from "../parts/scale.ts";
import { texts } from "../texts.ts";
import { useBlockPath } from "./BlockPath.tsx";
import { CALLOUT, Callout } from "./Callout.tsx";
import { Confirm, SaveFile } from "./Confirm.tsx";
import { createFilling } from "./filling.ts";
import { blockAt, CELLS, cellAt, mapLayout, rowsInSight, scrolledTo, stepTo } from "./layout.ts";
import { readMedium, useVerityDisk } from "./media.ts";
import { type Ink, paint } from "./paint.ts";

const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

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

/** Colours and letters, read anew when the theme changes. */
function useInk(): Ink {
  const theme = useTheme((state) => state.theme);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tokens' values are the theme's
  return useMemo(
    () => ({
      ok: colour("ok-fill"),
      bad: colour("bad"),
      edge: colour("edge"),
      ink: colour("ink"),
      surface: colour("surface"),
      font: getComputedStyle(document.body).fontFamily,
    }),
    [theme],
  );
}

/** Size of an element without its scroll bar, in CSS pixels. */
function useSize(place: { current: HTMLElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [place]);
  return size;
}

interface BlocksProps {
  label: string;
  box: BoxFacts;
  disk: MeasurementNode;
  map: BlockMap;
  chosen: number | null;
  onChoose(block: number): void;
}

function Blocks({ label, box, disk, map, chosen, onChoose }: BlocksProps) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [filling] = useState(createFilling);
  const [hovered, setHovered] = useState<number | null>(null);
  const ink = useInk();
  const { width, height } = useSize(place);
  const layout = mapLayout(map.states.length, width, height - (map.failed > 0 ? CALLOUT + 6 : 0));
  const { firstFailed } = map;
  const treeRead = (disk.childCount ?? 0) > 0;

  const draw = useRef(() => {});
  draw.current = () => {
    const element = canvas.current;
    const top = place.current?.scrollTop ?? 0;
    if (!element || width === 0) return;
    const { first, last } = rowsInSight(layout, top, height);
    const end = Math.min(layout.total, last * CELLS);
    filling.look(map.states, first * CELLS, end, performance.now(), !STILL.matches);
    const seen = { map, layout, treeRead, rootWord: texts.measurements.root, width, height, top, chosen, hovered };
    paint(element, { ...seen, filled: filling.filled }, ink);
    if (filling.busy) requestAnimationFrame(() => draw.current());
  };
  // Painted with every rendering: what it shows has changed, or a frame of blocks has come.
  useLayoutEffect(() => draw.current());
  const scrollTo = (block: number) => {
    const element = place.current;
    if (element) element.scrollTop = scrolledTo(block, layout, element.scrollTop, height);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what failed is brought into sight once, with its callout
  useEffect(() => {
    if (place.current && firstFailed !== null) {
      place.current.scrollTop = cellAt(firstFailed, layout).y - height / 2;
    }
  }, [firstFailed, height > 0]);

  const blockUnder = (event: PointerEvent<HTMLElement>): number | null => {
    const element = event.currentTarget;
    const { left, top } = element.getBoundingClientRect();
    const scale = scaleOf(element);
    const [x, y] = [(event.clientX - left) / scale, (event.clientY - top) / scale];
    if (layout.overview === null || x < layout.overview - 4) return blockAt(x, y + element.scrollTop, layout);
    // The overview leads to where it is pressed.
    if (event.buttons > 0) element.scrollTop = (y / height) * layout.height - height / 2;
    return null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepTo(event.key, chosen, layout.total, Math.floor(height / layout.pitch));
    if (next === undefined) return;
    // Whoever comes into the map comes to what failed, if anything did.
    const to = chosen === null && firstFailed !== null ? firstFailed : next;
    onChoose(to);
    scrollTo(to);
    event.preventDefault();
  };
  const tip = hovered === null ? null : cellAt(hovered, layout);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a map of blocks has no element of its own
    <div
      className="map-body"
      ref={place}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows go from block to block
      tabIndex={0}
      aria-label={label}
      onKeyDown={onKeyDown}
      onScroll={() => requestAnimationFrame(() => draw.current())}
      onPointerMove={(event) => setHovered(blockUnder(event))}
      onPointerLeave={() => setHovered(null)}
      onPointerDown={(event) => {
        const block = blockUnder(event);
        if (block !== null) onChoose(block);
      }}
    >
      <div
        className="map-area"
        style={{ height: layout.height + (firstFailed !== null && layout.rows < 4 ? CALLOUT : 0) }}
      >
        <canvas ref={canvas} style={{ width, height }} />
        {firstFailed !== null && (
          <Callout box={box} disk={disk} map={map} block={firstFailed} layout={layout} width={width} />
        )}
        {tip && hovered !== null && (
          <span
            className="map-tip"
            style={{
              top: tip.y - 26 < (place.current?.scrollTop ?? 0) ? tip.y + layout.pitch + 2 : tip.y - 26,
              ...(tip.x > width - 170 ? { right: width - tip.x } : { left: tip.x }),
            }}
          >
            {texts.measurements.block(hovered, stateWord(map, hovered))}
          </span>
        )}
      </div>
    </div>
  );
}

interface Props {
  box: BoxFacts;
  disk: MeasurementNode;
  /** Where the disk lies, if it is known. */
  medium: string | undefined;
  map: BlockMap;
}

export function BlockMapView({ box, disk, medium, map }: Props) {
  const view = useView();
  const [chosen, setChosen] = useState<number | null>(null);
  const source = useVerityDisk(box, disk, medium);
  const at = chosen !== null && chosen < map.states.length ? chosen : null;
  const failed = map.failed > 0 ? map.states.indexOf(FAILED) : null;
  const { path, command } = useBlockPath({ box, disk, source, block: at, failed, onLeave: () => setChosen(null) });
  const total = map.states.length;
  return (
    <div className="map">
      <div className="map-head">
        <span className="map-tree-title">{texts.measurements.tree}</span>
        <span>{texts.measurements.blocks(total)}</span>
        <span className="map-mode">{texts.measurements.modes[box.status.checking]}</span>
      </div>
      <Blocks
        label={texts.measurements.map(disk.name, map.verified, map.failed)}
        box={box}
        disk={disk}
        map={map}
        chosen={at}
        onChoose={setChosen}
      />
      <div className="map-foot">
        <Legend map={map} />
        {medium !== undefined && (
          <SaveFile file={{ name: `${medium}.img`, read: () => readMedium(view, box.platform, medium) }} />
        )}
      </div>
      <div className="map-way">
        <span role="status" className={path ? "visually-hidden" : "quiet"}>
          {at === null ? texts.measurements.confirm : texts.measurements.block(at, stateWord(map, at))}
        </span>
        {path}
      </div>
      <Confirm command={command} />
    </div>
  );
}
