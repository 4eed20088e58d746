/**
 * The lab's events on their way into the page: collected, and taken over once in an animation frame, so that a burst costs one
 * drawing. Console bytes and checked blocks go to their own keepers. It only listens.
 */
import { create } from "zustand";
import type { LabEvent, LabView } from "../../engine/lab/view.ts";
import { type BlockMap, blockMap, FAILED, mark, VERIFIED } from "./blocks.ts";
import { type Facts, noFacts, reduceAll } from "./facts.ts";

export const useFacts = create<Facts>(() => noFacts);

/** Grows with every frame in which blocks were checked; views of block maps subscribe to it. */
export const useBlocksVersion = create<{ version: number }>(() => ({ version: 0 }));

const maps = new Map<string, BlockMap>();

/** Block map of a box's disk; `box` is "PLATFORM/VMID". */
export function blocksOf(box: string, disk: string): BlockMap {
  const key = `${box}:${disk}`;
  let map = maps.get(key);
  if (!map) {
    map = blockMap();
    maps.set(key, map);
  }
  return map;
}

function forgetBlocks(prefix: string): void {
  for (const key of maps.keys()) if (key.startsWith(prefix)) maps.delete(key);
}

export interface ConsoleKeeper {
  write(box: string, bytes: Uint8Array): void;
  /** Forget the output: the box or its machine starts anew. */
  clear(prefix: string): void;
}

/** Boxes whose ON is under way, so that a new start is told from its progress. */
const beingStarted = new Set<string>();

/** Is this the first sign of a new start of the box? */
function beginsStart(event: LabEvent): string | null {
  if (event.type !== "starting") return null;
  const key = `${event.platform}/${event.vm}`;
  if (beingStarted.has(key)) return null;
  beingStarted.add(key);
  return key;
}

function takeBlocks(event: LabEvent): boolean {
  if (event.type === "blocks") {
    const map = blocksOf(`${event.platform}/${event.vm}`, event.disk);
    mark(map, event.verified, VERIFIED);
    mark(map, event.failed, FAILED);
    return true;
  }
  if (event.type === "power" && event.state !== "on") forgetBlocks(`${event.platform}/`);
  if (event.type === "lab") maps.clear();
  return false;
}

function takeConsole(event: LabEvent, consoles: ConsoleKeeper): void {
  if (event.type === "console") consoles.write(`${event.platform}/${event.vm}`, event.bytes);
  else if (event.type === "power" && event.state !== "on") consoles.clear(`${event.platform}/`);
  else if (event.type === "vm" && !event.status) consoles.clear(`${event.platform}/${event.vm}`);
  else if (event.type === "lab") consoles.clear("");
}

/** Subscribes the page to its lab, for good. */
export function followLab(view: LabView, consoles: ConsoleKeeper): void {
  let waiting: LabEvent[] = [];
  let blocks = false;
  let scheduled = false;
  const take = () => {
    scheduled = false;
    const events = waiting.filter((event) => event.type !== "console" && event.type !== "blocks");
    waiting = [];
    if (events.length > 0) useFacts.setState((facts) => reduceAll(facts, events), true);
    if (blocks) useBlocksVersion.setState(({ version }) => ({ version: version + 1 }));
    blocks = false;
  };
  view.subscribe((event) => {
    const begun = beginsStart(event);
    // A new start checks anew and says anew: what an earlier one has read or said is not about it.
    if (begun !== null) {
      forgetBlocks(`${begun}:`);
      consoles.clear(begun);
    }
    if (event.type === "vm") beingStarted.delete(`${event.platform}/${event.vm}`);
    takeConsole(event, consoles);
    if (takeBlocks(event)) blocks = true;
    waiting.push(event);
    if (scheduled) return;
    scheduled = true;
    // A hidden page gets no animation frames, and its events must not pile up.
    if (document.hidden) setTimeout(take, 200);
    else requestAnimationFrame(take);
  });
}
