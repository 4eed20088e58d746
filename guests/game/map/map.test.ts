/** The map's compiler: what is solid to a point, to a player and to the eye agrees with the boxes that the map is made of. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Bsp, contentsAt, hullContents, leafAt, parseBsp, visibleFrom } from "../testing/bsp.ts";
import { compile, PLAYER, partsOf } from "./compile.mjs";
import { gridOfLight } from "./light.mjs";
import { culvert } from "./source.mjs";
import { trace } from "./trace.mjs";

const EMPTY = -1;
const SOLID = -2;
const WATER = -3;

type Vec = [number, number, number];

interface Box {
  kind: "room" | "solid" | "water";
  from: Vec;
  to: Vec;
  floor: string;
  wall: string;
  ceiling: string;
  own: boolean;
}

const texture = (name: string) => {
  const data = new Uint8Array(40 + 16 * 16 + 8 * 8 + 4 * 4 + 2 * 2);
  data.set(new TextEncoder().encode(name));
  return { name, data };
};
const compiled = (
  source: { boxes: Box[]; entities: Record<string, string>[] },
  lights: { at: number[]; level: number }[] = [],
) => {
  const names = new Set(["*water1", ...source.boxes.flatMap((box) => [box.floor, box.wall, box.ceiling])]);
  return parseBsp(compile({ ...source, lights }, [...names].map(texture)));
};

/** What is at a point, from the boxes themselves. */
function contentsIn(boxes: Box[], point: readonly number[]): number {
  const inside = ({ from, to }: Box) => point.every((at, axis) => at > (from[axis] ?? 0) && at < (to[axis] ?? 0));
  const box = boxes.findLast(inside);
  return box ? { room: EMPTY, solid: SOLID, water: WATER }[box.kind] : SOLID;
}

const axis = fc
  .tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 1, max: 8 }))
  .map(([from, size]) => [from * 16, (from + size) * 16]);
const box: fc.Arbitrary<Box> = fc
  .tuple(fc.constantFrom("room" as const, "room" as const, "solid" as const, "water" as const), axis, axis, axis)
  .map(([kind, [west = 0, east = 0], [south = 0, north = 0], [low = 0, high = 0]]) => ({
    kind,
    from: [west, south, low],
    to: [east, north, high],
    ...{ floor: "a", wall: "b", ceiling: "c", own: false },
  }));
const boxes = fc
  .tuple(box, fc.array(box, { maxLength: 7 }))
  .map(([first, rest]) => [{ ...first, kind: "room" as const }, ...rest]);
/** Never on a plane of the map. */
const place = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -130, max: 280 }).map((at) => at + 0.5)));

