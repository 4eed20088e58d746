// What of the guests' build is pure, and the two tools whose output must not depend on when or where they run.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseControl } from "./apt.mjs";
import { mainArchives, parseDeb822, parseOneLine } from "./apt-sources.mjs";
import { descriptor } from "./descriptor.mjs";
import { compareFiles } from "./images.mjs";
import { checkConfig } from "./kernel.mjs";
import { licenceOf } from "./licences.mjs";
import { checkDigest, parseLock, pinOf } from "./lock.mjs";
import { parseRecipe, readRecipes } from "./recipes.mjs";
import { makeErofs } from "./rootfs.mjs";
import { cacheFolder, step } from "./step.mjs";
import { verityTree } from "./verity.mjs";

const guests = join(dirname(fileURLToPath(import.meta.url)), "..");
const installed = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "terra-guests-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the host's apt sources", () => {
  test("one-line format, with and without options, comments and source entries left out", () => {
    const entries = parseOneLine(
      "# deb http://old.example/debian bookworm main\n" +
        "deb http://mirror.example/debian bookworm main contrib # ours\n" +
        "deb-src http://mirror.example/debian bookworm main\n" +
        "deb [arch=amd64 signed-by=/k.gpg] https://other.example/debian trixie main\n",
    );
    expect(entries).toEqual([
      { uri: "http://mirror.example/debian", suites: ["bookworm"], components: ["main", "contrib"], signedBy: "" },
      { uri: "https://other.example/debian", suites: ["trixie"], components: ["main"], signedBy: "/k.gpg" },
    ]);
  });

  test("deb822 format, with comments inside, several URIs and a disabled entry", () => {
    const entries = parseDeb822(
      "Types: deb deb-src\n# moved\nURIs: http://a.example/debian http://b.example/debian\nSuites: trixie trixie-updates\n" +
        "Components: main\nSigned-By: /k.gpg\n\nTypes: deb\nURIs: http://c.example/debian\nSuites: trixie\nComponents: main\nEnabled: no\n\n" +
        "Types: deb-src\nURIs: http://d.example/debian\nSuites: trixie\nComponents: main\n",
    );
    expect(entries.map((entry) => entry.uri)).toEqual(["http://a.example/debian", "http://b.example/debian"]);
    expect(entries[0]).toMatchObject({
      suites: ["trixie", "trixie-updates"],
      components: ["main"],
      signedBy: "/k.gpg",
    });
  });

  test("only the main archive is taken, once", () => {
    const entry = (uri: string, suite: string, component = "main") => ({
      uri,
      suites: [suite],
      components: [component],
      signedBy: "",
    });
    const found = mainArchives([
      entry("https://packages.example/node", "nodistro"),
      entry("http://m.example/debian-security", "bookworm-security"),
      entry("http://m.example/debian", "bookworm"),
      entry("http://m.example/debian", "bookworm-updates"),
      entry("http://contrib.example/debian", "bookworm", "contrib"),
      entry("http://n.example/debian", "trixie"),
    ]);
    expect(found.map(({ uri }) => uri)).toEqual(["http://m.example/debian", "http://n.example/debian"]);
  });

  test("a package's source differs from it only when the index says so", () => {
    expect(
      parseControl("Package: a\nSource: b (2-1)\nVersion: 2-1+b1\nArchitecture: i386\nSize: 7\nSHA256: ff"),
    ).toEqual({
      name: "a",
      version: "2-1+b1",
      arch: "i386",
      size: 7,
      sha256: "ff",
      source: "b",
      sourceVersion: "2-1",
    });
    expect(parseControl("Package: a\nVersion: 1\nArchitecture: all\nSize: 7\nSHA256: ff")).toMatchObject({
      source: "a",
      sourceVersion: "1",
    });
  });
});

