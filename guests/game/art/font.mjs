// The letters on the screen and on signs, drawn in font.txt: bands of 16 letters from the space on, each five texels wide and
// seven high. Pure but for reading that file.

import { readFileSync } from "node:fs";

const [FIRST, PER_BAND, WIDTH, HEIGHT] = [32, 16, 5, 7];
const CELL = 8;
const SIZE = 128;
/** A bright grey of the palette. */
const INK = 14;

const bands = readFileSync(new URL("font.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n\n")
  .map((band) => band.split("\n").map((line) => line.split(" ")));

/** Whether a letter has ink at a texel of its cell of 8 by 8. @param {number} code its ASCII number */
export function inked(code, x, y) {
  const number = code - FIRST;
  if (x < 1 || x > WIDTH || y >= HEIGHT) return false;
  return bands[Math.floor(number / PER_BAND)]?.[y][number % PER_BAND]?.[x - 1] === "#";
}

/** gfx/font.lmp: 128 by 128, a cell of 8 by 8 for each of 256 numbers; 0 is no ink. */
export function fontLump() {
  return Uint8Array.from({ length: SIZE * SIZE }, (_, at) => {
    const [x, y] = [at % SIZE, Math.floor(at / SIZE)];
    const code = Math.floor(y / CELL) * PER_BAND + Math.floor(x / CELL);
    return inked(code, x % CELL, y % CELL) ? INK : 0;
  });
}
