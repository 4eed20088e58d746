import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { concatBytes, digestSync, fromHex, toHex } from "./bytes.ts";
import {
  BLOCK_SIZE,
  blockDigester,
  computeTree,
  dataSizeOf,
  hashBlockCount,
  treeLevels,
  verifyTree,
} from "./verity.ts";

const folder = mkdtempSync(path.join(tmpdir(), "terra-verity-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Blocks that all differ. */
function disk(blocks: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(blocks * BLOCK_SIZE);
  const view = new DataView(data.buffer);
  for (let block = 0; block < blocks; block++) view.setUint32(block * BLOCK_SIZE, block + 1);
  return data;
}

/** veritysetup's arguments for data with its tree behind it. */
const options = (size: number, salt: string) => [
  "--no-superblock",
  `--hash-offset=${size}`,
  `--salt=${salt || "-"}`,
  "--data-block-size=4096",
  "--hash-block-size=4096",
  `--data-blocks=${size / BLOCK_SIZE}`,
];

/** What veritysetup makes of the data: the tree's bytes and the root. */
function judge(data: Uint8Array, salt: string): { tree: Uint8Array; root: string } {
  const file = path.join(folder, `judge-${data.length}-${salt.length}`);
  writeFileSync(file, data);
  const said = execFileSync("veritysetup", ["format", ...options(data.length, salt), file, file]).toString();
  const root = /Root hash:\s*([0-9a-f]{64})/.exec(said)?.[1] ?? "";
  return { tree: new Uint8Array(readFileSync(file).subarray(data.length)), root };
}

const SALT = "5ad3e0".repeat(10);

describe("the hash tree", () => {
  it.each([
    [1, SALT],
    [2, SALT],
    [128, ""],
    [129, SALT],
    [300, SALT],
    [128 * 128 + 1, SALT],
  ])(
    "over %i blocks is veritysetup's, byte for byte",
    (blocks, salt) => {
      const data = disk(blocks);
      const ours = computeTree(data, salt);
      const theirs = judge(data, salt);
      expect(ours.root).toBe(theirs.root);
      expect(ours.tree.length).toBe(hashBlockCount(blocks) * BLOCK_SIZE);
      expect(Buffer.compare(ours.tree, theirs.tree)).toBe(0);
    },
    60_000,
  );

  it("made here passes veritysetup's verification, and does not with one bit changed", () => {
    const data = disk(200);
    const { tree, root } = computeTree(data, SALT);
    const file = path.join(folder, "ours");
    const verify = () => {
      execFileSync("veritysetup", ["verify", ...options(data.length, SALT), file, file, root], { stdio: "pipe" });
    };
    writeFileSync(file, concatBytes(data, tree));
    expect(verify).not.toThrow();
    data[5 * BLOCK_SIZE + 7] = 1;
    writeFileSync(file, concatBytes(data, tree));
    expect(verify).toThrow();
  });

  it("gives leaves and inner digests once it was verified", () => {
    const data = disk(300);
    const { tree, root } = computeTree(data, SALT);
    const verified = verifyTree(tree, 300, SALT, root);
    const digest = blockDigester(SALT);
    for (const block of [0, 127, 128, 299]) {
      const expected = digest(data.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE));
      expect(verified.leaves.slice(block * 32, block * 32 + 32)).toEqual(expected);
      expect(verified.digestOf(-1, block)).toEqual(expected);
    }
    const [leaves, top] = verified.levels;
    expect([leaves?.first, leaves?.blocks, top?.first, top?.blocks]).toEqual([1, 3, 0, 1]);
    expect(verified.digestOf(0, 2)).toEqual(digest(tree.subarray(3 * BLOCK_SIZE, 4 * BLOCK_SIZE)));
    expect(toHex(verified.digestOf(1, 0))).toBe(root);
    expect(() => verified.digestOf(-1, 300)).toThrow("no block 300");
    expect(() => verified.digestOf(0, 3)).toThrow("no block 3");
  });

  it("of one block is that block's digest and has no hash blocks", () => {
    const { tree, root } = computeTree(disk(1), "");
    expect(tree.length).toBe(0);
    expect(root).toBe(digestSync(disk(1)));
    expect(toHex(verifyTree(tree, 1, "", root).leaves)).toBe(root);
  });

  it("is refused with any bit of it changed, naming the hash block", () => {
    const { tree, root } = computeTree(disk(300), SALT);
    fc.assert(
      fc.property(fc.nat(tree.length - 1), fc.nat(7), (at, bit) => {
        const bad = tree.slice();
        bad[at] = (bad[at] ?? 0) ^ (1 << bit);
        expect(() => verifyTree(bad, 300, SALT, root)).toThrow(`integrity: hash block ${Math.floor(at / BLOCK_SIZE)} `);
      }),
      { numRuns: 30 },
    );
  });

  it("is refused under another root, another salt, another length", () => {
    const { tree, root } = computeTree(disk(300), SALT);
    expect(() => verifyTree(tree, 300, SALT, "0".repeat(64))).toThrow("integrity");
    expect(() => verifyTree(tree, 300, "00", root)).toThrow("integrity");
    expect(() => verifyTree(tree, 100, SALT, root)).toThrow("bad-argument");
    expect(() => verifyTree(tree.subarray(1), 300, SALT, root)).toThrow("bad-argument");
    expect(() => verifyTree(tree, 300, SALT, "xyz")).toThrow("64");
    expect(() => verifyTree(tree, 300, "0g", root)).toThrow("salt");
  });

  it("of a longer disk is refused: cutting blocks off keeps no root", () => {
    const whole = computeTree(disk(300), SALT);
    // Both have three hash blocks over their data and one above: the bytes of the tree fit either length.
    expect(hashBlockCount(260)).toBe(hashBlockCount(300));
    expect(() => verifyTree(whole.tree, 300, SALT, whole.root)).not.toThrow();
    expect(() => verifyTree(whole.tree, 299, SALT, whole.root)).toThrow(/^integrity: .*shorter/);
    expect(() => verifyTree(whole.tree, 260, SALT, whole.root)).toThrow(/^integrity: .*shorter/);
  });

  it("is a copy: the medium may change afterwards", () => {
    const { tree, root } = computeTree(disk(300), SALT);
    const verified = verifyTree(tree, 300, SALT, root);
    const before = toHex(verified.digestOf(-1, 7));
    tree.fill(0);
    expect(toHex(verified.digestOf(-1, 7))).toBe(before);
    expect(toHex(verified.leaves.subarray(7 * 32, 8 * 32))).toBe(before);
  });
});

describe("the size of data and tree", () => {
  it("gives the data's size back, and nothing for a size that no disk and its tree have", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), (blocks) => {
        const total = (blocks + hashBlockCount(blocks)) * BLOCK_SIZE;
        expect(dataSizeOf(total)).toBe(blocks * BLOCK_SIZE);
      }),
    );
    // 128 blocks and their tree are 129; 129 blocks and theirs are 132.
    expect(() => dataSizeOf(130 * BLOCK_SIZE)).toThrow("bad-argument");
    expect(() => dataSizeOf(BLOCK_SIZE + 1)).toThrow("bad-argument");
    expect(() => dataSizeOf(0)).toThrow("bad-argument");
  });

  it("has a digest in some level for each block below", () => {
    expect(treeLevels(16385).map(({ blocks, digests, first }) => [blocks, digests, first])).toEqual([
      [129, 16385, 3],
      [2, 129, 1],
      [1, 2, 0],
    ]);
    expect(() => treeLevels(0)).toThrow("at least one block");
  });
});

describe("hexadecimal text", () => {
  it("is read strictly and written back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    for (const wrong of ["0", "0G", "AB", " 00", "0x00"]) expect(fromHex(wrong)).toBeUndefined();
  });
});
