// Solid and open space as a grid of boxes: every coordinate at which the map's source begins or ends something is a plane of
// the grid, so each cell is all of one kind and nothing is ever rounded. Pure. Units are the map's.

/** What space holds; the numbers are those of BSP files. */
export const EMPTY = -1;
export const SOLID = -2;
export const WATER = -3;

/** Rock this thick lies around everything. */
const BORDER = 64;

/**
 * @typedef {[number, number, number]} Vec
 * @typedef {{planes: number[][], size: number[], cells: Int16Array}} Grid planes: the coordinates of each axis, ascending;
 *   cell (x, y, z) reaches from plane to plane and lies at index (x * size[1] + y) * size[2] + z
 */

/**
 * The grid of these boxes, later ones over earlier ones; a cell holds the number of its box, or -1 where there is rock.
 * @param {{from: Vec, to: Vec}[]} boxes
 * @param {(number: number) => boolean} counts whether a box is filled in; its planes are there in any case
 * @returns {Grid}
 */
export function gridOf(boxes, counts = () => true) {
  const planes = [0, 1, 2].map((axis) => {
    const all = boxes.flatMap((box) => [box.from[axis], box.to[axis]]);
    return ascending([...all, Math.min(...all) - BORDER, Math.max(...all) + BORDER]);
  });
  const size = planes.map((each) => each.length - 1);
  const cells = new Int16Array(size[0] * size[1] * size[2]).fill(-1);
  for (const [number, box] of boxes.entries()) {
    if (!counts(number)) continue;
    const low = box.from.map((at, axis) => planes[axis].indexOf(at));
    const high = box.to.map((at, axis) => planes[axis].indexOf(at));
    for (let x = low[0]; x < high[0]; x += 1) {
      for (let y = low[1]; y < high[1]; y += 1) {
        const row = (x * size[1] + y) * size[2];
        cells.fill(number, row + low[2], row + high[2]);
      }
    }
  }
  return { planes, size, cells };
}

/** The same grid with other values in its cells. @param {Grid} grid @param {(value: number) => number} change */
export function mapped(grid, change) {
  return { ...grid, cells: grid.cells.map(change) };
}

/**
 * Where the middle of a box of this size may be: the grid's contents seen by something that is not a point. What is solid
 * grows by the box; everything else counts as empty.
 * @param {Grid} grid of contents @param {Vec} mins @param {Vec} maxs @returns {Grid}
 */
export function grown(grid, mins, maxs) {
  let result = mapped(grid, (value) => (value === SOLID ? SOLID : EMPTY));
  for (const axis of [0, 1, 2]) result = grownAlong(result, axis, mins[axis], maxs[axis]);
  return result;
}

/** The sum of boxes is made one axis after the other, since a box is. */
function grownAlong(grid, axis, min, max) {
  const old = grid.planes[axis];
  const planes = [...grid.planes];
  planes[axis] = ascending(old.flatMap((at) => [at - max, at - min]));
  const size = planes.map((each) => each.length - 1);
  const cells = new Int16Array(size[0] * size[1] * size[2]);
  // Old cells that the box touches while its middle is within the new cell; outside of the grid there is rock.
  const touched = planes[axis].slice(0, -1).map((from, at) => {
    const middle = (from + planes[axis][at + 1]) / 2;
    const first = old.findLastIndex((plane) => plane <= middle + min);
    const last = old.findIndex((plane) => plane >= middle + max);
    return { first, last: last < 0 ? Number.POSITIVE_INFINITY : last };
  });
  let to = 0;
  const at = [0, 0, 0];
  for (at[0] = 0; at[0] < size[0]; at[0] += 1) {
    for (at[1] = 0; at[1] < size[1]; at[1] += 1) {
      for (at[2] = 0; at[2] < size[2]; at[2] += 1) {
        const { first, last } = touched[at[axis]];
        cells[to] = first < 0 || last === Number.POSITIVE_INFINITY ? SOLID : EMPTY;
        const from = [...at];
        for (let i = first; cells[to] === EMPTY && i < last; i += 1) {
          from[axis] = i;
          if (grid.cells[(from[0] * grid.size[1] + from[1]) * grid.size[2] + from[2]] === SOLID) cells[to] = SOLID;
        }
        to += 1;
      }
    }
  }
  return { planes, size, cells };
}

function ascending(numbers) {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
