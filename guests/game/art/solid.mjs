// Models made of blocks that hang on joints, with their skins, as MDL files. Pure.

import { writer } from "../bytes.mjs";

/** Texels of skin for a unit of length. */
const DENSITY = 2;
const SKIN_WIDTH = 128;
const VERSION = 6;

/** Sides of a block: outward axis and sign, then which way is right and down for who looks at it. */
const SIDES = {
  front: { axis: 0, sign: 1, right: [1, 1], down: [2, -1] },
  back: { axis: 0, sign: -1, right: [1, -1], down: [2, -1] },
  left: { axis: 1, sign: 1, right: [0, -1], down: [2, -1] },
  right: { axis: 1, sign: -1, right: [0, 1], down: [2, -1] },
  top: { axis: 2, sign: 1, right: [1, -1], down: [0, -1] },
  bottom: { axis: 2, sign: -1, right: [1, 1], down: [0, -1] },
};

/**
 * @typedef {keyof typeof SIDES} Side
 * @typedef {object} Block
 * @property {string} joint what it hangs on
 * @property {string} skin blocks of one skin and size share it
 * @property {number[]} from @property {number[]} to its corners, in the model's units, x forward, y left, z up
 * @property {[number, number]} [taper] how wide its top is along x and y, as a share
 * @property {(side: Side, u: number, v: number, width: number, height: number) => number} paint colour of a texel, from the upper left
 *
 * @typedef {{pivot?: number[], turn?: number[], move?: number[], hidden?: boolean, parent?: string}} Pose of a joint: turned
 *   about its pivot by degrees round x, y and z (y: forward, z: to the left), then moved
 */

/**
 * @param {Block[]} blocks
 * @param {{name: string, pose: Record<string, Pose>}[]} frames the pose of each joint; one that is not named stands still
 * @returns {Uint8Array} the file
 */
export function model(blocks, frames) {
  const { skin, height, places } = skinOf(blocks);
  const corners = blocks.flatMap((block) => Object.values(SIDES).flatMap((side) => cornersOf(block, side)));
  const moved = frames.map(({ pose }) => corners.map(({ at, joint }) => posed(at, joint, pose)));
  const mins = [0, 1, 2].map((axis) => Math.min(...moved.flat().map((at) => at[axis])));
  const maxs = [0, 1, 2].map((axis) => Math.max(...moved.flat().map((at) => at[axis])));
  const scale = mins.map((low, axis) => Math.max(maxs[axis] - low, 1) / 255);
  const out = writer();
  out.bytes(Buffer.from("IDPO"));
  out.i32(VERSION);
  for (const value of [...scale, ...mins]) out.f32(value);
  out.f32(Math.max(...[...mins, ...maxs].map(Math.abs)));
  for (const value of [0, 0, 22]) out.f32(value);
  const quads = corners.length / 4;
  for (const value of [1, SKIN_WIDTH, height, corners.length, quads * 2, frames.length, 0, 0]) out.i32(value);
  out.f32(8);
  out.i32(0);
  out.bytes(skin);
  for (const [s, t] of places) for (const value of [0, s, t]) out.i32(value);
  for (let quad = 0; quad < quads; quad += 1) {
    for (const [a, b, c] of [
      [0, 1, 2],
      [0, 2, 3],
    ]) {
      for (const value of [1, quad * 4 + a, quad * 4 + b, quad * 4 + c]) out.i32(value);
    }
  }
  for (const [number, { name }] of frames.entries()) {
    const packed = moved[number].map((at) => at.map((value, axis) => Math.round((value - mins[axis]) / scale[axis])));
    out.i32(0);
    for (const pick of [Math.min, Math.max]) {
      for (const axis of [0, 1, 2]) out.u8(pick(...packed.map((at) => at[axis])));
      out.u8(0);
    }
    out.text(name, 16);
    for (const at of packed) for (const value of [...at, 0]) out.u8(value);
  }
  return out.done();
}

/** The four corners of a side, clockwise for who looks at it from the upper left. */
function cornersOf({ from, to, taper = [1, 1], joint }, { axis, sign, right, down }) {
  return [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ].map(([u, v]) => {
    const high = [];
    high[axis] = sign > 0;
    high[right[0]] = right[1] > 0 === (u === 1);
    high[down[0]] = down[1] > 0 === (v === 1);
    const at = high.map((up, each) => (up ? to : from)[each]);
    if (high[2]) {
      for (const each of [0, 1]) {
        const middle = (from[each] + to[each]) / 2;
        at[each] = middle + (at[each] - middle) * taper[each];
      }
    }
    return { at, joint };
  });
}

/** Where a point that hangs on a joint is in a pose: turned by the joint, then by the one that this hangs on. */
export function posed(at, joint, pose) {
  if (joint === undefined) return at;
  const { pivot = [0, 0, 0], turn = [0, 0, 0], move = [0, 0, 0], hidden = false, parent } = pose[joint] ?? {};
  let point = hidden ? [0, 0, 0] : at.map((value, axis) => value - pivot[axis]);
  for (const axis of [0, 1, 2]) point = turned(point, axis, (turn[axis] * Math.PI) / 180);
  return posed(
    point.map((value, axis) => value + pivot[axis] + move[axis]),
    parent,
    pose,
  );
}

function turned(point, axis, angle) {
  if (angle === 0) return point;
  const [from, to] = [(axis + 1) % 3, (axis + 2) % 3];
  const result = [...point];
  result[from] = point[from] * Math.cos(angle) - point[to] * Math.sin(angle);
  result[to] = point[from] * Math.sin(angle) + point[to] * Math.cos(angle);
  return result;
}

/** Paints all sides onto one skin, in rows; `places` has a pair for each corner of each block, in order. */
function skinOf(blocks) {
  const known = new Map();
  const rows = { left: 0, top: 0, height: 0 };
  const paintings = [];
  const places = blocks.flatMap((block) =>
    Object.entries(SIDES).flatMap(([side, { right, down }]) => {
      const [width, height] = [right[0], down[0]].map((axis) =>
        Math.max(2, Math.round((block.to[axis] - block.from[axis]) * DENSITY)),
      );
      const key = `${block.skin} ${side} ${width} ${height}`;
      if (!known.has(key)) {
        if (rows.left + width > SKIN_WIDTH) Object.assign(rows, { left: 0, top: rows.top + rows.height, height: 0 });
        known.set(key, [rows.left, rows.top]);
        paintings.push({ left: rows.left, top: rows.top, width, height, side, paint: block.paint });
        rows.left += width;
        rows.height = Math.max(rows.height, height);
      }
      const [s, t] = known.get(key);
      return [
        [s, t],
        [s + width - 1, t],
        [s + width - 1, t + height - 1],
        [s, t + height - 1],
      ];
    }),
  );
  const height = Math.ceil((rows.top + rows.height) / 4) * 4;
  const skin = new Uint8Array(SKIN_WIDTH * height);
  for (const { left, top, width, height: tall, side, paint } of paintings) {
    for (let v = 0; v < tall; v += 1) {
      for (let u = 0; u < width; u += 1) skin[(top + v) * SKIN_WIDTH + left + u] = paint(side, u, v, width, tall);
    }
  }
  return { skin, height, places };
}