describe("maps of boxes", () => {
  test("the tree has at each point what the boxes have there", () => {
    fc.assert(
      fc.property(boxes, fc.array(place, { minLength: 60, maxLength: 60 }), (all, points) => {
        const bsp = compiled({ boxes: all, entities: [] });
        for (const point of points) expect(contentsAt(bsp, point)).toBe(contentsIn(all, point));
      }),
      { numRuns: 25 },
    );
  });

  test("a player's middle may be where no part of the player's box is in anything solid, and nowhere else", () => {
    fc.assert(
      fc.property(boxes, fc.array(place, { minLength: 30, maxLength: 30 }), (all, points) => {
        const bsp = compiled({ boxes: all, entities: [] });
        for (const point of points) {
          // Boxes lie on multiples of 16: points 8 apart from side to side meet all that the player's box meets.
          const steps = PLAYER.mins.map((low, each) => {
            const high = PLAYER.maxs[each] ?? 0;
            const inner = Array.from({ length: (high - low) / 8 - 1 }, (_, step) => low + 8 * (step + 1));
            return [low + 0.25, ...inner, high - 0.25].map((at) => at + (point[each] ?? 0));
          });
          const [xs = [], ys = [], zs = []] = steps;
          const free = xs.every((x) => ys.every((y) => zs.every((z) => contentsIn(all, [x, y, z]) !== SOLID)));
          expect(hullContents(bsp, 1, point)).toBe(free ? EMPTY : SOLID);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("faces close every room: whatever side one of them has, another has it the other way", () => {
    fc.assert(
      fc.property(boxes, (all) => {
        const bsp = compiled({ boxes: all, entities: [] });
        expect(unmatchedSides(bsp)).toEqual([]);
        for (const face of bsp.faces) expectBetween(bsp, face);
      }),
      { numRuns: 25 },
    );
  });
});

/** Directed sides that are not matched by as many in the other direction. */
function unmatchedSides(bsp: Bsp): string[] {
  const count = new Map<string, number>();
  for (const { corners } of bsp.faces) {
    for (const [at, from] of corners.entries()) {
      const [a, b] = [from.join(" "), (corners[(at + 1) % corners.length] ?? []).join(" ")];
      const key = a < b ? `${a} - ${b}` : `${b} - ${a}`;
      count.set(key, (count.get(key) ?? 0) + (a < b ? 1 : -1));
    }
  }
  return [...count].filter(([, sum]) => sum !== 0).map(([key]) => key);
}

/** A face has what it is seen from before it, and something else behind it, and its corners run clockwise. */
function expectBetween(bsp: Bsp, { plane, back, corners }: Bsp["faces"][number]): void {
  const { axis: normal = 0 } = bsp.planes[plane] ?? {};
  const mean = [0, 1, 2].map((each) => corners.reduce((sum, at) => sum + (at[each] ?? 0), 0) / corners.length);
  const beside = (by: number) =>
    contentsAt(
      bsp,
      mean.map((at, each) => at + (each === normal ? by : 0)),
    );
  const side = back ? -0.25 : 0.25;
  const [before, behind] = [beside(side), beside(-side)];
  expect(before).not.toBe(SOLID);
  expect(behind).not.toBe(before);
  const [u = 0, v = 0] = [(normal + 1) % 3, (normal + 2) % 3];
  const turn = corners.reduce((sum, at, index) => {
    const next = corners[(index + 1) % corners.length] ?? at;
    return sum + (at[u] ?? 0) * (next[v] ?? 0) - (next[u] ?? 0) * (at[v] ?? 0);
  }, 0);
  expect(Math.sign(turn)).toBe(back ? 1 : -1);
}

describe("the map culvert", () => {
  let bsp: Bsp;
  const parts = partsOf(culvert);
  beforeAll(() => {
    bsp = compiled(culvert);
  });
  const placed = () => bsp.entities.filter(({ origin }) => origin !== undefined);
  const originOf = ({ origin = "" }: Record<string, string>) => origin.split(" ").map(Number);

  test("who starts stands on the ground and has room", () => {
    const starts = placed().filter(({ classname }) => classname === "info_player_deathmatch");
    expect(starts.length).toBeGreaterThanOrEqual(8);
    for (const place of placed()) {
      const [x = 0, y = 0, z = 0] = originOf(place);
      expect(hullContents(bsp, 1, [x, y, z + 0.5]), JSON.stringify(place)).toBe(EMPTY);
      expect(hullContents(bsp, 1, [x, y, z - 0.5]), JSON.stringify(place)).toBe(SOLID);
    }
  });

  test("it is closed, and every face lies between what differs", () => {
    expect(unmatchedSides(bsp)).toEqual([]);
    for (const face of bsp.faces) expectBetween(bsp, face);
    for (const face of bsp.faces) expect(face.corners.length).toBeLessThanOrEqual(32);
  });

  test("faces are small enough for an engine's light maps", () => {
    for (const { corners, mapping } of bsp.faces) {
      for (const row of [mapping.slice(0, 4), mapping.slice(4)]) {
        const at = corners.map((corner) =>
          corner.reduce((sum, value, each) => sum + value * (row[each] ?? 0), row[3] ?? 0),
        );
        expect(Math.ceil(Math.max(...at) / 16) - Math.floor(Math.min(...at) / 16)).toBeLessThanOrEqual(17);
      }
    }
  });

  test("each open leaf lists the faces that its own sides show", () => {
    const listed = new Set(bsp.leaves.flatMap(({ faces }) => faces));
    expect(listed.size).toBe(bsp.faces.length);
    for (const { mins, maxs, faces } of bsp.leaves) {
      for (const number of faces) {
        const { plane = -1, back } = bsp.faces[number] ?? {};
        const { axis: normal = 0, dist } = bsp.planes[plane] ?? {};
        expect((back ? maxs : mins)[normal]).toBe(dist);
      }
    }
  });

  test("sight goes both ways, and no straight line leads to what is said to be hidden", () => {
    const seen = bsp.leaves.map((_, leaf) => (leaf === 0 ? new Set<number>() : visibleFrom(bsp, leaf)));
    for (const [leaf, others] of seen.entries()) for (const other of others) expect(seen[other]?.has(leaf)).toBe(true);
    const random = chance(1);
    const open = bsp.leaves.flatMap((leaf, number) => (number > 0 ? [{ ...leaf, number }] : []));
    const somewhere = () => {
      const leaf = open[Math.floor(random() * open.length)];
      if (!leaf) throw new Error("there is no open leaf");
      return leaf.mins.map((low, each) => low + 0.01 + random() * ((leaf.maxs[each] ?? 0) - low - 0.02));
    };
    let [clear, hidden] = [0, 0];
    for (let line = 0; line < 60_000; line += 1) {
      const [from, to] = [somewhere(), somewhere()];
      const may = seen[leafAt(bsp, from)]?.has(leafAt(bsp, to));
      if (!may) hidden += 1;
      if (trace(parts.contents, from, to)) continue;
      clear += 1;
      expect(may, `${from} to ${to}`).toBe(true);
    }
    expect(clear).toBeGreaterThan(3000);
    // A map where everything is seen from everywhere would pass all of the above.
    expect(hidden).toBeGreaterThan(20_000);
  });
});

describe("light", () => {
  const room = { floor: "a", wall: "a", ceiling: "a", own: false };
  const source: { boxes: Box[]; entities: Record<string, string>[] } = {
    boxes: [
      { kind: "room", from: [0, 0, 0], to: [256, 128, 128], ...room },
      { kind: "solid", from: [120, 0, 0], to: [136, 128, 112], ...room },
    ],
    entities: [],
  };

  test("walls near a lamp are brighter than those behind a wall, and each face has all its values", () => {
    const bsp = compiled(source, [{ at: [48, 64, 96], level: 300 }]);
    const mean = (x: number) => {
      const face = bsp.faces.find(({ corners }) => corners.every(([at]) => at === x));
      if (!face) throw new Error(`there is no wall at ${x}`);
      const values = bsp.lighting.slice(face.light, face.light + 9 * 9);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(mean(0)).toBeGreaterThan(2 * mean(256));
    expect(mean(256)).toBeGreaterThan(5);
    const last = Math.max(...bsp.faces.map(({ light }) => light));
    expect(last).toBeLessThan(bsp.lighting.length);
  });

  test("a face of 240 by 16 units has 16 by 2 values", () => {
    const skin = { texture: "a", offset: [0, 0] };
    const [s, t] = gridOfLight({ axis: 0, dist: 0, sign: 1, skin, low: [0, 0], high: [240, 16] });
    expect([s?.count, t?.count]).toEqual([16, 2]);
  });
});

/** Numbers from 0 to 1 that are the same in each run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x100000000;
  };
}
