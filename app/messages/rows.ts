/** Which messages a view of them shows, and what it says of each. Pure. */
import type { Message } from "../../engine/lab/api.ts";
import { shortenDigests } from "../facts/format.ts";

export function filtered(messages: readonly Message[], kind: string | null): readonly Message[] {
  return kind === null ? messages : messages.filter((message) => message.kind === kind);
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

/** A byte as it stands in the text beside a dump. */
export function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

export interface HexRow {
  offset: number;
  hex: string;
  text: string;
}

/** One row of a dump. */
export function hexRow(bytes: Uint8Array, offset: number, width: number): HexRow {
  const part = bytes.subarray(offset, offset + width);
  return {
    offset,
    hex: Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(" "),
    text: Array.from(part, printable).join(""),
  };
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
