// The dm-verity hash tree over a file system, format 1, SHA-256, 4096-byte blocks, no superblock: byte for byte what
// `veritysetup format --no-superblock` writes (cryptsetup's verity on-disk format, version 1). Pure.

import { createHash } from "node:crypto";

export const BLOCK = 4096;
const PER_BLOCK = BLOCK / 32;

/**
 * @param {Uint8Array} data whole blocks
 * @param {Uint8Array} salt put before each block that is hashed
 * @returns {{tree: Buffer, root: Buffer}} the levels, top first, each padded with zeros to whole blocks; and the root hash
 */
export function verityTree(data, salt) {
  if (data.length === 0 || data.length % BLOCK !== 0) {
    throw new RangeError(`verity: ${data.length} bytes are not a positive number of ${BLOCK}-byte blocks`);
  }
  const levels = [];
  let below = data;
  while (below.length > BLOCK) {
    const count = below.length / BLOCK;
    const level = Buffer.alloc(Math.ceil(count / PER_BLOCK) * BLOCK);
    for (let index = 0; index < count; index++) {
      hash(salt, below.subarray(index * BLOCK, (index + 1) * BLOCK)).copy(level, index * 32);
    }
    levels.unshift(level);
    below = level;
  }
  return { tree: Buffer.concat(levels), root: hash(salt, below) };
}

function hash(salt, block) {
  return createHash("sha256").update(salt).update(block).digest();
}
