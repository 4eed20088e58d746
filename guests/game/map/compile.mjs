// Compiles the map's source to a BSP file: grid, trees, faces, light, visibility. Pure: the same source gives the same bytes.

import { bspOf } from "./bsp.mjs";
import { facesOf } from "./faces.mjs";
import { EMPTY, gridOf, grown, mapped, SOLID, WATER } from "./grid.mjs";
import { lightOf } from "./light.mjs";
import { leavesOf, treeOf } from "./tree.mjs";
import { visibilityOf } from "./visibility.mjs";

/** A player's box about its origin; also what the file's first hull for boxes is made for. */
export const PLAYER = { mins: [-16, -16, -24], maxs: [16, 16, 32] };
/** The second hull, for larger things, which the game has none of; engines want it to be there. */
const LARGE = { mins: [-32, -32, -24], maxs: [32, 32, 64] };

/** Engines draw textures whose names begin with an asterisk without light and in waves. */
const WATER_SURFACE = "*water1";

const CONTENTS = { room: EMPTY, solid: SOLID, water: WATER };

/**
 * @typedef {import("./source.mjs").Box} Box
 * @typedef {{boxes: Box[], lights: import("./light.mjs").Light[], entities: Record<string, string>[]}} Source
 */

/** The parts of a compiled map, for the writer and for tests. @param {Source} source */
export function partsOf({ boxes }) {
  const grid = gridOf(boxes);
  const contentsOf = (box) => (box < 0 ? SOLID : CONTENTS[boxes[box].kind]);
  const contents = mapped(grid, contentsOf);
  // Who sees whom is reckoned with the rooms alone; what stands in them hides nothing there.
  const rooms = mapped(
    gridOf(boxes, (box) => boxes[box].kind === "room"),
    (box) => (box < 0 ? SOLID : EMPTY),
  );
  const tree = treeOf([rooms, contents]);
  const hulls = [PLAYER, LARGE].map(({ mins, maxs }) => {
    const larger = grown(contents, mins, maxs);
    return { grid: larger, tree: treeOf([larger]) };
  });
  const leaves = leavesOf(tree).filter((leaf) => leaf.value !== SOLID);
  return { grid, contents, contentsOf, tree, hulls, leaves };
}

/** @param {Source} source @param {{name: string, data: Uint8Array}[]} textures */
export function compile(source, textures) {
  const parts = partsOf(source);
  const faces = facesOf(parts.grid, parts.tree, parts.contentsOf, skins(source.boxes));
  return bspOf({
    ...parts,
    faces,
    light: lightOf(parts, [...faces.values()].flat(), source.lights),
    visible: visibilityOf(parts),
    textures,
    entities: source.entities,
  });
}

/** What a surface wears: the solid box's own texture, or, where there is rock, the room's. */
function skins(boxes) {
  return (behind, before, axis, sign) => {
    const solid = boxes[behind]?.kind === "solid";
    if (boxes[behind] && !solid) return { texture: WATER_SURFACE, offset: [0, 0] };
    const box = boxes[solid ? behind : before];
    const side = axis < 2 ? "wall" : sign > 0 ? "floor" : "ceiling";
    const offset = box.own ? box.from.filter((_, each) => each !== axis) : [0, 0];
    return { texture: box[side], offset };
  };
}
