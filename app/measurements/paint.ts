/** Paints the cells of a block map onto the page's own canvas. Which blocks are what is decided elsewhere. */
import { type BlockMap, UNCHECKED, VERIFIED } from "../facts/blocks.ts";
import { colour } from "../page/media.ts";
import { cellAt, type MapLayout } from "./layout.ts";

export function paint(
  canvas: HTMLCanvasElement,
  map: BlockMap,
  layout: MapLayout,
  width: number,
  chosen: number | null,
): void {
  const scale = window.devicePixelRatio || 1;
  const w = Math.round(width * scale);
  const h = Math.round(layout.height * scale);
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, layout.height);
  const verified = colour("ok-fill");
  const dot = colour("edge");
  const gap = layout.cell > 3 ? 1 : 0.5;
  // A block that failed has an octagon of its own over its place.
  for (const state of [UNCHECKED, VERIFIED]) {
    context.fillStyle = state === VERIFIED ? verified : dot;
    for (let block = 0; block < map.states.length; block += 1) {
      if (map.states[block] !== state) continue;
      const { x, y } = cellAt(block, layout);
      if (state === UNCHECKED) context.fillRect(x + layout.cell / 2 - 0.5, y + layout.cellHeight / 2 - 0.5, 1, 1);
      else context.fillRect(x, y, layout.cell - gap, layout.cellHeight);
    }
  }
  if (chosen !== null && chosen < map.states.length) {
    const { x, y } = cellAt(chosen, layout);
    context.strokeStyle = colour("ink");
    context.lineWidth = 2;
    context.strokeRect(x - 1.5, y - 1.5, layout.cell + 2, layout.cellHeight + 3);
  }
}
