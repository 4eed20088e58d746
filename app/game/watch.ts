/**
 * What the page learns of a game that is being played, while somebody looks: from the wire, as an attacker's radar has it, and from both
 * sides of a proxy, as its owner sees them. Everything is decoded from frames that went by; no player's box is asked.
 */
import { useEffect, useState } from "react";
import type { Frame } from "../../engine/lab/api.ts";
import type { LabEvent, LabView } from "../../engine/lab/view.ts";
import { countShots, quakeRadar, type Shooting, type Sighting } from "../../engine/network/index.ts";
import { useView } from "../page/session.ts";
import { texts } from "../texts.ts";
import { compareMoves, type Rewriting } from "./moves.ts";

export interface Watched {
  /** Frames heard on wires. */
  frames: number;
  /** The last sighting of each player; by number. */
  players: readonly Sighting[];
  /** Squares of CELL units where anybody has been seen: "x y". */
  trail: readonly string[];
  /** The proxy's last change, or, as long as there is none, the last move that it passed on. */
  rewriting: Rewriting | null;
  moves: { seen: number; rewritten: number };
  scores: readonly (Shooting & { name: string })[];
}

/** Side of a square of the trail, in the map's units. */
export const CELL = 64;
const TRAIL = 2000;
/** A sighting that is older, in milliseconds of the wire's clock, is nobody's place any more. */
const STALE_MS = 3000;
/** Frames that are asked for at once. */
const PIECE = 1000;
/** The picture follows so often. */
const EVERY_MS = 200;

const NOTHING: Watched = {
  frames: 0,
  players: [],
  trail: [],
  rewriting: null,
  moves: { seen: 0, rewritten: 0 },
  scores: [],
};

interface Watching {
  now(): Watched;
  stop(): void;
}

function watch(view: LabView, changed: () => void): Watching {
  const radar = quakeRadar();
  const counter = countShots();
  const comparer = compareMoves();
  const trail = new Set<string>();
  /** The last frame taken of each wire, by its number. */
  const taken = new Map<string, number>();
  const busy = new Set<string>();
  let frames = 0;
  let heard = 0;
  let rewriting: Rewriting | null = null;
  let gone = false;

  function hear({ time, bytes }: Frame): void {
    frames += 1;
    heard = time;
    counter.push(bytes);
    for (const { place } of radar.push({ time, bytes })) {
      if (trail.size < TRAIL) trail.add(`${Math.floor(place[0] / CELL)} ${Math.floor(place[1] / CELL)}`);
    }
  }

  /** What the wire's ring holds that was not heard yet: from the beginning, so that names and shots of before are known. */
  async function take(wire: string): Promise<void> {
    if (busy.has(wire)) return;
    busy.add(wire);
    try {
      let piece: Frame[];
      do {
        piece = (await view.terra.lab?.wire(wire).frames({ since: taken.get(wire) ?? 0, limit: PIECE })) ?? [];
        const last = piece.at(-1);
        if (gone || !last) break;
        taken.set(wire, last.sequence);
        piece.forEach(hear);
        changed();
      } while (piece.length === PIECE);
    } catch {
      // The lab was closed meanwhile: there is nothing more to hear.
    }
    busy.delete(wire);
  }

  function onTraffic(event: LabEvent & { type: "traffic" }): void {
    for (const frame of event.frames) {
      const pair = comparer.push(frame);
      if (pair && (pair.changed.length > 0 || rewriting === null || rewriting.changed.length === 0)) rewriting = pair;
    }
    changed();
  }

  const unsubscribe = view.subscribe((event) => {
    if (event.type === "frames") void take(event.wire);
    else if (event.type === "traffic") onTraffic(event);
  });
  const nameOf = (player: number) => radar.players.get(player)?.name || texts.game.somebody(player);
  return {
    now: () => ({
      frames,
      players: [...radar.players.values()].filter(({ time }) => time > heard - STALE_MS),
      trail: [...trail],
      rewriting,
      moves: { seen: comparer.seen, rewritten: comparer.rewritten },
      scores: [...counter.players.values()].map((each) => ({ ...each, name: nameOf(each.player) })),
    }),
    stop() {
      gone = true;
      unsubscribe();
    },
  };
}

export function useWatched(): Watched {
  const view = useView();
  const [watched, setWatched] = useState<Watched>(NOTHING);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watching = watch(view, () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setWatched(watching.now());
      }, EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      watching.stop();
    };
  }, [view]);
  return watched;
}
