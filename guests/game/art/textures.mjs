// What walls, floors and things of the map look like. Pure.

import { chance, mipTexture, mix, noise, relief, rough, shade } from "./canvas.mjs";
import { inked } from "./font.mjs";

const SHINING_WARM = 224;

/** Stones in rows, shifted by half a stone each second row: which one this is, and how far it is to its border. */
function masonry(x, y, width, height, size) {
  const row = Math.floor(y / height);
  const shifted = (x + (row % 2) * (width / 2)) % size;
  const column = Math.floor(shifted / width);
  const [u, v] = [shifted % width, y % height];
  return { row, column, edge: Math.min(u, width - 1 - u, v, height - 1 - v), u, v };
}

/** Up to `depth` in the middle of a stone, 0 in the joint, rounded between. */
const bevel = (edge, joint, depth) => Math.min(depth, Math.max(0, edge - joint + 1) * 1.2);

function bricks(colours, mortar, damp, seed) {
  const at = (x, y) => masonry(x, y, 32, 16, 128);
  return relief(
    128,
    128,
    (x, y) => bevel(at(x, y).edge, 1, 2) + rough(x, y, 128, 16, seed) * 1.6,
    (x, y) => {
      const { row, column, edge } = at(x, y);
      const grain = 0.78 + rough(x, y, 128, 16, seed + 5) * 0.44;
      if (edge < 1) return shade(mortar, grain);
      const tint = chance(column, row, seed);
      const brick = mix(colours[0], colours[1], tint);
      const burnt = chance(column, row, seed + 9) > 0.86 ? 0.72 : 1;
      const wet = Math.max(0, rough(x, y, 128, 4, seed + 7) - 0.52) * 3;
      return shade(mix(brick, damp, Math.min(0.6, wet)), grain * burnt);
    },
  );
}

function blocks(colours, joint, seed, [width, height] = [64, 32]) {
  const at = (x, y) => masonry(x, y, width, height, 128);
  return relief(
    128,
    128,
    (x, y) => bevel(at(x, y).edge, 1, 3) + rough(x, y, 128, 8, seed) * 3.4,
    (x, y) => {
      const { row, column, edge } = at(x, y);
      if (edge < 1) return shade(joint, 0.7 + noise(x, y, 128, 32, seed) * 0.4);
      const grain = 0.72 + rough(x, y, 128, 16, seed + 3) * 0.5;
      return shade(
        mix(colours[0], colours[1], chance(column, row, seed) * 0.6 + noise(x, y, 128, 8, seed + 4) * 0.4),
        grain,
      );
    },
  );
}

function paving(colours, seed) {
  const at = (x, y) => ({ column: x >> 5, row: y >> 5, edge: Math.min(x & 31, 31 - (x & 31), y & 31, 31 - (y & 31)) });
  return relief(
    128,
    128,
    (x, y) => bevel(at(x, y).edge, 1, 2) + rough(x, y, 128, 16, seed) * 1.8,
    (x, y) => {
      const { column, row, edge } = at(x, y);
      if (edge < 1) return [52, 46, 40];
      const grain = 0.8 + rough(x, y, 128, 16, seed + 1) * 0.4;
      return shade(mix(colours[0], colours[1], chance(column, row, seed + 2)), grain);
    },
  );
}

/** Cobbles: each texel belongs to the nearest of points that lie about in a grid of cells. */
function cobbles(colours, seed) {
  const cells = 8;
  const near = (x, y) => {
    const found = [];
    for (let i = -1; i <= 1; i += 1) {
      for (let j = -1; j <= 1; j += 1) {
        const [cx, cy] = [(x >> 4) + i, (y >> 4) + j];
        const [wx, wy] = [(cx + cells) % cells, (cy + cells) % cells];
        const px = cx * 16 + 3 + chance(wx, wy, seed) * 10;
        const py = cy * 16 + 3 + chance(wx, wy, seed + 1) * 10;
        found.push({ far: Math.sqrt((px - x) ** 2 + (py - y) ** 2), wx, wy });
      }
    }
    found.sort((a, b) => a.far - b.far);
    return { stone: found[0], gap: found[1].far - found[0].far };
  };
  return relief(
    128,
    128,
    (x, y) => Math.min(4, near(x, y).gap * 0.7) + rough(x, y, 128, 16, seed) * 1.4,
    (x, y) => {
      const { stone, gap } = near(x, y);
      if (gap < 1.6) return [40, 38, 34];
      return shade(
        mix(colours[0], colours[1], chance(stone.wx, stone.wy, seed + 2)),
        0.8 + rough(x, y, 128, 16, seed + 3) * 0.4,
      );
    },
  );
}

