// Compiles the C programs of guests/programs: static, i386 with SSE2, the same bytes in whatever folder they are built.
// A program is a folder with *.c; the C files of lib/ and its folders are linked into each, unused functions left out.
// `program.json` beside them may say {"libraries": ["bearssl"], "parts": ["attested"], "fast": true}: Debian's archives, folders
// of parts/ whose C files belong to it, and whether its own code is compiled for speed instead of size; {"of": "culvert"} adds the
// files of another program. The C library is musl, but for what OpenSSL is linked into, which Debian compiled against glibc.

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unpack } from "./apt.mjs";
import { moveTable } from "./move-table.mjs";
import { run } from "./run.mjs";
import { BuildError, recipeDigest, step, treeDigests } from "./step.mjs";

const LIBCS = {
  musl: {
    packages: ["musl-dev", "libbearssl-dev", "linux-libc-dev"],
    folder: "usr/lib/i386-linux-musl",
    include: ["usr/include/i386-linux-musl"],
  },
  glibc: {
    packages: ["libc6-dev", "libssl-dev", "libbearssl-dev", "linux-libc-dev"],
    folder: "usr/lib/i386-linux-gnu",
    include: [],
  },
};
/** Parts that include a file which the build takes out of a Debian package. */
const TABLES = { quakeworld: { package: "mvdsv", make: moveTable } };
/** Packages that programs are compiled against; what of them ends up in a program is listed by `ingredients`. */
export const TOOLCHAIN = [
  ...new Set([
    ...Object.values(LIBCS).flatMap(({ packages }) => packages),
    ...Object.values(TABLES).map((table) => table.package),
  ]),
];
/** Folders of guests/programs that are not programs. */
const NOT_PROGRAMS = new Set(["lib", "parts", "test", "tests"]);
const LIBRARIES = {
  bearssl: { files: ["libbearssl.a"], package: "libbearssl-dev" },
  openssl: { files: ["libssl.a", "libcrypto.a"], package: "libssl-dev" },
};

const COMPILE = [
  "-m32 -march=pentium4 -msse2 -mfpmath=sse -std=gnu11 -Wall -Wextra",
  "-ffunction-sections -fdata-sections -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none",
  "-fno-asynchronous-unwind-tables -fno-ident -U_FORTIFY_SOURCE -nostdinc",
]
  .join(" ")
  .split(" ");
const SMALL = ["-Os"];
/** Floating point as SSE has it: without the C library's error numbers, and without traps. */
const FAST = "-O2 -fno-math-errno -fno-trapping-math".split(" ");

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
  const { libc, libraries, tables } = settings(folder, name);
  return [
    ...LIBCS[libc].packages.slice(0, 1),
    ...libraries.map((library) => LIBRARIES[library].package),
    ...tables.map((table) => table.package),
  ];
}

