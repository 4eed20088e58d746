/**
 * What the game's server wrote to its log, counted: shots, hits, frags of each player, and the hit rate as it changes. The rules print the
 * lines (docs/formats.md, "The game's log"); everything else that stands in a log is passed over. Pure.
 */

/** The hit rate is that of so many last shots. */
export const LAST_SHOTS = 20;

export interface Score {
  shots: number;
  hits: number;
  frags: number;
  deaths: number;
  /** Hits among the last LAST_SHOTS shots, 0 to 1, after each shot; oldest first. */
  rates: readonly number[];
}

export interface ScoreKeeper {
  /** A further piece of the log, as it came; a line may come in pieces. Says whether anything was counted. */
  push(text: string): boolean;
  readonly players: ReadonlyMap<string, Score>;
}

interface Player {
  shots: number;
  hits: number;
  frags: number;
  deaths: number;
  rates: number[];
  /** Did the last shots hit; the newest is last. */
  last: boolean[];
}

/** Names on a server that anybody can join; a longer list is nobody's game. */
const MAX_PLAYERS = 32;
/** A rate a shot: of an hour's fire the last part. */
const MAX_RATES = 5000;
/** A longer line is none of the rules'. */
const MAX_LINE = 400;

const rate = (last: readonly boolean[]) => last.filter(Boolean).length / last.length;

export function keepScore(): ScoreKeeper {
  const players = new Map<string, Player>();
  let begun = "";

  function player(name: string): Player | undefined {
    const known = players.get(name);
    if (known || players.size === MAX_PLAYERS) return known;
    const made: Player = { shots: 0, hits: 0, frags: 0, deaths: 0, rates: [], last: [] };
    players.set(name, made);
    return made;
  }

  function count(line: string): boolean {
    const [, what, name = "", other] = /terra: (shot|hit|frag|join) (\S+)(?: (\S+))?/.exec(line) ?? [];
    const one = what === undefined ? undefined : player(name);
    if (!one) return false;
    switch (what) {
      case "shot":
        one.shots += 1;
        one.last = [...one.last, false].slice(-LAST_SHOTS);
        one.rates = [...one.rates, rate(one.last)].slice(-MAX_RATES);
        break;
      case "hit":
        // It stands behind its shot.
        one.hits += 1;
        one.last[one.last.length - 1] = true;
        one.rates[one.rates.length - 1] = rate(one.last);
        break;
      case "frag": {
        one.frags += 1;
        const dead = other === undefined ? undefined : player(other);
        if (dead) dead.deaths += 1;
        break;
      }
    }
    return true;
  }

  return {
    players,
    push(text) {
      const lines = `${begun}${text}`.split("\n");
      begun = (lines.pop() ?? "").slice(-MAX_LINE);
      return lines.map(count).some(Boolean);
    },
  };
}
