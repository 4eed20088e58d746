/**
 * Who hits how often, made of nothing but frames: a server tells a client of each shot that its player fires, by the line that it draws,
 * and then where the shot ended. Counted are each player's own shots as they are told to himself, so none twice. Pure.
 */
import type { Heard } from "./quake-messages.ts";
import { readQuake } from "./quake-observed.ts";

/** The hit rate is that of so many last shots. */
export const LAST_SHOTS = 20;

export interface Shooting {
  /** By the server's numbers. */
  player: number;
  shots: number;
  hits: number;
  /** Hits among the last LAST_SHOTS shots, 0 to 1, after each shot; oldest first. */
  rates: readonly number[];
}

export interface ShotCounter {
  /** Says whether a shot was counted. */
  push(frame: Uint8Array): boolean;
  readonly players: ReadonlyMap<number, Shooting>;
}

interface Shooter {
  player: number;
  shots: number;
  hits: number;
  rates: number[];
  /** Did the last shots hit; the newest is last. */
  last: boolean[];
}

/** Players of a server, and clients of all, that are remembered: on a wire anybody can pose as many. */
const MAX_KNOWN = 64;
/** A rate a shot: of an hour's fire the last part. */
const MAX_RATES = 5000;

const rate = (last: readonly boolean[]) => last.filter(Boolean).length / last.length;

/** Which player a client is: a server says so at the beginning, and later sends everybody's keys to him but his own. */
function whoHears(heard: Heard, known: number | undefined): number | undefined {
  if (heard.type === "self") return heard.player;
  return known === undefined && heard.type === "player" && !heard.command ? heard.player : undefined;
}

export function countShots(): ShotCounter {
  /** Which player a client is, by its address. */
  const selves = new Map<string, number>();
  const players = new Map<number, Shooter>();

  function shot(player: number): Shooter | undefined {
    const known = players.get(player);
    if (!known && players.size === MAX_KNOWN) return undefined;
    const shooter = known ?? { player, shots: 0, hits: 0, rates: [], last: [] };
    players.set(player, shooter);
    shooter.shots += 1;
    shooter.last = [...shooter.last, false].slice(-LAST_SHOTS);
    shooter.rates = [...shooter.rates, rate(shooter.last)].slice(-MAX_RATES);
    return shooter;
  }

  function hit(shooter: Shooter): void {
    shooter.hits += 1;
    shooter.last[shooter.last.length - 1] = true;
    shooter.rates[shooter.rates.length - 1] = rate(shooter.last);
  }

  return {
    players,
    push(frame) {
      const packet = readQuake(frame);
      if (!packet || packet.toServer) return false;
      const client = packet.destination;
      let counted = false;
      let own: Shooter | undefined;
      for (const heard of packet.heard) {
        const is = whoHears(heard, selves.get(client));
        if (is !== undefined && (selves.has(client) || selves.size < MAX_KNOWN)) selves.set(client, is);
        if (heard.type === "beam") {
          const self = selves.get(client);
          own = self !== undefined && heard.entity === self + 1 ? shot(self) : undefined;
          counted ||= own !== undefined;
        } else if (heard.type === "impact") {
          if (own && heard.blood) hit(own);
          own = undefined;
        }
      }
      return counted;
    },
  };
}
