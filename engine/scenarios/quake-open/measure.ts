/** What the server's log says of a game (docs/formats.md, "The game's log"), counted. Pure. */

/** What a hit rate is made of. */
export interface Shots {
  shots: number;
  hits: number;
}

/** One player's part. */
export interface Played extends Shots {
  /** Dealt to others. */
  damage: number;
  frags: number;
  /** Hits that others landed on him, and what they cost him. */
  taken: number;
  suffered: number;
}

const nothing = (): Played => ({ shots: 0, hits: 0, damage: 0, frags: 0, taken: 0, suffered: 0 });

/** By name: everybody of whom the lines say something. Lines of other kinds are passed over. */
export function countPlay(log: string): Map<string, Played> {
  const players = new Map<string, Played>();
  const of = (name: string): Played => {
    const known = players.get(name) ?? nothing();
    players.set(name, known);
    return known;
  };
  for (const [, what, who = "", whom = "", damage] of log.matchAll(
    /terra: (shot|hit|frag) (\S+)(?: (\S+))?(?: +([\d.]+))?/g,
  )) {
    if (what === "shot") of(who).shots++;
    else if (what === "frag") of(who).frags++;
    else {
      of(who).hits++;
      of(who).damage += Number(damage);
      of(whom).taken++;
      of(whom).suffered += Number(damage);
    }
  }
  return players;
}

export const playOf = (players: ReadonlyMap<string, Played>, name: string): Played => players.get(name) ?? nothing();

/** Part of the shots that hit. */
export const hitRate = ({ shots, hits }: Shots): number => (shots === 0 ? 0 : hits / shots);

/** What one hit on him cost a player, on average. */
export const costOfHit = ({ taken, suffered }: Played): number => (taken === 0 ? 0 : suffered / taken);

/**
 * By how many standard errors the first one's part of hits is the larger; 0 where nobody shot. Shots of one fight are alike, so chance brings
 * about half as much again as it would to shots that know nothing of each other: `CHANCE` leaves room for that.
 */
export function errorsApart(a: Shots, b: Shots): number {
  if (a.shots === 0 || b.shots === 0) return 0;
  const both = (a.hits + b.hits) / (a.shots + b.shots);
  const error = Math.sqrt(both * (1 - both) * (1 / a.shots + 1 / b.shots));
  return error === 0 ? 0 : (a.hits / a.shots - b.hits / b.shots) / error;
}

/** So many standard errors are more than chance. */
export const CHANCE = 4;

export const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;

export type Place = readonly [x: number, y: number, z: number];

/** Where the server itself says a player was, and whether the other one had him in sight. */
export interface Truth {
  /** By the server's clock, to the second: milliseconds since 1970. */
  time: number;
  name: string;
  place: Place;
  /** By the other player's name. */
  sight: Map<string, "sees" | "hidden">;
}

/** The reports of places in a log, in order; what is said of sight belongs to the place before it. */
export function truths(log: string): Truth[] {
  const found: Truth[] = [];
  for (const [, day, hour, what, who = "", rest = ""] of log.matchAll(
    /\[(\S+) (\S+)\] terra: (at|sees|hidden) (\S+) ([^\r\n]*)/g,
  )) {
    if (what === "at") {
      const [x = Number.NaN, y = Number.NaN, z = Number.NaN] = (/^'([-\d. ]+)'/.exec(rest)?.[1] ?? "")
        .trim()
        .split(/ +/)
        .map(Number);
      if (Number.isFinite(x + y + z))
        found.push({ time: Date.parse(`${day}T${hour}Z`), name: who, place: [x, y, z], sight: new Map() });
    } else if (what === "sees" || what === "hidden") {
      const last = found.at(-1);
      if (last?.name === rest.trim()) last.sight.set(who, what);
    }
  }
  return found;
}

export const distance = (a: Place, b: Place): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
