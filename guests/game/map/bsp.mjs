// Writes a map as a BSP file of version 29. Pure.

import { writer } from "../bytes.mjs";
import { cornersOf, mappingOf } from "./faces.mjs";
import { SOLID } from "./grid.mjs";
import { boundsOf } from "./tree.mjs";

const VERSION = 29;
const LUMPS =
  "entities planes textures vertexes visibility nodes texinfo faces lighting clipnodes leafs marksurfaces edges surfedges models".split(
    " ",
  );
/** Flag of a texture that is drawn without light and in waves. */
const UNLIT = 1;

/**
 * @param {object} map
 * @param {import("./grid.mjs").Grid} map.grid
 * @param {import("./tree.mjs").Tree} map.tree of points
 * @param {{grid: import("./grid.mjs").Grid, tree: import("./tree.mjs").Tree}[]} map.hulls of larger things
 * @param {Map<import("./tree.mjs").Node, import("./faces.mjs").Face[]>} map.faces
 * @param {Map<import("./faces.mjs").Face, Uint8Array>} map.light rows of light values; a face without them is unlit
 * @param {Map<import("./tree.mjs").Leaf, Uint8Array>} map.visible packed rows of what each leaf may see
 * @param {import("./tree.mjs").Leaf[]} map.leaves the open ones, in the order that the rows count them
 * @param {{name: string, data: Uint8Array}[]} map.textures
 * @param {Record<string, string>[]} map.entities
 */
export function bspOf(map) {
  const lumps = Object.fromEntries(LUMPS.map((name) => [name, writer()]));
  lumps.entities.bytes(Buffer.from(`${entitiesText(map.entities)}\0`, "latin1"));
  const plane = planesInto(lumps.planes);
  texturesInto(lumps.textures, map.textures);
  const faceNumbers = facesInto(lumps, map, plane);
  leavesInto(lumps, map, faceNumbers);
  nodesInto(lumps.nodes, map, plane, faceNumbers);
  const heads = [0, ...map.hulls.map((hull) => clipNodesInto(lumps.clipnodes, hull, plane)), 0];
  modelInto(lumps.models, map, heads, faceNumbers.size);

  const file = writer();
  file.i32(VERSION);
  let at = 4 + LUMPS.length * 8;
  const padded = LUMPS.map((name) => {
    const data = lumps[name].done();
    file.i32(at);
    file.i32(data.length);
    const room = new Uint8Array(Math.ceil(data.length / 4) * 4);
    room.set(data);
    at += room.length;
    return room;
  });
  for (const data of padded) file.bytes(data);
  return file.done();
}

function entitiesText(entities) {
  return entities
    .map(
      (entity) =>
        `{\n${Object.entries(entity)
          .map(([key, value]) => `"${key}" "${value}"\n`)
          .join("")}}\n`,
    )
    .join("");
}

function planesInto(lump) {
  const known = new Map();
  return (axis, dist) => {
    const key = `${axis} ${dist}`;
    const number = known.get(key) ?? known.size;
    if (!known.has(key)) {
      known.set(key, number);
      for (const each of [0, 1, 2]) lump.f32(each === axis ? 1 : 0);
      lump.f32(dist);
      lump.i32(axis);
    }
    return number;
  };
}

function texturesInto(lump, textures) {
  lump.i32(textures.length);
  let at = 4 + textures.length * 4;
  for (const { data } of textures) {
    lump.i32(at);
    at += data.length;
  }
  for (const { data } of textures) lump.bytes(data);
}

