/** What the generators draw, read back as a client reads it. */
import { describe, expect, test } from "vitest";
import { culvert } from "../map/source.mjs";
import { fontLump } from "./font.mjs";
import { models } from "./models.mjs";
import {
  colormapLump,
  FIRST_SHINING,
  nearest,
  nearestPlain,
  palette,
  paletteLump,
  SHIRT,
  TROUSERS,
} from "./palette.mjs";
import { textures } from "./textures.mjs";

const brightness = ([red = 0, green = 0, blue = 0]: number[]) => red * 0.3 + green * 0.59 + blue * 0.11;

describe("colours", () => {
  test("colours of players go from dark to bright, the later ones back", () => {
    expect(paletteLump()).toHaveLength(768);
    for (let row = 0; row < 14; row += 1) {
      const shades = palette.slice(row * 16, row * 16 + 16).map(brightness);
      const rising = [...shades].sort((a, b) => a - b);
      expect(shades).toEqual(row < 8 ? rising : rising.reverse());
    }
  });

  test("less light is darker, level 32 is as it is, and what shines is the same at every level", () => {
    const map = colormapLump();
    expect(map).toHaveLength(64 * 256 + 1);
    const at = (level: number, colour: number) => map[level * 256 + colour] ?? 0;
    for (let colour = 0; colour < 256; colour += 1) {
      expect(at(32, colour)).toBe(colour);
      if (colour >= FIRST_SHINING) expect([at(0, colour), at(63, colour)]).toEqual([colour, colour]);
      else
        expect(brightness(palette[at(56, colour)] ?? [])).toBeLessThanOrEqual(
          brightness(palette[at(8, colour)] ?? []) + 1,
        );
    }
  });

  test("no drawn thing takes a shining colour by chance, no model one that becomes a player's", () => {
    for (let red = 0; red < 256; red += 51) {
      for (let green = 0; green < 256; green += 51) {
        for (let blue = 0; blue < 256; blue += 51) {
          expect(nearest([red, green, blue])).toBeLessThan(FIRST_SHINING);
          expect([SHIRT / 16, TROUSERS / 16]).not.toContain(nearestPlain([red, green, blue]) >> 4);
        }
      }
    }
  });
});

test("textures have four sizes, multiples of 16, and the map has all that it names", () => {
  const drawn = textures();
  for (const { name, data } of drawn) {
    const view = new DataView(data.buffer);
    const [width, height] = [view.getUint32(16, true), view.getUint32(20, true)];
    expect([name, width % 16, height % 16]).toEqual([name, 0, 0]);
    const sizes = [0, 1, 2, 3].map((level) => (width >> level) * (height >> level));
    expect([0, 1, 2, 3].map((level) => view.getUint32(24 + level * 4, true))).toEqual(
      sizes.map((_, level) => 40 + sizes.slice(0, level).reduce((sum, size) => sum + size, 0)),
    );
    expect(data).toHaveLength(40 + sizes.reduce((sum, size) => sum + size, 0));
    expect(new Set(data.subarray(40)).size, name).toBeGreaterThan(4);
  }
  const named = new Set(culvert.boxes.flatMap(({ floor, wall, ceiling }) => [floor, wall, ceiling]));
  expect([...named].sort()).toEqual(
    drawn
      .map(({ name }) => name)
      .filter((name) => !name.startsWith("*"))
      .sort(),
  );
});

test("each letter of ASCII is another picture, and there is none beyond", () => {
  const font = fontLump();
  expect(font).toHaveLength(128 * 128);
  const cell = (code: number) =>
    Array.from({ length: 64 }, (_, at) => font[((code >> 4) * 8 + (at >> 3)) * 128 + (code & 15) * 8 + (at & 7)]).join(
      " ",
    );
  const letters = Array.from({ length: 95 }, (_, at) => cell(32 + at));
  expect(new Set(letters).size).toBe(95);
  expect(cell(200)).toBe(cell(32));
});

