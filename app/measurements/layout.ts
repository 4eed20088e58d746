/**
 * Geometry of the block map: a row for each hash block, which holds 128 digests; the map is the tree. A disk of few blocks has
 * larger cells. Pure.
 */

/** Digests in a hash block: cells in a row. */
export const CELLS = 128;
/** Room for root, curves and hash blocks left of the cells, in CSS pixels. */
export const TREE_WIDTH = 140;

const MIN_PITCH = 16;
const MAX_PITCH = 40;
const MAX_CELL = 18;

export interface MapLayout {
  rows: number;
  /** Of all rows. */
  height: number;
  /** Distance of rows, and height of a cell. */
  pitch: number;
  cellHeight: number;
  /** Width of one cell with its gap. */
  cell: number;
  /** Where the cells begin. */
  left: number;
}

/** Fits `total` blocks into the width, and into the height as long as rows stay legible; beyond that the map scrolls. */
export function mapLayout(total: number, width: number, height: number): MapLayout {
  const rows = Math.max(1, Math.ceil(total / CELLS));
  const pitch = Math.min(MAX_PITCH, Math.max(MIN_PITCH, Math.floor(height / rows)));
  const columns = Math.min(CELLS, Math.max(1, total));
  const cell = Math.min(MAX_CELL, Math.max(2, (width - TREE_WIDTH - 4) / columns));
  return { rows, height: rows * pitch, pitch, cellHeight: pitch - 3, cell, left: TREE_WIDTH };
}

export const rowOf = (block: number) => Math.floor(block / CELLS);
export const columnOf = (block: number) => block % CELLS;

/** Upper left corner of a block's cell. */
export function cellAt(block: number, layout: MapLayout): { x: number; y: number } {
  return { x: layout.left + columnOf(block) * layout.cell, y: rowOf(block) * layout.pitch + 1.5 };
}

/** The block under a point, or null. */
export function blockAt(x: number, y: number, layout: MapLayout, total: number): number | null {
  const column = Math.floor((x - layout.left) / layout.cell);
  const row = Math.floor(y / layout.pitch);
  if (column < 0 || column >= CELLS || row < 0) return null;
  const block = row * CELLS + column;
  return block < total ? block : null;
}
