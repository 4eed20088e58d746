// Reads the recipes guests/images/<id>.json and says what is wrong with one. Pure but for the reading.
// A recipe is what its maker decides; what follows from it (sizes, digests) belongs into the descriptor.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { GAME_PARTS } from "./game.mjs";
import { BuildError } from "./step.mjs";

const KEYS = {
  product: "string",
  version: "string",
  kind: ["open", "closed"],
  test: "boolean",
  memoryMiB: "number",
  commandLine: "string",
  console: ["none", "output", "open"],
  suspend: "boolean",
  /** Debian packages whose files go into the image. */
  packages: "object",
  /** Package -> paths to take from it (each a file or a whole folder). */
  take: "object",
  /** Program of ours -> its place in the image. */
  programs: "object",
  /** Part of the game (see game.mjs) -> its place in the image. */
  game: "object",
  /** Link target -> names of the links that lead to it. */
  links: "object",
  /** Folders of guests/overlays, later ones over earlier ones. */
  overlays: "object",
  devices: "object",
};

/** Keys that a recipe may leave out. */
const OPTIONAL = new Set(["game"]);

export function readRecipes(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => basename(name, ".json"))
    .sort()
    .map((id) => parseRecipe(id, readFileSync(join(folder, `${id}.json`), "utf8")));
}

export function parseRecipe(id, text) {
  const wrong = (what) => new BuildError(`guests/images/${id}.json: ${what}`);
  let recipe;
  try {
    recipe = JSON.parse(text);
  } catch (error) {
    throw wrong(error.message);
  }
  if (!/^[a-z][a-z0-9-]*$/.test(id)) throw wrong(`${id} is not a name of lower-case letters, digits and hyphens`);
  for (const key of Object.keys(recipe)) if (!KEYS[key]) throw wrong(`unknown key ${key}`);
  for (const [key, type] of Object.entries(KEYS)) {
    const value = recipe[key];
    if (value === undefined && OPTIONAL.has(key)) continue;
    const fits = Array.isArray(type) ? type.includes(value) : typeof value === type;
    if (!fits)
      throw wrong(`${key} is ${JSON.stringify(value)}, wanted ${Array.isArray(type) ? type.join(" or ") : type}`);
  }
  const part = Object.keys(recipe.game ?? {}).find((name) => !GAME_PARTS.includes(name));
  if (part) throw wrong(`the game has no part ${part}, only ${GAME_PARTS.join(" and ")}`);
  if (!/^\d+\.\d+\.\d+$/.test(recipe.version)) throw wrong(`version is ${recipe.version}, wanted three numbers`);
  // Only a test may look into a closed box.
  if (recipe.kind === "closed" && recipe.console === "open" && !recipe.test) {
    throw wrong("a closed box must not have an open console");
  }
  return { id, ...recipe };
}
