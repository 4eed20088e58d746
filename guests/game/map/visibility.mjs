// Who may see whom: for each part of the map the parts of which any point can be seen from any of its points. Never too few:
// what is left out must be hidden for certain. Pure.
//
// Parts are boxes, the doors between them rectangles. From each door, a flood goes on through all doors that can be seen through
// the ones before: a door is cut by the planes that touch the first and the last door on opposite sides, behind which nothing is
// seen through both (S. Teller, "Visibility Computations in Densely Occluded Polyhedral Environments", 1992).

import { boundsOf } from "./tree.mjs";

/** Cut a little wide, so that rounding hides nothing. */
const CARE = 0.05;

/**
 * @param {{grid: import("./grid.mjs").Grid, leaves: import("./tree.mjs").Leaf[]}} parts
 * @returns {Map<import("./tree.mjs").Leaf, Uint8Array>} for each leaf a packed row: bit n for the leaf of number n
 */
export function visibilityOf(parts) {
  const sight = sightOf(parts);
  const rows = new Map();
  return new Map(
    parts.leaves.map(({ cluster }, at) => {
      if (!rows.has(cluster)) {
        rows.set(cluster, packed(parts.leaves.map((other) => sight(cluster, other.cluster))));
      }
      return [parts.leaves[at], rows.get(cluster)];
    }),
  );
}

/** Bits, eight to a byte; runs of zero bytes are a zero and their number. */
function packed(bits) {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) if (bit) bytes[at >> 3] |= 1 << (at & 7);
  const out = [];
  for (let at = 0; at < bytes.length; at += 1) {
    out.push(bytes[at]);
    if (bytes[at] !== 0) continue;
    let run = 1;
    while (run < 255 && bytes[at + run] === 0) run += 1;
    out.push(run);
    at += run - 1;
  }
  return Uint8Array.from(out);
}

/**
 * @param {{grid: import("./grid.mjs").Grid, leaves: import("./tree.mjs").Leaf[]}} parts
 * @returns {(one: number, other: number) => boolean} whether something may be seen between two clusters
 */
export function sightOf({ grid, leaves }) {
  const boxes = clusterBoxes(grid, leaves);
  const doors = doorsBetween(boxes);
  const seen = new Map([...boxes.keys()].map((cluster) => [cluster, new Set([cluster])]));
  for (const door of [...doors.values()].flat()) flood(door, doors, seen.get(door.from));
  // Sight goes both ways; what only one side found is a trace of the care taken in cutting.
  return (one, other) => Boolean(seen.get(one)?.has(other) && seen.get(other)?.has(one));
}

/** The boxes of the clusters that one can be in. */
function clusterBoxes(grid, leaves) {
  const boxes = new Map();
  for (const { cluster, region } of leaves) {
    const { mins, maxs } = boundsOf(grid, region);
    const box = boxes.get(cluster) ?? { mins: [...mins], maxs: [...maxs] };
    boxes.set(cluster, {
      mins: box.mins.map((value, axis) => Math.min(value, mins[axis])),
      maxs: box.maxs.map((value, axis) => Math.max(value, maxs[axis])),
    });
  }
  return boxes;
}

/** For each cluster the doors that lead out of it: where its box touches another. */
function doorsBetween(boxes) {
  const doors = new Map([...boxes.keys()].map((cluster) => [cluster, []]));
  for (const [from, a] of boxes) {
    for (const [to, b] of boxes) {
      for (const axis of [0, 1, 2]) {
        for (const sign of [1, -1]) {
          const dist = (sign > 0 ? a.maxs : a.mins)[axis];
          if ((sign > 0 ? b.mins : b.maxs)[axis] !== dist) continue;
          const [u, v] = [0, 1, 2].filter((other) => other !== axis);
          const low = [u, v].map((each) => Math.max(a.mins[each], b.mins[each]));
          const high = [u, v].map((each) => Math.min(a.maxs[each], b.maxs[each]));
          if (low[0] >= high[0] || low[1] >= high[1]) continue;
          const normal = [0, 0, 0];
          normal[axis] = sign;
          const corners = [
            [low[0], low[1]],
            [high[0], low[1]],
            [high[0], high[1]],
            [low[0], high[1]],
          ].map((pair) => {
            const corner = [...pair];
            corner.splice(axis, 0, dist);
            return corner;
          });
          doors.get(from).push({ from, to, plane: { normal, dist: sign * dist }, corners });
        }
      }
    }
  }
  return doors;
}

/** Adds all clusters that may be seen through a door. */
function flood(first, doors, seen) {
  const enter = (cluster, source, pass, path) => {
    seen.add(cluster);
    for (const door of doors.get(cluster)) {
      if (path.includes(door.to)) continue;
      let target = clip(door.corners, first.plane);
      let from = clip(source, turnedAround(door.plane));
      if (!target || !from) continue;
      if (pass) {
        target = cutBySight(from, pass, target);
        if (target) from = cutBySight(target, pass, from);
        if (!target || !from) continue;
      }
      enter(door.to, from, target, [...path, door.to]);
    }
  };
  enter(first.to, first.corners, undefined, [first.from, first.to]);
}

/**
 * What of `target` can be seen from somewhere in `source` through `pass`: cut by each plane through a side of one and a
 * corner of the other that has `source` behind it and `pass` before it.
 */
function cutBySight(source, pass, target) {
  let rest = target;
  for (const plane of [...separators(source, pass), ...separators(pass, source).map(turnedAround)]) {
    rest = clip(rest, plane);
    if (!rest) return undefined;
  }
  return rest;
}

/** Planes through a side of `a` and a corner of `b`, with all of `a` behind and all of `b` before. */
function separators(a, b) {
  const planes = [];
  for (const [at, start] of a.entries()) {
    const side = minus(a[(at + 1) % a.length], start);
    for (const corner of b) {
      const normal = cross(side, minus(corner, start));
      const length = Math.sqrt(dot(normal, normal));
      if (length < CARE) continue;
      const unit = normal.map((value) => value / length);
      const plane = { normal: unit, dist: dot(unit, start) };
      for (const each of [plane, turnedAround(plane)]) {
        if (a.every((point) => above(each, point) <= 0.001) && b.every((point) => above(each, point) >= -0.001)) {
          if (b.some((point) => above(each, point) > CARE)) planes.push(each);
        }
      }
    }
  }
  return planes;
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const above = ({ normal, dist }, point) => dot(normal, point) - dist;
const turnedAround = ({ normal, dist }) => ({ normal: normal.map((value) => -value), dist: -dist });

/** The part of a polygon before a plane, and a little more; nothing if it lies behind, or if the plane only touches it. */
function clip(corners, plane) {
  const heights = corners.map((corner) => above(plane, corner) + CARE);
  if (heights.every((height) => height >= 0)) return heights.some((height) => height > 2 * CARE) ? corners : undefined;
  if (heights.every((height) => height <= 2 * CARE)) return undefined;
  const rest = corners.flatMap((corner, at) => {
    const [height, next] = [heights[at], heights[(at + 1) % corners.length]];
    const own = height >= 0 ? [corner] : [];
    if (height < 0 === next < 0) return own;
    const share = height / (height - next);
    const other = corners[(at + 1) % corners.length];
    return [...own, corner.map((value, axis) => value + (other[axis] - value) * share)];
  });
  return rest.length < 3 ? undefined : rest;
}
