/**
 * The game's pictures, drawn here from the real data by the client's own renderer, compiled with sanitizers: what must be true of
 * every picture, what gives a hidden player away, and what becomes of data that somebody has changed.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGame } from "../build/game.mjs";
import { compilerVersion } from "../build/programs.mjs";
import { cacheFolder } from "../build/step.mjs";
import { BUILD_TIMEOUT, buildChecked, buildForTest, run } from "./test/programs.ts";

const WIDTH = 320;
const MAP = "map=maps/culvert.bsp";
/** Where players start, and which way they look. */
const STARTS = [
  ["eye=-256,-256,46", "look=0,45"],
  ["eye=256,128,46", "look=10,225"],
  ["eye=0,264,174", "look=-20,270"],
  ["eye=-984,224,46", "look=0,315"],
  ["eye=984,-208,46", "look=60,135"],
];

let folder = "";
let data = "";
let glass: ReturnType<typeof buildForTest> | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "terra-picture-"));
  data = join(folder, "culvert");
  const game = await buildGame(cacheFolder(), resolve(import.meta.dirname, ".."), compilerVersion());
  cpSync(game.get("data") ?? "", data, { recursive: true });
  const renderer = ["culvert/render", "culvert/files.c"];
  const fuzzed = ["parts/quakeworld", ...renderer];
  buildChecked(join(folder, "picture"), [], "test/picture.c", ...renderer);
  buildChecked(join(folder, "fuzz-picture"), [], "test/fuzz-picture.c", "test/chance.c", ...fuzzed);
  glass = buildForTest("glass");
}, BUILD_TIMEOUT);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  glass?.dispose();
});

interface Picture {
  polygons: number;
  models: number;
  /** Pixels behind which there is nothing. */
  open: number;
  /** How many different ones. */
  colours: number;
  pixels: Buffer;
}

async function draw(...words: string[]): Promise<Picture> {
  const out = join(folder, "out.ppm");
  const { code, stdout, stderr } = await run(join(folder, "picture"), [data, out, ...words]);
  expect([code, stderr]).toEqual([0, ""]);
  const number = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stdout.toString())?.[1]);
  return {
    polygons: number("polygons"),
    models: number("models"),
    open: number("open"),
    colours: number("colours"),
    pixels: readFileSync(out).subarray(-WIDTH * 200 * 3),
  };
}

const LUMPS = 4;
const TEXTURES = 2;
const MODELS = 14;
const MODEL_SIZE = 64;

/** Where the textures of a map begin. */
function textures(map: Buffer): number[] {
  const start = map.readUInt32LE(LUMPS + 8 * TEXTURES);
  return Array.from({ length: map.readUInt32LE(start) }, (_, at) => start + map.readUInt32LE(start + 4 + 4 * at));
}

/** The map with a second model at its end, of the first's faces, without a tree of its own. */
function withPart(map: Buffer): Buffer {
  const first = map.subarray(map.readUInt32LE(LUMPS + 8 * MODELS)).subarray(0, MODEL_SIZE);
  const second = Buffer.from(first);
  second.writeInt32LE(-1, 36);
  const all = Buffer.concat([map, first, second]);
  all.writeUInt32LE(map.length, LUMPS + 8 * MODELS);
  all.writeUInt32LE(2 * MODEL_SIZE, LUMPS + 8 * MODELS + 4);
  return all;
}

/** Columns and rows between which two pictures differ; undefined if they do not. */
function difference(one: Picture, other: Picture) {
  let found: { left: number; right: number; top: number; bottom: number } | undefined;
  for (let at = 0; at < one.pixels.length; at += 3) {
    if (one.pixels.compare(other.pixels, at, at + 3, at, at + 3) === 0) continue;
    const [x, y] = [(at / 3) % WIDTH, Math.floor(at / 3 / WIDTH)];
    found ??= { left: x, right: x, top: y, bottom: y };
    found.left = Math.min(found.left, x);
    found.right = Math.max(found.right, x);
    found.bottom = y;
  }
  return found;
}

