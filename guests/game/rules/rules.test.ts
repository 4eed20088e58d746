/** The rules in Debian's server, with two of our bots at play: what the log says, and the word that makes them unfair. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gameData } from "../../build/game.mjs";
import { cacheFolder } from "../../build/step.mjs";
import { programCases } from "../../programs/test/cases.ts";
import { BUILD_TIMEOUT, collect, stop } from "../../programs/test/programs.ts";
import { GAME } from "../make.mjs";

const PORT = 40000 + (process.pid % 10000);
const cases = programCases("culvert");

let base: string;
const running: ChildProcess[] = [];
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "terra-rules-"));
  symlinkSync(await gameData(cacheFolder(), fileURLToPath(new URL("../..", import.meta.url))), join(base, GAME));
}, BUILD_TIMEOUT);
afterAll(async () => {
  for (const child of running) await stop(child);
  rmSync(base, { recursive: true });
});

function start(path: string, args: string[]) {
  const child = spawn(path, args);
  running.push(child);
  return { child, output: collect(child.stdout) };
}

test("a hit costs eight of a hundred; whom the server's owner favours loses two, and no client is told", async () => {
  const server = start("/usr/games/mvdsv", ["-basedir", base, "-game", GAME, "-progtype", "0", "-port", String(PORT)]);
  const says = (pattern: RegExp, from = 0) =>
    server.output.until((all) => pattern.exec(all.subarray(from).toString()) ?? undefined);
  await says(/Loading vm file/);
  const [blue] = [
    ["blue", 7],
    ["red", 8],
  ].map(([name, seed]) =>
    start(join(cases.programs, "culvert"), [
      "--headless",
      ...[`peer=127.0.0.1:${PORT}`, `name=${name}`, `seed=${seed}`, "bot=1", "aim=1.0", "fps=25"],
      `game=${join(base, GAME)}`,
    ]),
  );
  await says(/terra: join red/);
  await says(/terra: join blue/);
  const [, killer = "", killed = ""] = await says(/terra: frag (\w+) (\w+)/);
  const before = server.output.text();
  const hits = before.split("\n").filter((line) => line.includes(`terra: hit ${killer} ${killed} `));
  expect(new Set(hits.map((line) => line.split(" ").at(-1)?.trim()))).toEqual(new Set(["8"]));
  // 100 of health are 13 hits, and first-aid boxes can only make it more.
  expect(hits.length).toBeGreaterThanOrEqual(13);
  expect(killer).not.toBe(killed);

  server.child.stdin?.write("localinfo favour red\n");
  await says(/terra: hit blue red 2\s/, before.length);
  await says(/terra: hit red blue 8\s/, before.length);
  expect(blue?.output.text()).not.toMatch(/favour/);
}, 240_000);