describe("the lock file", () => {
  const pin = {
    name: "a",
    version: "1",
    arch: "i386",
    size: 1,
    sha256: "0".repeat(64),
    source: "a",
    sourceVersion: "1",
  };
  const lock = (packages: object[]) => JSON.stringify({ format: "terra-lock-1", packages, sources: [] });

  test("the committed one holds every package that a recipe names, and a source for each", () => {
    const committed = parseLock(readFileSync(join(guests, "packages.lock.json"), "utf8"));
    for (const recipe of readRecipes(join(guests, "images")))
      for (const name of recipe.packages) pinOf(committed, name);
    for (const entry of committed.packages) {
      const source = committed.sources.find(
        ({ name, version }) => name === entry.source && version === entry.sourceVersion,
      );
      expect(source?.files.map(({ name }) => name).join(" "), entry.name).toContain(".dsc");
    }
  });

  test.each([
    ["not JSON", "{", "not JSON"],
    ["another format", JSON.stringify({ format: "x", packages: [] }), "format x"],
    ["a missing field", lock([{ ...pin, size: undefined }]), "a: size"],
    ["a digest that is none", lock([{ ...pin, sha256: "abc" }]), "sha256 abc"],
    ["a package twice", lock([pin, pin]), "twice"],
  ])("%s is an error that says so", (_, text, message) => {
    expect(() => parseLock(text)).toThrow(message);
  });

  test("a package that is not pinned is named", () => {
    expect(() => pinOf(parseLock(lock([pin])), "b")).toThrow("b is not in guests/packages.lock.json");
  });

  test("a digest that does not match names what it is of, and both digests", () => {
    expect(() => checkDigest("a 1", "aa", "bb")).toThrow(/a 1.*aa.*bb/);
    expect(checkDigest("a 1", "aa", "aa")).toBeUndefined();
  });
});

describe("the hash tree", () => {
  const data = (blocks: number) => {
    const bytes = Buffer.alloc(blocks * 4096);
    for (let at = 0; at < bytes.length; at += 7) bytes[at] = at * 31;
    return bytes;
  };
  const salt = createHash("sha256").update("salt").digest();

  // 1: no tree at all. 128 and 129: one level exactly full, and two. 16385: three levels.
  test.each([1, 2, 128, 129, 300, 16385])("%i blocks: the same as veritysetup's", (blocks) => {
    expect(installed("veritysetup"), "veritysetup (cryptsetup-bin) must be installed for this test").toBe(true);
    const bytes = data(blocks);
    const file = join(folder, "data");
    const hashes = join(folder, "hashes");
    writeFileSync(file, bytes);
    writeFileSync(hashes, "");
    const made = spawnSync(
      "veritysetup",
      [
        ...[
          "format",
          "--no-superblock",
          "--hash=sha256",
          "--format=1",
          "--data-block-size=4096",
          "--hash-block-size=4096",
        ],
        ...[`--salt=${salt.toString("hex")}`, `--data-blocks=${blocks}`, file, hashes],
      ],
      { encoding: "utf8" },
    );
    expect(made.status, made.stderr).toBe(0);
    const { tree, root } = verityTree(bytes, salt);
    expect(root.toString("hex")).toBe(/Root hash:\s*([0-9a-f]{64})/.exec(made.stdout)?.[1]);
    expect(tree.equals(readFileSync(hashes).subarray(0, tree.length))).toBe(true);
    expect(readFileSync(hashes).length).toBe(tree.length);
  });

  test("one bit of one block changes the root", () => {
    const bytes = data(200);
    const before = verityTree(bytes, salt).root;
    bytes.writeUInt8(bytes.readUInt8(150 * 4096 + 17) ^ 1, 150 * 4096 + 17);
    expect(verityTree(bytes, salt).root.equals(before)).toBe(false);
  });

  test("bytes that are not whole blocks are refused", () => {
    expect(() => verityTree(Buffer.alloc(4097), salt)).toThrow("4097");
  });
});

test("two file systems of the same files are the same bytes, whatever the times, the order and the folder", () => {
  const make = (name: string, names: string[]) => {
    const root = join(folder, name);
    for (const file of names) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      writeFileSync(join(root, file), `content of ${file}`);
      utimesSync(join(root, file), 1, names.indexOf(file) + 1000);
    }
    symlinkSync("/bin/a", join(root, "bin/link"));
    makeErofs(root, join(folder, `${name}.erofs`), "test");
    return readFileSync(join(folder, `${name}.erofs`));
  };
  const names = ["bin/a", "bin/b", "etc/x/y", "etc/z"];
  const first = make("first", names);
  expect(first.length % 4096).toBe(0);
  expect(first.readUInt32LE(1024)).toBe(0xe0f5e1e2);
  expect(make("second", [...names].reverse()).equals(first)).toBe(true);
  expect(make("third", ["bin/a", "bin/b", "etc/x/y", "etc/other"]).equals(first)).toBe(false);
});

