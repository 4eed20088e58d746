/** The owner's tools on a box through the scripting API. */
import type { Inspect } from "../../engine/lab/api.ts";
import type { LabView } from "../../engine/lab/view.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { places } from "../parts/hex.ts";

export function inspectOf(view: LabView, { platform }: BoxFacts): Inspect {
  const { lab } = view.terra;
  if (!lab) throw new Error("bad-state: no lab is open");
  return lab.platform(platform).inspect;
}

/** Bytes that are read at once while memory is searched. */
const PIECE = 4 * 2 ** 20;
/** Places that are kept; a search for a zero byte would find millions. */
export const MOST_FOUND = 500;

export interface Search {
  found: number[];
  searched: number;
  total: number;
}

/**
 * Every place of the bytes in the box's memory, read in pieces that overlap by as much as the bytes need. Tells how far it is after
 * each piece; stops when `stopped` says so, or when enough was found.
 */
export async function search(
  read: (address: number, length: number) => Promise<Uint8Array>,
  total: number,
  wanted: Uint8Array,
  tell: (search: Search) => void,
  stopped: () => boolean,
): Promise<Search> {
  const found: number[] = [];
  let at = 0;
  while (at < total && !stopped() && found.length < MOST_FOUND) {
    const overlap = at === 0 ? 0 : Math.max(0, wanted.length - 1);
    const from = at - overlap;
    const piece = await read(from, Math.min(PIECE + overlap, total - from));
    found.push(...places(piece, wanted, MOST_FOUND - found.length).map((place) => from + place));
    at = from + piece.length;
    tell({ found: [...found], searched: at, total });
    if (piece.length === 0) break;
  }
  return { found, searched: at, total };
}
