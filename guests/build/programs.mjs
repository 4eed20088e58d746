// Compiles the C programs of guests/programs: static, musl, i386 with SSE2, the same bytes in whatever folder they are built.
// A program is a folder with *.c; the C files of lib/ and its folders are linked into each, unused functions left out.
// `program.json` beside them may say {"libraries": ["bearssl"]}. Headers and libraries are Debian's i386 packages.

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unpack } from "./apt.mjs";
import { run } from "./run.mjs";
import { BuildError, recipeDigest, step, treeDigests } from "./step.mjs";

/** Packages that programs are compiled against; what of them ends up in a program is listed by `ingredients`. */
export const TOOLCHAIN = ["musl-dev", "libbearssl-dev", "linux-libc-dev"];
/** Folders of guests/programs that are not programs. */
const NOT_PROGRAMS = new Set(["lib", "test", "tests"]);
const LIBRARIES = { bearssl: { file: "usr/lib/i386-linux-gnu/libbearssl.a", package: "libbearssl-dev" } };

const COMPILE = [
  "-m32 -march=pentium4 -msse2 -mfpmath=sse -Os -std=gnu11 -Wall -Wextra",
  "-ffunction-sections -fdata-sections -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none",
  "-fno-asynchronous-unwind-tables -fno-ident -U_FORTIFY_SOURCE -nostdinc",
]
  .join(" ")
  .split(" ");

/** Names of the programs, sorted. */
export function programNames(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && !NOT_PROGRAMS.has(entry.name) && cFiles(join(folder, entry.name)).length > 0,
    )
    .map((entry) => entry.name)
    .sort();
}

/** Debian packages whose code is linked into a program. */
export function ingredients(folder, name) {
  return ["musl-dev", ...libraries(folder, name).map((library) => LIBRARIES[library].package)];
}

function libraries(folder, name) {
  const path = join(folder, name, "program.json");
  const wanted = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")).libraries ?? []) : [];
  for (const library of wanted) {
    if (!LIBRARIES[library]) {
      throw new BuildError(
        `${name}/program.json: library ${library} is not known (known: ${Object.keys(LIBRARIES).join(", ")})`,
      );
    }
  }
  return wanted;
}

function cFiles(folder) {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".c"))
        .sort()
    : [];
}

/** C files of a folder and the folders in it, as paths relative to it. */
function cFilesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? cFilesBelow(join(folder, entry.name)).map((name) => `${entry.name}/${name}`)
        : entry.name.endsWith(".c")
          ? [entry.name]
          : [],
    )
    .sort();
}

/** Debian's headers and libraries, unpacked once. */
export async function sysroot(cache, packages) {
  const pins = TOOLCHAIN.map((name) => packages.get(name));
  return await step(
    cache,
    "headers and libraries",
    pins.map((pin) => pin.sha256),
    (into) => {
      for (const pin of pins) unpack(pin.path, into);
    },
  );
}

/**
 * Compiles these programs, each as a step of its own.
 * @returns Map name -> path of the executable
 */
export async function buildPrograms(cache, folder, packages, compiler, names) {
  const root = await sysroot(cache, packages);
  const gccInclude = run("gcc", ["-m32", "-print-file-name=include"]).trim();
  const libgcc = run("gcc", ["-m32", "-print-libgcc-file-name"]).trim();
  const musl = join(root, "usr/lib/i386-linux-musl");
  const include = [
    ["-isystem", join(root, "usr/include/i386-linux-musl")],
    ["-isystem", gccInclude],
    ["-idirafter", join(root, "usr/include")],
    ["-idirafter", join(root, "usr/include/i386-linux-gnu")],
    ["-I", "lib"],
  ].flat();
  const warnings = warningFlags();
  const shared = treeDigests(join(folder, "lib"));
  const pins = TOOLCHAIN.map((name) => packages.get(name).sha256);
  const built = new Map();

  for (const name of names) {
    const recipe = { compiler, COMPILE, pins, shared, own: treeDigests(join(folder, name)) };
    const result = await step(cache, `program ${name}`, recipe, (into, report) => {
      const objects = join(into, "objects");
      const sources = [
        ...cFilesBelow(join(folder, "lib")).map((file) => `lib/${file}`),
        ...cFiles(join(folder, name)).map((file) => `${name}/${file}`),
      ];
      const made = sources.map((source) => {
        report(source);
        const object = join(objects, `${source}.o`);
        mkdirSync(join(object, ".."), { recursive: true });
        run("gcc", [...COMPILE, ...warnings, ...include, "-I", name, "-c", source, "-o", object], { cwd: folder });
        return object;
      });
      const archives = libraries(folder, name).map((library) => join(root, LIBRARIES[library].file));
      run("gcc", [
        ..."-m32 -static -no-pie -nostdlib -s -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack".split(" "),
        ...[join(musl, "crt1.o"), join(musl, "crti.o")],
        ...made,
        ...["-Wl,--start-group", ...archives, join(musl, "libc.a"), libgcc, "-Wl,--end-group"],
        ...[join(musl, "crtn.o"), "-o", join(into, name)],
      ]);
      run("rm", ["-r", objects]);
    });
    built.set(name, join(result, name));
  }
  return built;
}

/** Warnings stop the build with Debian 12's gcc, against which the code is kept clean; a newer one may invent others. */
export function warningFlags() {
  return /^12(\.|$)/.test(run("gcc", ["-dumpversion"]).trim()) ? ["-Werror"] : [];
}

/** What identifies the compiler: its version and that of the linker. */
export function compilerVersion() {
  return recipeDigest([run("gcc", ["--version"]).split("\n")[0], run("ld", ["--version"]).split("\n")[0]]);
}
