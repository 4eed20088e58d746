/**
 * dm-verity's hash tree, format 1 with SHA-256, as `veritysetup format --no-superblock` lays it out: blocks of 4096 bytes,
 * 128 digests to a hash block, each digest SHA-256(salt, block), the levels stored from the top down. The root vouches for
 * every block below it (paper 4.1: "hash over the hashes"). What is read from a stored tree may be believed only after
 * verifyTree; it must never return a leaf before everything above it was checked.
 * Source: Documentation/admin-guide/device-mapper/verity.rst of Linux 6.1.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { TerraError } from "../protocol/errors.ts";
import { type Bytes, equalBytes, fromHex, toHex } from "./bytes.ts";

export const BLOCK_SIZE = 4096;
export const DIGEST_SIZE = 32;
export const DIGESTS_PER_BLOCK = BLOCK_SIZE / DIGEST_SIZE;

/** One level of a tree: level 0 holds the data blocks' digests. */
export interface TreeLevel {
  /** Number of hash blocks. */
  blocks: number;
  /** Number of digests in them: one for each block of the level below. */
  digests: number;
  /** The level's first hash block, counted from the tree's start. */
  first: number;
}

/** The levels of the tree over `dataBlocks` blocks, level 0 first; none where there is one block, whose digest is the root. */
export function treeLevels(dataBlocks: number): TreeLevel[] {
  if (!Number.isSafeInteger(dataBlocks) || dataBlocks < 1) {
    throw new TerraError("bad-argument", `a disk has at least one block of ${BLOCK_SIZE} bytes, not ${dataBlocks}`);
  }
  const levels: TreeLevel[] = [];
  for (let below = dataBlocks; below > 1; ) {
    const blocks = Math.ceil(below / DIGESTS_PER_BLOCK);
    levels.push({ blocks, digests: below, first: 0 });
    below = blocks;
  }
  let first = 0;
  for (const level of levels.toReversed()) {
    level.first = first;
    first += level.blocks;
  }
  return levels;
}

/** Hash blocks of the tree over `dataBlocks` blocks. */
export function hashBlockCount(dataBlocks: number): number {
  return treeLevels(dataBlocks).reduce((sum, level) => sum + level.blocks, 0);
}

/**
 * Size in bytes of the data in a medium of `totalSize` bytes that holds data and then its tree. n blocks and their tree take
 * more blocks the larger n is, so there is one answer or none ("bad-argument").
 */
export function dataSizeOf(totalSize: number): number {
  const total = totalSize / BLOCK_SIZE;
  if (Number.isSafeInteger(total) && total >= 1) {
    // The tree takes at most one block in 127, and one for each of its levels.
    for (let blocks = total; blocks >= 1 && blocks >= total - Math.ceil(total / 64) - 8; blocks--) {
      if (blocks + hashBlockCount(blocks) === total) return blocks * BLOCK_SIZE;
    }
  }
  throw new TerraError("bad-argument", `no disk and its hash tree together have ${totalSize} bytes`);
}

/** Digests blocks under one salt, given as bytes or hex: SHA-256(salt, block). */
export function blockDigester(salt: Uint8Array | string): (block: Uint8Array) => Bytes {
  const bytes = typeof salt === "string" ? fromHex(salt) : salt;
  if (!bytes || bytes.length > 256)
    throw new TerraError("bad-argument", `a salt is 0 to 256 bytes in hex, not ${salt}`);
  const salted = sha256.create().update(bytes);
  return (block) => new Uint8Array(salted.clone().update(block).digest());
}

function blockAt(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE);
}

/** The tree over `data` (a multiple of 4096 bytes) and its root in hex. `tree` is what lies behind the data on the medium. */
export function computeTree(data: Uint8Array, salt: Uint8Array | string): { tree: Bytes; root: string } {
  if (data.length % BLOCK_SIZE !== 0) {
    throw new TerraError("bad-argument", `a disk's size is a multiple of ${BLOCK_SIZE} bytes; ${data.length} is not`);
  }
  const digest = blockDigester(salt);
  const levels = treeLevels(data.length / BLOCK_SIZE);
  const tree = new Uint8Array(hashBlockCount(data.length / BLOCK_SIZE) * BLOCK_SIZE);
  let below = data;
  for (const level of levels) {
    const start = level.first * BLOCK_SIZE;
    for (let at = 0; at < level.digests; at++) tree.set(digest(blockAt(below, at)), start + at * DIGEST_SIZE);
    below = tree.subarray(start, start + level.blocks * BLOCK_SIZE);
  }
  return { tree, root: toHex(digest(below)) };
}

export interface VerifiedTree {
  dataBlocks: number;
  levels: TreeLevel[];
  /** Digests of all data blocks, 32 bytes each, in order. */
  leaves: Bytes;
  /** The digest of block `index` of level `level`: -1 is the data, 0 the hash blocks over it, and so on. */
  digestOf(level: number, index: number): Bytes;
}

/**
 * Checks every block of a stored tree against the root (hex), from the top down. Throws "integrity" naming the first hash
 * block that is wrong, with the digests expected and found. The tree is copied first, so that nobody can change it later.
 * A root says nothing of a disk's length: a digest behind the last one is of a block that was cut off, and is refused.
 */
export function verifyTree(
  stored: Uint8Array,
  dataBlocks: number,
  salt: Uint8Array | string,
  root: string,
): VerifiedTree {
  const levels = treeLevels(dataBlocks);
  const size = hashBlockCount(dataBlocks) * BLOCK_SIZE;
  if (stored.length !== size) {
    throw new TerraError("bad-argument", `the tree of ${dataBlocks} blocks has ${size} bytes, not ${stored.length}`);
  }
  const rootBytes = fromHex(root);
  if (rootBytes?.length !== DIGEST_SIZE) {
    throw new TerraError("bad-argument", `a root is 64 lower-case hexadecimal digits, not "${root}"`);
  }
  const tree = new Uint8Array(stored);
  const digest = blockDigester(salt);

  const digestOf = (level: number, index: number): Bytes => {
    const above = levels[level + 1];
    const count = level < 0 ? dataBlocks : (levels[level]?.blocks ?? 0);
    if (index < 0 || index >= count) throw new TerraError("bad-argument", `level ${level} has no block ${index}`);
    if (!above) return rootBytes;
    const at = above.first * BLOCK_SIZE + index * DIGEST_SIZE;
    return tree.slice(at, at + DIGEST_SIZE);
  };

  for (let level = levels.length - 1; level >= 0; level--) {
    const { first, blocks, digests } = levels[level] as TreeLevel;
    const padding = tree.subarray(first * BLOCK_SIZE + digests * DIGEST_SIZE, (first + blocks) * BLOCK_SIZE);
    for (let index = 0; index < blocks; index++) {
      const expected = digestOf(level, index);
      const found = digest(blockAt(tree, first + index));
      if (!equalBytes(expected, found)) {
        throw new TerraError(
          "integrity",
          `hash block ${first + index} (level ${level}, number ${index}) should have the digest ${toHex(expected)} and has ${toHex(found)}`,
        );
      }
    }
    if (padding.some((byte) => byte !== 0)) {
      throw new TerraError(
        "integrity",
        `level ${level} of the tree has digests behind its ${digests}: the disk is shorter than what the tree was made for`,
      );
    }
  }
  const bottom = levels[0];
  const leaves = bottom
    ? tree.slice(bottom.first * BLOCK_SIZE, bottom.first * BLOCK_SIZE + dataBlocks * DIGEST_SIZE)
    : new Uint8Array(rootBytes);
  return { dataBlocks, levels, leaves, digestOf };
}
