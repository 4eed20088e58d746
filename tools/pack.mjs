/**
 * `npm run pack`: two archives in dist-pack/. One of the site, for any static server; one of the sources of what the
 * site hands on: this project, Debian's source packages, the npm packages. The same inputs give the same bytes. It must
 * never pack a site whose sources are incomplete: each package that the images name must have its source there.
 *
 *   node tools/pack.mjs [--site]     --site: only the first archive
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { cacheFolder, filesBelow, ROOT } from "./host.mjs";
import { handedOn } from "./licences.mjs";
import { must, StepFailed, steps } from "./progress.mjs";
import { setup } from "./setup.mjs";

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
const OUT = path.join(ROOT, "dist-pack");
const SITE = `terra-lab-site-${version}`;
const SOURCES = `terra-lab-sources-${version}`;

const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");
const megabytes = (file) => `${(statSync(file).size / 1e6).toFixed(1)} MB`;

/** A tar archive whose bytes depend on names and contents only. */
async function archive(folder, name, file) {
  const fixed = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
  await must("tar", ["--create", "--format=ustar", ...fixed, `--transform=s,^\\.,${name},`, `--file=${file}`, "."], {
    cwd: folder,
  });
}

async function packSite() {
  const tar = path.join(OUT, `${SITE}.tar`);
  await archive(path.join(ROOT, "dist"), SITE, tar);
  await must("gzip", ["--no-name", "--force", "-9", tar]);
  return `dist-pack/${SITE}.tar.gz, ${megabytes(`${tar}.gz`)}, SHA-256 ${sha256(`${tar}.gz`)}`;
}

/** Takes files out of a folder that an earlier version needed. */
function keepOnly(folder, wanted) {
  const names = new Set(wanted);
  for (const name of filesBelow(folder)) if (!names.has(name)) rmSync(path.join(folder, name));
}

/** The Debian sources that the images' lists name: `source_version.dsc`, without the version's epoch. */
export function wantedSources(lists) {
  const names = lists.flat().filter(({ source }) => source);
  const files = names.map(({ source, sourceVersion }) => `${source}_${sourceVersion.replace(/^\d+:/, "")}.dsc`);
  return [...new Set(files)].sort();
}

async function debianSources(folder) {
  await must(process.execPath, ["guests/build/main.mjs", "sources", "--out", folder], {
    show: true,
    remedy: "the lines above name the source package; the mirror may no longer have that version.",
  });
  const { sources } = JSON.parse(readFileSync(path.join(ROOT, "guests/packages.lock.json"), "utf8"));
  keepOnly(
    folder,
    sources.flatMap(({ files }) => files.map(({ name }) => name)),
  );
  const packages = path.join(ROOT, "public/images/packages");
  const lists = filesBelow(packages).map((name) => JSON.parse(readFileSync(path.join(packages, name), "utf8")));
  const missing = wantedSources(lists).filter((name) => !existsSync(path.join(folder, name)));
  if (missing.length > 0)
    throw new StepFailed(`Sources of what the images contain are missing: ${missing.join(", ")}.`);
  return `${filesBelow(folder).length} files`;
}

async function npmSources(folder) {
  const wanted = handedOn().map((one) => ({
    spec: `${one.name}@${one.version}`,
    file: `${one.name.replace(/^@/, "").replace("/", "-")}-${one.version.replace("+", "-")}.tgz`,
  }));
  for (const { spec, file } of wanted) {
    if (!existsSync(path.join(folder, file)))
      await must("npm", ["pack", "--silent", "--pack-destination", folder, spec]);
  }
  const all = filesBelow(folder);
  const missing = wanted.filter(({ file }) => !all.includes(file));
  if (missing.length > 0) {
    const found = all.join(", ");
    throw new StepFailed(`npm pack left no ${missing.map(({ file }) => file).join(", ")}; there are ${found}.`);
  }
  keepOnly(
    folder,
    wanted.map(({ file }) => file),
  );
  return `${wanted.length} packages`;
}

async function ownSource(folder) {
  if (!existsSync(path.join(ROOT, ".git"))) return "not a git clone: this project's own source left out";
  await must("git", [
    "archive",
    "--format=tar",
    `--prefix=terra-lab-${version}/`,
    "--output",
    path.join(folder, "terra-lab.tar"),
    "HEAD",
  ]);
  return undefined;
}

async function packSources(folder) {
  const sums = path.join(folder, "SHA256SUMS");
  rmSync(sums, { force: true });
  const lines = filesBelow(folder).map((name) => `${sha256(path.join(folder, name))}  ${name}\n`);
  writeFileSync(sums, lines.join(""));
  const tar = path.join(OUT, `${SOURCES}.tar`);
  await archive(folder, SOURCES, `${tar}.part`);
  renameSync(`${tar}.part`, tar);
  return `dist-pack/${SOURCES}.tar, ${megabytes(tar)}, SHA-256 ${sha256(tar)}`;
}

async function main() {
  if (!(await setup("build"))) return false;
  mkdirSync(OUT, { recursive: true });
  const list = [{ title: "Archive of the site", run: packSite }];
  if (!process.argv.includes("--site")) {
    // Downloads are kept outside the tree; what is no longer wanted is taken out by each step.
    const folder = path.join(cacheFolder(), `sources-${version}`);
    for (const part of ["debian", "npm"]) mkdirSync(path.join(folder, part), { recursive: true });
    list.push(
      { title: "Debian sources", run: () => debianSources(path.join(folder, "debian")) },
      { title: "npm packages", run: () => npmSources(path.join(folder, "npm")) },
      { title: "This project's source", run: () => ownSource(folder) },
      { title: "Archive of the sources", run: () => packSources(folder) },
    );
  }
  return steps(list);
}

if (!(await main())) process.exitCode = 1;
