/**
 * What ON found out about a VM's parts, kept for the measurement tree after the VM is off again. It is a record of checks that
 * were made elsewhere (firmware.ts, disks.ts, the vm worker's reads); nothing is decided by it.
 */
import type { VerifiedTree } from "../storage/index.ts";
import type { BlockMap, BlockState } from "./block-map.ts";

export interface Measured {
  /** The descriptor's bytes, and with them the command line. */
  descriptor: BlockState;
  stub: BlockState;
  kernel: BlockState;
  /** In slot order. */
  disks: MeasuredDisk[];
}

export interface MeasuredDisk {
  /** The slot's name. */
  name: string;
  /** Id of the device. */
  device: string;
  /** dm-verity root, hex. */
  root: string;
  blocks: BlockMap;
  /** Absent until the tree on the medium was checked against the root, and where nobody asked for that. */
  tree?: VerifiedTree;
  /** The tree on the medium did not fit the root. */
  treeFailed: boolean;
}

export function unmeasured(): Measured {
  return { descriptor: "unchecked", stub: "unchecked", kernel: "unchecked", disks: [] };
}
