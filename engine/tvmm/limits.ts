/**
 * What the management box has set (paper 4.4: policy is the owner's, the TVMM has the mechanism only): how much memory, which
 * images, which share of processor time. They bind every caller, the page included, until the machine is switched off: a box
 * that set them and stopped has not taken them back. What is on already stays on; a share binds at once. Nothing that the TVMM
 * promises depends on them.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Limits } from "../protocol/owner.ts";

export interface LimitsKeeper {
  current(): Limits;
  /** Throws "refused" naming the limit. */
  checkImage(primary: string, name: string): void;
  memoryMiB(): number;
  /** By name: a VM that is destroyed and made again is bound as before. `own`: what CREATE-VM asked for, 1 if nothing. */
  shareOf(vmName: string, own: number): number;
  /** What is left out stays. `shares` takes the place of all shares of single VMs. */
  set(change: Partial<Limits>): void;
  onChange(listener: () => void): void;
}

/** No limits but the machine's own memory, MiB. */
export function limitsKeeper(memoryMiB: number): LimitsKeeper {
  let limits: Limits = { memoryMiB, images: null, share: 1, shares: {} };
  const listeners: (() => void)[] = [];
  return {
    current: () => structuredClone(limits),
    checkImage(primary, name) {
      if (limits.images === null || limits.images.includes(primary)) return;
      throw new TerraError(
        "refused",
        `the management box has set a limit: ${name} has the image ${primary}, which is not among the ${limits.images.length} that may run`,
      );
    },
    memoryMiB: () => limits.memoryMiB,
    // What is said of one VM goes before what is said of all.
    // A VM may be called "constructor".
    shareOf(vmName, own) {
      const single = Object.hasOwn(limits.shares, vmName) ? limits.shares[vmName] : undefined;
      return Math.min(own, single ?? limits.share);
    },
    set(change) {
      limits = structuredClone({ ...limits, ...change });
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
