/**
 * Digests of 4096-byte blocks as dm-verity (format 1) has them: SHA-256 over salt, then block. All checking of what a disk's
 * medium delivers rests on this file.
 *
 * Which SHA-256: for a request of 128 KiB (32 blocks) in a worker of Chromium 156, on two busy cores, means of 60, three times:
 *   @noble/hashes 2.3-4.8 ms · WebCrypto, the 32 blocks at once 0.6-3.0 ms · hash-wasm 0.6-1.0 ms
 * WebCrypto works on other threads, so it is the fastest on an idle machine and the slowest on a busy one, where the guest
 * waits for it. hash-wasm (213 MiB/s) is taken: WebAssembly in this thread and steady.
 * What it costs a boot, processor time of this thread up to the sign of life, least of 12 on the same busy cores: pc, 390 blocks,
 * 420 ms against 410 unchecked; hello, 45 blocks, 610 against 620.
 */
import { createSHA256 } from "hash-wasm";
import { BLOCK_SIZE, DIGEST_SIZE } from "../storage/verity.ts";

/** Digests of all blocks in `bytes` (a multiple of 4096), one after the other. */
export type BlockHash = (bytes: Uint8Array) => Uint8Array;

/** Compiles the hash; then it is synchronous. */
export async function blockHash(salt: Uint8Array): Promise<BlockHash> {
  const hash = await createSHA256();
  return (bytes) => {
    const digests = new Uint8Array((bytes.length / BLOCK_SIZE) * DIGEST_SIZE);
    for (let at = 0, to = 0; at < bytes.length; at += BLOCK_SIZE, to += DIGEST_SIZE) {
      hash.init();
      hash.update(salt);
      hash.update(bytes.subarray(at, at + BLOCK_SIZE));
      digests.set(hash.digest("binary"), to);
    }
    return digests;
  };
}