/** Faces in the order of the nodes, as the nodes count them. */
function facesInto(lumps, map, plane) {
  const numbers = new Map();
  const texinfo = texinfosInto(lumps.texinfo, map.textures);
  const all = [...map.faces.values()].flat();
  const edge = edgesInto(lumps);
  const corners = withoutGaps(all);
  let edges = 0;
  for (const [number, face] of all.entries()) {
    numbers.set(face, number);
    const around = corners[number];
    lumps.faces.i16(plane(face.axis, face.dist));
    lumps.faces.i16(face.sign > 0 ? 0 : 1);
    lumps.faces.i32(edges);
    lumps.faces.i16(around.length);
    lumps.faces.i16(texinfo(face));
    const light = map.light.get(face);
    for (const style of [light ? 0 : 255, 255, 255, 255]) lumps.faces.u8(style);
    lumps.faces.i32(light ? lumps.lighting.length : -1);
    if (light) lumps.lighting.bytes(light);
    for (const [at, from] of around.entries()) lumps.surfedges.i32(edge(from, around[(at + 1) % around.length]));
    edges += around.length;
  }
  return numbers;
}

function texinfosInto(lump, textures) {
  const known = new Map();
  return (face) => {
    const { s, t } = mappingOf(face);
    const texture = textures.findIndex(({ name }) => name === face.skin.texture);
    if (texture < 0) throw new Error(`there is no texture ${face.skin.texture}`);
    const key = [...s, ...t, texture].join(" ");
    const number = known.get(key) ?? known.size;
    if (!known.has(key)) {
      known.set(key, number);
      for (const value of [...s, ...t]) lump.f32(value);
      lump.i32(texture);
      lump.i32(face.skin.texture.startsWith("*") ? UNLIT : 0);
    }
    return number;
  };
}

/** An edge is written once for the two faces that it lies between; the second goes along it backwards. */
function edgesInto({ vertexes, edges }) {
  const points = new Map();
  const point = (at) => {
    const key = at.join(" ");
    const number = points.get(key) ?? points.size;
    if (!points.has(key)) {
      points.set(key, number);
      for (const value of at) vertexes.f32(value);
    }
    return number;
  };
  // Edge 0 is never used: its number has no sign.
  for (const end of [0, 0]) edges.u16(end);
  let count = 1;
  const waiting = new Map();
  return (from, to) => {
    const [a, b] = [point(from), point(to)];
    const turned = waiting.get(`${b} ${a}`);
    if (turned !== undefined) {
      waiting.delete(`${b} ${a}`);
      return -turned;
    }
    edges.u16(a);
    edges.u16(b);
    waiting.set(`${a} ${b}`, count);
    return count++;
  };
}

/**
 * The corners of all faces, with further ones wherever another face's corner lies on a side: sides that meet then have the
 * same points, and no ray of what lies behind shines through where an engine rounds.
 */
function withoutGaps(faces) {
  const corners = faces.map(cornersOf);
  const lines = new Map();
  const lineOf = (point, axis) => `${axis} ${point.filter((_, each) => each !== axis).join(" ")}`;
  for (const point of corners.flat()) {
    for (const axis of [0, 1, 2]) {
      const line = lineOf(point, axis);
      if (!lines.has(line)) lines.set(line, new Set());
      lines.get(line).add(point[axis]);
    }
  }
  return corners.map((around) =>
    around.flatMap((from, at) => {
      const to = around[(at + 1) % around.length];
      const axis = from.findIndex((value, each) => value !== to[each]);
      const [low, high] = [Math.min(from[axis], to[axis]), Math.max(from[axis], to[axis])];
      const between = [...lines.get(lineOf(from, axis))].filter((value) => value > low && value < high);
      between.sort((a, b) => (from[axis] < to[axis] ? a - b : b - a));
      return [from, ...between.map((value) => from.map((old, each) => (each === axis ? value : old)))];
    }),
  );
}

function boundsInto(lump, map, region) {
  const { mins, maxs } = boundsOf(map.grid, region);
  for (const value of [...mins, ...maxs]) lump.i16(value);
}

