/**
 * What the guest's graphics card shows, as state: cells of text with their colours, or pictures. It draws nothing; surface.ts
 * does. All of it is the guest's, and may say anything.
 */
import { CP437 } from "./cp437.ts";
import type { Emulator, ScreenLayer } from "./v86-internals.ts";

export interface Cell {
  /** Code page 437. */
  code: number;
  /** 0xRRGGBB. */
  background: number;
  foreground: number;
}

export interface Cursor {
  row: number;
  column: number;
  visible: boolean;
  /** First and last of a cell's 16 lines. */
  start: number;
  end: number;
}

export interface Screen {
  readonly graphical: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Pixels, in graphical modes. */
  readonly width: number;
  readonly height: number;
  readonly cursor: Readonly<Cursor>;
  cell(row: number, column: number): Cell;
  /** Rows that changed since this was last asked. */
  takeChangedRows(): number[];
  /** In graphical modes: hands what changed to `draw`. */
  takePictures(draw: (layers: ScreenLayer[]) => void): void;
  /** Lines without their trailing blanks, nor empty lines at the end; nothing in graphical modes. */
  text(): string;
}

const LINES_OF_CELL = 16;
/** Three numbers for each cell: code, background, foreground. */
const FIELDS = 3;
/** More cells than any mode has; registers of a hostile guest give more. */
const MAX_CELLS = 32768;

/** Takes the place of v86's screen adapter. `onChange` is called at every change, often. */
export function watchScreen(emulator: Emulator, onChange: () => void): Screen {
  const adapter = emulator.screen_adapter;
  let graphical = false;
  let columns = 80;
  let rows = 25;
  let width = 0;
  let height = 0;
  let cells = new Int32Array(columns * rows * FIELDS);
  let changed = new Set<number>();
  let pictures: ((layers: ScreenLayer[]) => void) | undefined;
  const cursor: Cursor = { row: 0, column: 0, visible: true, start: 13, end: 14 };

  const allChanged = () => {
    changed = new Set(Array.from({ length: rows }, (_, row) => row));
    onChange();
  };
  const resize = (toColumns: number, toRows: number) => {
    if ((toColumns === columns && toRows === rows) || toColumns * toRows > MAX_CELLS) return;
    columns = toColumns;
    rows = toRows;
    cells = new Int32Array(columns * rows * FIELDS);
    allChanged();
  };

  Object.assign(adapter, {
    put_char(row, column, code, _flags, background, foreground) {
      if (row >= rows || column >= columns) return;
      const at = (row * columns + column) * FIELDS;
      if (cells[at] === code && cells[at + 1] === background && cells[at + 2] === foreground) return;
      cells[at] = code;
      cells[at + 1] = background;
      cells[at + 2] = foreground;
      changed.add(row);
      onChange();
    },
    set_mode(to) {
      graphical = to;
      allChanged();
    },
    clear_text_state() {
      cells.fill(0);
      allChanged();
    },
    clear_screen() {
      onChange();
    },
    set_size_text: resize,
    set_size_graphical(toWidth, toHeight) {
      width = toWidth;
      height = toHeight;
      onChange();
    },
    update_cursor(row, column) {
      if (cursor.row === row && cursor.column === column) return;
      changed.add(cursor.row).add(row);
      Object.assign(cursor, { row, column });
      onChange();
    },
    update_cursor_scanline(start, end, visible) {
      Object.assign(cursor, { start, end, visible });
      changed.add(cursor.row);
      onChange();
    },
    update_buffer(layers) {
      pictures?.(layers);
    },
  } satisfies Partial<Emulator["screen_adapter"]>);

  const codeAt = (row: number, column: number) => cells[(row * columns + column) * FIELDS] ?? 0;

  return {
    get graphical() {
      return graphical;
    },
    get columns() {
      return columns;
    },
    get rows() {
      return rows;
    },
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    cursor,
    cell(row, column) {
      const at = (row * columns + column) * FIELDS;
      return { code: cells[at] ?? 0, background: cells[at + 1] ?? 0, foreground: cells[at + 2] ?? 0 };
    },
    takeChangedRows() {
      const taken = [...changed].filter((row) => row < rows);
      changed.clear();
      return taken;
    },
    takePictures(draw) {
      pictures = draw;
      try {
        emulator.v86.cpu.devices.vga.screen_fill_buffer();
      } catch {
        // A mode that the guest has set half-way only: there is no picture yet.
      } finally {
        pictures = undefined;
      }
    },
    text() {
      if (graphical) return "";
      const lines = Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => CP437[codeAt(row, column)] ?? " ")
          .join("")
          .trimEnd(),
      );
      return lines.join("\n").trimEnd();
    },
  };
}

export const cursorLines = ({ start, end }: Readonly<Cursor>): { from: number; to: number } => ({
  from: Math.min(start, LINES_OF_CELL - 1) / LINES_OF_CELL,
  to: Math.min(end + 1, LINES_OF_CELL) / LINES_OF_CELL,
});
