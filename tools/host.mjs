/**
 * What the tools need to know about this machine and this checkout: folders, commands, Debian packages. It must run
 * before `npm ci` and therefore imports nothing but Node.
 */
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Where things are kept that were built once: outside the tree, so that a fresh clone finds them. */
export function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  const folder = process.env.TERRA_CACHE || path.join(base, "terra-lab");
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const isRoot = () => typeof process.getuid === "function" && process.getuid() === 0;

/**
 * Whether this Node runs the project: ^20.19 or 22.12 and later, as package.json's engines say.
 * @param {string} version without the leading v
 */
export function nodeIsSupported(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

/** Whether something is there: an absolute path as a file, anything else as a command. */
export function present(test) {
  if (test.startsWith("/")) return existsSync(test);
  const folders = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`.split(":");
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder || ".", test), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Debian packages of a list that this machine lacks.
 * @param {Record<string, string>} list package to the command or absolute path that shows it is there
 */
export function missingPackages(list) {
  return Object.entries(list)
    .filter(([, test]) => !present(test))
    .map(([name]) => name)
    .sort();
}

/** A list of host packages; empty if the file is not there. Keys beginning with "//" are remarks. */
export function readPackageList(file) {
  if (!existsSync(file)) return {};
  const all = JSON.parse(readFileSync(file, "utf8"));
  return Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith("//")));
}

/**
 * npm packages that node_modules lacks or has in another version than package-lock.json says. npm itself keeps
 * node_modules/.package-lock.json and writes it last, so an interrupted installation counts as stale.
 * @returns {string[]} their paths; empty if node_modules is as it should be
 */
export function stalePackages(root = ROOT) {
  const installedList = path.join(root, "node_modules/.package-lock.json");
  const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
  const installed = existsSync(installedList) ? JSON.parse(readFileSync(installedList, "utf8")).packages : {};
  return Object.entries(wanted)
    .filter(([at, entry]) => at !== "" && !entry.optional && !entry.peer && installed[at]?.version !== entry.version)
    .map(([at]) => at);
}

/** Files below a folder, relative to it, sorted; folders named node_modules are left out. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const found = [];
  const visit = (inner) => {
    for (const entry of readdirSync(path.join(folder, inner), { withFileTypes: true })) {
      const name = inner === "" ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules") visit(name);
      } else found.push(name);
    }
  };
  visit("");
  return found.sort();
}

/**
 * One digest over files: names, and contents or, where the name is itself made from the contents, sizes.
 * @param {string} root
 * @param {string[]} names files relative to root
 * @param {(name: string) => boolean} [sizeOnly]
 */
export function digestOf(root, names, sizeOnly = () => false) {
  const hash = createHash("sha256");
  for (const name of names) {
    const file = path.join(root, name);
    hash.update(`${name}\0`);
    hash.update(
      sizeOnly(name) ? String(statSync(file).size) : createHash("sha256").update(readFileSync(file)).digest(),
    );
  }
  return hash.digest("hex");
}
