/**
 * Who may import whom, in one place: the import rules (import-rules.mjs) and the check of each bundle's list of modules
 * both read it. It must never know about single files, only about folders.
 */

/** Folders whose code runs anywhere, Node included, and imports nothing but each other. */
export const PURE = ["engine/protocol", "engine/attestation", "engine/storage", "engine/network"];

/** Folders of which each runs in workers of its own and never imports another. */
export const REALMS = ["engine/factory", "engine/chip", "engine/boot", "engine/tvmm", "engine/vm", "engine/physical"];

/** The page's side, from the DOM down to the scripting API: each imports only what stands after it, and pure folders. */
export const PAGE = ["app", "engine/scenarios", "engine/lab"];

/** npm packages that run everywhere, and that pure folders and realms may therefore use. */
export const PORTABLE_PACKAGES = ["@noble/hashes", "@noble/ciphers", "@noble/curves"];

/** Packages one realm has beyond those. */
export const REALM_PACKAGES = {
  "engine/vm": ["v86", "hash-wasm", "@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono"],
};

/** The package that an address such as `@scope/name/file.js` belongs to. */
export function packageOf(address) {
  return address.split("/", address.startsWith("@") ? 2 : 1).join("/");
}

/**
 * What is wrong with a bundle's list of modules, as sentences; empty if nothing is.
 * @param {string} bundle its name, for the message
 * @param {string[]} modules paths relative to the project's root with forward slashes; virtual modules left out
 * @param {{folders: string[], packages: string[] | "any"}} allowed
 * @returns {string[]}
 */
export function strangers(bundle, modules, allowed) {
  const found = [];
  for (const module of modules) {
    const at = module.lastIndexOf("node_modules/");
    if (at >= 0) {
      const name = packageOf(module.slice(at + "node_modules/".length));
      if (allowed.packages !== "any" && !allowed.packages.includes(name)) {
        found.push(
          `${bundle} contains the package ${name} (${module}); allowed: ${allowed.packages.join(", ") || "none"}`,
        );
      }
    } else if (!allowed.folders.some((folder) => module.startsWith(`${folder}/`))) {
      found.push(`${bundle} contains ${module}; allowed: ${allowed.folders.join(", ")}`);
    }
  }
  return found;
}

/** What a realm's bundle may contain. */
export function realmAllows(realm) {
  return { folders: [realm, ...PURE], packages: [...PORTABLE_PACKAGES, ...(REALM_PACKAGES[realm] ?? [])] };
}
