/** Marks of the strip, 16x16, stroke 1.5: a lock for closed boxes, an open carton for open ones, and the signs. */

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

/** A sign's picture is told by its word, so that the same word always has the same one. */
const SIGNS: string[] = [
  // bird, leaf, drop, star, moon, wave, flame, diamond
  "M1 12.5c2.2-.2 3.3-1.3 4.2-3.4C6.5 6 8.600 4 11.600 4l3.400-1.200-1.700 2.900c-.3 4.100-2.900 6.800-7.100 6.800z",
  "M2.500 13.500C2 6.500 6 2.500 13.500 2.500c.5 7.500-3.500 11.500-9.600 10.100L9.500 7l-7 6.500z",
  "M8 1.500c3 4 4.500 6.200 4.500 8.300a4.500 4.500 0 0 1-9 0C3.500 7.700 5 5.500 8 1.500z",
  "M8 1.500l1.900 4.300 4.600.5-3.400 3.100.9 4.600L8 11.700 4 14l.9-4.600L1.500 6.300l4.600-.5z",
  "M10.500 1.800A6.400 6.400 0 1 0 14.200 10 5.200 5.200 0 0 1 10.500 1.800z",
  "M1 9c2-4 4-4 7 0s5 4 7 0v4.500H1z",
  "M8.500 1.500c.4 3 4 4.300 4 8a4.500 4.500 0 0 1-9 0c0-1.900.9-3 1.900-3.900.2 1 .6 1.600 1.300 1.900-.2-2.500.3-4.500 1.800-6z",
  "M8 1.500L14 8l-6 6.500L2 8z",
];

export function signIcon(word: string): Icon {
  let sum = 0;
  for (const character of word) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65521;
  return { path: SIGNS[(sum + 7) % SIGNS.length] ?? "", fill: true };
}
