/**
 * A judge from elsewhere: Debian's darkplaces, an engine that knows nothing of us, joins Debian's server with our map, models and
 * rules, and draws what it sees. Both run here on this machine, the picture is drawn without a screen or a graphics card.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { gameData } from "../build/game.mjs";
import { cacheFolder } from "../build/step.mjs";
import { BUILD_TIMEOUT, collect, stop } from "../programs/test/programs.ts";
import { GAME } from "./make.mjs";

const PORT = 20001 + (process.pid % 10000) * 2;
const WIDTH = 320;
const HEIGHT = 200;

let base: string;
let running: ChildProcess[] = [];
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "terra-darkplaces-"));
  const guests = fileURLToPath(new URL("..", import.meta.url));
  symlinkSync(await gameData(cacheFolder(), guests), join(base, GAME));
}, BUILD_TIMEOUT);
afterAll(() => rmSync(base, { recursive: true }));
afterEach(async () => {
  for (const child of running) await stop(child);
  running = [];
});

test("darkplaces joins, knows all our files, and sees a lit room through them", async () => {
  const server = spawn("/usr/games/mvdsv", ["-basedir", base, "-game", GAME, "-progtype", "0", "-port", String(PORT)]);
  running.push(server);
  const log = collect(server.stdout);
  await log.until((all) => all.includes("Loading vm file") || undefined);

  const own = join(base, "own", GAME);
  mkdirSync(own, { recursive: true });
  // The first picture not before there is a screen.
  const script = [
    "name judge",
    "scr_screenshot_jpeg 0",
    "scr_screenshot_png 0",
    'alias look "screenshot; defer 1 look"',
    "defer 2 look",
    "+attack",
  ];
  writeFileSync(join(own, "judge.cfg"), `${script.join("\n")}\n`);
  const judge = spawn(
    "xvfb-run",
    [
      ...["-a", "-s", "-screen 0 640x480x24", "/usr/games/darkplaces", "-basedir", base, "-userdir", join(base, "own")],
      ...["-game", GAME, "-nosound", "-window", "-width", String(WIDTH), "-height", String(HEIGHT)],
      ...["+exec", "judge.cfg", "+connect", `127.0.0.1:${PORT}`],
    ],
    { env: { ...process.env, LIBGL_ALWAYS_SOFTWARE: "1", HOME: base }, detached: true },
  );
  const said = collect(judge.stdout);
  const pictures = (text: string) => [...text.matchAll(/Wrote (screenshots\/\S+\.tga)/g)].map(([, path = ""]) => path);
  try {
    await log.until((all) => all.includes("terra: shot judge") || undefined);
    const before = pictures(said.text()).length;
    await said.until((all) => pictures(all.toString()).length > before + 1 || undefined);
  } finally {
    if (judge.pid !== undefined) process.kill(-judge.pid, "SIGTERM");
  }
  expect(said.text()).not.toMatch(/maps\/culvert|progs\/|wrong version|bad /i);

  const last = pictures(said.text()).at(-2) ?? "";
  const tga = readFileSync(join(own, last));
  expect([tga.readUInt16LE(12), tga.readUInt16LE(14)]).toEqual([WIDTH, HEIGHT]);
  const [start, size] = [18 + tga.readUInt8(0), tga.readUInt8(16) / 8];
  const colours = new Set<number>();
  let bright = 0;
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel += 1) {
    const at = start + pixel * size;
    colours.add(tga.readUIntLE(at, 3));
    if (Math.max(tga.readUInt8(at), tga.readUInt8(at + 1), tga.readUInt8(at + 2)) > 40) bright += 1;
  }
  // A world that is not drawn, or not lit, has few colours or is dark.
  expect(colours.size).toBeGreaterThan(1500);
  expect(bright).toBeGreaterThan((WIDTH * HEIGHT) / 3);
}, 120_000);