function tiles(seed) {
  const edge = (x, y) => Math.min(x & 15, 15 - (x & 15), y & 15, 15 - (y & 15));
  return relief(
    128,
    128,
    (x, y) => bevel(edge(x, y), 1, 1.4),
    (x, y) => {
      if (edge(x, y) < 1) return [70, 74, 68];
      const band = y >> 4 === 5;
      const tile = band ? [52, 96, 98] : mix([150, 158, 142], [176, 178, 160], chance(x >> 4, y >> 4, seed));
      const grime = Math.max(0, rough(x, y, 128, 4, seed + 1) - 0.45) * 1.6;
      const cracked = chance(x >> 4, y >> 4, seed + 2) > 0.93 ? 0.75 : 1;
      return shade(
        mix(tile, [88, 84, 52], Math.min(0.7, grime)),
        cracked * (0.92 + noise(x, y, 128, 64, seed + 3) * 0.14),
      );
    },
  );
}

function concrete(seed) {
  const hole = (x, y) => {
    const [u, v] = [(x + 48) % 64, (y + 48) % 64];
    return (u - 32) ** 2 + (v - 32) ** 2 < 7;
  };
  const seam = (x, y) => x % 128 < 1 || y % 64 < 1;
  return relief(
    128,
    128,
    (x, y) => (seam(x, y) || hole(x, y) ? 0 : 2.4) + rough(x, y, 128, 16, seed) * 1.7,
    (x, y) => {
      const stain = Math.max(0, noise(x, 0, 128, 16, seed + 2) * noise(x, y, 128, 4, seed + 3) - 0.3) * 1.4;
      const base = mix([138, 130, 116], [112, 108, 100], rough(x, y, 128, 4, seed + 1));
      const grain = 0.86 + rough(x, y, 128, 32, seed + 4) * 0.28;
      return shade(mix(base, [84, 56, 34], Math.min(0.7, stain)), hole(x, y) || seam(x, y) ? 0.55 : grain);
    },
  );
}

function ceiling(seed) {
  const rib = (x) => x % 64 < 16;
  return relief(
    128,
    128,
    (x, y) => (rib(x) ? 4 : 0) + rough(x, y, 128, 16, seed) * 1.8,
    (x, y) => shade(rib(x) ? [96, 88, 76] : [72, 68, 62], 0.8 + rough(x, y, 128, 16, seed + 1) * 0.4),
  );
}

function planks(seed, width = 16, size = 128) {
  const edge = (x) => Math.min(x % width, width - 1 - (x % width));
  return relief(
    size,
    size,
    (x, y) => bevel(edge(x), 1, 2) + noise(x, y >> 3, size, size / 4, seed) * 1.2,
    (x, y) => {
      const plank = Math.floor(x / width);
      const joint = (y + Math.floor(chance(plank, 0, seed) * size)) % size;
      if (edge(x) < 1 || joint < 1) return [34, 22, 12];
      const grain =
        chance(x, Math.floor((y + chance(x, 1, seed) * 40) / 14), seed + 3) * 0.22 +
        noise(x, y, size, size / 8, seed) * 0.2;
      const nail = (joint === 4 || joint === size - 4) && (x % width === 4 || x % width === width - 5);
      if (nail) return [46, 44, 42];
      return shade(mix([128, 84, 44], [154, 108, 60], chance(plank, 3, seed)), 0.78 + grain);
    },
  );
}

