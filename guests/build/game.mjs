// Builds what images take of the game: its data, by guests/game/make.mjs, and the library that stands in for libcurl.

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";
import { BuildError, fileSha256, step, treeDigests } from "./step.mjs";

const COMPILE =
  "-m32 -march=pentium4 -Os -std=gnu11 -Wall -Wextra -Werror -fPIC -ffreestanding -fno-stack-protector".split(" ");
const LINK =
  "-shared -nostdlib -s -Wl,--build-id=none -Wl,--hash-style=gnu -Wl,-z,noexecstack -Wl,-soname,libcurl.so.4".split(
    " ",
  );

/** What a recipe may name under `game`. */
export const GAME_PARTS = ["data", "libcurl"];

/** The game directory, made once for the same sources. @returns {Promise<string>} its path */
export async function gameData(cache, guests) {
  const sources = treeDigests(join(guests, "game")).filter((line) => !/^testing\/|\.(test\.ts|md) /.test(line));
  const tools = { fteqcc: fileSha256(whereIs("fteqcc")), v8: process.versions.v8 };
  return await step(cache, "game data", { sources, tools }, async (into, report) => {
    report("map, textures, models, rules");
    (await import("../game/make.mjs")).makeGame(into);
  });
}

/** @returns {Promise<Map<string, string>>} part -> a folder or a file */
export async function buildGame(cache, guests, compiler) {
  const folder = join(guests, "game");
  const data = await gameData(cache, guests);
  const own = treeDigests(join(folder, "libcurl"));
  const libcurl = await step(cache, "game libcurl", { own, compiler, COMPILE, LINK }, (into) => {
    for (const name of ["libcurl.c", "versions"]) copyFileSync(join(folder, "libcurl", name), join(into, name));
    run("gcc", [...COMPILE, ...LINK, "-Wl,--version-script=versions", "libcurl.c", "-o", "libcurl.so.4"], {
      cwd: into,
    });
  });
  return new Map([
    ["data", data],
    ["libcurl", join(libcurl, "libcurl.so.4")],
  ]);
}

function whereIs(program) {
  try {
    return run("sh", ["-c", `command -v ${program}`]).trim();
  } catch {
    throw new BuildError(`${program}: not installed (see guests/build/host-packages.json)`);
  }
}
