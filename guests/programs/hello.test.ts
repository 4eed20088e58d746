import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { BUILD_TIMEOUT, buildForTest, openTerminal, stop, type Terminal } from "./test/programs.ts";
import { screenOf } from "./test/screen.ts";

const IDENTITY = createIdentity();
const CLOCK = /\b\d\d:\d\d:\d\d UTC, (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [ 1-3]\d [A-Z][a-z]+ 20\d\d/;

let built: ReturnType<typeof buildForTest>;
let folder: string;
let terminal: Terminal;
let hello: ChildProcess;
beforeAll(() => {
  built = buildForTest("hello");
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());
beforeEach(async () => {
  folder = mkdtempSync(join(built.folder, "case-"));
  terminal = await openTerminal(built.folder, "cooked");
  writeFileSync(join(folder, "product"), "product Terra Lab hello\nversion 1.0.0\n");
});
afterEach(async () => {
  await stop(hello);
  await terminal.close();
  rmSync(folder, { recursive: true });
});

function createIdentity(): string {
  return Array.from({ length: 64 }, (_, i) => ((i * 7 + (i >> 4)) & 15).toString(16)).join("");
}

function start(): void {
  const tty = openSync(terminal.name, "r+");
  const files = ["product", "note", "status"].flatMap((name) => [`--${name}`, join(folder, name)]);
  hello = spawn(built.path("hello"), files, { stdio: [tty, tty, "inherit"] });
}

/** As attestd does it: whole, by renaming. */
function writeStatus(text: string): void {
  writeFileSync(join(folder, "status.new"), text);
  renameSync(join(folder, "status.new"), join(folder, "status"));
}

/** The screen, once it shows this. */
function shows(pattern: RegExp): Promise<string[]> {
  return terminal.output.until((all) => {
    const screen = screenOf(all);
    return screen.some((line) => pattern.test(line)) ? screen : undefined;
  });
}

const digitsOf = (screen: string[]) =>
  screen
    .slice(7, 9)
    .map((line) => line.slice(18).replace(/\s/g, ""))
    .join("");

test("says product, version, identity, endorsement and time within 80 x 25", async () => {
  writeStatus(`identity ${IDENTITY}\nendorsed 1764000000\nchallenges 3\n`);
  start();
  const screen = await shows(/challenge this box/);
  expect(screen[1]).toMatch(/^ {3}Terra Lab hello +version 1\.0\.0 {3}$/);
  expect(digitsOf(screen)).toBe(IDENTITY);
  expect(screen[10]).toContain("endorsed by the TVMM at 16:00:00 UTC");
  expect(screen[11]).toContain("3 answered");
  expect(screen.join("\n")).toMatch(CLOCK);
  expect(screen.join("\n")).not.toContain("Trouble");
  for (const line of screen) expect(line, "margins of three cells").toMatch(/^ {3}.{74} {3}$/u);
});

test("shows what it learns later, and what went wrong meanwhile", async () => {
  start();
  const screen = await shows(/not known yet/);
  expect(screen[10]).toContain("not yet");
  expect(screen[11]).toContain("none answered");
  writeStatus("challenges 0\ntrouble ENDORSE: refused \x1b[2J\n");
  await shows(/Trouble +ENDORSE: refused \?\[2J/);
  writeStatus(`identity ${IDENTITY}\nendorsed 1764000000\nchallenges 1\n`);
  const later = await shows(/1 answered/);
  expect(digitsOf(later)).toBe(IDENTITY);
  expect(later.join("\n")).not.toContain("Trouble");
});

test("its clock runs, and then only what changed is sent", async () => {
  start();
  const first = CLOCK.exec((await shows(CLOCK)).join("\n"))?.[0];
  const painted = terminal.output.bytes().length;
  await terminal.output.until((all) => {
    const now = CLOCK.exec(screenOf(all).join("\n"))?.[0];
    return now !== undefined && now !== first ? now : undefined;
  });
  // Seconds: a few squares of a digit or two, and the small text; a whole screen takes more than 1000 bytes.
  expect(painted).toBeGreaterThan(500);
  expect(terminal.output.bytes().length - painted).toBeLessThan(500);
});

test("the line of a new version is shown, cut at the edge", async () => {
  writeFileSync(join(folder, "note"), `New in 1.1.0: ${"long ".repeat(40)}\nsecond line\n`);
  start();
  const screen = await shows(/New in 1\.1\.0: long/);
  expect(screen.join("\n")).not.toContain("second line");
});

test("keys do nothing: no echo, no interrupt", async () => {
  start();
  const first = CLOCK.exec((await shows(CLOCK)).join("\n"))?.[0];
  terminal.type("root\r\x03\x1a\x1c\x04");
  const later = await terminal.output.until((all) => {
    const screen = screenOf(all).join("\n");
    return CLOCK.exec(screen)?.[0] !== first ? screen : undefined;
  });
  expect(later).not.toContain("root");
  expect([hello.exitCode, hello.signalCode]).toEqual([null, null]);
});