describe("a picture", () => {
  test.each(STARTS)("from %s, %s has no hole, and walls in light and shadow", async (eye, look) => {
    const picture = await draw(MAP, eye ?? "", look ?? "", "weapon=progs/v_gun.mdl,0");
    expect(picture.open).toBe(0);
    expect(picture.models).toBe(1);
    expect(picture.polygons).toBeGreaterThan(30);
    expect(picture.colours).toBeGreaterThan(40);
  });

  test("from outside the map shows nothing behind", async () => {
    expect((await draw(MAP, "eye=0,0,4000", "look=0,0")).open).toBe(WIDTH * 200);
  });

  test("shows a player where one stands, in colours of one's own", async () => {
    const view = [MAP, "eye=-256,-256,46", "look=0,0"];
    const [alone, red, blue] = [
      await draw(...view),
      await draw(...view, "player=-150,-256,24,180,0,4,4"),
      await draw(...view, "player=-150,-256,24,180,0,13,13"),
    ];
    expect(red.models).toBe(1);
    const where = difference(alone, red);
    expect(where).toBeDefined();
    // 56 units high, 32 wide, 106 away, in the middle.
    expect(where?.left).toBeGreaterThan(120);
    expect(where?.right).toBeLessThan(200);
    expect((where?.bottom ?? 0) - (where?.top ?? 0)).toBeGreaterThan(60);
    const dressed = difference(red, blue);
    expect(dressed?.top).toBeGreaterThanOrEqual(where?.top ?? 0);
    expect(dressed?.bottom).toBeLessThanOrEqual(where?.bottom ?? 0);
  });

  test("of a player behind a wall is the same as without, but made of more polygons", async () => {
    const view = [MAP, "eye=-256,-256,46", "look=0,180"];
    const [alone, hidden] = [await draw(...view), await draw(...view, "player=-700,-256,24,0,0,4,4")];
    expect(difference(alone, hidden)).toBeUndefined();
    expect(hidden.polygons).toBeGreaterThan(alone.polygons + 50);
    // The number is on the screen of whoever asks for it, and in no other picture.
    const asked = difference(
      await draw(...view, "speeds"),
      await draw(...view, "speeds", "player=-700,-256,24,0,0,4,4"),
    );
    expect(asked).toBeDefined();
    expect(asked?.left).toBeGreaterThan(200);
    expect(asked?.bottom).toBeLessThan(40);
  });

  test("of a map whose walls are glass shows whom they hid", async () => {
    const path = join(data, "maps/culvert.bsp");
    const { code } = await run(glass?.path("glass") ?? "", [path, join(data, "maps/glass.bsp")]);
    expect(code).toBe(0);
    const view = ["map=maps/glass.bsp", "eye=-256,-256,46", "look=0,180"];
    const where = difference(await draw(...view), await draw(...view, "player=-700,-256,24,0,0,4,4"));
    expect(where).toBeDefined();
    expect((where?.bottom ?? 0) - (where?.top ?? 0)).toBeGreaterThan(10);
  });

  test("shows a part of the map that moves where it is, behind what stands before it", async () => {
    writeFileSync(join(data, "maps/moving.bsp"), withPart(readFileSync(join(data, "maps/culvert.bsp"))));
    const view = ["map=maps/moving.bsp", "eye=-256,-256,46", "look=0,0"];
    const [still, moved, covered] = [
      await draw(...view),
      await draw(...view, "thing=*1,0,0,40,0,0"),
      await draw(...view, "thing=*1,0,0,40,0,0", "player=-200,-256,24,180,0,4,4"),
    ];
    expect(moved.polygons).toBeGreaterThan(still.polygons);
    expect(difference(still, moved)).toBeDefined();
    expect(difference(moved, covered)).toBeDefined();
  });

  test("shows a sky, of which nothing is lit", async () => {
    const map = readFileSync(join(data, "maps/culvert.bsp"));
    for (const at of textures(map)) {
      map.write("sky\0", at, "latin1");
      map.writeUInt32LE(256, at + 16);
      map.writeUInt32LE(128, at + 20);
    }
    writeFileSync(join(data, "maps/sky.bsp"), map);
    const view = ["map=maps/sky.bsp", "eye=-256,-256,46", "look=-20,45"];
    const [dark, bright, later] = [
      await draw(...view, "style=0,a"),
      await draw(...view, "style=0,z"),
      await draw(...view, "now=103"),
    ];
    expect([dark.open, bright.open]).toEqual([0, 0]);
    expect(difference(dark, bright)).toBeUndefined();
    expect(difference(dark, later)).toBeDefined();
  });

  test("darkens with its lights", async () => {
    const view = [MAP, "eye=-256,-256,46", "look=0,45"];
    const sum = ({ pixels }: Picture) => pixels.reduce((total, value) => total + value, 0);
    expect(sum(await draw(...view, "style=0,a"))).toBeLessThan(sum(await draw(...view, "style=0,m")) / 2);
  });

  test("of what the client is at, while there is no game", async () => {
    const [asking, refused] = [await draw("title", "status=asking 10.0.0.1"), await draw("title", "status=refused")];
    expect(difference(asking, refused)?.top).toBeGreaterThan(150);
    expect(asking.polygons).toBe(0);
  });
});

describe("data that somebody has changed", () => {
  test.each([
    ["maps/culvert.bsp", 1, 120],
    ["maps/culvert.bsp", 2, 120],
    ["progs/player.mdl", 3, 150],
  ] as const)("%s, seed %i: drawn or refused, and nothing is read that is not there", async (file, seed, count) => {
    const copy = join(folder, `changed-${seed}`);
    cpSync(data, copy, { recursive: true });
    const { code, stdout, stderr } = await run(join(folder, "fuzz-picture"), [copy, file, String(seed), String(count)]);
    expect([code, stderr.split("\n").filter((line) => !line.startsWith("culvert: "))]).toEqual([0, [""]]);
    const drawn = Number(/^drawn (\d+)$/m.exec(stdout.toString())?.[1]);
    expect(drawn).toBeGreaterThan(count);
    // Some of what was changed was noticed when it was loaded, which says why.
    expect(stderr).toContain(`culvert: ${file}: `);
  });

  test("no map at all, and one of an older version, are no game, and say so", async () => {
    // The models beside it are sound, and nothing is said of them.
    const things = ["thing=progs/eyes.mdl,0,0,0,0,0", "weapon=progs/v_gun.mdl,0"];
    const { code, stdout, stderr } = await run(join(folder, "picture"), [data, "-", "map=progs/player.mdl", ...things]);
    expect([code, stderr]).toEqual([0, "culvert: progs/player.mdl: it is no map of version 29\n"]);
    expect(stdout.toString()).toContain("trouble progs/player.mdl: it is no map of version 29\n");
    const missing = await run(join(folder, "picture"), [data, "-", "map=maps/none.bsp"]);
    expect(missing.stderr).toBe("culvert: maps/none.bsp cannot be read: No such file or directory\n");
    expect(missing.stdout.toString()).toContain("trouble maps/none.bsp cannot be read: ");
    const drawn = await run(join(folder, "picture"), [data, "-", MAP, "thing=progs/none.mdl,0,0,0,0,0"]);
    expect(drawn.stderr).toBe("culvert: progs/none.mdl cannot be read: No such file or directory\n");
    expect(drawn.stdout.toString()).not.toContain("trouble");
  });
});
