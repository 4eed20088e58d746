// The surfaces of a map: where open space meets rock, and where water meets air, as rectangles on the planes of the tree. Pure.

import { EMPTY, SOLID, WATER } from "./grid.mjs";
import { indexOf } from "./tree.mjs";

/** Longest side of a face: engines keep lightmaps of at most 18 by 18 points, 16 units apart. */
const LONGEST = 240;

/**
 * @typedef {[number, number, number]} Vec
 * @typedef {{texture: string, offset: number[]}} Skin offset: where in the map's units the texture begins, along u and v
 * @typedef {{axis: number, dist: number, sign: 1 | -1, skin: Skin, low: number[], high: number[]}} Face low and high: its
 *   corners along the two other axes, in ascending order of the axes; sign: the side of the plane from which it is seen
 */

/**
 * The faces on each node's plane, within the node's region.
 * @param {import("./grid.mjs").Grid} grid whose cells hold numbers of boxes
 * @param {import("./tree.mjs").Tree} tree
 * @param {(box: number) => number} contents of a box
 * @param {(solid: number, open: number, axis: number, sign: number) => Skin} skinOf what a wall wears, by the boxes on both sides
 * @returns {Map<import("./tree.mjs").Node, Face[]>}
 */
export function facesOf(grid, tree, contents, skinOf) {
  const faces = new Map();
  const visit = (node) => {
    if ("value" in node) return;
    faces.set(node, onPlane(grid, node, contents, skinOf));
    visit(node.front);
    visit(node.back);
  };
  visit(tree);
  return faces;
}

function onPlane(grid, { axis, plane, region }, contents, skinOf) {
  const [u, v] = [0, 1, 2].filter((other) => other !== axis);
  const at = [0, 0, 0];
  const faces = [];
  for (const sign of [1, -1]) {
    const skins = [];
    for (at[u] = region.low[u]; at[u] < region.high[u]; at[u] += 1) {
      const row = [];
      for (at[v] = region.low[v]; at[v] < region.high[v]; at[v] += 1) {
        const above = grid.cells[indexOf(grid, replaced(at, axis, plane))];
        const below = grid.cells[indexOf(grid, replaced(at, axis, plane - 1))];
        const [front, back] = sign > 0 ? [above, below] : [below, above];
        row.push(skinBetween(front, back, contents, () => skinOf(back, front, axis, sign)));
      }
      skins.push(row);
    }
    for (const found of rectangles(skins)) {
      const low = [grid.planes[u][region.low[u] + found.u], grid.planes[v][region.low[v] + found.v]];
      const high = [grid.planes[u][region.low[u] + found.toU], grid.planes[v][region.low[v] + found.toV]];
      for (const part of cut(low, high)) {
        faces.push({ axis, dist: grid.planes[axis][plane], sign, skin: found.skin, ...part });
      }
    }
  }
  return faces;
}

function skinBetween(front, back, contents, skin) {
  const [seenFrom, seen] = [contents(front), contents(back)];
  if (seenFrom === SOLID || seenFrom === seen) return undefined;
  if (seen === SOLID || (seenFrom === WATER && seen === EMPTY) || (seenFrom === EMPTY && seen === WATER)) return skin();
  return undefined;
}

/** Covers equal neighbours of a table with few rectangles: along v first, then as far along u as the whole row goes. */
function rectangles(skins) {
  const found = [];
  const open = skins.map((row) => row.map((skin) => skin !== undefined));
  const same = (a, b) => a?.texture === b?.texture && a?.offset[0] === b?.offset[0] && a?.offset[1] === b?.offset[1];
  for (const [u, row] of skins.entries()) {
    for (const [v, skin] of row.entries()) {
      if (!open[u][v]) continue;
      let toV = v + 1;
      while (open[u][toV] && same(row[toV], skin)) toV += 1;
      let toU = u + 1;
      const whole = (line) => {
        for (let i = v; i < toV; i += 1) if (!open[line]?.[i] || !same(skins[line][i], skin)) return false;
        return true;
      };
      while (whole(toU)) toU += 1;
      for (let i = u; i < toU; i += 1) open[i].fill(false, v, toV);
      found.push({ u, v, toU, toV, skin });
    }
  }
  return found;
}

/** Cuts a rectangle where a side is too long, at multiples of the longest side, so that neighbours are cut alike. */
function cut(low, high) {
  const along = (from, to) => {
    const ends = [];
    for (let at = (Math.floor(from / LONGEST) + 1) * LONGEST; at < to; at += LONGEST) ends.push(at);
    return [...ends, to].map((end, index) => [index === 0 ? from : ends[index - 1], end]);
  };
  return along(low[0], high[0]).flatMap(([u, toU]) =>
    along(low[1], high[1]).map(([v, toV]) => ({ low: [u, v], high: [toU, toV] })),
  );
}

/**
 * Corners in space, clockwise as seen from the face's front.
 * @param {Face} face @returns {Vec[]}
 */
export function cornersOf({ axis, dist, sign, low, high }) {
  const around = [
    [low[0], low[1]],
    [low[0], high[1]],
    [high[0], high[1]],
    [high[0], low[1]],
  ];
  // Counting the axes x, y, z, the cross product of the other two points along the axis but for y, where it points back.
  const clockwise = sign > 0 === (axis !== 1);
  if (!clockwise) around.reverse();
  return around.map((pair) => {
    const corner = [...pair];
    corner.splice(axis, 0, dist);
    return corner;
  });
}

/**
 * How a texture lies on a face: s to the right and t down, for who stands before it.
 * @param {Face} face @returns {{s: number[], t: number[]}} each a direction and an offset, in texels
 */
export function mappingOf({ axis, sign, skin }) {
  const directions = [
    { s: [0, sign, 0], t: [0, 0, -1] },
    { s: [-sign, 0, 0], t: [0, 0, -1] },
    { s: [1, 0, 0], t: [0, -sign, 0] },
  ];
  const { s, t } = directions[axis];
  const [u, v] = [0, 1, 2].filter((other) => other !== axis);
  const shift = (direction) => -(direction[u] * skin.offset[0] + direction[v] * skin.offset[1]);
  return { s: [...s, shift(s) + 0], t: [...t, shift(t) + 0] };
}

function replaced(list, at, value) {
  return list.map((each, index) => (index === at ? value : each));
}
