/** The part quakeworld: what it reads and writes, and that nothing a network brings leads it outside its memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILD_TIMEOUT, buildChecked, run } from "./test/programs.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "terra-quakeworld-"));
  buildChecked(
    join(folder, "quakeworld"),
    [],
    "test/quakeworld.c",
    "test/chance.c",
    "parts/quakeworld",
    "culvert/world.c",
    "aimproxy/targets.c",
  );
}, BUILD_TIMEOUT);
afterAll(() => rmSync(folder, { recursive: true }));

async function lines(args: string[], input: Uint8Array = new Uint8Array()): Promise<string[]> {
  const { code, stderr, stdout } = await run(join(folder, "quakeworld"), args, input);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.toString().trimEnd().split("\n");
}

const text = (value: string) => [...Buffer.from(`${value}\0`)];
const short = (value: number) => [value & 0xff, (value >> 8) & 0xff];
const position = (...places: number[]) => places.flatMap((place) => short(place * 8));
function float(value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return [...bytes];
}

const server = (...bytes: number[]) => lines(["server"], Uint8Array.from(bytes));

test("a server's first words: what game it is, and lists that go on elsewhere", async () => {
  const physics = [800, 100, 320, 500, 10, 0.7, 10, 4, 4, 1].flatMap(float);
  const data = [11, 28, 0, 0, 0, 7, 0, 0, 0, ...text("culvert"), 0x82, ...text("The culvert"), ...physics];
  expect(await server(...data)).toEqual([
    "11 count 7 folder culvert slot 2 level The culvert gravity 800 speed 320",
    "whole",
  ]);
  expect(await server(45, 4, ...text("maps/a.bsp"), ...text("b.mdl"), 0, 6)).toEqual([
    "256 maps/a.bsp",
    "256 b.mdl",
    "257 6 45",
    "whole",
  ]);
});

test("players: what is told of each, and a move among it", async () => {
  const flags = 1 | 2 | (1 << 2) | (1 << 4) | (1 << 5);
  const move = [0x80, ...short(0x4000), 13];
  const body = [...short(flags), ...position(100, -50.5, 24), 6, 40, ...move, ...short(320), ...short(-9), 3];
  expect(await server(42, 1, ...body)).toEqual([
    "42 player 1 at 100 -50.5 24 velocity 320 0 -9 yaw 90 frame 6 ms 40 flags 37",
    "whole",
  ]);
});

test("things as changes to an earlier list, and points and beams", async () => {
  const changed = [...short(5 | 0x8000 | (1 << 9)), 4, 9, ...short(64 * 8)];
  const gone = short(7 | (1 << 14));
  expect(await server(48, 200, ...changed, ...gone, 0, 0)).toEqual([
    "48 0 200",
    "258 entity 5 says 204 model 9 at 64 0 0",
    "258 entity 7 says 4000 model 0 at 0 0 0",
    "259 0 200",
    "whole",
  ]);
  expect(await server(23, 6, ...short(3), ...position(1, 2, 3, 4, 5, 6), 23, 12, 20, ...position(7, 8, 9))).toEqual([
    "23 effect 6 value 3 at 1 2 3 to 4 5 6",
    "23 effect 12 value 20 at 7 8 9 to 4 5 6",
    "whole",
  ]);
});

test("short messages one after the other, whose lengths all count", async () => {
  const bytes = [
    [1, 3, 0, 90, 38, 15, 1, 2, 3, 4],
    [6, ...short(0xc000 | (2 << 3) | 1), 255, 64, 4, ...position(1, 2, 3)],
    [8, 3, ...text("hello"), 9, ...text("skins"), 10, 1, 2, 3, 12, 2, ...text("mamo")],
    [14, 1, ...short(-2), 16, 8, 0, 19, 0, 9, ...position(0, 0, 0), 24, 1, 26, ...text("c"), 27, 28],
    [29, ...position(0, 0, 0), 1, 2, 3, 30, ...position(0, 0, 0), 1, 2, 3, 31, ...text("end"), 32, 2, 33, 34, 35],
    [36, 1, ...short(40), 37, 1, ...float(2), 39, 1, 0, 40, 1, 0, 0, 0, 0, ...text("\\name\\red")],
    [41, 255, 255, 0, 43, 1, 1, 2, 3, 4, 5, 6, 44, 1, 49, ...float(1), 50, ...float(1)],
    [51, 1, ...text("a"), ...text("b"), 52, ...text("a"), ...text("b"), 53, 1, 2, 2],
  ].flat();
  const told = await server(...bytes);
  expect(told.at(-1)).toBe("whole");
  expect(told.map((line) => Number(line.split(" ")[0])).slice(0, -1)).toEqual([
    ...[1, 3, 3, 6, 8, 9, 10, 12, 14, 16, 19, 24, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 39, 40, 41, 43, 44],
    ...[49, 50, 51, 52, 53, 2],
  ]);
});

test("what is too short, unknown, or names what cannot be, ends the packet, and what came before it counts", async () => {
  const good = [3, 0, 50];
  for (const bad of [
    [3],
    [3, 32, 1],
    [21],
    [54],
    [200],
    [14, 32, 0, 0],
    [42, 1, 1],
    [8, 2, 65],
    [22, 0, 2],
    [12, 64, 0],
  ]) {
    expect(await server(...good, ...bad)).toEqual(["3 0 50", "broken"]);
  }
  expect(await server(11, 29, 0, 0, 0)).toEqual(["broken"]);
});

test("moves come back as they were written, and a wrong number, bit or end is seen", async () => {
  const oldest = [0x80 | 4, ...short(0x2000), ...short(320), 40];
  const middle = [0x80, ...short(0x2100), 40];
  const newest = [0x80 | 1 | 32, ...short(0x0100), ...short(0x2200), 1, 41];
  const body = [5, ...oldest, ...middle, ...newest];
  const read = (sequence: string, bytes: number[]) => lines(["moves", sequence], Uint8Array.from(bytes));
  const [first, ...rest] = await read("70000", body);
  const sum = Number.parseInt(first?.slice("sum ".length) ?? "", 16);
  // One checksum alone is right, and it is the one that we write.
  expect(rest).toEqual([
    "pitch 0.00 yaw 45.00 forward 320 side 0 buttons 0 ms 40",
    "pitch 0.00 yaw 46.41 forward 320 side 0 buttons 0 ms 40",
    "pitch 1.41 yaw 47.81 forward 320 side 0 buttons 1 ms 41",
    Buffer.from([3, sum, ...body]).toString("hex"),
    "end",
  ]);
  expect((await read("70001", body))[0]).not.toBe(first);
  expect((await read("70000", [...body.slice(0, -1), 42]))[0]).not.toBe(first);
  expect(await read("70000", body.slice(0, -1))).toEqual(["end"]);
});

test("half of all packets lost and others come twice: what must arrive does, once and in order", async () => {
  for (const seed of ["1", "2", "3"]) {
    expect(await lines(["channel", seed])).toEqual(["said 200 heard 200, said 200 heard 200"]);
  }
});

test("packets by chance read nothing outside themselves, and get far enough to have tried", async () => {
  for (const seed of ["1", "2"]) {
    const [told = ""] = await lines(["fuzz", seed, "100000"]);
    const counts = [...told.matchAll(/\d+/g)].map(Number);
    expect(counts).toHaveLength(4);
    expect(Math.min(...counts)).toBeGreaterThan(1000);
  }
});
