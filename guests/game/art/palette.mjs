// The 256 colours of the game and how light changes them. Pure.
//
// Rows of 16 shades. Rows 0 to 13 are also the colours that players wear: 0 to 7 go from dark to bright, 8 to 13 from bright to
// dark, as clients expect when they dress a player. 224 to 254 shine by themselves; 255 is drawn as nothing.

/** Darkest and brightest shade of a row, and one in the middle: most things are not grey in the dark. */
const ROWS = [
  ["000000", "75726c", "f4f1ea"], // 0 grey
  ["0c0604", "7a4a30", "e6bd97"], // 1 brown; the shirt of a model's skin
  ["06080c", "566272", "c6d4e2"], // 2 slate
  ["040a04", "3f7a33", "b2ec94"], // 3 green
  ["140202", "bb2a20", "ffa08c"], // 4 red
  ["0c0803", "8f6c38", "f2d79a"], // 5 wood
  ["100602", "a4562a", "ffcf9c"], // 6 orange; the trousers of a model's skin
  ["020a0b", "2a7f82", "a2ecea"], // 7 teal
  ["0a040e", "784a98", "dcb6f0"], // 8 purple
  ["0a0907", "7d7363", "e4dac6"], // 9 sandstone
  ["10070a", "b0607a", "ffc8d2"], // 10 rose
  ["060703", "5a5d2e", "c2c48a"], // 11 moss
  ["100c00", "c29a1a", "fff2a0"], // 12 yellow
  ["02040f", "2850be", "a0c4ff"], // 13 blue
  ["4a1e04", "ff9a2c", "fffbe0"], // 14 shining: flame and lamp light
];
const FIRST_TURNED_ROW = 8;
/** The last row: shades of shining red, green, blue and white. */
const SHINING =
  "8c0a0a d21e14 ff4632 ff9678 0a5a14 1ea028 46e650 aaffaa 0a2896 1e50dc 468cff a0d2ff c8e6ff e6f5ff ffffff".split(" ");
export const FIRST_SHINING = 224;
export const SHIRT = 16;
export const TROUSERS = 96;

const LEVELS = 64;
/** The level that shows a colour as it is; level 0 is twice as bright. */
const PLAIN_LEVEL = 32;

/** @type {[number, number, number][]} */
export const palette = makePalette();

function makePalette() {
  const colours = ROWS.flatMap((row, number) => {
    const [dark, middle, bright] = row.map(rgb);
    const shades = Array.from({ length: 16 }, (_, at) =>
      at < 8 ? blend(dark, middle, at / 8) : blend(middle, bright, (at - 8) / 7),
    );
    return number >= FIRST_TURNED_ROW && number * 16 < FIRST_SHINING ? shades.reverse() : shades;
  });
  return [...colours, ...SHINING.map(rgb), [160, 90, 140]];
}

function rgb(hex) {
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function blend(from, to, share) {
  return from.map((value, at) => Math.round(value + (to[at] - value) * share));
}

const ALL = Array.from({ length: FIRST_SHINING }, (_, at) => at);
const PLAIN = ALL.filter((at) => ![SHIRT, TROUSERS].some((row) => at >= row && at < row + 16));

/** The number of the colour that looks most like this one, of those that do not shine. @type {(colour: number[]) => number} */
export const nearest = chooser(ALL);

/** The same without the colours that become a player's own. @type {(colour: number[]) => number} */
export const nearestPlain = chooser(PLAIN);

function chooser(numbers) {
  const found = new Map();
  return (colour) => {
    const [red, green, blue] = colour.map((value) => Math.max(0, Math.min(255, Math.round(value))));
    const key = (red << 16) | (green << 8) | blue;
    if (!found.has(key)) {
      // The eye is most exact in green, least in blue.
      const far = numbers.map((at) => {
        const [r, g, b] = palette[at];
        return 3 * (r - red) ** 2 + 5 * (g - green) ** 2 + 2 * (b - blue) ** 2;
      });
      found.set(key, numbers[far.indexOf(Math.min(...far))]);
    }
    return found.get(key);
  };
}

/** gfx/palette.lmp: 256 times red, green, blue. */
export function paletteLump() {
  return Uint8Array.from(palette.flat());
}

/** gfx/colormap.lmp: for each of 64 levels, brightest first, what becomes of each colour; then how many shine. */
export function colormapLump() {
  const rows = Array.from({ length: LEVELS }, (_, level) => {
    const light = (LEVELS - level) / PLAIN_LEVEL;
    return palette.map((colour, at) =>
      at >= FIRST_SHINING || level === PLAIN_LEVEL ? at : nearest(colour.map((value) => value * light)),
    );
  });
  return Uint8Array.from([...rows.flat(), 256 - FIRST_SHINING]);
}
