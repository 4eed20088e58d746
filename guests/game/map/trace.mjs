// Straight lines through a grid: where the first solid is. Pure.

import { SOLID } from "./grid.mjs";

/**
 * Follows the line from a point in open space to another; returns where it meets something solid, or nothing.
 * @param {import("./grid.mjs").Grid} grid of contents
 * @param {number[]} from @param {number[]} to
 * @returns {{axis: number, dist: number, sign: 1 | -1, at: number[]} | undefined} the surface that was hit: its plane and the
 *   side from which it was hit
 */
export function trace({ planes, size, cells }, from, to) {
  const cell = [0, 0, 0];
  const step = [0, 0, 0];
  const next = [0, 0, 0];
  const along = [0, 0, 0];
  for (let axis = 0; axis < 3; axis += 1) {
    along[axis] = to[axis] - from[axis];
    cell[axis] = cellAt(planes[axis], from[axis]);
    step[axis] = along[axis] > 0 ? 1 : -1;
    next[axis] = shareOf(planes[axis], cell[axis], step[axis], from[axis], along[axis]);
  }
  for (;;) {
    const axis = next[0] < next[1] ? (next[0] < next[2] ? 0 : 2) : next[1] < next[2] ? 1 : 2;
    if (next[axis] >= 1) return undefined;
    const share = next[axis];
    const dist = planes[axis][cell[axis] + (step[axis] > 0 ? 1 : 0)];
    cell[axis] += step[axis];
    const inside = cell[axis] >= 0 && cell[axis] < size[axis];
    if (!inside || cells[(cell[0] * size[1] + cell[1]) * size[2] + cell[2]] === SOLID) {
      const at = from.map((value, each) => value + along[each] * share);
      return { axis, dist, sign: step[axis] > 0 ? -1 : 1, at };
    }
    next[axis] = shareOf(planes[axis], cell[axis], step[axis], from[axis], along[axis]);
  }
}

/** Which part of the way lies before the next plane of this axis. */
function shareOf(planes, cell, step, from, along) {
  return along === 0 ? Number.POSITIVE_INFINITY : (planes[cell + (step > 0 ? 1 : 0)] - from) / along;
}

function cellAt(planes, value) {
  let [low, high] = [0, planes.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (planes[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}
