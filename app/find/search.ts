/** Which of the things that can be found fit what is written, best first. Pure; it never says what becomes of one. */
import type { Message } from "../../engine/lab/api.ts";

export type Group = "boxes" | "digests" | "messages" | "steps" | "labs" | "commands";

/** In this order they stand. */
export const GROUPS: readonly Group[] = ["boxes", "digests", "steps", "labs", "commands", "messages"];

export interface Thing {
  key: string;
  group: Group;
  title: string;
  /** What tells it from others of its title. */
  detail: string;
  /** Whole, if it is found by one. */
  digest?: string;
  go(): void;
}

/** Four hexadecimal digits or more: the beginning of a digest. */
const DIGITS = /^[0-9a-f]{4,64}$/;

/** A digest as it stands on the page is meant as a whole one: "71c0…8e2d". */
function digits(query: string): { start: string; end: string } | null {
  const [start = "", end = "", ...more] = query.split("…");
  if (!DIGITS.test(start) || more.length > 0 || !/^[0-9a-f]*$/.test(end)) return null;
  return { start, end };
}

const fitsDigest = (digest: string, { start, end }: { start: string; end: string }) =>
  digest.startsWith(start) && digest.endsWith(end);

const WHOLE = /\b[0-9a-f]{64}\b/g;

/** Digests in a message's words that begin so. */
export function digestIn(summary: string, query: string): string | undefined {
  const wanted = digits(query.trim().toLowerCase());
  return wanted ? summary.match(WHOLE)?.find((digest) => fitsDigest(digest, wanted)) : undefined;
}

/** 0: not at all. A title that begins so is more than a word in it, and that more than a piece of one, or of its detail. */
function rank({ title, detail, digest }: Thing, words: readonly string[]): number {
  const name = title.toLowerCase();
  const all = `${name} ${detail.toLowerCase()}`;
  let sum = 0;
  for (const word of words) {
    const wanted = digits(word);
    if (digest !== undefined && wanted && fitsDigest(digest, wanted)) sum += 4;
    else if (name.startsWith(word)) sum += 4;
    else if (` ${name.replace(/[/’,-]/g, " ")}`.includes(` ${word}`)) sum += 3;
    else if (name.includes(word)) sum += 2;
    else if (all.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

/** At most `most` of each group; without a word everything but digests fits. */
export function found(things: readonly Thing[], query: string, most: number): Thing[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return GROUPS.flatMap((group) => {
    const those = things.filter((thing) => thing.group === group);
    if (words.length === 0) return group === "digests" ? [] : those.slice(0, most);
    return those
      .map((thing) => ({ thing, at: rank(thing, words) }))
      .filter(({ at }) => at > 0)
      .sort((a, b) => b.at - a.at)
      .slice(0, most)
      .map(({ thing }) => thing);
  });
}

/** Messages in which all words stand, newest first; digits also as the beginning of a digest. */
export function messagesWith(messages: readonly Message[], query: string, most: number): Message[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const some: Message[] = [];
  for (let at = messages.length - 1; at >= 0 && some.length < most; at -= 1) {
    const message = messages[at];
    if (!message) continue;
    const text =
      `${message.kind} ${message.from} ${message.to} ${message.outcome ?? ""} ${message.summary}`.toLowerCase();
    if (words.every((word) => text.includes(word) || digestIn(message.summary, word) !== undefined)) some.push(message);
  }
  return some;
}
