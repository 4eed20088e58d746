/** Geometry of the block map: 128 cells a row, since a hash block holds 128 digests; the map is the tree. Pure. */

export const CELLS = 128;
/** Distance of rows, and height of a cell, in CSS pixels. */
export const PITCH = 16;
export const CELL_HEIGHT = 13;
/** Room for root, curves and hash blocks left of the cells. */
export const TREE_WIDTH = 140;

export interface MapLayout {
  rows: number;
  height: number;
  /** Width of one cell with its gap. */
  cell: number;
  left: number;
}

export function mapLayout(total: number, width: number): MapLayout {
  const rows = Math.ceil(total / CELLS);
  const left = TREE_WIDTH;
  return { rows, height: Math.max(1, rows) * PITCH, cell: Math.max(2, (width - left - 4) / CELLS), left };
}

export const rowOf = (block: number) => Math.floor(block / CELLS);
export const columnOf = (block: number) => block % CELLS;

/** Upper left corner of a block's cell. */
export function cellAt(block: number, layout: MapLayout): { x: number; y: number } {
  return { x: layout.left + columnOf(block) * layout.cell, y: rowOf(block) * PITCH + (PITCH - CELL_HEIGHT) / 2 };
}

/** The block under a point, or null. */
export function blockAt(x: number, y: number, layout: MapLayout, total: number): number | null {
  const column = Math.floor((x - layout.left) / layout.cell);
  const row = Math.floor(y / PITCH);
  if (column < 0 || column >= CELLS || row < 0) return null;
  const block = row * CELLS + column;
  return block < total ? block : null;
}
