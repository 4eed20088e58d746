/** Marks of the strip, 16x16, stroke 1.5: a lock for closed boxes, an open carton for open ones, and the signs. */
import { GLYPHS, type Glyph } from "../protocol/sign.ts";

export interface Icon {
  path: string;
  fill: boolean;
}

export const LOCK: Icon = {
  path: "M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2h.75A1.25 1.25 0 0 1 12.75 8.25v4.5A1.25 1.25 0 0 1 11.5 14h-7a1.25 1.25 0 0 1-1.25-1.25v-4.5A1.25 1.25 0 0 1 4.5 7zM6.75 7h2.5V5a1.25 1.25 0 0 0-2.5 0z",
  fill: true,
};
export const CARTON: Icon = { path: "M1.75 3.25l2 1.75v8.25h8.5V5l2-1.75", fill: false };
export const NO_SIGN: Icon = { path: "M3 3l10 10M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5z", fill: false };

export const signIcon = (glyph: Glyph): Icon => ({ path: GLYPHS[glyph], fill: true });
