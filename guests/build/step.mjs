// One step of the build: work that is done once for each recipe and kept in a cache outside the tree.
// A step's key is the digest of everything its result depends on; what lies under a key is complete and never changes.
// It must never leave a half-made result under a key: work happens in a temporary folder beside it, which is renamed last.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** An error that the person who runs the build can act on; printed without a stack trace. */
export class BuildError extends Error {}

const pending = new Set();

/** Makes an interrupted build remove what it has not finished. Of the whole process: for the program, not for tests. */
export function cleanUpWhenInterrupted() {
  process.on("exit", removePending);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      process.stderr.write(`\nimages: interrupted (${signal}); nothing half-built is kept\n`);
      process.exit(130);
    });
  }
}

function removePending() {
  // Retried, because a compiler that was just told to stop may still be writing.
  for (const folder of pending) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  pending.clear();
}

/**
 * A new folder beside `target`, on the same file system, removed when the build ends. One that a killed build could not
 * remove is removed by the next.
 */
export function temporaryBeside(target) {
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const owner = /^\.building-(\d+)-/.exec(name)?.[1];
    if (owner && !isAlive(Number(owner))) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(parent, `.building-${process.pid}-`));
  pending.add(folder);
  return folder;
}

/** Gives a finished temporary folder its name. */
export function keep(temporary, target) {
  renameSync(temporary, target);
  pending.delete(temporary);
}

export function discard(temporary) {
  rmSync(temporary, { recursive: true, force: true });
  pending.delete(temporary);
}

/** Where results are kept: `TERRA_CACHE`, else `XDG_CACHE_HOME/terra-lab`, else `~/.cache/terra-lab`. */
export function cacheFolder(environment = process.env) {
  if (environment.TERRA_CACHE) return environment.TERRA_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "terra-lab");
}

export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

export function fileSha256(path) {
  return sha256(readFileSync(path));
}

/** Digest of a recipe: any JSON value, whose keys must be written in the same order each time. */
export function recipeDigest(recipe) {
  return sha256(JSON.stringify(recipe));
}

/** Path and digest of every file below a folder, sorted by path: how sources enter a recipe. */
export function treeDigests(folder, prefix = "") {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const name = prefix + entry.name;
      if (entry.isDirectory()) return treeDigests(path, `${name}/`);
      return [`${name} ${(statSync(path).mode & 0o111) === 0 ? "-" : "x"} ${fileSha256(path)}`];
    });
}

/**
 * Runs `make(folder, report)` unless its result is already in the cache, and returns the folder of the result.
 * @param cache folder of the whole cache
 * @param name what the step makes, in a word or two
 * @param recipe everything the result depends on
 */
export async function step(cache, name, recipe, make) {
  const target = join(
    cache,
    "steps",
    `${name.replaceAll(/[^a-z0-9.-]+/gi, "-")}-${recipeDigest([name, recipe]).slice(0, 24)}`,
  );
  if (existsSync(target)) return target;
  const began = Date.now();
  const report = progress(name);
  report("...");
  const claim = await claimStep(target, report);
  if (existsSync(target)) {
    claim.release();
    report.done("made by another build");
    return target;
  }
  const folder = temporaryBeside(target);
  try {
    await make(folder, report);
    if (existsSync(target)) discard(folder);
    else keep(folder, target);
  } catch (error) {
    discard(folder);
    throw explainFullDisk(error, cache);
  } finally {
    claim.release();
  }
  report.done(`${((Date.now() - began) / 1000).toFixed(1)} s`);
  return target;
}

/** Waits until no other process makes this step. A claim whose process is gone counts for nothing. */
async function claimStep(target, report) {
  const file = `${target}.claim`;
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      // A symbolic link, because it is made together with its content.
      symlinkSync(String(process.pid), file);
      pending.add(file);
      return { release: () => discard(file) };
    } catch (error) {
      if (error.code !== "EEXIST") throw explainFullDisk(error, file);
    }
    const owner = ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) rmSync(file, { force: true });
    else report(`another build (process ${owner}) is making it`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function ownerOf(claim) {
  try {
    return Number(readlinkSync(claim));
  } catch {
    return undefined; // released in the meantime
  }
}

function isAlive(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** A line that says what is being done; on a terminal it is rewritten, in a log it is printed now and then. */
export function progress(name) {
  const live = process.stdout.isTTY;
  let printedAt = 0;
  const report = (text) => {
    if (live) process.stdout.write(`\r\u001b[K  ${name}: ${text}`);
    else if (Date.now() - printedAt > 10_000) {
      process.stdout.write(`  ${name}: ${text}\n`);
      printedAt = Date.now();
    }
  };
  report.done = (text) => process.stdout.write(`${live ? "\r\u001b[K" : ""}  ${name}: ${text}\n`);
  return report;
}

/** The same error, or, if the reason is a full disk, one that says which and what to do. */
export function explainFullDisk(error, cache) {
  const text = `${error?.code ?? ""} ${error?.message ?? error}`;
  const line = text.split("\n").find((one) => /ENOSPC|No space left on device/i.test(one));
  if (line === undefined || text.includes("the disk that holds")) return error;
  return new BuildError(
    `the disk that holds ${cache} is full (${line.trim()}).\nAbout 3 GB must be free; TERRA_CACHE moves the cache.`,
  );
}
