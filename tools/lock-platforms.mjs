/**
 * Completes package-lock.json after `npm install` at a registry that has only some platforms' packages. npm leaves out
 * the optional packages that such a registry lacks, and `npm ci` then refuses the lock file anywhere. This adds them:
 * version from the package that wants them, platform from their names; npm neither asks for nor installs what is not for
 * the platform at hand. It must never change an entry that npm wrote. `npm run check` says when it is needed.
 *
 *   node tools/lock-platforms.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ROOT } from "./host.mjs";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/** What npm records of a platform, from a name such as `@x/binding-linux-arm-gnueabihf`; undefined if it tells none. */
export function platformOf(name) {
  const words = name.split("/").at(-1).split(/[-.]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (cpu === "wasm32") return { cpu: ["wasm32"] };
  if (name === "fsevents") return { os: ["darwin"] };
  if (!os || !cpu) return undefined;
  const musl = words.some((word) => word.startsWith("musl"));
  const gnu = words.some((word) => word.startsWith("gnu"));
  const libc = os !== "linux" || !(musl || gnu) ? {} : { libc: [musl ? "musl" : "glibc"] };
  return { cpu: [cpu], ...libc, os: [os] };
}

/** Where Node would find `name` from the package at `at`; undefined if nowhere. */
function found(packages, at, name) {
  for (let folder = at; ; ) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[place]) return place;
    if (folder === "") return undefined;
    const up = folder.lastIndexOf("/node_modules/");
    folder = up < 0 ? "" : folder.slice(0, up);
  }
}

/**
 * Entries that a lock file lacks, by their places in it.
 * @param {{packages: Record<string, object>}} lock
 */
export function missingEntries({ packages }) {
  const missing = {};
  for (const [at, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const version = range.replace(/^\D+/, "");
      const all = { ...packages, ...missing };
      const place = found(all, at, name);
      // A range is npm's to judge; an exact version is that one or another package's.
      if (place && (version !== range || all[place].version === version)) continue;
      const platform = platformOf(name);
      if (!platform)
        throw new Error(
          `The optional package ${name} ${range} of ${at} is not locked, and its name tells no platform.`,
        );
      const target = place ? `${at}/node_modules/${name}` : `node_modules/${name}`;
      missing[target] = {
        version,
        cpu: platform.cpu,
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
        ...platform,
      };
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.join(ROOT, "package-lock.json");
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = missingEntries(lock);
  const names = (a, b) => a[0].localeCompare(b[0], "en");
  lock.packages = Object.fromEntries(Object.entries({ ...lock.packages, ...missing }).sort(names));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${Object.keys(missing).length} entries added to package-lock.json`);
}
