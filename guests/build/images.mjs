// Puts everything together: kernel, stub, programs, one image for each recipe, and the manifest. What lies in public/images is
// always the whole of one build: it is made in a folder beside it and takes its place by renaming.

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { fetchPackages } from "./apt.mjs";
import { descriptor } from "./descriptor.mjs";
import { buildGame } from "./game.mjs";
import { buildKernel, buildStub, KERNEL_PACKAGE } from "./kernel.mjs";
import { pinOf } from "./lock.mjs";
import { packageList } from "./package-list.mjs";
import { buildPrograms, compilerVersion, programNames, TOOLCHAIN } from "./programs.mjs";
import { readRecipes } from "./recipes.mjs";
import { erofsVersion, layOut, makeErofs } from "./rootfs.mjs";
import { BuildError, fileSha256, keep, sha256, step, temporaryBeside, treeDigests } from "./step.mjs";
import { verityTree } from "./verity.mjs";

const MANIFEST_FORMAT = "terra-images-1";

export async function buildImages({ cache, guests, project, lock, verify }) {
  const began = Date.now();
  const target = join(project, "public", "images");
  const files = await collect(cache, guests, project, lock);
  const changed = publish(files, target);
  const manifest = JSON.parse(files.get("manifest.json").text);
  for (const image of manifest.images) {
    process.stdout.write(`  ${image.id} ${image.version}: ${image.primary}${image.test ? " (test)" : ""}\n`);
  }
  process.stdout.write(`  ${changed ? "public/images made" : "public/images is up to date"}, ${seconds(began)}\n`);
  if (verify) await verifyImages({ cache, guests, project, lock, files });
}

/** Builds what is missing; returns Map path in public/images -> {from} or {text}. */
async function collect(cache, guests, project, lock) {
  const recipes = readRecipes(join(guests, "images"));
  const names = [...new Set([KERNEL_PACKAGE, ...TOOLCHAIN, ...recipes.flatMap((recipe) => recipe.packages)])].sort();
  const packages = fetchPackages(
    cache,
    names.map((name) => pinOf(lock, name)),
  );
  const compiler = compilerVersion();
  const stub = await buildStub(cache, guests, compiler);
  const sources = join(guests, "programs");
  const inImages = new Set(recipes.flatMap((recipe) => Object.keys(recipe.programs)));
  const wanted = programNames(sources).filter((name) => inImages.has(name));
  const programs = await buildPrograms(cache, sources, packages, compiler, wanted);
  const kernel = await buildKernel(cache, guests, packages, compiler);
  const game = await buildGame(cache, guests, compiler);

  const files = new Map();
  const images = [];
  const context = { cache, guests, project, packages, programs, game, stub, kernel, erofs: erofsVersion() };
  for (const recipe of recipes) images.push(await buildImage(context, recipe, files));
  const substituted = [...packages.values()]
    .filter((used) => used.substituted)
    .map((used) => ({ name: used.name, pinned: used.substituted, used: used.version }));
  const manifest = { format: MANIFEST_FORMAT, images, ...(substituted.length > 0 ? { substituted } : {}) };
  files.set("manifest.json", { text: json(manifest) });
  return files;
}

