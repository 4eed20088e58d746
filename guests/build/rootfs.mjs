// An image's root file system: chosen files of Debian packages, overlays, programs and links, as one uncompressed erofs that
// is the same bytes whoever builds it, wherever and whenever: all owned by root, fixed modes, fixed times, fixed UUID.

import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { unpack } from "./apt.mjs";
import { run } from "./run.mjs";
import { BuildError, fileSha256, sha256 } from "./step.mjs";
import { BLOCK } from "./verity.mjs";

/** Mount points; everything else comes from the recipe. */
const FOLDERS = ["dev", "etc", "proc", "run", "sys", "tmp"];

/** Lays out the files of a recipe below `root`. */
export function layOut(root, recipe, { overlays, packages, programs, game, scratch }) {
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  for (const name of recipe.packages) {
    const from = join(scratch, name);
    unpack(packages.get(name).path, from);
    for (const path of recipe.take[name] ?? []) {
      if (!existsSync(join(from, path))) throw new BuildError(`${recipe.id}: ${name} holds no ${path}`);
      mkdirSync(dirname(join(root, path)), { recursive: true });
      cpSync(join(from, path), join(root, path), { recursive: true, verbatimSymlinks: true });
    }
  }
  for (const overlay of recipe.overlays) {
    const from = join(overlays, overlay);
    if (!existsSync(from)) throw new BuildError(`${recipe.id}: there is no overlay guests/overlays/${overlay}`);
    cpSync(from, root, { recursive: true, verbatimSymlinks: true });
  }
  mkdirSync(join(root, "etc/terra"), { recursive: true });
  writeFileSync(join(root, "etc/terra/product"), `product ${recipe.product}\nversion ${recipe.version}\n`);
  for (const [name, path] of Object.entries(recipe.programs)) {
    const program = programs.get(name);
    if (!program) throw new BuildError(`${recipe.id}: there is no program guests/programs/${name}`);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(program, join(root, path));
    chmodSync(join(root, path), 0o755);
  }
  for (const [part, path] of Object.entries(recipe.game ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    cpSync(game.get(part), join(root, path), { recursive: true });
  }
  for (const [target, names] of Object.entries(recipe.links)) {
    for (const name of names) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      symlinkSync(target, join(root, name));
    }
  }
  fixModes(root);
}

/** Modes come from the executable bit alone, so that nobody's umask reaches the image. */
function fixModes(path) {
  const info = lstatSync(path);
  if (info.isSymbolicLink()) return;
  if (info.isDirectory()) {
    chmodSync(path, 0o755);
    for (const name of readdirSync(path)) fixModes(join(path, name));
  } else {
    chmodSync(path, (info.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** Writes `root` as erofs to `file`, padded to whole blocks. `name` gives the file system its UUID. */
export function makeErofs(root, file, name) {
  const hex = sha256(`terra erofs ${name}`);
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  run("mkfs.erofs", ["-T0", `-U${uuid}`, "--all-root", "-x-1", file, root]);
  const { size } = statSync(file);
  truncateSync(file, Math.ceil(size / BLOCK) * BLOCK);
}

/** What identifies mkfs.erofs, whose versions lay files out differently: the program's own bytes. */
export function erofsVersion() {
  const path = (process.env.PATH ?? "")
    .split(":")
    .concat("/usr/bin", "/usr/sbin")
    .map((folder) => join(folder, "mkfs.erofs"))
    .find((file) => existsSync(file));
  if (!path) throw new BuildError("mkfs.erofs: not installed (see guests/build/host-packages.json)");
  return fileSha256(path);
}
