import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILD_TIMEOUT, buildForTest, openTerminal, stop } from "./test/programs.ts";
import { screenOf } from "./test/screen.ts";

let built: ReturnType<typeof buildForTest>;
beforeAll(() => {
  built = buildForTest("canary");
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());

/** Runs it until it wrote its secret a second time; the secret that the screen shows then, and what it said elsewhere. */
async function secret(): Promise<{ secret: string; said: string }> {
  const terminal = await openTerminal(built.folder, "cooked");
  const other = await openTerminal(built.folder, "cooked");
  const tty = openSync(terminal.name, "r+");
  const canary = spawn(built.path("canary"), ["--alive", other.name], { stdio: [tty, tty, "inherit"] });
  const screen = await terminal.output.until((all) => {
    const lines = screenOf(all).join("\n");
    return lines.includes("written 2 times") ? lines : undefined;
  });
  const said = await other.output.until((all) => (all.includes("written 2 times") ? all.toString() : undefined));
  await stop(canary);
  await terminal.close();
  await other.close();
  return { secret: /^ {8}([0-9a-f]{64}) *$/m.exec(screen)?.[1] ?? "", said };
}

test("shows 32 bytes that are new each time, and says elsewhere only that it runs", async () => {
  const runs = [await secret(), await secret()];
  for (const run of runs) {
    expect(run.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(run.said).toMatch(/^(canary: written \d+ times\s+)+$/);
  }
  expect(runs[0]?.secret).not.toBe(runs[1]?.secret);
});
