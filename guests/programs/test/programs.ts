/**
 * The guest programs as the image build makes them, and a way to run them here: i386 programs without libraries run on
 * any Linux of the family. Nothing else is faked: what the tests run is what the images hold.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export type Program =
  | "aimproxy"
  | "appraise"
  | "attestd"
  | "bank-client"
  | "bank-client-unbound"
  | "bank-server"
  | "bank-server-unbound"
  | "canary"
  | "culvert"
  | "culvert-edited"
  | "endorse"
  | "get-id"
  | "glass"
  | "hello"
  | "init"
  | "mallory"
  | "netbench"
  | "spikes"
  | "tlsbench"
  | "tvmm";

const here = dirname(fileURLToPath(import.meta.url));
const builder = resolve(here, "../../build/main.mjs");

/** For the hook that builds, milliseconds: on a fresh machine headers and libraries are fetched first. */
export const BUILD_TIMEOUT = 600_000;

/** Builds what is not built yet: these programs, or all. `folder` holds them and the helper `pty`; `dispose` removes it. */
export function buildForTest(...programs: Program[]): {
  folder: string;
  path(program: Program): string;
  dispose(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "terra-programs-"));
  execFileSync(process.execPath, [builder, "programs", ...programs, "--out", folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  execFileSync("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", join(here, "pty.c"), "-o", join(folder, "pty")]);
  return {
    folder,
    path: (program) => join(folder, program),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Compiles C files with the address and undefined-behaviour sanitizers, for the same processor and against the same libraries
 * as in the images; only the C library is the host's. `sources`: files and folders below guests/programs.
 */
export function buildChecked(out: string, libraries: ("bearssl" | "ssl" | "crypto")[], ...sources: string[]): void {
  const libc = libraries.includes("crypto") ? ["glibc"] : [];
  const told = execFileSync(process.execPath, [builder, "sysroot", ...libc], { encoding: "utf8" });
  const root = told.trimEnd().split("\n").at(-1) ?? "";
  const tables = sources.includes("parts/quakeworld")
    ? execFileSync(process.execPath, [builder, "move-table"], { encoding: "utf8" }).trimEnd().split("\n").slice(-1)
    : [];
  const programs = resolve(here, "..");
  const files = sources.flatMap((name) =>
    name.endsWith(".c")
      ? [name]
      : readdirSync(join(programs, name))
          .filter((file) => file.endsWith(".c"))
          .map((file) => join(name, file)),
  );
  execFileSync(
    "gcc",
    [
      ..."-m32 -march=pentium4 -msse2 -O1 -g -std=gnu11 -Wall -Wextra -Werror -Wno-format-truncation".split(" "),
      ..."-fsanitize=address,undefined -fno-sanitize-recover=all -I lib -I parts -I culvert".split(" "),
      ...tables.flatMap((folder) => ["-I", folder]),
      ...["-idirafter", join(root, "usr/include"), "-idirafter", join(root, "usr/include/i386-linux-gnu"), ...files],
      ...libraries.map((name) => join(root, `usr/lib/i386-linux-gnu/lib${name}.a`)),
      ...["-lm", "-o", out],
    ],
    { cwd: programs, stdio: ["ignore", "ignore", "pipe"] },
  );
}

export interface Finished {
  /** Null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs a program to its end. */
export function run(path: string, args: string[], input: Uint8Array | string = ""): Promise<Finished> {
  const child = spawn(path, args);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => out.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => err.push(bytes));
  child.stdin.on("error", () => undefined); // it may end without having read its input
  child.stdin.end(input);
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) =>
      done({ code, signal, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** Ends a program that does not end by itself, and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await gone;
}

/** Bytes as they come, with a way to wait for what they will be. */
export interface Incoming {
  text(): string;
  bytes(): Buffer;
  /** Resolves when the condition holds for all that came, at once or after more came. */
  until<T>(condition: (all: Buffer) => T | undefined): Promise<T>;
}

export function collect(stream: NodeJS.ReadableStream): Incoming {
  let all: Buffer = Buffer.alloc(0);
  const checks = new Set<() => void>();
  stream.on("data", (bytes: Buffer) => {
    all = Buffer.concat([all, bytes]);
    for (const check of [...checks]) check();
  });
  return {
    text: () => all.toString(),
    bytes: () => all,
    until: (condition) =>
      new Promise((done) => {
        const check = () => {
          const result = condition(all);
          if (result === undefined) return;
          checks.delete(check);
          done(result);
        };
        checks.add(check);
        check();
      }),
  };
}

export interface Terminal {
  /** Its name, /dev/pts/N. */
  name: string;
  output: Incoming;
  type(bytes: Uint8Array | string): void;
  close(): Promise<void>;
}

export async function openTerminal(folder: string, kind: "raw" | "cooked"): Promise<Terminal> {
  const helper = spawn(join(folder, "pty"), kind === "cooked" ? ["--cooked"] : []);
  const name = await new Promise<string>((done) => {
    let head = "";
    const onByte = () => {
      // Byte by byte: what follows the line feed belongs to the terminal.
      for (let byte = helper.stdout.read(1) as Buffer | null; byte; byte = helper.stdout.read(1) as Buffer | null) {
        if (byte[0] === 10) {
          helper.stdout.off("readable", onByte);
          done(head);
          return;
        }
        head += byte.toString();
      }
    };
    helper.stdout.on("readable", onByte);
  });
  return {
    name,
    output: collect(helper.stdout),
    type: (bytes) => void helper.stdin.write(bytes),
    close: () => stop(helper),
  };
}
