/** Tools that edit a player's own data: what they change is the looks, and nothing that would not load any more. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILD_TIMEOUT, buildForTest, run } from "./test/programs.ts";

let built: ReturnType<typeof buildForTest>;
beforeAll(() => {
  built = buildForTest("glass", "spikes");
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());

async function edited(program: "glass" | "spikes", before: Uint8Array) {
  const [from, to] = ["before", "after"].map((name) => join(built.folder, `${program}-${name}`));
  writeFileSync(from ?? "", before);
  const { code, stderr } = await run(built.path(program), [from ?? "", to ?? ""]);
  return { code, said: stderr.toString(), after: code === 0 ? readFileSync(to ?? "") : Buffer.alloc(0) };
}

const floats = (bytes: Buffer, at: number, count: number) =>
  Array.from({ length: count }, (_, index) => bytes.readFloatLE(at + index * 4));

const POINTS = 12;
const SKIN = 4 * 4;
const HEAD = 84;

/** A model with one skin of 4 x 4 points, twelve vertices, one triangle, two frames. */
function modelFile(): Buffer {
  const head = Buffer.alloc(HEAD);
  head.write("IDPO", 0, "latin1");
  head.writeUInt32LE(6, 4);
  for (const axis of [0, 1, 2]) head.writeFloatLE(0.25, 8 + axis * 4);
  for (const axis of [0, 1, 2]) head.writeFloatLE(-32, 20 + axis * 4);
  for (const [at, value] of [1, 4, 4, POINTS, 1, 2].entries()) head.writeUInt32LE(value, 48 + at * 4);
  const frame = Buffer.alloc(4 + 8 + 16 + POINTS * 4);
  for (let point = 0; point < POINTS; point++) frame.fill(100 + point, 28 + point * 4, 31 + point * 4);
  return Buffer.concat([head, Buffer.alloc(4 + SKIN, 7).fill(0, 0, 4), Buffer.alloc(POINTS * 12 + 16), frame, frame]);
}

describe("spikes", () => {
  test("makes every point of the skin glow, and six corners of each frame reach far", async () => {
    const before = modelFile();
    const { code, after } = await edited("spikes", before);
    expect(code).toBe(0);
    expect(after.length).toBe(before.length);
    expect([...after.subarray(HEAD + 4, HEAD + 4 + SKIN)]).toEqual(Array(SKIN).fill(251));
    const [scale, origin] = [floats(after, 8, 3), floats(after, 20, 3)];
    for (const frame of [0, 1]) {
      const points = HEAD + 4 + SKIN + POINTS * 12 + 16 + frame * (28 + POINTS * 4) + 28;
      const places = Array.from({ length: POINTS }, (_, point) =>
        [0, 1, 2].map((axis) => (after[points + point * 4 + axis] ?? 0) * (scale[axis] ?? 0) + (origin[axis] ?? 0)),
      );
      const reach = [0, 1, 2].flatMap((axis) => {
        const along = places.map((place) => place[axis] ?? 0);
        return [Math.min(...along), Math.max(...along)];
      });
      for (const [side, far] of reach.entries()) expect(side % 2 ? far : -far, `side ${side}`).toBeGreaterThan(240);
      // The others stay where they were, as well as their fewer numbers can say it.
      for (const [point, place] of places.entries()) {
        if (point % 2 === 0) continue;
        for (const along of place) expect(Math.abs(along - ((100 + point) * 0.25 - 32))).toBeLessThanOrEqual(2);
      }
    }
  });

  test("edits nothing that is no model, or that ends too early", async () => {
    expect(await edited("spikes", Buffer.alloc(200))).toMatchObject({
      code: 1,
      said: expect.stringContaining("no model"),
    });
    const cut = await edited("spikes", modelFile().subarray(0, -1));
    expect(cut).toMatchObject({ code: 1, said: expect.stringContaining("in the middle of something") });
    expect((await run(built.path("spikes"), ["one"])).code).toBe(2);
  });
});

/** A map that is nothing but textures: of each 16 x 16 points and its smaller levels. */
function mapFile(names: string[]): Buffer {
  const head = Buffer.alloc(4 + 15 * 8);
  head.writeUInt32LE(29, 0);
  head.writeUInt32LE(head.length, 4 + 2 * 8);
  const levels = [16, 8, 4, 2].map((side) => side * side);
  const texture = 40 + levels.reduce((sum, size) => sum + size, 0);
  const list = Buffer.alloc(4 + names.length * 4);
  list.writeUInt32LE(names.length, 0);
  const textures = names.map((name, index) => {
    list.writeUInt32LE(list.length + index * texture, 4 + index * 4);
    const bytes = Buffer.alloc(texture, 9);
    bytes.fill(0, 0, 16).write(name, 0, "latin1");
    bytes.writeUInt32LE(16, 16);
    bytes.writeUInt32LE(16, 20);
    let at = 40;
    for (const [level, size] of levels.entries()) {
      bytes.writeUInt32LE(at, 24 + level * 4);
      at += size;
    }
    return bytes;
  });
  const all = Buffer.concat([head, list, ...textures]);
  all.writeUInt32LE(all.length - head.length, 4 + 2 * 8 + 4);
  return all;
}

describe("spikes, of a model that says what cannot be", () => {
  test.each([
    ["width", 52],
    ["height", 56],
    ["points", 60],
    ["triangles", 64],
  ])("refuses more %s than any model has", async (_, at) => {
    const before = modelFile();
    // Times twelve, in 32 bits, this is nothing.
    before.writeUInt32LE(0x40000000, at);
    const { code, said } = await edited("spikes", before);
    expect(code).toBe(1);
    expect(said).toMatch(/^spikes: .* at most 4096 each$/m);
  });
});

describe("glass", () => {
  test("makes walls of the colour that is not drawn, and leaves water and sky", async () => {
    const names = ["brick1", "*water1", "sky1", "metal2"];
    const before = mapFile(names);
    const { code, after } = await edited("glass", before);
    expect(code).toBe(0);
    expect(after.length).toBe(before.length);
    const texture = (bytes: Buffer, index: number) => {
      const at = 4 + 15 * 8;
      const from = at + bytes.readUInt32LE(at + 4 + index * 4);
      return {
        name: bytes.toString("latin1", from, from + 7).replace(/\0.*/, ""),
        points: bytes.subarray(from + 40, from + 380),
      };
    };
    const clear = (points: Buffer) => points.filter((point) => point === 255).length;
    expect(names.map((_, index) => texture(after, index).name)).toEqual(["{rick1", "*water1", "sky1", "{etal2"]);
    for (const index of [0, 3]) expect(clear(texture(after, index).points)).toBeGreaterThan(300);
    for (const index of [1, 2]) expect(texture(after, index).points).toEqual(texture(before, index).points);
  });

  test("edits nothing that is no map, or that says that something lies behind its end", async () => {
    expect(await edited("glass", Buffer.alloc(300))).toMatchObject({
      code: 1,
      said: expect.stringContaining("no map"),
    });
    const cut = await edited("glass", mapFile(["brick1"]).subarray(0, -100));
    expect(cut).toMatchObject({ code: 1, said: expect.stringContaining("lies behind that") });
  });
});