describe("recipes", () => {
  const good = JSON.parse(readFileSync(join(guests, "images", "hello.json"), "utf8"));

  test("the committed ones are complete: those for everybody, and one for tests that is open and asks for what it must not get", () => {
    const recipes = readRecipes(join(guests, "images"));
    expect(recipes.filter(({ test }) => !test).map(({ id, kind }) => [id, kind])).toEqual([
      ["bank-client", "closed"],
      ["bank-client-2", "closed"],
      ["bank-client-unbound", "closed"],
      ["bank-server", "closed"],
      ["bank-server-unbound", "closed"],
      ["game-open", "open"],
      ["game-proxy", "open"],
      ["game-server-open", "open"],
      ["hello", "closed"],
      ["hello-2", "closed"],
      ["mallory", "open"],
      ["management", "open"],
      ["pc", "open"],
    ]);
    expect(recipes.find(({ id }) => id === "open-asks-endorse")).toMatchObject({ kind: "open", test: true });
  });

  test.each([
    ["an unknown key", { extra: 1 }, "extra"],
    ["a wrong kind", { kind: "ajar" }, "open or closed"],
    ["a version of two numbers", { version: "1.0" }, "1.0"],
    ["an open console in a closed box", { console: "open" }, "closed box"],
  ])("%s is refused", (_, change, message) => {
    expect(() => parseRecipe("hello", JSON.stringify({ ...good, ...change }))).toThrow(message);
  });

  test("a closed box has no shell, no way between terminals, and no console but one to read from", () => {
    for (const recipe of readRecipes(join(guests, "images")).filter(({ kind, test }) => kind === "closed" && !test)) {
      expect(recipe.console, recipe.id).toMatch(/^(none|output)$/);
      expect(recipe.commandLine).not.toMatch(/console=|init=(?!\/init )/);
      expect(JSON.stringify([recipe.packages, recipe.links])).not.toMatch(/busybox|sh\b/);
      const tables = recipe.overlays.map((name: string) => join(guests, "overlays", name, "etc", "terra", "init"));
      const [table = ""] = tables
        .filter((path: string) => existsSync(path))
        .map((path: string) => readFileSync(path, "utf8"));
      const lines = table.split("\n").filter((line: string) => line !== "" && !line.startsWith("#"));
      expect(lines[0], recipe.id).toBe("lock-vt");
      expect(lines.join("\n")).not.toMatch(/\bsh\b|getty/);
      expect(
        lines.some((line: string) => line.includes("ttyS0")),
        recipe.id,
      ).toBe(recipe.console === "output");
    }
  });
});

test("a descriptor's keys are in the agreed order, and its bytes end with one newline", () => {
  const part = { size: 1, sha256: "aa" };
  const recipe = JSON.parse(readFileSync(join(guests, "images", "pc.json"), "utf8"));
  const boot = { sha256: "dd", root: "cc", salt: "bb", blockSize: 4096, size: 8192 };
  const text = descriptor(recipe, { kernel: part, stub: part }, boot);
  const value = JSON.parse(text);
  expect(Object.keys(value).join(" ")).toBe(
    "format product version kind memoryMiB firmware commandLine console suspend boot devices",
  );
  expect(Object.keys(value.firmware)).toEqual(["stub", "kernel"]);
  expect(Object.keys(value.boot).join(" ")).toBe("size blockSize salt root sha256");
  expect(text).toBe(`${JSON.stringify(value, null, 2)}\n`);
});

