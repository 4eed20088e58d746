/**
 * Lines and blocks of text mode, drawn to the very edges of a cell so that they join at any size; fonts leave gaps.
 * Measures are device pixels.
 */

/** Arms of a line-drawing character: left, right, up, down; 0 none, 1 single, 2 double. */
const ARMS: Record<string, [number, number, number, number]> = {
  "│": [0, 0, 1, 1],
  "┤": [1, 0, 1, 1],
  "╡": [2, 0, 1, 1],
  "╢": [1, 0, 2, 2],
  "╖": [1, 0, 0, 2],
  "╕": [2, 0, 0, 1],
  "╣": [2, 0, 2, 2],
  "║": [0, 0, 2, 2],
  "╗": [2, 0, 0, 2],
  "╝": [2, 0, 2, 0],
  "╜": [1, 0, 2, 0],
  "╛": [2, 0, 1, 0],
  "┐": [1, 0, 0, 1],
  "└": [0, 1, 1, 0],
  "┴": [1, 1, 1, 0],
  "┬": [1, 1, 0, 1],
  "├": [0, 1, 1, 1],
  "─": [1, 1, 0, 0],
  "┼": [1, 1, 1, 1],
  "╞": [0, 2, 1, 1],
  "╟": [0, 1, 2, 2],
  "╚": [0, 2, 2, 0],
  "╔": [0, 2, 0, 2],
  "╩": [2, 2, 2, 0],
  "╦": [2, 2, 0, 2],
  "╠": [0, 2, 2, 2],
  "═": [2, 2, 0, 0],
  "╬": [2, 2, 2, 2],
  "╧": [2, 2, 1, 0],
  "╨": [1, 1, 2, 0],
  "╤": [2, 2, 0, 1],
  "╥": [1, 1, 0, 2],
  "╙": [0, 1, 2, 0],
  "╘": [0, 2, 1, 0],
  "╒": [0, 2, 0, 1],
  "╓": [0, 1, 0, 2],
  "╫": [1, 1, 2, 2],
  "╪": [2, 2, 1, 1],
  "┘": [1, 0, 1, 0],
  "┌": [0, 1, 0, 1],
};

/** Left, top, right, bottom in halves of a cell. */
const BLOCKS: Record<string, [number, number, number, number]> = {
  "█": [0, 0, 2, 2],
  "▄": [0, 1, 2, 2],
  "▀": [0, 0, 2, 1],
  "▌": [0, 0, 1, 2],
  "▐": [1, 0, 2, 2],
};

const SHADES: Record<string, number> = { "░": 0.25, "▒": 0.5, "▓": 0.75 };

type Pen = Pick<OffscreenCanvasRenderingContext2D, "fillRect" | "globalAlpha">;

/** Draws the character into the cell with its left top at x, y; false if it is none of these. */
export function drawBox(pen: Pen, character: string, x: number, y: number, width: number, height: number): boolean {
  const block = BLOCKS[character];
  if (block) {
    const half = (at: number, size: number) => (at === 1 ? Math.round(size / 2) : at === 2 ? size : 0);
    const [left, top, right, bottom] = block;
    const from = half(left, width);
    const above = half(top, height);
    pen.fillRect(x + from, y + above, half(right, width) - from, half(bottom, height) - above);
    return true;
  }
  const shade = SHADES[character];
  if (shade !== undefined) {
    pen.globalAlpha = shade;
    pen.fillRect(x, y, width, height);
    pen.globalAlpha = 1;
    return true;
  }
  const arms = ARMS[character];
  if (!arms) return false;
  const [left, right, up, down] = arms;
  const thick = Math.max(1, Math.round(width / 8));
  const middle = Math.floor((width - thick) / 2);
  const centre = Math.floor((height - thick) / 2);
  // The two strokes of a double line lie this far from where a single one would.
  const apart = Math.max(1, thick);
  const offsets = (arm: number) => (arm === 2 ? [-apart, apart] : arm === 1 ? [0] : []);
  const spread = (a: number, b: number) => (Math.max(a, b) === 2 ? apart : 0);
  const across = spread(up, down);
  const along = spread(left, right);
  for (const each of offsets(left)) pen.fillRect(x, y + centre + each, middle + across + thick, thick);
  for (const each of offsets(right))
    pen.fillRect(x + middle - across, y + centre + each, width - middle + across, thick);
  for (const each of offsets(up)) pen.fillRect(x + middle + each, y, thick, centre + along + thick);
  for (const each of offsets(down)) pen.fillRect(x + middle + each, y + centre - along, thick, height - centre + along);
  return true;
}
