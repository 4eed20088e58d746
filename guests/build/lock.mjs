// The lock file guests/packages.lock.json: every binary and source package that the guests are made of, with version and
// SHA-256. Pure: reading and writing the file is the caller's.

import { BuildError } from "./step.mjs";

export const LOCK_FORMAT = "terra-lock-1";
const PIN_KEYS = ["name", "version", "arch", "size", "sha256", "source", "sourceVersion"];
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Parses the lock file's text and checks it; errors name the package and the field.
 * @param {string} text
 * @returns {{packages: {name: string, version: string, arch: string, size: number, sha256: string, source: string,
 *   sourceVersion: string}[], sources: {name: string, version: string, files: {name: string, size: number, sha256: string}[]}[]}}
 */
export function parseLock(text) {
  let lock;
  try {
    lock = JSON.parse(text);
  } catch (error) {
    throw new BuildError(`packages.lock.json is not JSON: ${error.message}`);
  }
  if (lock.format !== LOCK_FORMAT)
    throw new BuildError(`packages.lock.json: format ${lock.format}, wanted ${LOCK_FORMAT}`);
  const names = new Set();
  for (const pin of lock.packages) {
    for (const key of PIN_KEYS) {
      if (pin[key] === undefined) throw new BuildError(`packages.lock.json: ${pin.name}: ${key} is missing`);
    }
    if (!DIGEST.test(pin.sha256))
      throw new BuildError(`packages.lock.json: ${pin.name}: sha256 ${pin.sha256} is not 64 hex digits`);
    if (names.has(pin.name)) throw new BuildError(`packages.lock.json: ${pin.name} is pinned twice`);
    names.add(pin.name);
  }
  return lock;
}

/** The pin of a package; an error that says how to make one otherwise. */
export function pinOf(lock, name) {
  const pin = lock.packages.find((entry) => entry.name === name);
  if (!pin) {
    throw new BuildError(
      `${name} is not in guests/packages.lock.json; \`npm run images -- lock\` pins what recipes name`,
    );
  }
  return pin;
}

/** Stops the build when bytes are not the ones that were pinned. */
export function checkDigest(what, actual, wanted) {
  if (actual === wanted) return;
  throw new BuildError(
    `${what}: SHA-256 is ${actual}, but guests/packages.lock.json says ${wanted}; nothing was built from it`,
  );
}