describe("the kernel's configuration", () => {
  test("a line that make dropped, or turned round, is an error with its name", () => {
    expect(() => checkConfig("CONFIG_A=y\n", "CONFIG_B=y\n")).toThrow("CONFIG_A=y");
    expect(() => checkConfig("# CONFIG_A is not set\n", "CONFIG_A=y\n")).toThrow("CONFIG_A");
    expect(() => checkConfig("# words\nCONFIG_A=y\n# CONFIG_C is not set\n", "CONFIG_A=y\n")).not.toThrow();
  });

  test("the profile is closed", () => {
    const lines = readFileSync(join(guests, "kernel", "defconfig"), "utf8").split("\n");
    for (const name of ["MAGIC_SYSRQ", "DEVMEM", "DEVPORT", "MODULES", "KEXEC", "PROC_KCORE", "DEBUG_FS"]) {
      expect(lines).toContain(`# CONFIG_${name} is not set`);
    }
    expect(lines).toContain("CONFIG_PANIC_TIMEOUT=-1");
    expect(lines).toContain("CONFIG_HW_RANDOM_VIRTIO=y");
  });
});

test("licences: those of files, without the packaging's, and unknown when there are none", () => {
  const text =
    "Format: x\n\nFiles: *\nCopyright: a\nLicense: GPL-2\n\nFiles: debian/*\nLicense: BSD-4\n\n" +
    "Files: b.c\nCopyright: b\nLicense: Expat\n text\n\nLicense: GPL-2\n On Debian systems\n";
  expect(licenceOf(text)).toBe("Expat AND GPL-2");
  expect(licenceOf("On Debian systems the text is in /usr/share/common-licenses/GPL-2.\n")).toBe("GPL-2");
  expect(licenceOf('It is distributed under the terms of the "BSD" licence, as\nspecified below.')).toBe("BSD");
  expect(licenceOf("This package was debianized by hand.")).toBe("unknown");
});

describe("steps", () => {
  test("what was made once is not made again; another recipe is another result", async () => {
    let made = 0;
    const make = (into: string) => writeFileSync(join(into, "file"), String(++made));
    const first = await step(folder, "a step", { x: 1 }, make);
    expect(await step(folder, "a step", { x: 1 }, make)).toBe(first);
    expect(made).toBe(1);
    expect(await step(folder, "a step", { x: 2 }, make)).not.toBe(first);
    expect(made).toBe(2);
  });

  test("a step that fails leaves nothing, and a full disk is called by its name", async () => {
    const full = Object.assign(new Error("write: ENOSPC"), { code: "ENOSPC" });
    const failing = step(folder, "a step", 1, (into: string) => {
      writeFileSync(join(into, "half"), "");
      throw full;
    });
    await expect(failing).rejects.toThrow(`the disk that holds ${folder} is full`);
    expect(readdirSync(join(folder, "steps"))).toEqual([]);
  });

  test("a claim and a folder left by a process that is gone are taken over and removed", async () => {
    const gone = spawnSync("true").pid;
    const target = await step(folder, "a step", 1, () => {});
    rmSync(target, { recursive: true });
    symlinkSync(String(gone), `${target}.claim`);
    mkdirSync(join(dirname(target), `.building-${gone}-x`));
    expect(await step(folder, "a step", 1, () => {})).toBe(target);
    expect(readdirSync(dirname(target))).toEqual([basename(target)]);
  });

  test("what another process is making is waited for, not made again", async () => {
    const target = await step(folder, "a step", 1, () => {});
    rmSync(target, { recursive: true });
    const other = spawn("sh", [
      "-c",
      `ln -s $$ "$1".claim; echo claimed; read go; mkdir "$1"; rm "$1".claim`,
      "sh",
      target,
    ]);
    await new Promise((resolve) => other.stdout.once("data", resolve));
    let made = false;
    const waiting = step(folder, "a step", 1, () => {
      made = true;
    });
    other.stdin.end("go\n");
    expect(await waiting).toBe(target);
    expect(made).toBe(false);
  });

  test("the cache lies where the environment says", () => {
    expect(cacheFolder({ TERRA_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
    expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/terra-lab");
  });
});

test("comparing two builds names the files that differ or are missing", () => {
  const first = new Map([
    ["a", { text: "1" }],
    ["b", { text: "2" }],
    ["c", { text: "3" }],
  ]);
  const second = new Map([
    ["a", { text: "1" }],
    ["b", { text: "x" }],
  ]);
  expect(compareFiles(first, second)).toEqual(["b", "c"]);
});
