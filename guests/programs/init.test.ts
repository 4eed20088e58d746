import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  BUILD_TIMEOUT,
  buildForTest,
  collect,
  type Incoming,
  openTerminal,
  run,
  stop,
  type Terminal,
} from "./test/programs.ts";

let built: ReturnType<typeof buildForTest>;
let folder: string;
let terminal: Terminal;
let init: ChildProcess | undefined;
beforeAll(() => {
  built = buildForTest("init");
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());
beforeEach(async () => {
  folder = mkdtempSync(join(built.folder, "case-"));
  terminal = await openTerminal(built.folder, "cooked");
});
afterEach(async () => {
  // init first, so that it starts nothing any more; then the terminal, whose end takes what runs on it along.
  if (init) await stop(init);
  init = undefined;
  await terminal.close();
  rmSync(folder, { recursive: true });
});

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Starts init with this table; returns what it says. */
function start(table: string): Incoming {
  writeFileSync(join(folder, "table"), table);
  init = spawn(built.path("init"), ["--services-only", "--table", join(folder, "table")]);
  if (!init.stderr) throw new Error("no stderr");
  return collect(init.stderr);
}

const shows = (pattern: RegExp) =>
  terminal.output.until((all) => (pattern.test(all.toString()) ? all.toString() : undefined));
const said = (log: Incoming, pattern: RegExp) =>
  log.until((all) => (pattern.test(all.toString()) ? all.toString() : undefined));

test("a service that ends is started again, with its arguments", async () => {
  start(`respawn ${terminal.name} ${script("service", 'echo "run $# $1 $2"')} one two\n`);
  await shows(/(run 2 one two\s+){3}/);
});

test("a service has a controlling terminal: Ctrl-C reaches it, and it comes back", async () => {
  const service = script("service", "echo ready\nexec cat");
  const log = start(`respawn ${terminal.name} ${service}\n`);
  await shows(/ready/);
  terminal.type("echoed\n");
  await shows(/echoed\s+echoed/);
  terminal.type("\x03");
  expect(await said(log, /signal/)).toBe(`init: ${service} was ended by signal 2\n`);
  await shows(/ready[\s\S]*ready/);
});

test("a service leads a session of its own, and no signal is blocked for it", async () => {
  start(
    `respawn ${terminal.name} ${script("service", 'read -r _ _ _ _ _ session _ < /proc/$$/stat\necho "own $((session == $$))"\ngrep SigBlk /proc/self/status\nexec cat')}\n`,
  );
  await shows(/own 1\s+SigBlk:\s+0+\s/);
});

test("wrong lines are reported and left out", async () => {
  const log = start(
    [
      "# comment",
      "frobnicate now",
      "respawn tty1",
      "lock-vt please",
      "mount nothing",
      "",
      `once ${"word ".repeat(30)}`,
      "once /nowhere/program",
      `respawn ${terminal.name} ${script("service", "echo running; exec cat")} # the last`,
    ].join("\n"),
  );
  await shows(/running/);
  await said(log, /nowhere.program ended with 127\n/);
  expect(log.text().split("\n").slice(0, 5)).toEqual([
    "init: line 2: 'frobnicate' is none of respawn, once, mount, cards-up, lock-vt",
    "init: line 3: respawn with 1 words; it takes 2 to 24",
    "init: line 4: lock-vt with 1 words; it takes 0 to 0",
    "init: line 5: mount with 1 words; it takes 3 to 4",
    "init: line 7: more than 24 words",
  ]);
});

test("once: the next line waits for its end; a failure is reported", async () => {
  const first = script("first", `echo first >> ${join(folder, "order")}; exit 3`);
  const second = script("second", `echo second >> ${join(folder, "order")}; cat ${join(folder, "order")}; exec cat`);
  const log = start(`once ${first}\nrespawn ${terminal.name} ${second}\n`);
  await shows(/first\s+second/);
  expect(await said(log, /ended/)).toBe(`init: ${first} ended with 3\n`);
});

test("a service without terminal runs with empty input and drops its output", async () => {
  start(`respawn - ${script("service", `echo dropped; cat; echo "input over" > ${terminal.name}`)}\n`);
  expect(await shows(/input over/)).toBe("input over\r\n");
});

test("without a table, with an empty one, and when every service fails, it goes on", async () => {
  let log = start("");
  await stop(init as ChildProcess);
  expect(init?.signalCode).toBe("SIGKILL");
  init = spawn(built.path("init"), ["--services-only", "--table", join(folder, "none")]);
  log = collect(init.stderr as NodeJS.ReadableStream);
  await said(log, /cannot read .*none: No such file/);
  expect(init.exitCode).toBeNull();
  await stop(init);
  log = start(`respawn nowhere/tty /bin/cat\nrespawn ${terminal.name} /nowhere/program\n`);
  await said(log, /cannot open nowhere\/tty/);
  await shows(/cannot run \/nowhere\/program: No such file/);
  expect(init?.exitCode).toBeNull();
});

test("elsewhere than as process 1 it does nothing unasked", async () => {
  const { code, stderr } = await run(built.path("init"), []);
  expect(code).toBe(2);
  expect(stderr).toContain("process 1");
});
