/**
 * The person's sign (paper 2.3, trusted path): a word and a picture that the person at a machine knows and no box does. The TVMM
 * keeps it and has it drawn in the strip; a strip that a box paints into its own picture cannot show it.
 */
import { badArgument, fields, malformed, oneOf } from "./checks.ts";

/** Each picture as a filled path, 16 x 16. */
export const GLYPHS = {
  bird: "M1 12.5c2.2-.2 3.3-1.3 4.2-3.4C6.5 6 8.600 4 11.600 4l3.400-1.200-1.700 2.900c-.3 4.100-2.900 6.800-7.100 6.800z",
  leaf: "M2.500 13.500C2 6.500 6 2.500 13.500 2.500c.5 7.500-3.500 11.500-9.600 10.100L9.500 7l-7 6.500z",
  drop: "M8 1.500c3 4 4.500 6.200 4.500 8.300a4.500 4.500 0 0 1-9 0C3.500 7.700 5 5.500 8 1.500z",
  star: "M8 1.500l1.900 4.300 4.600.5-3.400 3.100.9 4.600L8 11.700 4 14l.9-4.600L1.500 6.300l4.600-.5z",
  moon: "M10.500 1.800A6.400 6.400 0 1 0 14.200 10 5.200 5.200 0 0 1 10.500 1.800z",
  wave: "M1 9c2-4 4-4 7 0s5 4 7 0v4.500H1z",
  flame:
    "M8.500 1.500c.4 3 4 4.300 4 8a4.500 4.500 0 0 1-9 0c0-1.900.9-3 1.900-3.900.2 1 .6 1.600 1.300 1.900-.2-2.500.3-4.500 1.800-6z",
  diamond: "M8 1.500L14 8l-6 6.500L2 8z",
  tree: "M8 1.500L12.500 8h-2l3 4.500H9.250V15h-2.500v-2.500H2.500l3-4.500h-2z",
  house: "M8 1.800L14.500 8H13v6.200H9.500V10h-3v4.200H3V8H1.500z",
  boat: "M8.750 1.500v7.700H14C12.400 6 10.600 3.500 8.750 1.500zM7.250 3.500v5.700H3C4 7 5.500 5 7.250 3.500zM1.500 10.500h13c-.8 2-2.200 3.500-4 3.500h-5c-1.800 0-3.200-1.500-4-3.500z",
  fish: "M1.200 4.500L4.600 7C6 5 8 4 10 4c2.300 0 4 1.600 5 4-1 2.400-2.700 4-5 4-2 0-4-1-5.400-3L1.200 11.500 2.300 8z",
} as const;

export type Glyph = keyof typeof GLYPHS;
export const GLYPH_NAMES = Object.keys(GLYPHS) as Glyph[];

export interface Sign {
  /** 3 to 12 Latin letters. */
  word: string;
  glyph: Glyph;
}

/** What the person's port says of the sign. */
export interface SignStatus {
  sign: Sign | null;
  /** Did the person choose it; otherwise the TVMM drew it by lot. */
  chosen: boolean;
  /** Why there is none. */
  why?: string;
}

/** Latin letters only: two words that look alike are then the same word. */
const WORD = /^\p{Script=Latin}{3,12}$/u;

/** A word as somebody may have typed it. Codes "malformed", "bad-argument". */
export function signWord(raw: unknown, field: string): string {
  const expected = "one word of 3 to 12 letters, without digits, spaces or signs";
  if (typeof raw !== "string") throw malformed(field, raw, expected);
  const word = raw.normalize("NFC");
  if (!WORD.test(word)) throw badArgument(field, raw, expected);
  return word;
}

/** { word, glyph } and nothing else. Codes "malformed", "bad-argument". */
export function parseSign(raw: unknown, field = "sign"): Sign {
  const from = fields(raw, field, ["word", "glyph"]);
  return { word: signWord(from.word, `${field}.word`), glyph: oneOf(from.glyph, `${field}.glyph`, GLYPH_NAMES) };
}

/** In words, for those who do not see it. */
export const signText = (sign: Sign | undefined): string => (sign ? `${sign.word} (${sign.glyph})` : "no sign");
