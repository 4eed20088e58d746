/**
 * Which blocks of which disk were checked, as they are read. One byte a block, changed in place, since thousands come at a
 * time; `version` tells a view that it has to draw again. Pure, and no judge: a block is what an event said it is.
 */

export const UNCHECKED = 0;
export const VERIFIED = 1;
export const FAILED = 2;

export interface BlockMap {
  /** State of each block; grows when a higher number is named. */
  states: Uint8Array;
  verified: number;
  failed: number;
  /** The first block that did not verify, if any. */
  firstFailed: number | null;
  version: number;
}

export function blockMap(total = 0): BlockMap {
  return { states: new Uint8Array(total), verified: 0, failed: 0, firstFailed: null, version: 0 };
}

function grow(map: BlockMap, length: number): void {
  if (length <= map.states.length) return;
  const larger = new Uint8Array(Math.max(length, map.states.length * 2));
  larger.set(map.states);
  map.states = larger;
}

/** The disk's size in blocks is known: numbers beyond it were never there. */
export function setTotal(map: BlockMap, total: number): void {
  if (total === map.states.length) return;
  const exact = new Uint8Array(total);
  exact.set(map.states.subarray(0, total));
  map.states = exact;
  map.version += 1;
}

export function mark(map: BlockMap, blocks: readonly number[], state: typeof VERIFIED | typeof FAILED): void {
  for (const block of blocks) {
    grow(map, block + 1);
    const before = map.states[block];
    if (before === state) continue;
    if (before === VERIFIED) map.verified -= 1;
    if (before === FAILED) map.failed -= 1;
    map.states[block] = state;
    if (state === VERIFIED) map.verified += 1;
    else {
      map.failed += 1;
      map.firstFailed ??= block;
    }
  }
  map.version += 1;
}
