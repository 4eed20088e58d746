/** Which messages a view of them shows, and what it says of each. Pure. */
import type { Message } from "../../engine/lab/api.ts";
import { shortenDigests } from "../facts/format.ts";
import { CHECKS, type CheckName } from "../verifier/checks.ts";

export interface Filter {
  /** null: every kind. */
  kind: string | null;
  /** Whoever speaks or is spoken to: "alice/hello", "verifier"; null: anybody. */
  end: string | null;
  /** null: any outcome, or none. */
  outcome: "accepted" | "refused" | null;
  /** What stands somewhere in the row, however it is written; empty: anything. */
  text: string;
}

export const NO_FILTER: Filter = { kind: null, end: null, outcome: null, text: "" };

/** The same words for the same filter, so that a view of other messages can be told from one of more. */
export const filterKey = ({ kind, end, outcome, text }: Filter): string =>
  JSON.stringify([kind, end, outcome, text.trim().toLowerCase()]);

function fits(message: Message, { kind, end, outcome }: Filter, wanted: string): boolean {
  if (kind !== null && message.kind !== kind) return false;
  if (outcome !== null && message.outcome !== outcome) return false;
  if (end !== null && message.from !== end && message.to !== end) return false;
  return (
    wanted === "" ||
    message.summary.toLowerCase().includes(wanted) ||
    `${message.kind} ${message.from} ${message.to} ${message.outcome ?? ""}`.includes(wanted)
  );
}

export function filtered(messages: readonly Message[], filter: Filter): readonly Message[] {
  const wanted = filter.text.trim().toLowerCase();
  if (filter.kind === null && filter.end === null && filter.outcome === null && wanted === "") return messages;
  return messages.filter((message) => fits(message, filter, wanted));
}

export interface Counts {
  kinds: readonly (readonly [kind: string, number: number])[];
  ends: readonly (readonly [end: string, number: number])[];
  accepted: number;
  refused: number;
}

/** How many there are of each kind and outcome and at each end, most first. */
export function counts(messages: readonly Message[]): Counts {
  const kinds = new Map<string, number>();
  const ends = new Map<string, number>();
  let accepted = 0;
  let refused = 0;
  const one = (numbers: Map<string, number>, name: string) => numbers.set(name, (numbers.get(name) ?? 0) + 1);
  for (const { kind, from, to, outcome } of messages) {
    one(kinds, kind);
    one(ends, from);
    if (to !== from) one(ends, to);
    if (outcome === "accepted") accepted += 1;
    else if (outcome === "refused") refused += 1;
  }
  const sorted = (numbers: Map<string, number>) => [...numbers].sort((a, b) => b[1] - a[1]);
  return { kinds: sorted(kinds), ends: sorted(ends), accepted, refused };
}

/** Where the message of that number stands, or would: numbers only grow. */
function place(messages: readonly Message[], sequence: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.sequence ?? 0) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** -1 if it is not among them. */
export function indexOf(messages: readonly Message[], sequence: number | null): number {
  if (sequence === null) return -1;
  const at = place(messages, sequence);
  return messages[at]?.sequence === sequence ? at : -1;
}

/** How many of the older list the newer one has lost at its front. */
export function lost(older: readonly Message[], newer: readonly Message[]): number {
  const first = newer[0];
  return first ? place(older, first.sequence) : 0;
}

/** A message in two parts: its kind, in the words of the summary where those begin with it, and the rest; digests short. */
export function words({ kind, summary }: Message): { head: string; rest: string } {
  const short = shortenDigests(summary);
  if (!short.toLowerCase().startsWith(kind)) return { head: kind, rest: short };
  return { head: short.slice(0, kind.length), rest: short.slice(kind.length).replace(/^[:,]?\s*/, "") };
}

export interface Failure {
  /** Number of the check that failed, from 1. */
  at: number;
  check: string;
  why: string;
}

/** Where an appraisal failed; null: it did not, or it is none. */
export function failureOf({ kind, outcome, summary }: Message): Failure | null {
  if (kind !== "appraisal" || outcome !== "refused") return null;
  const [, check = "", why = ""] = /^refused at ([a-z]+): (.*)$/s.exec(summary) ?? [];
  const at = CHECKS.indexOf(check as CheckName) + 1;
  return at === 0 ? null : { at, check, why: shortenDigests(why) };
}

/** Bytes as text if that is what they are: UTF-8 without control characters. */
export function asText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells text from bytes
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}