function crate(size, seed) {
  const board = size / 8;
  const frame = (x, y) => Math.min(x, y, size - 1 - x, size - 1 - y);
  const part = (x, y) => {
    if (frame(x, y) < board) return 2;
    return Math.abs(x - y) < board * 0.7 ? 1.5 : 0;
  };
  return relief(
    size,
    size,
    (x, y) => part(x, y) * 2 + (part(x, y) === 0 && y % board < 1 ? -1 : 0),
    (x, y) => {
      const grain = 0.8 + noise(x, y * 3, size, size / 4, seed) * 0.4;
      const [inFrame, level] = [frame(x, y) < board, part(x, y)];
      const corner =
        inFrame &&
        (x % (size - board) === board >> 1 || x === size - 1 - (board >> 1)) &&
        (y === board >> 1 || y === size - 1 - (board >> 1));
      if (corner) return [60, 58, 56];
      if (frame(x, y) < 1) return [54, 34, 16];
      return shade(
        level > 0 ? [172, 124, 66] : mix([134, 92, 46], [116, 78, 40], chance(0, Math.floor(y / board), seed)),
        grain,
      );
    },
  );
}

/** Sheets with rivets along their borders. */
function plates(colours, seed) {
  const edge = (x, y) => Math.min(x & 63, 63 - (x & 63), y & 63, 63 - (y & 63));
  /** In every cell of 16 along the borders of a sheet there is one. */
  const rivet = (x, y) => {
    const atBorder = [x & 63, y & 63].some((at) => at < 16 || at >= 48);
    return atBorder && ((x & 15) - 8) ** 2 + ((y & 15) - 8) ** 2 < 6;
  };
  return relief(
    128,
    128,
    (x, y) => bevel(edge(x, y), 1, 1.6) + (rivet(x, y) ? 2 : 0) + noise(x, y, 128, 32, seed) * 0.7,
    (x, y) => {
      if (edge(x, y) < 1) return [26, 26, 26];
      const rust = Math.max(0, rough(x, y, 128, 8, seed + 1) - 0.55) * 3;
      const base = mix(colours[0], colours[1], chance(x >> 6, y >> 6, seed));
      return shade(mix(base, [118, 62, 30], Math.min(0.75, rust)), 0.86 + noise(x, y, 128, 64, seed + 2) * 0.24);
    },
  );
}

/** Tread plate: small bars that lie across each other. */
function tread(seed) {
  const bar = (x, y) => {
    const [u, v] = [x & 15, y & 15];
    const turned = ((x >> 4) + (y >> 4)) % 2 === 1;
    const [along, across] = turned ? [u + v - 15, u - v] : [u - v, u + v - 15];
    return Math.abs(along) < 10 && Math.abs(across) < 3;
  };
  return relief(
    64,
    64,
    (x, y) => (bar(x, y) ? 2.4 : 0) + noise(x, y, 64, 16, seed),
    (x, y) => shade(bar(x, y) ? [126, 124, 122] : [86, 86, 88], 0.84 + rough(x, y, 64, 8, seed + 1) * 0.32),
  );
}

function grate() {
  const bar = (x, y) => x % 16 < 4 || y % 16 < 3;
  return relief(
    64,
    64,
    (x, y) => (bar(x, y) ? 3 : 0),
    (x, y) => (bar(x, y) ? shade([112, 104, 94], 0.85 + chance(x, y, 5) * 0.2) : [14, 16, 16]),
  );
}

/** A pipe seen from the side: bright above, dark below, with a flange. */
function pipe(seed) {
  return relief(
    64,
    64,
    (x, y) => (x % 64 < 8 ? 2 : 0) + noise(x, y, 64, 16, seed) * 0.6,
    (x, y) => {
      const round = 1.25 - Math.abs((y % 32) - 11) / 18;
      const flange = x % 64 < 8;
      const rust = Math.max(0, rough(x, y, 64, 4, seed + 1) - 0.5) * 2.4;
      return shade(
        mix(flange ? [120, 112, 100] : [74, 104, 98], [130, 70, 34], Math.min(0.8, rust)),
        Math.max(0.35, round),
      );
    },
  );
}

