// The images as they were built, judged by others: sha256sum and veritysetup read them without any code of ours.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";

interface File {
  path: string;
  size: number;
  sha256: string;
  compressed: number;
}
const PARTS = ["descriptor", "stub", "kernel", "boot"] as const;
type Entry = { id: string; kind: string; product: string; version: string; primary: string; test: boolean } & Record<
  (typeof PARTS)[number],
  File
>;

const guests = join(dirname(fileURLToPath(import.meta.url)), "..");
const images = join(guests, "../public/images");
const scratch = mkdtempSync(join(tmpdir(), "terra-images-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

if (!existsSync(join(images, "manifest.json"))) throw new Error("there are no images: `npm run images` builds them");
const manifest: { format: string; images: Entry[] } = JSON.parse(readFileSync(join(images, "manifest.json"), "utf8"));

function tool(program: string, ...args: string[]): string {
  const result = spawnSync(program, args, { encoding: "utf8" });
  expect(result.status, `${program} ${args.join(" ")}: ${result.stderr}`).toBe(0);
  return result.stdout;
}

/** Unpacks one file of an image and has sha256sum check it. */
function unpacked(entry: Entry, part: (typeof PARTS)[number]): { path: string; bytes: Buffer } {
  const file = entry[part];
  const packed = readFileSync(join(images, file.path));
  expect(packed.length).toBe(file.compressed);
  const bytes = gunzipSync(packed);
  expect(bytes.length).toBe(file.size);
  const path = join(scratch, `${entry.id}.${part}`);
  writeFileSync(path, bytes);
  expect(tool("sha256sum", path).slice(0, 64)).toBe(file.sha256);
  return { path, bytes };
}

test("every recipe has its image, and nothing else lies there", () => {
  expect(manifest.format).toBe("terra-images-1");
  const recipes = readdirSync(join(guests, "images")).map((name) => name.replace(/\.json$/, ""));
  expect(manifest.images.map(({ id }) => id).sort()).toEqual(recipes.sort());
  const named = new Set(
    manifest.images.flatMap((entry) => PARTS.map((part) => entry[part].path.replace("blobs/", ""))),
  );
  expect(readdirSync(join(images, "blobs")).sort()).toEqual([...named].sort());
});

describe.each(manifest.images)("$id", (entry) => {
  const descriptor = JSON.parse(unpacked(entry, "descriptor").bytes.toString("utf8"));

  test("the identity is the descriptor's SHA-256, and the descriptor's digests are those of the files", () => {
    expect(entry.primary).toBe(entry.descriptor.sha256);
    for (const part of ["stub", "kernel"] as const) {
      const { bytes } = unpacked(entry, part);
      expect(descriptor.firmware[part]).toEqual({ size: bytes.length, sha256: entry[part].sha256 });
    }
    const { product, version, kind } = descriptor;
    expect({ product, version, kind }).toEqual({ product: entry.product, version: entry.version, kind: entry.kind });
  });

  test("root and whole-file digest are of the same bytes: veritysetup and sha256sum say so", () => {
    const { path, bytes } = unpacked(entry, "boot");
    const { size, blockSize, salt, root, sha256 } = descriptor.boot;
    const data = join(scratch, `${entry.id}.data`);
    writeFileSync(data, bytes.subarray(0, size));
    expect(tool("sha256sum", data).slice(0, 64)).toBe(sha256);
    const layout = [
      ...["--no-superblock", "--format=1", "--hash=sha256", `--salt=${salt}`, `--data-blocks=${size / blockSize}`],
      ...[`--data-block-size=${blockSize}`, `--hash-block-size=${blockSize}`, `--hash-offset=${size}`],
    ];
    tool("veritysetup", "verify", ...layout, path, path, root);
    // The judge can say no: one bit, and it does.
    const spoilt = Buffer.from(bytes);
    spoilt.writeUInt8(spoilt.readUInt8(size - 9) ^ 1, size - 9);
    writeFileSync(path, spoilt);
    expect(spawnSync("veritysetup", ["verify", ...layout, path, path, root]).status).not.toBe(0);
  });

  test("its package list names every part with version, licence and digest", () => {
    const list: Record<string, string>[] = JSON.parse(
      readFileSync(join(images, "packages", `${entry.id}.json`), "utf8"),
    );
    expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining(["linux-source-6.1", "musl-dev", "libgcc"]));
    const { programs } = JSON.parse(readFileSync(join(guests, "images", `${entry.id}.json`), "utf8"));
    const signs = "attestd" in programs || "endorse" in programs;
    expect(list.some(({ name }) => name === "libbearssl-dev")).toBe(signs);
    for (const part of list) {
      expect(part.licence, part.name).toMatch(/^(?!unknown).+/);
      expect(part.version, part.name).not.toBe("");
      expect(part.sha256, part.name).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});
