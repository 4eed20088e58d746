// `npm run images`: builds what runs in the boxes, everything below public/images. Plain Node, no npm packages, so that it
// can run before `npm ci`. Commands:
//   (none)                    build what is not built yet          --verify   build all again from nothing and compare
//   programs [NAME...] [--out DIR]   compile C programs only       lock       pin the current packages of the mirror
//   sources --out DIR         fetch the source packages of all that is handed on
//   sysroot [glibc]           print where the programs' headers and libraries lie, for tests that compile otherwise
//   move-table                print where the table of QuakeWorld's move checksum lies, likewise

import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchPackages, fetchSources } from "./apt.mjs";
import { parseLock, pinOf } from "./lock.mjs";
import { moveTable } from "./move-table.mjs";
import { buildPrograms, compilerVersion, programNames, sysroot, TOOLCHAIN } from "./programs.mjs";
import { BuildError, cacheFolder, cleanUpWhenInterrupted, explainFullDisk } from "./step.mjs";

const guests = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const project = resolve(guests, "..");
const cache = cacheFolder();

function readLock() {
  return parseLock(readFileSync(join(guests, "packages.lock.json"), "utf8"));
}

function option(args, name) {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function toolchain() {
  const lock = readLock();
  return fetchPackages(
    cache,
    TOOLCHAIN.map((name) => pinOf(lock, name)),
  );
}

async function programs(args) {
  const packages = toolchain();
  const out = option(args, "--out");
  const sources = join(guests, "programs");
  const known = programNames(sources);
  const named = args.slice(1).filter((word) => !word.startsWith("--") && word !== out);
  const strange = named.find((name) => !known.includes(name));
  if (strange) throw new BuildError(`there is no program ${strange}; there are ${known.join(", ")}`);
  const built = await buildPrograms(cache, sources, packages, compilerVersion(), named.length > 0 ? named : known);
  if (out) mkdirSync(out, { recursive: true });
  for (const [name, path] of built) {
    if (out) copyFileSync(path, join(out, name));
    process.stdout.write(`  ${name}: ${out ? join(out, name) : path}\n`);
  }
}

async function main(args) {
  const command = args.find((word) => !word.startsWith("--")) ?? "images";
  if (command === "programs") return await programs(args);
  if (command === "sysroot") {
    const root = await sysroot(cache, toolchain(), args.includes("glibc") ? "glibc" : "musl");
    return void process.stdout.write(`${root}\n`);
  }
  if (command === "move-table") {
    return void process.stdout.write(`${await moveTable(cache, toolchain().get("mvdsv"))}\n`);
  }
  if (command === "lock") return await (await import("./make-lock.mjs")).makeLock(cache, guests);
  if (command === "sources") {
    const out = option(args, "--out");
    if (!out) throw new BuildError("sources needs --out DIR");
    return fetchSources(cache, readLock(), out);
  }
  if (command === "images")
    return await (await import("./images.mjs")).buildImages({
      cache,
      guests,
      project,
      lock: readLock(),
      verify: args.includes("--verify"),
    });
  throw new BuildError(
    `${command} is not a command; there are programs, lock, sources, sysroot and move-table, and none for everything`,
  );
}

cleanUpWhenInterrupted();
try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const error = explainFullDisk(thrown, thrown.path ?? cache);
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`\nimages: ${error.message}\n`);
  process.exit(1);
}
