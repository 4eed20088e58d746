import { spawn } from "node:child_process";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { must, run, StepFailed, steps } from "./progress.mjs";

const node = (script: string) => run(process.execPath, ["-e", script]);

describe("running commands", () => {
  it("keeps their last lines and exit code", async () => {
    expect(await node('console.log("one"); console.error("two"); process.exitCode = 3')).toMatchObject({ code: 3 });
    const { lines } = await node('process.stdout.write("10 %\\r20 %\\rdone")');
    expect(lines).toEqual(["10 %", "20 %", "done"]);
  });

  it("throws a failure with the command, its last lines and what to do", async () => {
    const failure = await must(process.execPath, ["-e", 'console.error("no space left"); process.exit(1)'], {
      remedy: "make room",
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(failure instanceof StepFailed)) throw new Error("it did not fail as it should");
    expect(failure.message).toMatch(/ended with exit code 1$/);
    expect(failure.lines).toEqual(["no space left"]);
    expect(failure.remedy).toBe("make room");
  });

  it("says that a command is not there", async () => {
    await expect(run("no-such-command-at-all", [])).rejects.toThrow("no-such-command-at-all could not be started");
  });

  it("counts a command stopped by a signal as failed", async () => {
    expect((await node('process.kill(process.pid, "SIGKILL")')).code).not.toBe(0);
  });
});

describe("stopping", () => {
  it("stops the command and all that would follow it", async () => {
    const progress = JSON.stringify(new URL("./progress.mjs", import.meta.url).href);
    const endless = `["-e", 'console.log("up"); setInterval(() => {}, 1000)']`;
    const script = `import { run } from ${progress}; await run(process.execPath, ${endless}, { show: true }); console.log("went on");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("up")) child.kill("SIGTERM");
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(1);
    expect(said).toContain("up");
    expect(said).not.toContain("went on");
  });
});

describe("steps", () => {
  let said: string[];
  beforeEach(() => {
    said = [];
    const note = (text: unknown) => void said.push(String(text));
    vi.spyOn(console, "log").mockImplementation(note);
    vi.spyOn(console, "error").mockImplementation(note);
  });
  afterEach(() => void vi.restoreAllMocks());

  it("show how far they are, and their remarks", async () => {
    const done = await steps([
      { title: "First", run: () => Promise.resolve("nothing to do") },
      { title: "Second", run: async () => undefined },
    ]);
    expect(done).toBe(true);
    expect(said[0]).toBe("[1/2] First");
    expect(said[1]).toMatch(/^ +nothing to do \(\d+\.\d s\)$/);
    expect(said[2]).toBe("[2/2] Second");
  });

  it("stop at the first that fails, and name it, its last lines and the remedy", async () => {
    const second = vi.fn();
    const done = await steps([
      {
        title: "First",
        run: () => Promise.reject(new StepFailed("it broke", { lines: ["last words"], remedy: "mend it" })),
      },
      { title: "Second", run: second },
    ]);
    expect(done).toBe(false);
    expect(second).not.toHaveBeenCalled();
    expect(said.join("\n")).toMatch(/\[1\/2\] First: failed\.\nit broke\n {4}\| last words\nWhat to do: mend it/);
  });
});