/** Leaf 0 is all rock; the others follow in the order in which visibility counts them. */
function leavesInto(lumps, map, faceNumbers) {
  const { leafs, marksurfaces, visibility } = lumps;
  leafs.i32(SOLID);
  leafs.i32(-1);
  for (let i = 0; i < 6; i += 1) leafs.i16(0);
  for (let i = 0; i < 2; i += 1) leafs.u16(0);
  for (let i = 0; i < 4; i += 1) leafs.u8(0);
  const faces = facesAt(map);
  const rows = new Map();
  for (const leaf of map.leaves) {
    const row = map.visible.get(leaf);
    const key = Buffer.from(row).toString("latin1");
    if (!rows.has(key)) {
      rows.set(key, visibility.length);
      visibility.bytes(row);
    }
    leafs.i32(leaf.value);
    leafs.i32(rows.get(key));
    boundsInto(leafs, map, leaf.region);
    const own = faces.get(leaf) ?? [];
    leafs.u16(marksurfaces.length / 2);
    leafs.u16(own.length);
    for (const face of own) marksurfaces.u16(faceNumbers.get(face));
    for (let i = 0; i < 4; i += 1) leafs.u8(0);
  }
}

/** The faces that a leaf's sides show: those of the nodes above it that lie on one of its sides and face into it. */
export function facesAt(map) {
  const result = new Map();
  const visit = (tree, near) => {
    const bounds = boundsOf(map.grid, tree.region);
    const touching = near.filter((face) => touches(bounds, face));
    if ("value" in tree) return void (tree.value !== SOLID && result.set(tree, touching));
    const own = map.faces.get(tree) ?? [];
    visit(tree.front, [...touching, ...own.filter((face) => face.sign > 0)]);
    visit(tree.back, [...touching, ...own.filter((face) => face.sign < 0)]);
  };
  visit(map.tree, []);
  return result;
}

function touches({ mins, maxs }, { axis, dist, sign, low, high }) {
  if ((sign > 0 ? mins : maxs)[axis] !== dist) return false;
  const [u, v] = [0, 1, 2].filter((other) => other !== axis);
  return low[0] < maxs[u] && high[0] > mins[u] && low[1] < maxs[v] && high[1] > mins[v];
}

function nodesInto(lump, map, plane, faceNumbers) {
  const leafNumbers = new Map(map.leaves.map((leaf, at) => [leaf, at + 1]));
  const nodes = nodesOf(map.tree);
  const numbers = new Map(nodes.map((node, at) => [node, at]));
  const child = (tree) => ("value" in tree ? -(leafNumbers.get(tree) ?? 0) - 1 : numbers.get(tree));
  let faces = 0;
  for (const node of nodes) {
    lump.i32(plane(node.axis, map.grid.planes[node.axis][node.plane]));
    lump.i16(child(node.front));
    lump.i16(child(node.back));
    boundsInto(lump, map, node.region);
    const own = map.faces.get(node) ?? [];
    if (own.length > 0 && faceNumbers.get(own[0]) !== faces) throw new Error("faces are not in the order of the nodes");
    lump.u16(faces);
    lump.u16(own.length);
    faces += own.length;
  }
}

/** Nodes of a tree, each before those below it: the first is the root. */
function nodesOf(tree) {
  return "value" in tree ? [] : [tree, ...nodesOf(tree.front), ...nodesOf(tree.back)];
}

/** Adds a hull; returns the number of its first node, or, where there is no room for such a box at all, that it is solid. */
function clipNodesInto(lump, { grid, tree }, plane) {
  if ("value" in tree) return tree.value;
  const first = lump.length / 8;
  const nodes = nodesOf(tree);
  const numbers = new Map(nodes.map((node, at) => [node, first + at]));
  const child = (below) => ("value" in below ? below.value : numbers.get(below));
  for (const node of nodes) {
    lump.i32(plane(node.axis, grid.planes[node.axis][node.plane]));
    lump.i16(child(node.front));
    lump.i16(child(node.back));
  }
  return first;
}

function modelInto(lump, map, heads, faces) {
  const open = map.leaves.map((leaf) => boundsOf(map.grid, leaf.region));
  for (const axis of [0, 1, 2]) lump.f32(Math.min(...open.map(({ mins }) => mins[axis])));
  for (const axis of [0, 1, 2]) lump.f32(Math.max(...open.map(({ maxs }) => maxs[axis])));
  for (let i = 0; i < 3; i += 1) lump.f32(0);
  for (const head of heads) lump.i32(head);
  lump.i32(map.leaves.length);
  lump.i32(0);
  lump.i32(faces);
}
