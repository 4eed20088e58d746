/** What the management box has set, for whoever is bound by it. */
import type { Limits } from "../protocol/owner.ts";

export interface LimitsKeeper {
  current(): Limits;
  /** Throws "refused" naming the limit. */
  checkImage(primary: string, name: string): void;
  memoryMiB(): number;
  /** own: what CREATE-VM asked for, 1 if nothing. */
  shareOf(vmId: string, own: number): number;
  set(change: Partial<Limits>): void;
  onChange(listener: () => void): void;
}
