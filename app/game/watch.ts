/**
 * What the page learns of a game that is being played, while somebody looks: from the wire as an attacker's radar has it, from both sides of
 * a proxy as its owner sees them, and from the log that the server's owner reads. Everything is counted from what came by, nothing asked
 * of the players' boxes.
 */
import { useEffect, useState } from "react";
import type { LabEvent, LabView } from "../../engine/lab/view.ts";
import { quakeRadar, type Sighting } from "../../engine/network/index.ts";
import { keepScore, type Score } from "../../engine/scenarios/index.ts";
import { useFacts } from "../facts/store.ts";
import { useView } from "../page/session.ts";
import { compareMoves, type Rewriting } from "./moves.ts";

export interface Watched {
  /** Frames heard on wires since somebody looks. */
  frames: number;
  /** The last sighting of each player; by number. */
  players: readonly Sighting[];
  /** Squares of CELL units where anybody has been seen: "x y". */
  trail: readonly string[];
  /** The proxy's last change, or, as long as there is none, the last move that it passed on. */
  rewriting: Rewriting | null;
  moves: { seen: number; rewritten: number };
  scores: readonly (Score & { name: string })[];
}

/** Side of a square of the trail, in the map's units. */
export const CELL = 64;
const TRAIL = 2000;
/** A sighting that is older, in milliseconds of the wire's clock, is nobody's place any more. */
const STALE_MS = 3000;
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

function watch(view: LabView, server: { platform: string; id: string } | undefined, changed: () => void) {
  const radar = quakeRadar();
  const comparer = compareMoves();
  const score = keepScore();
  const trail = new Set<string>();
  const decoder = new TextDecoder();
  let frames = 0;
  let heard = 0;
  let rewriting: Rewriting | null = null;

  function onFrames(event: LabEvent & { type: "frames" }): void {
    frames += event.frames.length + event.skipped;
    for (const { time, bytes } of event.frames) {
      heard = time;
      for (const { place } of radar.push({ time, bytes })) {
        if (trail.size < TRAIL) trail.add(`${Math.floor(place[0] / CELL)} ${Math.floor(place[1] / CELL)}`);
      }
    }
    changed();
  }

  function onTraffic(event: LabEvent & { type: "traffic" }): void {
    for (const frame of event.frames) {
      const pair = comparer.push(frame);
      if (pair && (pair.changed.length > 0 || rewriting === null || rewriting.changed.length === 0)) rewriting = pair;
    }
    changed();
  }

  const onLog = (bytes: Uint8Array) => {
    if (score.push(decoder.decode(bytes, { stream: true }))) changed();
  };

  // The answer holds what was said until it was given; what is said after it comes as events.
  let read = false;
  let gone = false;
  if (server) {
    const before = view.consoleOutput(server.platform, server.id).catch(() => new Uint8Array());
    void before.then((bytes) => {
      read = true;
      if (!gone) onLog(bytes);
    });
  }
  const unsubscribe = view.subscribe((event) => {
    if (event.type === "frames") onFrames(event);
    else if (event.type === "traffic") onTraffic(event);
    else if (event.type === "console" && event.platform === server?.platform && event.vm === server.id) {
      if (read) onLog(event.bytes);
    }
  });
  return {
    now: (): Watched => ({
      frames,
      players: [...radar.players.values()].filter(({ time }) => time > heard - STALE_MS),
      trail: [...trail],
      rewriting,
      moves: { seen: comparer.seen, rewritten: comparer.rewritten },
      scores: [...score.players].map(([name, each]) => ({ name, ...each })),
    }),
    stop() {
      gone = true;
      unsubscribe();
    },
  };
}

/** The box that is the game's server: its console has the log. */
function useServer(): { platform: string; id: string; starts: number } | undefined {
  const machines = useFacts((facts) => facts.machines);
  return machines.flatMap(({ boxes }) => boxes).find(({ status }) => status.image.startsWith("game-server"));
}

export function useWatched(): Watched {
  const view = useView();
  const server = useServer();
  const [watched, setWatched] = useState<Watched>(NOTHING);
  const platform = server?.platform;
  const id = server?.id;
  const starts = server?.starts;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a server that starts anew begins a log anew
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watching = watch(view, platform !== undefined && id !== undefined ? { platform, id } : undefined, () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setWatched(watching.now());
      }, EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      watching.stop();
    };
  }, [view, platform, id, starts]);
  return watched;
}
