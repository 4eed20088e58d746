/**
 * Where things stand on a box's surface, in device pixels: strip and frame, and inside them the guest's text or picture. The
 * vm worker draws by it, and the page lays the screen's text over it, so that it can be selected. It must not know what is drawn.
 */
import type { SurfaceSize } from "./person.ts";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A screen of text: so many cells, each of whole pixels. */
export interface Grid extends Box {
  cellWidth: number;
  cellHeight: number;
}

/** CSS pixels. */
export const FRAME = 3;
const STRIP = 40;
/** Between frame and text, the first that costs no width of cells; pictures get none. */
const TEXT_MARGINS = [8, 4, 2, 0];

/**
 * A cell is about twice as high as wide in JetBrains Mono; these are the bounds within which space is used up. In a wide and low
 * box the letters stand a little apart: larger ones are worth more than even spacing.
 */
const MIN_ASPECT = 1.5;
const MAX_ASPECT = 2.3;
/** Whole multiples keep pixels square. They are given up where a picture would leave more of its place's width and height empty. */
const LEAST_OF_PLACE = 0.8;

/** Where the guest's picture goes: inside frame and strip. */
export function pictureBox({ width, height, scale }: SurfaceSize): Box {
  const frame = Math.max(1, Math.round(FRAME * scale));
  const top = frame + Math.round(STRIP * scale);
  return { x: frame, y: top, width: Math.max(0, width - 2 * frame), height: Math.max(0, height - top - frame) };
}

/** The largest cells of whole pixels with which the text fits into the box, in its middle. */
export function gridIn(box: Box, columns: number, rows: number): Grid {
  const widest = Math.floor(box.width / columns);
  const highest = Math.floor(box.height / rows);
  const cellWidth = Math.max(1, Math.min(widest, Math.floor(highest / MIN_ASPECT)));
  const cellHeight = Math.max(1, Math.min(highest, Math.round(cellWidth * MAX_ASPECT)));
  const width = cellWidth * columns;
  const height = cellHeight * rows;
  return {
    cellWidth,
    cellHeight,
    width,
    height,
    x: box.x + Math.max(0, Math.floor((box.width - width) / 2)),
    y: box.y + Math.max(0, Math.floor((box.height - height) / 2)),
  };
}

/** The cells of a surface that shows text. */
export function textGrid(size: SurfaceSize, columns: number, rows: number): Grid {
  const { x, y, width, height } = pictureBox(size);
  const grids = TEXT_MARGINS.map((css) => {
    const margin = Math.round(css * size.scale);
    return gridIn(
      { x: x + margin, y: y + margin, width: width - 2 * margin, height: height - 2 * margin },
      columns,
      rows,
    );
  });
  const widest = Math.max(...grids.map(({ cellWidth }) => cellWidth));
  return grids.find(({ cellWidth }) => cellWidth === widest) ?? gridIn({ x, y, width, height }, columns, rows);
}

/** Where a picture of so many pixels is drawn, in the middle of its place. */
export function placeOfPicture(size: SurfaceSize, width: number, height: number): Box {
  const box = pictureBox(size);
  const fits = Math.min(box.width / width, box.height / height);
  const whole = Math.floor(fits);
  const factor = whole >= LEAST_OF_PLACE * fits ? whole : fits;
  const shownWidth = Math.round(width * factor);
  const shownHeight = Math.round(height * factor);
  return {
    x: box.x + Math.floor((box.width - shownWidth) / 2),
    y: box.y + Math.floor((box.height - shownHeight) / 2),
    width: shownWidth,
    height: shownHeight,
  };
}
