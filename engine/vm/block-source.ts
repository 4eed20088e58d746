/**
 * Where a virtual disk's bytes come from: a copy that was checked before the start, or a medium outside the chip, which an
 * attacker may change at any moment. With a check, each block is compared with its leaf of the hash tree at each read
 * (optimistic checking: paper, section 4.2), and bytes that do not match leave this file only as a digest.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { TerraError } from "../protocol/errors.ts";
import { BLOCK_SIZE, DIGEST_SIZE } from "../storage/verity.ts";
import type { BlockHash } from "./block-hash.ts";
import type { Medium } from "./medium.ts";

/** A block is not what the tree says. Nothing of the read that met it may reach the guest. */
export class IntegrityFailure extends Error {
  readonly block: number;
  readonly expected: string;
  readonly found: string;
  constructor(block: number, expected: string, found: string) {
    super(`block ${block} hashes to ${found}; the tree says ${expected}`);
    this.name = "IntegrityFailure";
    this.block = block;
    this.expected = expected;
    this.found = found;
  }
}

export interface BlockSource {
  /** Bytes. */
  size: number;
  /** `length` bytes that the guest may have; the range lies inside the disk. Anything thrown but IntegrityFailure: read error. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Absent for disks that cannot be written. */
  write?(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** Which blocks were read and found good or bad. */
export type BlocksSeen = (first: number, count: number, failed?: number) => void;

const blocksOf = (offset: number, length: number) => {
  const first = Math.floor(offset / BLOCK_SIZE);
  return { first, count: Math.ceil((offset + length) / BLOCK_SIZE) - first };
};

/**
 * The copy that was checked as a whole: reads are answered at once. Nobody is told of them: all blocks were seen to be good before,
 * and what a box reads when is its own business where nothing outside has to be asked for it.
 */
export function pinnedSource(bytes: Uint8Array, size: number): BlockSource {
  if (bytes.length < size) {
    throw new TerraError("bad-argument", `the copy of a disk of ${size} bytes has only ${bytes.length}`);
  }
  return {
    size,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

async function readMedium(medium: Medium, id: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await medium.call({ op: "read", medium: id, offset, length });
  // Shared memory could be changed after it was checked.
  if (!(bytes instanceof Uint8Array) || !(bytes.buffer instanceof ArrayBuffer) || bytes.length !== length) {
    throw new TerraError("malformed", `the medium ${id} did not answer a read of ${length} bytes with as many`);
  }
  return bytes;
}

/** A medium whose bytes nobody vouches for. */
export function rawSource(medium: Medium, id: string, size: number, readOnly: boolean): BlockSource {
  return {
    size,
    read: (offset, length) => readMedium(medium, id, offset, length),
    ...(readOnly
      ? {}
      : {
          async write(offset: number, bytes: Uint8Array<ArrayBuffer>) {
            await medium.call({ op: "write", medium: id, offset, bytes }, [bytes.buffer]);
          },
        }),
  };
}

export interface Check {
  digestsOf: BlockHash;
  /** 32 bytes for each block, in order. */
  leaves: Uint8Array;
}

/** A medium whose blocks are checked at each read. Reads are widened to whole blocks; never writable. */
export function checkedSource(
  medium: Medium,
  id: string,
  size: number,
  check: Check,
  onBlocks: BlocksSeen,
): BlockSource {
  const total = size / BLOCK_SIZE;
  if (!Number.isInteger(total) || check.leaves.length !== total * DIGEST_SIZE) {
    throw new TerraError(
      "bad-argument",
      `a checked disk of ${size} bytes needs whole blocks of ${BLOCK_SIZE} and a digest of ${DIGEST_SIZE} bytes for each; ` +
        `there are ${check.leaves.length} bytes of digests`,
    );
  }
  return {
    size,
    async read(offset, length) {
      const { first, count } = blocksOf(offset, length);
      const bytes = await readMedium(medium, id, first * BLOCK_SIZE, count * BLOCK_SIZE);
      const digests = check.digestsOf(bytes);
      for (let index = 0; index < count; index++) {
        const expected = check.leaves.subarray((first + index) * DIGEST_SIZE, (first + index + 1) * DIGEST_SIZE);
        const found = digests.subarray(index * DIGEST_SIZE, (index + 1) * DIGEST_SIZE);
        if (!found.every((byte, at) => byte === expected[at])) {
          onBlocks(first, index, first + index);
          throw new IntegrityFailure(first + index, bytesToHex(expected), bytesToHex(found));
        }
      }
      onBlocks(first, count);
      const from = offset - first * BLOCK_SIZE;
      return bytes.subarray(from, from + length);
    },
  };
}
