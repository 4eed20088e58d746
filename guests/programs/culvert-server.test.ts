/** The client against a server of lies, with maps that somebody has changed, compiled with sanitizers: it plays or it refuses. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildGame } from "../build/game.mjs";
import { compilerVersion } from "../build/programs.mjs";
import { cacheFolder } from "../build/step.mjs";
import { BUILD_TIMEOUT, buildChecked, run } from "./test/programs.ts";

const CLIENT = "connection world map md4 files routes bot physics scene".split(" ").map((name) => `culvert/${name}.c`);

let folder = "";
let data = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "terra-lies-"));
  const game = await buildGame(cacheFolder(), resolve(import.meta.dirname, ".."), compilerVersion());
  data = game.get("data") ?? "";
  const sources = ["test/fuzz-client.c", "test/chance.c", "parts/quakeworld", "parts/culvert-honest", ...CLIENT];
  buildChecked(join(folder, "fuzz-client"), [], ...sources);
}, BUILD_TIMEOUT);
afterAll(() => rmSync(folder, { recursive: true }));

test.each([1, 2])("seed %i: nothing is read or written that is not there, and no game is endless", async (seed) => {
  const copy = join(folder, `data-${seed}`);
  cpSync(data, copy, { recursive: true });
  const { code, stdout, stderr } = await run(join(folder, "fuzz-client"), [copy, String(seed), "300"]);
  expect([code, stderr]).toEqual([0, ""]);
  const number = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stdout.toString())?.[1]);
  // Some maps are refused, and it says why; with others it plays, and its bot finds ways.
  expect(number("refused")).toBeGreaterThan(10);
  expect(stdout.toString()).toContain("culvert: the map is broken: ");
  expect(number("played")).toBeGreaterThan(100);
  expect(number("walked")).toBeGreaterThan(500);
});
