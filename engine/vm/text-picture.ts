/**
 * Draws the cells of text mode, each on whole device pixels, so that letters are crisp at any scale. Letters are drawn once
 * for each colour and kept.
 */
import { type Grid, gridIn } from "../protocol/surface-layout.ts";
import { drawBox } from "./box-drawing.ts";
import { CP437 } from "./cp437.ts";
import { MONO, MONO_ADVANCE } from "./fonts.ts";
import { cursorLines, type Screen } from "./screen.ts";

type Pen = OffscreenCanvasRenderingContext2D;

/** Letters of this many cell heights keep their descenders. */
const LETTER_HEIGHT = 0.94;
/** Bright colours are set bold, as terminals do. */
const BRIGHT = 0xff;
const KEPT_COLUMNS = 64;
const KEPT = 1024;
const SHEET_CELL = { width: 10, height: 20 };

const css = (colour: number) => `#${(colour & 0xffffff).toString(16).padStart(6, "0")}`;

export interface TextPicture {
  /** Where the cells are; forgets kept letters if they have another size now. */
  fit(grid: Grid): void;
  drawRow(pen: Pen, screen: Screen, row: number): void;
}

export function textPicture(): TextPicture {
  let grid: Grid = { x: 0, y: 0, width: 0, height: 0, cellWidth: 0, cellHeight: 0 };
  const sheet = new OffscreenCanvas(1, 1);
  const places = new Map<string, number>();

  const forget = () => {
    places.clear();
    sheet.width = Math.max(1, grid.cellWidth * KEPT_COLUMNS);
    sheet.height = Math.max(1, grid.cellHeight * Math.ceil(KEPT / KEPT_COLUMNS));
  };

  /** Where the letter stands on the sheet. */
  const letter = (pen: Pen, code: number, foreground: number): { x: number; y: number } => {
    const { cellWidth, cellHeight } = grid;
    const key = `${code} ${foreground}`;
    let place = places.get(key);
    if (place === undefined) {
      if (places.size === KEPT) forget();
      place = places.size;
      places.set(key, place);
      const x = (place % KEPT_COLUMNS) * cellWidth;
      const y = Math.floor(place / KEPT_COLUMNS) * cellHeight;
      const character = CP437[code] ?? " ";
      pen.save();
      pen.beginPath();
      pen.rect(x, y, cellWidth, cellHeight);
      pen.clip();
      pen.fillStyle = css(foreground);
      if (!drawBox(pen, character, x, y, cellWidth, cellHeight)) {
        const size = Math.min(cellWidth / MONO_ADVANCE, cellHeight * LETTER_HEIGHT);
        const bright =
          ((foreground >> 16) & 255) === BRIGHT ||
          ((foreground >> 8) & 255) === BRIGHT ||
          (foreground & 255) === BRIGHT;
        pen.font = `${bright ? 700 : 400} ${size}px ${MONO}`;
        pen.fontKerning = "none";
        pen.textBaseline = "alphabetic";
        pen.textAlign = "center";
        pen.fillText(character, x + cellWidth / 2, y + Math.round((cellHeight + size * 0.7) / 2));
      }
      pen.restore();
    }
    return { x: (place % KEPT_COLUMNS) * cellWidth, y: Math.floor(place / KEPT_COLUMNS) * cellHeight };
  };

  return {
    fit(next) {
      const other = next.cellWidth !== grid.cellWidth || next.cellHeight !== grid.cellHeight;
      grid = next;
      if (other) forget();
    },
    drawRow(pen, screen, row) {
      const ink = sheet.getContext("2d");
      if (!ink) return;
      const { x: left, cellWidth, cellHeight } = grid;
      const y = grid.y + row * cellHeight;
      let from = 0;
      let ground = screen.cell(row, 0).background;
      for (let column = 1; column <= screen.columns; column++) {
        const next = column < screen.columns ? screen.cell(row, column).background : -1;
        if (next === ground) continue;
        pen.fillStyle = css(ground);
        pen.fillRect(left + from * cellWidth, y, (column - from) * cellWidth, cellHeight);
        from = column;
        ground = next;
      }
      for (let column = 0; column < screen.columns; column++) {
        const { code, foreground } = screen.cell(row, column);
        if (code === 0 || code === 32 || code === 255) continue;
        const place = letter(ink, code, foreground);
        pen.drawImage(
          sheet,
          place.x,
          place.y,
          cellWidth,
          cellHeight,
          left + column * cellWidth,
          y,
          cellWidth,
          cellHeight,
        );
      }
      const { cursor } = screen;
      if (cursor.visible && cursor.row === row && cursor.column < screen.columns) {
        const { from: top, to: bottom } = cursorLines(cursor);
        const above = Math.round(top * cellHeight);
        const colour = screen.cell(row, cursor.column).foreground;
        pen.fillStyle = colour === 0 ? "#aaaaaa" : css(colour);
        pen.fillRect(
          left + cursor.column * cellWidth,
          y + above,
          cellWidth,
          Math.max(1, Math.round(bottom * cellHeight) - above),
        );
      }
    },
  };
}

/** All of the text, in cells of 10 by 20 pixels. */
export function textSheet(screen: Screen): OffscreenCanvas {
  const { columns, rows } = screen;
  const canvas = new OffscreenCanvas(Math.max(1, columns * SHEET_CELL.width), Math.max(1, rows * SHEET_CELL.height));
  const pen = canvas.getContext("2d");
  const text = textPicture();
  text.fit(gridIn({ x: 0, y: 0, width: canvas.width, height: canvas.height }, columns, rows));
  for (let row = 0; pen && row < rows; row++) text.drawRow(pen, screen, row);
  return canvas;
}