/** What its program.json says, and which C library follows from it. */
function settings(folder, name) {
  const path = join(folder, name, "program.json");
  const {
    libraries = [],
    parts = [],
    fast = false,
    of = "",
  } = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  for (const library of libraries) {
    if (!LIBRARIES[library]) {
      throw new BuildError(
        `${name}/program.json: library ${library} is not known (known: ${Object.keys(LIBRARIES).join(", ")})`,
      );
    }
  }
  for (const part of parts) {
    if (!existsSync(join(folder, "parts", part))) {
      throw new BuildError(`${name}/program.json: there is no part guests/programs/parts/${part}`);
    }
  }
  if (of && !existsSync(join(folder, of))) {
    throw new BuildError(`${name}/program.json: there is no program guests/programs/${of}`);
  }
  const tables = parts.filter((part) => TABLES[part]).map((part) => TABLES[part]);
  return { libc: libraries.includes("openssl") ? "glibc" : "musl", libraries, parts, fast, of, tables };
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

/** Debian's headers and libraries, unpacked once for each C library. */
export async function sysroot(cache, packages, libc = "musl") {
  const pins = LIBCS[libc].packages.map((name) => packages.get(name));
  return await step(
    cache,
    libc === "musl" ? "headers and libraries" : `headers and libraries, ${libc}`,
    pins.map((pin) => pin.sha256),
    (into) => {
      for (const pin of pins) unpack(pin.path, into);
    },
  );
}

/** Where the compiler finds headers: the C library's own first, the compiler's, then the rest. */
function includes(root, libc) {
  const gcc = run("gcc", ["-m32", "-print-file-name=include"]).trim();
  return [
    ...LIBCS[libc].include.flatMap((folder) => ["-isystem", join(root, folder)]),
    ...["-isystem", gcc, "-idirafter", join(root, "usr/include")],
    ...["-idirafter", join(root, "usr/include/i386-linux-gnu"), "-I", "lib", "-I", "parts"],
  ];
}

/** The libraries to link with; libgcc's other half is for glibc, which unwinds. */
function archives(root, { libc, libraries }) {
  const ofCompiler = (name) => run("gcc", ["-m32", `-print-file-name=${name}`]).trim();
  return [
    ...libraries
      .flatMap((library) => LIBRARIES[library].files)
      .map((file) => join(root, "usr/lib/i386-linux-gnu", file)),
    join(root, LIBCS[libc].folder, "libc.a"),
    ofCompiler("libgcc.a"),
    ...(libc === "glibc" ? [ofCompiler("libgcc_eh.a")] : []),
  ];
}

/** Compiles C files, given relative to `folder`, to objects in `into`, and returns those. */
function compile(folder, sources, flags, into, report) {
  const warnings = warningFlags();
  return sources.map((source) => {
    report(source);
    const object = join(into, `${source}.o`);
    mkdirSync(join(object, ".."), { recursive: true });
    run("gcc", [...COMPILE, ...warnings, ...flags, "-c", source, "-o", object], { cwd: folder });
    return object;
  });
}

/**
 * Compiles these programs, each as a step of its own; lib/ is compiled once for each C library.
 * @returns Map name -> path of the executable
 */
export async function buildPrograms(cache, folder, packages, compiler, names) {
  const shared = treeDigests(join(folder, "lib"));
  const sharedSources = cFilesBelow(join(folder, "lib")).map((file) => `lib/${file}`);
  const built = new Map();

  for (const name of names) {
    const program = settings(folder, name);
    const { libc } = program;
    const root = await sysroot(cache, packages, libc);
    const crt = join(root, LIBCS[libc].folder);
    const include = includes(root, libc);
    const pins = LIBCS[libc].packages.map((each) => packages.get(each).sha256);
    const library = await step(cache, `lib, ${libc}`, { compiler, COMPILE, SMALL, pins, shared }, (into, report) => {
      compile(folder, sharedSources, [...SMALL, ...include], into, report);
    });
    const optimise = program.fast ? FAST : SMALL;
    const homes = [name, program.of].filter(Boolean);
    const own = homes.map((home) => treeDigests(join(folder, home)));
    const tables = [];
    for (const table of program.tables) tables.push(await table.make(cache, packages.get(table.package)));
    const parts = program.parts.map((part) => treeDigests(join(folder, "parts", part)));
    const result = await step(
      cache,
      `program ${name}`,
      {
        compiler,
        COMPILE,
        optimise,
        pins,
        shared,
        own,
        parts,
        tables: program.tables.map((table) => packages.get(table.package).sha256),
      },
      (into, report) => {
        const sources = [
          ...program.parts.flatMap((part) =>
            cFiles(join(folder, "parts", part)).map((file) => `parts/${part}/${file}`),
          ),
          ...homes.flatMap((home) => cFilesBelow(join(folder, home)).map((file) => `${home}/${file}`)),
        ];
        const objects = join(into, "objects");
        const made = compile(
          folder,
          sources,
          [...optimise, ...include, ...[...homes, ...tables].flatMap((path) => ["-I", path])],
          objects,
          report,
        );
        run("gcc", [
          ..."-m32 -static -no-pie -nostdlib -s -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack".split(" "),
          ...[join(crt, "crt1.o"), join(crt, "crti.o")],
          ...sharedSources.map((source) => join(library, `${source}.o`)),
          ...made,
          ...["-Wl,--start-group", ...archives(root, program), "-Wl,--end-group"],
          ...[join(crt, "crtn.o"), "-o", join(into, name)],
        ]);
        run("rm", ["-r", objects]);
      },
    );
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
