// Binary space partition of a grid: splits it along its planes until what remains is all of one kind, so that every leaf is a
// box. Pure.

/**
 * @typedef {import("./grid.mjs").Grid} Grid
 * @typedef {{low: number[], high: number[]}} Region a box of the grid, in numbers of planes
 * @typedef {{axis: number, plane: number, region: Region, front: Tree, back: Tree}} Node splits at planes[axis][plane]; front is above
 * @typedef {{value: number, region: Region, cluster: number}} Leaf
 * @typedef {Node | Leaf} Tree
 */

/**
 * @param {Grid[]} grids with the same planes: the first is split until it is of one kind, then each part by the second, ...
 * @returns {Tree} leaves hold the last grid's value; `cluster` counts the parts of the first grid, from 0
 */
export function treeOf(grids) {
  const whole = { low: [0, 0, 0], high: [...grids[0].size] };
  let clusters = 0;
  const build = (region, level, cluster) => {
    const split = bestSplit(grids[level], region);
    if (!split) {
      const own = level === 0 ? clusters++ : cluster;
      if (level + 1 < grids.length) return build(region, level + 1, own);
      return { value: grids[level].cells[indexOf(grids[level], region.low)], region, cluster: own };
    }
    const { axis, plane } = split;
    const front = { low: replaced(region.low, axis, plane), high: region.high };
    const back = { low: region.low, high: replaced(region.high, axis, plane) };
    return { axis, plane, region, front: build(front, level, cluster), back: build(back, level, cluster) };
  };
  return build(whole, 0, -1);
}

/** The plane with most border between kinds on it, near the middle rather than at an end; none if there is no border. */
function bestSplit(grid, { low, high }) {
  const { planes, size, cells } = grid;
  const steps = [size[1] * size[2], size[2], 1];
  let best;
  for (const axis of [0, 1, 2]) {
    const [u, v] = [0, 1, 2].filter((other) => other !== axis);
    const length = planes[axis][high[axis]] - planes[axis][low[axis]];
    for (let plane = low[axis] + 1; plane < high[axis]; plane += 1) {
      let border = 0;
      for (let i = low[u]; i < high[u]; i += 1) {
        const width = planes[u][i + 1] - planes[u][i];
        for (let j = low[v]; j < high[v]; j += 1) {
          const index = plane * steps[axis] + i * steps[u] + j * steps[v];
          if (cells[index] !== cells[index - steps[axis]]) border += width * (planes[v][j + 1] - planes[v][j]);
        }
      }
      if (border === 0) continue;
      const side = (planes[axis][plane] - planes[axis][low[axis]]) / length;
      const score = border * (0.25 + Math.min(side, 1 - side));
      if (!best || score > best.score) best = { axis, plane, score };
    }
  }
  return best;
}

export function indexOf(grid, at) {
  return (at[0] * grid.size[1] + at[1]) * grid.size[2] + at[2];
}

/** Corners of a region in the map's units. @param {Grid} grid @param {Region} region */
export function boundsOf(grid, region) {
  return {
    mins: region.low.map((at, axis) => grid.planes[axis][at]),
    maxs: region.high.map((at, axis) => grid.planes[axis][at]),
  };
}

/** All leaves, in the order of the tree. @param {Tree} tree @returns {Leaf[]} */
export function leavesOf(tree) {
  return "value" in tree ? [tree] : [...leavesOf(tree.front), ...leavesOf(tree.back)];
}

function replaced(list, at, value) {
  return list.map((each, index) => (index === at ? value : each));
}