function trim(seed) {
  const edge = (x, y) => Math.min(x & 31, 31 - (x & 31), y & 15, 15 - (y & 15));
  return relief(
    64,
    64,
    (x, y) => bevel(edge(x, y), 1, 3) + rough(x, y, 64, 8, seed) * 1.6,
    (x, y) => (edge(x, y) < 1 ? [60, 56, 50] : shade([150, 142, 124], 0.76 + rough(x, y, 64, 16, seed + 1) * 0.42)),
  );
}

/** A lamp in a frame: what shines is as bright in the dark. */
function lamp(width, height) {
  return relief(
    width,
    height,
    (x, y) => (Math.min(x, y, width - 1 - x, height - 1 - y) < 3 ? 3 : 0),
    (x, y) => {
      const edge = Math.min(x, y, width - 1 - x, height - 1 - y);
      if (edge < 3) return [84, 76, 66];
      const bar = width === 32 ? x === 15 || x === 16 || y === 15 || y === 16 : y % 8 === 0;
      return [SHINING_WARM + (bar ? 6 : Math.min(15, 9 + edge))];
    },
  );
}

/** An enamelled sign. */
function sign(text, colour) {
  const left = (64 - text.length * 8) / 2;
  return relief(
    64,
    32,
    (x, y) => (Math.min(x, y, 63 - x, 31 - y) < 2 ? 2 : 0),
    (x, y) => {
      const edge = Math.min(x, y, 63 - x, 31 - y);
      if (edge < 2) return [206, 198, 176];
      const letter = Math.floor((x - left) / 8);
      // Letters are stretched to twice their height.
      const row = Math.floor((y - 9) / 2);
      if (letter >= 0 && letter < text.length && row >= 0 && inked(text.charCodeAt(letter), (x - left) % 8, row))
        return [238, 230, 208];
      return shade(colour, 0.85 + rough(x, y, 64, 8, 77) * 0.3);
    },
  );
}

function waterSurface(seed) {
  return {
    width: 64,
    height: 64,
    texels: Array.from({ length: 64 * 64 }, (_, at) => {
      const [x, y] = [at % 64, at >> 6];
      const wave = rough(x, y, 64, 4, seed);
      const ridge = 1 - Math.abs(noise(x, y, 64, 8, seed + 4) - 0.5) * 4;
      return shade(mix([30, 52, 50], [66, 94, 84], wave), 0.75 + Math.max(0, ridge) * 0.45);
    }),
  };
}

/** Name in the map's source -> picture. */
export function pictures() {
  return {
    brick1: bricks(
      [
        [150, 92, 58],
        [176, 112, 70],
      ],
      [120, 108, 92],
      [84, 62, 46],
      11,
    ),
    brick2: bricks(
      [
        [98, 80, 66],
        [120, 92, 70],
      ],
      [72, 68, 60],
      [48, 58, 40],
      23,
    ),
    stone1: blocks(
      [
        [104, 108, 112],
        [128, 126, 120],
      ],
      [54, 54, 54],
      31,
    ),
    conc1: concrete(41),
    tile1: tiles(51),
    ceil1: ceiling(61),
    floor1: paving(
      [
        [122, 108, 92],
        [142, 128, 108],
      ],
      71,
    ),
    floor2: cobbles(
      [
        [98, 94, 88],
        [122, 114, 102],
      ],
      81,
    ),
    metal1: tread(91),
    metal2: plates(
      [
        [86, 98, 100],
        [98, 108, 104],
      ],
      101,
    ),
    wood1: planks(111),
    crate1: crate(64, 121),
    crate2: crate(32, 131),
    grate1: grate(),
    pipe1: pipe(141),
    trim1: trim(151),
    lamp1: lamp(32, 32),
    lamp2: lamp(16, 32),
    signhall: sign("CULVERT", [34, 66, 120]),
    signpump: sign("PUMPS", [140, 44, 34]),
    signcist: sign("CISTERN", [36, 98, 92]),
    signyard: sign("YARD", [72, 92, 40]),
    signstor: sign("STORE", [112, 78, 36]),
    "*water1": waterSurface(161),
  };
}

export function textures() {
  return Object.entries(pictures()).map(([name, picture]) => mipTexture(name, picture));
}