async function buildImage(context, recipe, files) {
  const { cache, guests, packages, programs, game, stub, kernel } = context;
  const inputs = {
    recipe,
    erofs: context.erofs,
    packages: recipe.packages.map((name) => packages.get(name).sha256),
    programs: Object.keys(recipe.programs).map((name) =>
      programs.has(name) ? fileSha256(programs.get(name)) : "missing",
    ),
    game: Object.keys(recipe.game ?? {}).map((part) => partDigests(game.get(part))),
    overlays: recipe.overlays.map((name) => treeDigests(join(guests, "overlays", name))),
    rules: fileSha256(join(guests, "build", "rootfs.mjs")),
  };
  const disk = await step(cache, `disk ${recipe.id}`, inputs, (into) => {
    const root = join(into, "root");
    layOut(root, recipe, {
      overlays: join(guests, "overlays"),
      packages,
      programs,
      game,
      scratch: join(into, "scratch"),
    });
    const file = join(into, "data");
    makeErofs(root, file, recipe.id);
    const data = readFileSync(file);
    const salt = Buffer.from(sha256(`terra verity salt ${recipe.product} ${recipe.version}`), "hex");
    const { tree, root: rootHash } = verityTree(data, salt);
    writeFileSync(join(into, "boot"), Buffer.concat([data, tree]));
    const boot = {
      size: data.length,
      blockSize: 4096,
      salt: salt.toString("hex"),
      root: rootHash.toString("hex"),
      sha256: sha256(data),
    };
    writeFileSync(join(into, "boot.json"), JSON.stringify(boot));
    for (const part of [root, file, join(into, "scratch")]) rmSync(part, { recursive: true, force: true });
  });

  const boot = JSON.parse(readFileSync(join(disk, "boot.json"), "utf8"));
  const firmware = {};
  for (const [name, path] of [
    ["stub", stub],
    ["kernel", kernel.path],
  ]) {
    firmware[name] = { size: statSync(path).size, sha256: fileSha256(path) };
  }
  const text = descriptor(recipe, firmware, boot);
  const entry = {
    id: recipe.id,
    kind: recipe.kind,
    product: recipe.product,
    version: recipe.version,
    primary: sha256(text),
    test: recipe.test,
    descriptor: await blob(cache, files, `descriptor ${recipe.id}`, Buffer.from(text)),
    stub: await blob(cache, files, "stub", readFileSync(stub)),
    kernel: await blob(cache, files, "kernel", readFileSync(kernel.path)),
    boot: await blob(cache, files, `boot ${recipe.id}`, readFileSync(join(disk, "boot"))),
  };
  files.set(`packages/${recipe.id}.json`, { text: json(await packageList(context, recipe)) });
  return entry;
}

function partDigests(path) {
  return statSync(path).isDirectory() ? treeDigests(path) : fileSha256(path);
}

/** Compresses bytes for transfer, once, and enters them among the files under the digest of the plain bytes. */
async function blob(cache, files, name, bytes) {
  const digest = sha256(bytes);
  const path = `blobs/${digest}.gz`;
  const folder = await step(cache, `packed ${name}`, { digest, zlib: process.versions.zlib }, (into) => {
    writeFileSync(join(into, "gz"), gzipSync(bytes, { level: 9 }));
  });
  const from = join(folder, "gz");
  files.set(path, { from });
  return { path, size: bytes.length, sha256: digest, compressed: statSync(from).size };
}

/** Makes `target` hold exactly these files; returns whether anything had to be done. */
function publish(files, target) {
  if (isPublished(files, target)) return false;
  const temporary = temporaryBeside(target);
  writeFiles(files, temporary);
  chmodSync(temporary, 0o755);
  if (existsSync(target)) {
    const old = `${temporary}-old`;
    renameSync(target, old);
    keep(temporary, target);
    rmSync(old, { recursive: true });
  } else {
    keep(temporary, target);
  }
  return true;
}

function isPublished(files, target) {
  for (const [path, file] of files) {
    const there = join(target, path);
    if (!existsSync(there)) return false;
    const same = file.from
      ? statSync(there).size === statSync(file.from).size
      : readFileSync(there, "utf8") === file.text;
    if (!same) return false;
  }
  return true;
}

function writeFiles(files, folder) {
  for (const [path, file] of files) {
    const to = join(folder, path);
    mkdirSync(dirname(to), { recursive: true });
    if (file.from) cpSync(file.from, to);
    else writeFileSync(to, file.text);
  }
}

/** Builds all again with an empty cache, in another folder, and compares every file. Downloads are used again: they are pinned. */
async function verifyImages({ cache, guests, project, lock, files }) {
  const began = Date.now();
  const sources = treeDigests(guests).join("\n");
  process.stdout.write("verify: building everything again from nothing\n");
  const other = temporaryBeside(join(cache, "verify"));
  symlinkSync(join(cache, "debs"), join(other, "debs"));
  const again = await collect(other, guests, project, lock);
  if (treeDigests(guests).join("\n") !== sources) throw new BuildError("verify: guests/ was changed in the meantime");
  const different = compareFiles(files, again);
  if (different.length > 0) throw new BuildError(`verify: not the same bytes twice: ${different.join(", ")}`);
  process.stdout.write(`verify: ${files.size} files, byte-identical, ${seconds(began)}\n`);
}

/** Paths whose bytes differ, or that only one of the two builds has. */
export function compareFiles(first, second) {
  const bytes = (file) =>
    file === undefined ? undefined : file.from ? readFileSync(file.from) : Buffer.from(file.text);
  return [...new Set([...first.keys(), ...second.keys()])].sort().filter((path) => {
    const [a, b] = [bytes(first.get(path)), bytes(second.get(path))];
    return a === undefined || b === undefined || !a.equals(b);
  });
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}
