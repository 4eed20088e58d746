/** Where what a step rests on can be seen: a message, a frame, a digest, a box's console or screen. Pure. */
import type { Message, StepReport } from "../../engine/lab/api.ts";
import { shortDigest } from "../facts/format.ts";
import type { Lens, Zoom } from "../page/page.ts";
import { texts } from "../texts.ts";

export type Target =
  | { kind: "zoom"; zoom: Zoom }
  | { kind: "lens"; lens: Lens; box: string | null; digest: string | null };

export interface Artifact {
  words: string;
  /** Null: it is not there to be seen any more. */
  target: Target | null;
}

export interface Seen {
  messages: readonly Message[];
  /** Boxes by path, and whether there is a console to read. */
  boxes: readonly { path: string; console: boolean }[];
  /** Where the step's markers stand. */
  places: readonly string[];
}

const WORDS = texts.lesson.artifacts;

const lens = (name: Lens, box: string | null, digest: string | null = null): Target => ({
  kind: "lens",
  lens: name,
  box,
  digest,
});

function message(value: string, { messages }: Seen): Artifact {
  const found = messages.find(({ sequence }) => String(sequence) === value);
  if (!found) return { words: WORDS.forgotten(value), target: null };
  return {
    words: WORDS.message(value, found.kind),
    target: { kind: "zoom", zoom: { kind: "message", sequence: found.sequence } },
  };
}

function frame(value: string): Artifact | null {
  const [, wire, number] = /^(\S+) (\d+)$/.exec(value) ?? [];
  if (wire === undefined || number === undefined) return null;
  return {
    words: WORDS.frame(number, wire),
    target: { kind: "zoom", zoom: { kind: "wire", wire, frame: Number(number) } },
  };
}

function digest(value: string): Artifact | null {
  const [, name, hex] = /^(.*) ([0-9a-f]{64})$/.exec(value) ?? [];
  if (name === undefined || hex === undefined) return null;
  return { words: WORDS.digest(name, shortDigest(hex)), target: lens("measurements", null, hex) };
}

const PATH = /^[a-z][\w-]*\/[a-z][\w-]*$/;

/** The excerpt names its box, or stands for what the first box says that the step has marked. */
function boxed(kind: "console" | "screen", value: string, { boxes, places }: Seen): Artifact | null {
  const fits = boxes.filter((box) => kind === "screen" || box.console);
  const path = PATH.test(value) ? value : places.find((place) => fits.some((box) => box.path === place));
  if (path === undefined) return null;
  if (!boxes.some((each) => each.path === path)) return { words: WORDS.gone(WORDS[kind](path)), target: null };
  const box = fits.find((each) => each.path === path);
  if (!box) return null;
  return { words: WORDS[kind](box.path), target: lens(kind === "console" ? "console" : "monitor", box.path) };
}

function artifact({ kind, value }: StepReport["artifacts"][number], seen: Seen): Artifact | null {
  switch (kind) {
    case "message":
      return message(value, seen);
    case "frame":
      return frame(value);
    case "digest":
      return digest(value);
    case "console":
    case "screen":
      return boxed(kind, value, seen);
    case "figure":
      return { words: value, target: null };
  }
}

/** What a report rests on, each once. */
export function artifacts(report: StepReport, seen: Seen): Artifact[] {
  const all = report.artifacts.map((each) => artifact(each, seen)).filter((each) => each !== null);
  return all.filter(({ words }, index) => all.findIndex((other) => other.words === words) === index);
}