/** A model's frames as corners in space, and its triangles. */
function parseModel(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const next = () => {
    at += 4;
    return at - 4;
  };
  const i32 = () => view.getInt32(next(), true);
  const f32 = () => view.getFloat32(next(), true);
  const list = <T>(count: number, read: () => T) => Array.from({ length: count }, read);
  expect(String.fromCharCode(...bytes.slice(0, 4))).toBe("IDPO");
  at = 4;
  expect(i32()).toBe(6);
  const [scale, translate] = [list(3, f32), list(3, f32)];
  const radius = f32();
  list(3, f32);
  const [skins = 0, width = 0, height = 0, corners = 0, triangles = 0, frames = 0] = list(6, i32);
  at += 12;
  expect([skins, i32()]).toEqual([1, 0]);
  const skin = bytes.slice(at, at + width * height);
  at += width * height;
  const places = list(corners, () => list(3, i32));
  const faces = list(triangles, () => list(4, i32));
  const moves = list(frames, () => {
    expect(i32()).toBe(0);
    at += 8;
    const name = String.fromCharCode(...bytes.slice(at, bytes.indexOf(0, at)));
    at += 16;
    const points = list(corners, () => {
      at += 4;
      return [0, 1, 2].map((axis) => (bytes[at - 4 + axis] ?? 0) * (scale[axis] ?? 0) + (translate[axis] ?? 0));
    });
    return { name, points };
  });
  expect(at).toBe(bytes.length);
  return { radius, width, height, skin, places, faces, moves };
}

describe("models", () => {
  const all = new Map(models());
  const parsed = (path: string) => parseModel(all.get(path) ?? new Uint8Array());

  test.each([...all.keys()])("%s: triangles and skin places are within bounds", (path) => {
    const { radius, width, height, places, faces, moves } = parsed(path);
    for (const [, s = -1, t = -1] of places) expect(s >= 0 && s < width && t >= 0 && t < height).toBe(true);
    for (const [, ...points] of faces) for (const point of points) expect(places[point]).toBeDefined();
    for (const { points } of moves) {
      for (const point of points) expect(Math.max(...point.map(Math.abs))).toBeLessThanOrEqual(radius + 1);
    }
  });

  test("a player has the frames that the rules count on, and fits the box that is shot at", () => {
    const { moves, skin } = parsed("progs/player.mdl");
    const kinds = ["stand", ...Array(6).fill("run"), ...Array(3).fill("shoot"), ...Array(2).fill("pain")];
    expect(moves.map(({ name }) => name.replace(/\d$/, ""))).toEqual([
      ...kinds,
      ...Array(7).fill("death"),
      ...Array(6).fill("runshoot"),
    ]);
    const heights = (frame: number) => (moves[frame]?.points ?? []).map(([, , z = 0]) => z);
    expect(Math.min(...heights(0))).toBeGreaterThan(-26);
    expect(Math.max(...heights(0))).toBeGreaterThan(29);
    expect(Math.max(...heights(0))).toBeLessThan(34);
    // Who is dead lies.
    expect(Math.max(...heights(18))).toBeLessThan(0);
    for (const row of [SHIRT, TROUSERS]) {
      expect(skin.filter((colour) => colour >= row && colour < row + 16).length).toBeGreaterThan(400);
    }
  });

  test("outsides are drawn: a block's corners run clockwise for who stands before it", () => {
    const { faces, moves } = parsed("progs/health.mdl");
    const points = moves[0]?.points ?? [];
    const middle = [0, 0, -16.75];
    for (const [, a = 0, b = 0, c = 0] of faces.slice(0, 12)) {
      const [p = [], q = [], r = []] = [points[a], points[b], points[c]];
      const minus = (one: number[], other: number[]) => one.map((value, axis) => value - (other[axis] ?? 0));
      const [[ux = 0, uy = 0, uz = 0], [vx = 0, vy = 0, vz = 0]] = [minus(q, p), minus(r, p)];
      const normal = [uz * vy - uy * vz, ux * vz - uz * vx, uy * vx - ux * vy];
      const outward = minus(p, middle).reduce((sum, value, axis) => sum + value * (normal[axis] ?? 0), 0);
      expect(outward).toBeGreaterThan(0);
    }
  });
});
