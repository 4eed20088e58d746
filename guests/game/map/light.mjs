// Light maps: how bright every 16th unit of each face is, from lamps that are seen from there and from what walls throw back.
// Pure; 128 shows a texture as it is.

import { chance } from "../art/canvas.mjs";
import { mappingOf } from "./faces.mjs";
import { trace } from "./trace.mjs";

const STEP = 16;
/** How far a lamp reaches, and at which distance it is half as bright. */
const REACH = 900;
const HALF = 120;
/** Points of a lamp from which rays come, so that shadows have soft borders; lamps are this large. */
const RAYS = 5;
const LAMP = 22;
/** Light that is everywhere, and what walls throw back. */
const AMBIENT = 11;
const BOUNCED_RAYS = 40;
const THROWN_BACK = 0.5;
const FAR = 2500;
const GAIN = 1.12;

/** @typedef {{at: number[], level: number}} Light level: 300 is a room's main light */

/**
 * @param {{contents: import("./grid.mjs").Grid}} parts
 * @param {import("./faces.mjs").Face[]} faces
 * @param {Light[]} lights
 * @returns {Map<import("./faces.mjs").Face, Uint8Array>} rows of values, texture coordinate s first; none for water
 */
export function lightOf({ contents }, faces, lights) {
  // A map without lamps has no light maps: engines show it as it is.
  const lit = lights.length === 0 ? [] : faces.filter((face) => !face.skin.texture.startsWith("*"));
  const points = new Map(lit.map((face) => [face, pointsOf(face)]));
  const direct = new Map(lit.map((face) => [face, points.get(face).map((at) => lampsAt(contents, at, face, lights))]));
  const thrown = lookup(lit, direct);
  return new Map(
    lit.map((face) => [
      face,
      Uint8Array.from(points.get(face), (at, index) => {
        const value = direct.get(face)[index] + bouncedAt(contents, at, face, thrown) + AMBIENT;
        return Math.max(0, Math.min(255, Math.round(value)));
      }),
    ]),
  );
}

/** How many values a face has along s and t, and where the first lies, in steps. */
export function gridOfLight(face) {
  const { s, t } = mappingOf(face);
  const others = [0, 1, 2].filter((other) => other !== face.axis);
  return [s, t].map((mapping, each) => {
    const direction = mapping[others[each]];
    const ends = [face.low[each], face.high[each]].map((at) => direction * at + mapping[3]);
    const first = Math.floor(Math.min(...ends) / STEP);
    return { direction, shift: mapping[3], first, count: Math.ceil(Math.max(...ends) / STEP) - first + 1 };
  });
}

/** The points that are lit, a little before the face and never beyond its borders, where there may be rock. */
function pointsOf(face) {
  const [s, t] = gridOfLight(face);
  const place = ({ direction, shift, first }, index, each) => {
    const at = ((first + index) * STEP - shift) / direction;
    return Math.min(face.high[each] - 0.5, Math.max(face.low[each] + 0.5, at));
  };
  return Array.from({ length: s.count * t.count }, (_, number) => {
    const point = [place(s, number % s.count, 0), place(t, Math.floor(number / s.count), 1)];
    point.splice(face.axis, 0, face.dist + face.sign * 0.5);
    return point;
  });
}

function lampsAt(contents, at, face, lights) {
  let sum = 0;
  for (const [number, light] of lights.entries()) {
    const toward = light.at.map((value, axis) => value - at[axis]);
    const far = Math.sqrt(toward[0] ** 2 + toward[1] ** 2 + toward[2] ** 2);
    const facing = (toward[face.axis] * face.sign) / far;
    if (far > REACH || facing <= 0) continue;
    const edge = 1 - (far / REACH) ** 2;
    const brightness = (light.level * GAIN * edge * edge) / (1 + (far / HALF) ** 2);
    let seen = 0;
    for (let ray = 0; ray < RAYS; ray += 1) {
      const from = light.at.map((value, axis) => value + (chance(ray, axis, number) - 0.5) * LAMP);
      if (!trace(contents, at, from)) seen += 1;
    }
    // Half of the light counts however it falls: walls are rough.
    sum += (brightness * (0.35 + 0.65 * facing) * seen) / RAYS;
  }
  return sum;
}

/** Light that comes back from other walls: what rays to all sides see there. */
function bouncedAt(contents, at, face, thrown) {
  let sum = 0;
  for (let ray = 0; ray < BOUNCED_RAYS; ray += 1) {
    const direction = spread(ray);
    direction[face.axis] += 1.02 * face.sign;
    const hit = trace(
      contents,
      at,
      at.map((value, axis) => value + direction[axis] * FAR),
    );
    if (hit) sum += thrown(hit);
  }
  return (sum / BOUNCED_RAYS) * THROWN_BACK;
}

/** Directions all around, evenly, as a spiral from pole to pole; added to a wall's own, they favour what is before it. */
const SPIRAL = Array.from({ length: BOUNCED_RAYS }, (_, ray) => {
  const z = 1 - (2 * ray + 1) / BOUNCED_RAYS;
  const wide = Math.sqrt(1 - z * z);
  const angle = ray * Math.PI * (3 - Math.sqrt(5));
  return [wide * Math.cos(angle), wide * Math.sin(angle), z];
});
const spread = (ray) => [...SPIRAL[ray]];

/** Direct light at a point of a surface, as a line that hit it tells. */
function lookup(faces, direct) {
  const byPlane = new Map();
  for (const face of faces) {
    const key = `${face.axis} ${face.dist} ${face.sign}`;
    if (!byPlane.has(key)) byPlane.set(key, []);
    byPlane.get(key).push({ face, grid: gridOfLight(face), values: direct.get(face) });
  }
  return ({ axis, dist, sign, at }) => {
    const pair = at.filter((_, each) => each !== axis);
    const found = (byPlane.get(`${axis} ${dist} ${sign}`) ?? []).find(({ face: { low, high } }) =>
      pair.every((value, each) => value >= low[each] && value <= high[each]),
    );
    if (!found) return 0;
    const [s, t] = found.grid.map(({ direction, shift, first }, each) =>
      Math.round((direction * pair[each] + shift) / STEP - first),
    );
    return found.values[t * found.grid[0].count + s] ?? 0;
  };
}
