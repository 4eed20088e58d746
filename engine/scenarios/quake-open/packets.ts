/**
 * What packets alone tell of lag, in a game of two: when a client's reach the server, how old is what it knew when it fired (each says which
 * of the server's it had last), and how far the other player had gone since. Pure.
 */
import { type QuakePacket, readQuake } from "../../network/index.ts";
import { distance, median, type Place } from "./measure.ts";

/** One move that shoots, as it reaches the server. */
export interface Aim {
  /** How long before that the server had sent what the client knew; milliseconds. */
  age: number;
  /** How far the other one had gone since, in the map's units; left out where he was dead or out of sight. */
  gone?: number;
}

/** What goes over the wire: times in milliseconds. Held up by somebody and put on again, a packet is there twice. */
export interface OnWire {
  time: number;
  bytes: Uint8Array;
}

interface Told {
  time: number;
  /** Of the other player. */
  place?: Place;
  /** The client's own player is dead: his trigger brings him back. */
  dead: boolean;
}

const NUMBERS = /^(\d+).*acknowledges (\d+)$/;
const FIRE = 1;
/** A packet so much later than a move says no more where the other one was then; milliseconds. */
const AFTER_MS = 200;
/** Nobody goes so far: who did came back from the dead. */
const FAR = 600;

/** When each packet of the client at this address reached the server, in order: of one that was held up, when it came on. */
export function arrivals(frames: Iterable<OnWire>, client: string): number[] {
  const times = new Map<string, number>();
  for (const { time, bytes } of frames) {
    const packet = readQuake(bytes);
    // A proxy is a server to somebody else: what it sends him is numbered anew.
    const own = packet?.toServer && packet.source.startsWith(`${client}:`);
    const number = own && NUMBERS.exec(packet.numbers)?.[1];
    if (number) times.set(number, time);
  }
  return [...times.values()].toSorted((a, b) => a - b);
}

/** The part of the time in which nothing came for at least so long, of the time between first and last. */
export function silentPart(times: readonly number[], longMs: number): number {
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
  const sum = (list: readonly number[]) => list.reduce((all, each) => all + each, 0);
  return gaps.length === 0 ? 0 : sum(gaps.filter((each) => each >= longMs)) / sum(gaps);
}

/**
 * The shooting moves of the client at this address, in order. The server's packets count as they were sent, the client's as they arrive.
 */
export function aimsOf(frames: Iterable<OnWire>, client: string): Aim[] {
  const told = new Map<number, Told>();
  const moves = new Map<number, { time: number; knew: number }>();
  for (const { time, bytes } of frames) {
    const packet = readQuake(bytes);
    const [, number, knew] = (packet && NUMBERS.exec(packet.numbers)) ?? [];
    if (!packet || number === undefined) continue;
    const key = Number(number);
    if (packet.source.startsWith(`${client}:`)) {
      const shoots = packet.heard.some((each) => each.type === "move" && (each.command.buttons & FIRE) !== 0);
      if (shoots) moves.set(key, { time, knew: Number(knew) });
    } else if (packet.destination.startsWith(`${client}:`) && !told.has(key)) {
      told.set(key, { time, ...players(packet) });
    }
  }
  const inOrder = [...told.values()];
  let next = 0;
  return [...moves.values()].flatMap(({ time, knew }) => {
    const known = told.get(knew);
    while ((inOrder[next]?.time ?? Number.POSITIVE_INFINITY) < time) next++;
    const now = inOrder[next];
    if (!known || known.dead) return [];
    const age = time - known.time;
    if (!known.place || !now?.place || now.time > time + AFTER_MS) return [{ age }];
    const gone = distance(known.place, now.place);
    return [gone <= FAR ? { age, gone } : { age }];
  });
}

/** Of the others the server says what they do as well; of oneself where one is. */
function players({ heard }: QuakePacket): Omit<Told, "time"> {
  const found: Omit<Told, "time"> = { dead: false };
  for (const each of heard) {
    if (each.type !== "player") continue;
    if (each.command === undefined) found.dead = each.dead;
    else if (!each.dead) found.place = each.place;
  }
  return found;
}

/** The middle one of the ages, the mean of the ways, and of how many shots that is. */
export function typical(aims: readonly Aim[]): { age: number; gone: number; shots: number } {
  const gone = aims.flatMap((each) => (each.gone === undefined ? [] : [each.gone]));
  const mean = gone.reduce((sum, each) => sum + each, 0) / gone.length;
  return { age: median(aims.map(({ age }) => age)), gone: mean, shots: gone.length };
}
