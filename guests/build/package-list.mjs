// The list of what an image is made of: Debian packages, what was linked into our programs, and our own code.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KERNEL_PACKAGE } from "./kernel.mjs";
import { licenceOf } from "./licences.mjs";
import { ingredients } from "./programs.mjs";
import { run } from "./run.mjs";
import { fileSha256, sha256, step, treeDigests } from "./step.mjs";

/**
 * [{name, version, arch, source, sourceVersion, licence, sha256}]: Debian packages by name, then the compiler's library and
 * our own code, whose `source` is empty because no Debian source package belongs to them.
 */
export async function packageList({ cache, guests, project, packages }, recipe) {
  const programs = join(guests, "programs");
  const names = [
    KERNEL_PACKAGE,
    ...recipe.packages,
    ...Object.keys(recipe.programs).flatMap((name) => ingredients(programs, name)),
  ];
  const list = [];
  for (const name of [...new Set(names)].sort()) {
    const { version, arch, source, sourceVersion, sha256: digest, path } = packages.get(name);
    list.push({
      name,
      version,
      arch,
      source,
      sourceVersion,
      licence: await debianLicence(cache, name, digest, path),
      sha256: digest,
    });
  }
  list.push(compilerLibrary());
  const { name, version, license } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  for (const [part, folder] of [
    ["stub", "stub"],
    ["programs", "programs"],
    ...(recipe.game ? [["game", "game"]] : []),
  ]) {
    const digest = sha256(treeDigests(join(guests, folder)).join("\n"));
    // A program with a licence file of its own is not under the project's.
    const copyleft =
      part === "programs" && programFolders(programs, recipe).some((own) => existsSync(join(own, "LICENSE")));
    list.push({
      name: `${name} guests/${part}`,
      version,
      arch: "i386",
      source: "",
      sourceVersion: version,
      licence: copyleft ? `${license} AND GPL-2.0-or-later` : license,
      sha256: digest,
    });
  }
  return list;
}

/** The folders that a recipe's programs are made of. */
function programFolders(programs, recipe) {
  return Object.keys(recipe.programs).flatMap((name) => {
    const folder = join(programs, name);
    const settings = join(folder, "program.json");
    const { of } = existsSync(settings) ? JSON.parse(readFileSync(settings, "utf8")) : {};
    return of ? [folder, join(programs, of)] : [folder];
  });
}

async function debianLicence(cache, name, digest, path) {
  const folder = await step(cache, `licence ${name}`, { digest, rules: "1" }, (into, report) => {
    report("reading its copyright file");
    run("sh", [
      "-c",
      `dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards './usr/share/doc/*/copyright'`,
      "sh",
      path,
      into,
    ]);
  });
  return licenceOf(readFileSync(join(folder, "usr/share/doc", name, "copyright"), "utf8"));
}

/** libgcc of the host's compiler, a few arithmetic routines of which every program may hold. */
function compilerLibrary() {
  const path = run("gcc", ["-m32", "-print-libgcc-file-name"]).trim();
  const version = run("gcc", ["-dumpfullversion"]).trim();
  const licence = "GPL-3+ with the GCC runtime library exception";
  return {
    name: "libgcc",
    version,
    arch: "i386",
    source: "",
    sourceVersion: version,
    licence,
    sha256: fileSha256(path),
  };
}
