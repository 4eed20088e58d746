/**
 * Tells the TVMM which blocks were checked, in batches: a boot reads hundreds of blocks in a second, and nobody looks more
 * often than 20 times in it.
 */
import type { BlocksSeen } from "./block-source.ts";

const INTERVAL_MS = 50;

export interface BlockReports {
  /** What to call for this device's blocks. */
  of(device: string): BlocksSeen;
  /** To be called often; reports what has gathered when it is time. */
  service(now: number): void;
  flush(): void;
}

export function blockReports(report: (device: string, verified: number[], failed: number[]) => void): BlockReports {
  const gathered = new Map<string, { verified: Set<number>; failed: Set<number> }>();
  let last = Number.NEGATIVE_INFINITY;

  const flush = () => {
    for (const [device, { verified, failed }] of gathered) {
      if (verified.size + failed.size > 0) report(device, [...verified], [...failed]);
    }
    gathered.clear();
  };
  return {
    of: (device) => (first, count, failedBlock) => {
      const of = gathered.get(device) ?? { verified: new Set(), failed: new Set() };
      gathered.set(device, of);
      for (let block = first; block < first + count; block++) of.verified.add(block);
      if (failedBlock !== undefined) of.failed.add(failedBlock);
    },
    service(now) {
      if (gathered.size === 0 || now - last < INTERVAL_MS) return;
      last = now;
      flush();
    },
    flush,
  };
}
