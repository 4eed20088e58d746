// The guests' one kernel, from Debian's linux-source package and guests/kernel/defconfig, as flat bytes that begin where the
// stub jumps to (16 MiB); and the stub itself. Fixed build stamps: the same bytes in whatever folder they are built.

import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { unpack } from "./apt.mjs";
import { warningFlags } from "./programs.mjs";
import { run, runLines } from "./run.mjs";
import { BuildError, fileSha256, step, treeDigests } from "./step.mjs";

export const KERNEL_PACKAGE = "linux-source-6.1";
const LOAD_ADDRESS = 0x1000000;
/** Lines that make prints for this configuration, for the progress only. */
const EXPECTED_LINES = 1460;
const STAMP = {
  KBUILD_BUILD_TIMESTAMP: "1970-01-01",
  KBUILD_BUILD_USER: "terra",
  KBUILD_BUILD_HOST: "lab",
  KBUILD_BUILD_VERSION: "1",
  KCONFIG_NOTIMESTAMP: "1",
};
/** Sources that no configuration of ours compiles: half of the tree's files are not even unpacked. */
const LEFT_OUT = [
  ..."alpha arc arm arm64 csky hexagon ia64 loongarch m68k microblaze mips nios2 openrisc parisc powerpc riscv s390 sh sparc xtensa"
    .split(" ")
    .map((arch) => `*/arch/${arch}/*.[chS]`),
  ..."gpu media staging infiniband scsi usb iio hwmon isdn mtd crypto net/ethernet net/wireless"
    .split(" ")
    .map((part) => `*/drivers/${part}/*.[ch]`),
  ..."*/boot/dts/* */sound/*.[ch] */Documentation/*.rst */Documentation/*.txt */Documentation/*.yaml */Documentation/*.svg */tools/testing/* */tools/perf/*".split(
    " ",
  ),
];

/** Constants without a configuration option. Making 63 virtual terminals takes a sixth of a boot's instructions. */
const EDITS = [["include/uapi/linux/vt.h", "#define MAX_NR_CONSOLES\t63\t", "#define MAX_NR_CONSOLES\t8\t"]];

/** Builds the kernel; returns {path, config, version}. */
export async function buildKernel(cache, guests, packages, compiler) {
  const source = packages.get(KERNEL_PACKAGE);
  const defconfig = join(guests, "kernel", "defconfig");
  const recipe = { compiler, source: source.sha256, defconfig: fileSha256(defconfig), STAMP, EDITS };
  const folder = await step(cache, "kernel", recipe, async (into, report) => {
    const work = join(into, "work");
    const tree = join(work, "linux");
    const build = join(work, "build");
    for (const part of [tree, build]) mkdirSync(part, { recursive: true });
    report("unpacking the source");
    unpack(source.path, work);
    const tarball = join(work, "usr/src", `${KERNEL_PACKAGE}.tar.xz`);
    run("tar", [
      "-C",
      tree,
      "--strip-components=1",
      ...LEFT_OUT.map((pattern) => `--exclude=${pattern}`),
      "-xf",
      tarball,
    ]);
    run("rm", [tarball]);
    for (const [file, from, to] of EDITS) {
      const before = readFileSync(join(tree, file), "utf8");
      if (!before.includes(from)) throw new BuildError(`kernel source: ${file} does not say "${from}"`);
      writeFileSync(join(tree, file), before.replace(from, to));
    }

    const make = ["-C", tree, `O=${build}`, "ARCH=i386"];
    copyFileSync(defconfig, join(build, ".config"));
    run("make", [...make, "olddefconfig"], { env: STAMP });
    checkConfig(readFileSync(defconfig, "utf8"), readFileSync(join(build, ".config"), "utf8"));
    let lines = 0;
    const began = Date.now();
    await runLines("make", [...make, `-j${cpus().length}`, "vmlinux"], { env: STAMP }, (line) => {
      if (/^\s+[A-Z]+ /.test(line)) lines++;
      report(`${lines} of about ${EXPECTED_LINES} files, ${Math.round((Date.now() - began) / 1000)} s`);
    });

    const elf = join(build, "vmlinux");
    const entry = /Entry point address:\s+(0x[0-9a-f]+)/.exec(run("readelf", ["-h", elf]))?.[1];
    if (Number(entry) !== LOAD_ADDRESS)
      throw new BuildError(`the kernel's entry is ${entry}, the stub jumps to 0x1000000`);
    run("objcopy", ["-O", "binary", "-S", "-R", ".note", "-R", ".notes", "-R", ".comment", elf, join(into, "kernel")]);
    copyFileSync(join(build, ".config"), join(into, "config"));
    writeFileSync(join(into, "version"), run("make", [...make, "-s", "kernelversion"], { env: STAMP }));
    run("rm", ["-r", work]);
  });
  return {
    path: join(folder, "kernel"),
    config: join(folder, "config"),
    version: readFileSync(join(folder, "version"), "utf8").trim(),
  };
}

/** Every line of the defconfig must have survived `make olddefconfig`; a dropped one would be a hole in the closed profile. */
export function checkConfig(wanted, made) {
  const lines = new Set(made.split("\n"));
  for (const line of wanted.split("\n")) {
    const unset = /^# (CONFIG_\w+) is not set$/.exec(line)?.[1];
    if (unset ? new RegExp(`^${unset}=`, "m").test(made) : line.startsWith("CONFIG_") && !lines.has(line)) {
      throw new BuildError(`kernel configuration: "${line}" of guests/kernel/defconfig did not take effect`);
    }
  }
}

const STUB_FLAGS =
  "-m32 -march=i386 -Os -std=gnu11 -Wall -Wextra -ffreestanding -fno-pic -fno-pie -fno-stack-protector " +
  "-fcf-protection=none -fno-asynchronous-unwind-tables -fno-ident -fno-tree-loop-distribute-patterns -mgeneral-regs-only";

/** Assembles and compiles guests/stub into one flat page. */
export async function buildStub(cache, guests, compiler) {
  const sources = join(guests, "stub");
  const recipe = { compiler, STUB_FLAGS, sources: treeDigests(sources) };
  const folder = await step(cache, "stub", recipe, (into) => {
    const objects = ["start.S", "stub.c", "vga.c", "video.c"].map((name) => {
      const object = join(into, `${name}.o`);
      run("gcc", [...STUB_FLAGS.split(" "), ...warningFlags(), "-c", name, "-o", object], { cwd: sources });
      return object;
    });
    const elf = join(into, "stub.elf");
    const link = ["-m", "elf_i386", "--build-id=none", "-z", "noexecstack", "-T", join(sources, "stub.ld")];
    run("ld", [...link, "-o", elf, ...objects]);
    run("objcopy", ["-O", "binary", elf, join(into, "stub")]);
    if (statSync(join(into, "stub")).size !== 4096) throw new BuildError("the stub must be exactly 4096 bytes");
    run("rm", [elf, ...objects]);
  });
  return join(folder, "stub");
}
