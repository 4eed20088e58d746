/** Which messages a view of them shows, and what it says of each. Pure. */
import type { Message } from "../../engine/lab/api.ts";
import { shortenDigests } from "../facts/format.ts";

export interface Filter {
  /** null: every kind. */
  kind: string | null;
  /** null: any outcome, or none. */
  outcome: "accepted" | "refused" | null;
}

export function filtered(messages: readonly Message[], { kind, outcome }: Filter): readonly Message[] {
  if (kind === null && outcome === null) return messages;
  return messages.filter(
    (message) => (kind === null || message.kind === kind) && (outcome === null || message.outcome === outcome),
  );
}

/** Kinds with their numbers, most first. */
export function kinds(messages: readonly Message[]): [kind: string, number: number][] {
  const numbers = new Map<string, number>();
  for (const { kind } of messages) numbers.set(kind, (numbers.get(kind) ?? 0) + 1);
  return [...numbers].sort((a, b) => b[1] - a[1]);
}

/** A message in two parts: its kind, in the words of the summary where those begin with it, and the rest; digests short. */
export function words({ kind, summary }: Message): { head: string; rest: string } {
  const short = shortenDigests(summary);
  if (!short.toLowerCase().startsWith(kind)) return { head: kind, rest: short };
  return { head: short.slice(0, kind.length), rest: short.slice(kind.length).replace(/^[:,]?\s*/, "") };
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
