/**
 * Geometry of the block map: a row for each hash block, which holds 128 digests; the map is the tree. A disk of few blocks has
 * larger cells; one of many scrolls, and only the rows in sight are drawn. Pure.
 */

/** Digests in a hash block: cells in a row. */
export const CELLS = 128;
/** Room for root, curves and hash blocks left of the cells, in CSS pixels. */
export const TREE_WIDTH = 140;
/** Width of the whole disk in small, beside a map that scrolls. */
export const OVERVIEW = 12;

const MIN_PITCH = 16;
const MAX_PITCH = 40;
const MAX_CELL = 18;

export interface MapLayout {
  total: number;
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
  /** Where the overview begins; null: everything is in sight. */
  overview: number | null;
}

/** Fits `total` blocks into the width, and into the height as long as rows stay legible; beyond that the map scrolls. */
export function mapLayout(total: number, width: number, height: number): MapLayout {
  const rows = Math.max(1, Math.ceil(total / CELLS));
  const pitch = Math.min(MAX_PITCH, Math.max(MIN_PITCH, Math.floor(height / rows)));
  const columns = Math.min(CELLS, Math.max(1, total));
  const overview = rows * pitch > height ? width - OVERVIEW - 2 : null;
  const right = overview === null ? width - 4 : overview - 10;
  const cell = Math.min(MAX_CELL, Math.max(2, (right - TREE_WIDTH) / columns));
  return { total, rows, height: rows * pitch, pitch, cellHeight: pitch - 3, cell, left: TREE_WIDTH, overview };
}

export const rowOf = (block: number) => Math.floor(block / CELLS);
export const columnOf = (block: number) => block % CELLS;

/** Upper left corner of a block's cell. */
export function cellAt(block: number, layout: MapLayout): { x: number; y: number } {
  return { x: layout.left + columnOf(block) * layout.cell, y: rowOf(block) * layout.pitch + 1.5 };
}

/** The block under a point of the map, or null. */
export function blockAt(x: number, y: number, layout: MapLayout): number | null {
  const column = Math.floor((x - layout.left) / layout.cell);
  const row = Math.floor(y / layout.pitch);
  if (column < 0 || column >= CELLS || row < 0) return null;
  const block = row * CELLS + column;
  return block < layout.total ? block : null;
}

/** The rows that are in sight, the last one exclusive. */
export function rowsInSight(layout: MapLayout, top: number, height: number): { first: number; last: number } {
  const first = Math.min(layout.rows - 1, Math.max(0, Math.floor(top / layout.pitch)));
  return { first, last: Math.max(first + 1, Math.min(layout.rows, Math.ceil((top + height) / layout.pitch))) };
}

/** Where the map has to be scrolled to for a block to be in sight. */
export function scrolledTo(block: number, layout: MapLayout, top: number, height: number): number {
  const y = rowOf(block) * layout.pitch;
  if (y < top) return y;
  return y + layout.pitch > top + height ? y + layout.pitch - height : top;
}

/** The block that a key leads to; undefined for a key that leads nowhere. `page`: rows that are in sight. */
export function stepTo(key: string, at: number | null, total: number, page: number): number | undefined {
  const from = at ?? 0;
  const start = from - columnOf(from);
  const to: Record<string, number> = {
    ArrowRight: from + 1,
    ArrowLeft: from - 1,
    ArrowDown: from + CELLS,
    ArrowUp: from - CELLS,
    PageDown: from + CELLS * page,
    PageUp: from - CELLS * page,
    Home: start,
    End: start + CELLS - 1,
  };
  const next = to[key];
  if (next === undefined || total === 0) return undefined;
  // The first key only enters the map.
  if (at === null) return 0;
  return Math.min(total - 1, Math.max(0, next));
}

/** A hash block: its level (0 holds the data blocks' digests), its number there, and where it lies in the medium, in blocks. */
export interface HashBlock {
  level: number;
  index: number;
  place: number;
}

/** The hash blocks from the top of the tree down to the one that holds the block's digest; none over a single block. */
export function hashBlocksOver(block: number, total: number): HashBlock[] {
  const sizes: number[] = [];
  for (let below = total; below > 1; ) {
    below = Math.ceil(below / CELLS);
    sizes.push(below);
  }
  // The levels lie from the top down behind the data.
  let place = total;
  return sizes
    .map((_, at) => sizes.length - 1 - at)
    .map((level) => {
      const index = Math.floor(block / CELLS ** (level + 1));
      const found = { level, index, place: place + index };
      place += sizes[level] ?? 0;
      return found;
    });
}
