import { execFileSync } from "node:child_process";
import { createECDH, createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tableText } from "./test/p256-table.ts";

const here = dirname(fileURLToPath(import.meta.url));
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "terra-p256-"));
  const sources = [join(here, "test/p256-base.c"), join(here, "lib/p256-base.c")];
  const flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined", "-fno-sanitize-recover", "-I"];
  execFileSync("gcc", [...flags, join(here, "lib"), ...sources, "-o", join(folder, "p256-base")]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const hex = (scalar: bigint) => scalar.toString(16).padStart(64, "0");
const products = (scalars: bigint[]) =>
  execFileSync(join(folder, "p256-base"), { input: scalars.map(hex).join("\n") })
    .toString()
    .trim()
    .split("\n");

/** By OpenSSL, inside Node. */
function expected(scalar: bigint): string {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(hex(scalar % ORDER), "hex");
  return ecdh.getPublicKey("hex");
}

test("small, large and lopsided numbers, each single bit, and pseudo-random ones", () => {
  const scalars = [
    ...Array.from({ length: 70 }, (_, i) => BigInt(i + 1)),
    ...Array.from({ length: 70 }, (_, i) => ORDER - BigInt(i + 1)),
    ...Array.from({ length: 20 }, (_, i) => ORDER + BigInt(i + 1)),
    ...Array.from({ length: 256 }, (_, i) => 1n << BigInt(i)),
    ...Array.from({ length: 255 }, (_, i) => (1n << BigInt(i + 1)) - 1n),
    ...Array.from({ length: 64 }, (_, i) => 0x0001000100010001n << BigInt(i * 3)),
    ...Array.from({ length: 2000 }, (_, i) => BigInt(`0x${createHash("sha256").update(`${i}`).digest("hex")}`)),
    2n ** 256n - 1n,
  ];
  const all = products(scalars);
  expect(all.length).toBe(scalars.length);
  for (const [i, scalar] of scalars.entries()) expect(all[i], hex(scalar)).toBe(expected(scalar));
});

test("multiples of the order have no product", () => {
  expect(products([0n, ORDER])).toEqual(["none", "none"]);
});

test("the table is what its definition says", () => {
  expect(readFileSync(join(here, "lib/p256-table.h"), "utf8")).toContain(`\n${tableText()}\n`);
});
