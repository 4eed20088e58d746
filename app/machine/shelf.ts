/** What an attacker keeps beside the machines: copies of media, and disks that were taken out. It ends with the lab. */
import { create } from "zustand";
import type { DiskHandle } from "../../engine/lab/api.ts";
import type { LabView } from "../../engine/lab/view.ts";

export interface Copy {
  /** Counts copies, as their name. */
  number: number;
  platform: string;
  medium: string;
  /** Milliseconds since the lab was opened. */
  time: number;
  bytes: Uint8Array;
}

export interface TakenDisk {
  handle: DiskHandle;
  /** Where it came from. */
  platform: string;
  medium: string;
}

export interface Shelf {
  copies: readonly Copy[];
  taken: readonly TakenDisk[];
}

export const useShelf = create<Shelf>(() => ({ copies: [], taken: [] }));

let opened = 0;
let made = 0;

export function keepCopy(platform: string, medium: string, bytes: Uint8Array): void {
  made += 1;
  const copy = { number: made, platform, medium, time: performance.now() - opened, bytes };
  useShelf.setState(({ copies }) => ({ copies: [...copies, copy] }));
}

export function dropCopy(number: number): void {
  useShelf.setState(({ copies }) => ({ copies: copies.filter((copy) => copy.number !== number) }));
}

export function keepTaken(disk: TakenDisk): void {
  useShelf.setState(({ taken }) => ({ taken: [...taken, disk] }));
}

export function dropTaken(handle: DiskHandle): void {
  useShelf.setState(({ taken }) => ({ taken: taken.filter((disk) => disk.handle !== handle) }));
}

export function followShelf(view: LabView): void {
  view.subscribe((event) => {
    if (event.type !== "lab") return;
    opened = performance.now();
    useShelf.setState({ copies: [], taken: [] });
  });
}
