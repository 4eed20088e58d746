// Makes the game's data: `node guests/game/make.mjs DIR` writes the game directory `culvert` into DIR. Plain Node and Debian's
// fteqcc; the same sources give the same bytes.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../build/run.mjs";
import { fontLump } from "./art/font.mjs";
import { models } from "./art/models.mjs";
import { colormapLump, paletteLump } from "./art/palette.mjs";
import { textures } from "./art/textures.mjs";
import { compile } from "./map/compile.mjs";
import { culvert } from "./map/source.mjs";

export const GAME = "culvert";
const rules = fileURLToPath(new URL("rules", import.meta.url));

/** All files of the game directory, by their paths in it. @returns {Map<string, Uint8Array>} */
export function gameFiles() {
  return new Map([
    ["gfx/palette.lmp", paletteLump()],
    ["gfx/colormap.lmp", colormapLump()],
    ["gfx/font.lmp", fontLump()],
    ...models(),
    ["maps/culvert.bsp", compile(culvert, textures())],
  ]);
}

/** Compiles the rules and puts them at `target`. */
export function compileRules(target) {
  const scratch = mkdtempSync(join(tmpdir(), "culvert-rules-"));
  try {
    for (const name of readdirSync(rules)) copyFileSync(join(rules, name), join(scratch, name));
    run("fteqcc", ["-src", ".", "-srcfile", "culvert.src"], { cwd: scratch });
    copyFileSync(join(scratch, "qwprogs.dat"), target);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Writes the game directory. @param {string} into its path */
export function makeGame(into) {
  for (const [path, bytes] of gameFiles()) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), bytes);
  }
  compileRules(join(into, "qwprogs.dat"));
  copyFileSync(fileURLToPath(new URL("server.cfg", import.meta.url)), join(into, "server.cfg"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [into] = process.argv.slice(2);
  if (!into) throw new Error("usage: node guests/game/make.mjs DIR");
  makeGame(join(into, GAME));
}
