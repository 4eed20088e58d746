/**
 * The screen's text, unseen and exactly over the picture's letters, so that it can be selected and copied. What is seen are the TVMM's
 * pixels alone; screen readers have the text elsewhere.
 */
import { type CSSProperties, memo, useEffect, useRef, useState } from "react";
import { type SurfaceSize, textGrid } from "../../engine/lab/index.ts";
import { copyText } from "../parts/copy.ts";
import { texts } from "../texts.ts";

/** Of JetBrains Mono: how wide a letter is, and how much of a cell's height it takes, as the TVMM draws it. */
const ADVANCE = 0.6;
const LETTER_HEIGHT = 0.94;

/** What the page's typeface has no letters for stands in cells of its own, or what follows it would be out of place. */
const FOREIGN = /([^ -~]+)/;

const Row = memo(function Row({ line }: { line: string }) {
  return (
    <div>
      {line.split(FOREIGN).map((run, index) =>
        index % 2 === 0 ? (
          run
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the runs of a line are told apart by their place
            key={index}
            className="text-foreign"
            style={{ width: `calc(${run.length} * var(--cell))` }}
          >
            {run}
          </span>
        ),
      )}
      {"\n"}
    </div>
  );
});

interface Props {
  text: string;
  columns: number;
  rows: number;
  size: SurfaceSize;
}

/** Is something selected in this element? */
function useSelected(element: { current: HTMLElement | null }): boolean {
  const [selected, setSelected] = useState(false);
  useEffect(() => {
    const look = () => {
      const selection = document.getSelection();
      const here = selection?.anchorNode && element.current?.contains(selection.anchorNode);
      setSelected(Boolean(here && !selection.isCollapsed));
    };
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, [element]);
  return selected;
}

export function TextLayer({ text, columns, rows, size }: Props) {
  const layer = useRef<HTMLDivElement>(null);
  const selected = useSelected(layer);
  const { scale } = size;
  const grid = textGrid(size, columns, rows);
  const cell = grid.cellWidth / scale;
  const height = grid.cellHeight / scale;
  const letter = Math.min(cell / ADVANCE, height * LETTER_HEIGHT);
  const style = {
    left: grid.x / scale,
    top: grid.y / scale,
    width: grid.width / scale,
    fontSize: letter,
    lineHeight: `${height}px`,
    letterSpacing: cell - letter * ADVANCE,
    "--cell": `${cell}px`,
    "--cell-height": `${height}px`,
  } as CSSProperties;
  return (
    <>
      <div ref={layer} className="text-layer" style={style} aria-hidden="true">
        {text.split("\n").map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a screen are told apart by their place
          <Row key={index} line={line} />
        ))}
      </div>
      {selected && (
        <button
          type="button"
          className="chip text-copy"
          tabIndex={-1}
          // The selection stays while the button is pressed.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => void copyText(document.getSelection()?.toString().replace(/\n\n/g, "\n") ?? "")}
        >
          {texts.monitor.copy}
        </button>
      )}
    </>
  );
}
