/**
 * The client and the proxy against Debian's own server with our data, as they run in boxes but for the picture: here on this machine,
 * over loopback. What is measured is what the server's log says.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { gameData } from "../build/game.mjs";
import { cacheFolder } from "../build/step.mjs";
import { GAME } from "../game/make.mjs";
import { programCases } from "./test/cases.ts";
import { BUILD_TIMEOUT, collect, type Incoming, run, stop } from "./test/programs.ts";

const PORT = 20000 + (process.pid % 10000) * 2;
const cases = programCases("culvert", "culvert-edited", "aimproxy");

let base: string;
let running: ChildProcess[] = [];
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "terra-culvert-"));
  cpSync(await gameData(cacheFolder(), fileURLToPath(new URL("..", import.meta.url))), join(base, GAME), {
    recursive: true,
  });
}, BUILD_TIMEOUT);
afterAll(() => rmSync(base, { recursive: true }));
beforeEach(() => {
  running = [];
});
afterEach(async () => {
  for (const child of running) await stop(child);
});

interface Running {
  child: ChildProcess;
  output: Incoming;
}

function start(path: string, args: string[]): Running {
  const child = spawn(path, args);
  running.push(child);
  return { child, output: collect(child.stdout) };
}

function serve(): Running {
  const args = ["-basedir", base, "-game", GAME, "-progtype", "0", "-port", String(PORT), "+exec", "server.cfg"];
  return start("/usr/games/mvdsv", args);
}

function play(name: string, { program = "culvert", port = PORT, game = join(base, GAME), seed = 1 } = {}): Running {
  const settings = [`peer=127.0.0.1:${port}`, `name=${name}`, `game=${game}`, `seed=${seed}`];
  return start(join(cases.programs, program), ["--headless", ...settings]);
}

const count = (text: string, line: string) => text.split(`terra: ${line}`).length - 1;
const seen = (line: string) => (all: Buffer) => all.includes(line) || undefined;

test("two bots find and hit each other; the proxy changes nothing, and then one hardly misses", async () => {
  const server = serve();
  const proxy = start(cases.path("aimproxy"), [`peer=127.0.0.1:${PORT}`, `port=${PORT + 1}`]);
  play("blue", { seed: 7 });
  const red = play("red", { seed: 8, port: PORT + 1 });
  const shots = async (wanted: number, from = 0) =>
    await server.output.until((all) => count(all.subarray(from).toString(), "shot red") >= wanted || undefined);
  const rate = (text: string) => count(text, "hit red") / count(text, "shot red");

  // Somebody else's packets, as of a game under way, bring him nothing of it.
  const stranger = createSocket("udp4");
  let overheard = 0;
  stranger.on("message", () => overheard++);
  const sending = setInterval(() => stranger.send(Buffer.alloc(12, 1), PORT + 1, "127.0.0.1"), 5);
  await shots(40);
  clearInterval(sending);
  stranger.close();
  expect(overheard).toBe(0);
  const honest = server.output.text();
  expect(red.output.text()).toMatch(/^culvert: fps \d+\.\d rtt \d+\.\d ms playing$/m);
  expect(proxy.output.text()).not.toContain("rewritten");
  expect(honest).not.toContain("WARNING");

  proxy.child.stdin?.write("show on\naim on\n");
  await proxy.output.until(seen("aim on"));
  await shots(40, honest.length);
  const aimed = server.output.text().slice(honest.length);
  expect(rate(aimed)).toBeGreaterThan(rate(honest) * 1.5);
  expect(proxy.output.text()).toMatch(/^aimproxy: move \d+ pitch -?[\d.]+ yaw -?[\d.]+ -> pitch .+ at blue$/m);
  expect(proxy.output.text()).toMatch(/^aimproxy: moves \d+ rewritten \d+$/m);
}, 240_000);

test("a client whose server goes away says so, and plays on when it is there again", async () => {
  const first = serve();
  const { output } = play("blue");
  await output.until(seen(" playing"));
  await stop(first.child);
  await output.until(seen("the server does not answer"));
  const second = serve();
  await second.output.until(seen("terra: join blue"));
  await output.until((all) => /does not answer.* playing/s.test(all.toString()) || undefined);
}, 120_000);

test("a player who is told to end says farewell; one who is killed is known again", async () => {
  const server = serve();
  const killed = play("blue");
  await server.output.until(seen("terra: join blue"));
  await stop(killed.child);
  const again = play("blue");
  await server.output.until((all) => count(all.toString(), "join blue") === 2 || undefined);
  expect(server.output.text()).toContain("terra: leave blue");
  again.child.kill("SIGTERM");
  await server.output.until((all) => count(all.toString(), "leave blue") === 2 || undefined);
}, 60_000);

test("an edited model is noticed, and an edited client's lie about it is not", async () => {
  const edited = join(cases.folder, "edited");
  cpSync(join(base, GAME), edited, { recursive: true });
  symlinkSync(join(base, GAME), join(edited, "original"));
  const model = join(edited, "progs/player.mdl");
  const bytes = readFileSync(model);
  bytes[bytes.length - 1] = 0xff ^ (bytes.at(-1) ?? 0);
  writeFileSync(model, bytes);

  const server = serve();
  play("honest", { game: edited });
  await server.output.until(seen("terra: join honest"));
  expect(server.output.text()).toContain("honest WARNING: non standard player/eyes model detected");
  play("liar", { game: edited, program: "culvert-edited" });
  await server.output.until(seen("terra: join liar"));
  expect(server.output.text()).not.toContain("liar WARNING");
}, 60_000);

const A_PEER = "an address like 10.0.0.1 or 10.0.0.1:27500 would be";
const HELP = "--help says what can be given";

describe("what is wrong on the command line is said, with what would be right", () => {
  test.each([
    ["peer=nowhere", A_PEER],
    ["peer=10.0.0.1:", A_PEER],
    ["peer=10.0.0.1:99999", A_PEER],
    ["peer=10.0.0.1:80.5", A_PEER],
    ["peer=100.100.100.1001", A_PEER],
    ["address=10.0.0.2", "an address like 10.0.0.2/24 would be"],
    ["fps=1000", "a whole number from 5 to 100 would be"],
    ["fps=25.5", "a whole number from 5 to 100 would be"],
    ["bot=2", "0 or 1 would be"],
    ["aim=1x", "a number from 0 to 45 would be"],
    ["name=a\\b", "1 to 15 letters, digits, - or _ would be"],
    ["frobnicate", `culvert ${HELP}`],
    ["frob=1", `culvert ${HELP}`],
  ])("culvert %s: %s", async (bad, right) => {
    const { code, stderr } = await run(cases.path("culvert"), ["--headless", bad]);
    expect([code, stderr]).toEqual([2, `culvert: '${bad}' is not understood; ${right}\n`]);
  });

  test.each([
    ["port=0", "a whole number from 1 to 65535 would be"],
    ["peer=10.0.0.1:99999", A_PEER],
    ["bot=1", `aimproxy ${HELP}`],
  ])("aimproxy %s: %s", async (bad, right) => {
    const { code, stderr } = await run(cases.path("aimproxy"), [bad]);
    expect([code, stderr]).toEqual([2, `aimproxy: '${bad}' is not understood; ${right}\n`]);
  });
});
