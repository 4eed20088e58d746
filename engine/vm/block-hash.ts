/**
 * Digests of 4096-byte blocks as dm-verity (format 1) has them: SHA-256 over salt, then block. All checking of what a disk's
 * medium delivers rests on this file.
 */
import { sha256 } from "@noble/hashes/sha2.js";

export const BLOCK_SIZE = 4096;
export const DIGEST_SIZE = 32;

/** Digests of all blocks in `bytes` (a multiple of 4096), one after the other. */
export type BlockHash = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

export function blockHash(salt: Uint8Array): BlockHash {
  // The salt's state is computed once and copied for each block.
  const salted = sha256.create().update(salt);
  return (bytes) => {
    const digests = new Uint8Array((bytes.length / BLOCK_SIZE) * DIGEST_SIZE);
    for (let at = 0, to = 0; at < bytes.length; at += BLOCK_SIZE, to += DIGEST_SIZE) {
      digests.set(
        salted
          .clone()
          .update(bytes.subarray(at, at + BLOCK_SIZE))
          .digest(),
        to,
      );
    }
    return digests;
  };
}
