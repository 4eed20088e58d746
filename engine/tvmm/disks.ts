/**
 * Disks at ON. A raw disk is a medium as it is, which the guest reads and writes. Of an attested one, the tree on the medium is read once, copied and checked as a whole against the root, whatever way of
 * checking was chosen. Then (paper 4.2):
 *   ahead of time   the data is read once, hashed, and the guest gets that copy; the medium is not read again
 *   optimistically  the vm worker gets the leaves and checks each block at each read from the medium
 *   none            open boxes only: the guest reads the medium as it is
 * No unchecked byte of a disk that is checked ahead of time ever leaves this file.
 */
import type { VmDisk } from "../protocol/vm.ts";
import {
  BLOCK_SIZE,
  type Bytes,
  blockDigester,
  DIGEST_SIZE,
  digest,
  equalBytes,
  fromHex,
  hashBlockCount,
  toHex,
  type VerifiedTree,
  verifyTree,
} from "../storage/index.ts";
import { blockMap } from "./block-map.ts";
import { IntegrityError } from "./integrity.ts";
import type { Vm } from "./machine.ts";
import type { Measured, MeasuredDisk } from "./measured.ts";
import type { Media, ReadOptions } from "./media.ts";
import { BOOT_SLOT, type SlottedDisk } from "./slots.ts";

export interface PreparedDisk {
  disk: VmDisk;
  /** Its port or buffer, which the vm worker is to own. */
  transfer: Transferable[];
}

/** Makes one disk ready for the vm worker and notes in `record` what was found. Errors: "integrity", naming disk and block. */
export async function prepareDisk(
  media: Media,
  vm: Vm,
  disk: SlottedDisk,
  record: Measured,
  options: ReadOptions,
): Promise<PreparedDisk> {
  const { medium } = disk.device.config;
  const common = { device: disk.device.id, serial: disk.serial, size: disk.dataSize, readOnly: true };
  if (!disk.tree) {
    const port = await media.open(medium, { readOnly: false });
    return { disk: { ...common, readOnly: false, source: { type: "medium", medium, port } }, transfer: [port] };
  }
  const { root, salt } = disk.tree;
  const measured: MeasuredDisk = {
    name: disk.name,
    device: disk.device.id,
    root,
    blocks: blockMap(disk.dataSize / BLOCK_SIZE),
    treeFailed: false,
  };
  record.disks.push(measured);

  if (vm.checking === "none") {
    const port = await media.open(medium, { readOnly: true });
    return { disk: { ...common, source: { type: "medium", medium, port } }, transfer: [port] };
  }
  const tree = await readTree(media, disk, salt, measured, options);
  if (vm.checking === "ahead-of-time") {
    const expected = disk.slot === BOOT_SLOT ? vm.descriptor.boot.sha256 : undefined;
    const bytes = await readChecked(media, disk, salt, measured, tree, expected, options);
    return { disk: { ...common, source: { type: "pinned", bytes } }, transfer: [bytes.buffer] };
  }
  const port = await media.open(medium, { readOnly: true });
  const check = { salt: fromHex(salt) ?? new Uint8Array(0), leaves: tree.leaves.slice() };
  return {
    disk: { ...common, source: { type: "medium", medium, port, check } },
    transfer: [port, check.leaves.buffer],
  };
}

async function readTree(
  media: Media,
  disk: SlottedDisk,
  salt: string,
  measured: MeasuredDisk,
  options: ReadOptions,
): Promise<VerifiedTree> {
  const blocks = disk.dataSize / BLOCK_SIZE;
  const length = hashBlockCount(blocks) * BLOCK_SIZE;
  const stored = await media.read(disk.device.config.medium, disk.dataSize, length, options);
  try {
    measured.tree = verifyTree(stored, blocks, salt, measured.root);
    return measured.tree;
  } catch (thrown) {
    measured.treeFailed = true;
    const sentence = thrown instanceof Error ? thrown.message.replace(/^integrity: /, "") : String(thrown);
    throw new IntegrityError(`the hash tree of disk ${disk.name}: ${sentence}`, { disk: disk.name });
  }
}

/**
 * The whole disk, read once. The boot disk is compared with its whole-file digest, which WebCrypto makes ten times as fast;
 * the leaves then say which block it was. Further disks have no such digest and are checked by their leaves.
 */
async function readChecked(
  media: Media,
  disk: SlottedDisk,
  salt: string,
  measured: MeasuredDisk,
  tree: VerifiedTree,
  expected: string | undefined,
  options: ReadOptions,
): Promise<Bytes> {
  const bytes = await media.read(disk.device.config.medium, 0, disk.dataSize, options);
  const found = expected === undefined ? undefined : await digest(bytes);
  if (found === undefined || found !== expected) {
    const bad = firstBadBlock(bytes, salt, tree, measured);
    if (bad) {
      throw new IntegrityError(
        `block ${bad.block} of disk ${disk.name} has the digest ${bad.found}; its tree says ${bad.expected}`,
        { disk: disk.name, ...bad },
      );
    }
    if (found !== undefined && expected !== undefined) {
      throw new IntegrityError(
        `disk ${disk.name} has SHA-256 ${found}; the descriptor says ${expected}, although every block fits the root`,
        { disk: disk.name, expected, found },
      );
    }
  }
  measured.blocks.markAllVerified();
  return bytes;
}

/** Marks every block, so that the measurement tree shows all that are wrong; returns the first. */
function firstBadBlock(
  bytes: Uint8Array,
  salt: string,
  tree: VerifiedTree,
  measured: MeasuredDisk,
): { block: number; expected: string; found: string } | undefined {
  const digestBlock = blockDigester(salt);
  let first: { block: number; expected: string; found: string } | undefined;
  for (let block = 0; block < tree.dataBlocks; block++) {
    const found = digestBlock(bytes.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE));
    const expected = tree.leaves.subarray(block * DIGEST_SIZE, (block + 1) * DIGEST_SIZE);
    const right = equalBytes(found, expected);
    measured.blocks.mark(block, right ? "verified" : "failed");
    if (!right) first ??= { block, expected: toHex(expected), found: toHex(found) };
  }
  return first;
}
