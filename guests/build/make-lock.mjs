// `npm run images -- lock`: writes guests/packages.lock.json anew from what the mirror has today. Run by a person who means to
// change what the guests are made of; a build never does.

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApt } from "./apt.mjs";
import { KERNEL_PACKAGE } from "./kernel.mjs";
import { LOCK_FORMAT } from "./lock.mjs";
import { TOOLCHAIN } from "./programs.mjs";
import { readRecipes } from "./recipes.mjs";
import { BuildError } from "./step.mjs";

export async function makeLock(cache, guests) {
  const apt = openApt(join(cache, "apt-sources"), { withSources: true });
  const recipes = readRecipes(join(guests, "images"));
  const names = [...new Set([KERNEL_PACKAGE, ...TOOLCHAIN, ...recipes.flatMap((recipe) => recipe.packages)])].sort();
  const packages = apt.current(names).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const name of names) {
    if (!packages.some((entry) => entry.name === name)) throw new BuildError(`${name}: the mirror has no such package`);
  }
  const wanted = new Map(packages.map((entry) => [entry.source, entry.sourceVersion]));
  const sources = [...wanted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => ({ name, version, files: apt.sourceFiles(name, version) }));
  const lock = { format: LOCK_FORMAT, suite: "bookworm", packages, sources };
  const path = join(guests, "packages.lock.json");
  writeFileSync(`${path}.new`, `${JSON.stringify(lock, null, 2)}\n`);
  renameSync(`${path}.new`, path);
  process.stdout.write(`  ${packages.length} packages, ${sources.length} sources pinned\n`);
}
