// Small pictures in true colour, and chance that is the same each time. Pure.

import { writer } from "../bytes.mjs";
import { nearest, palette } from "./palette.mjs";

/** A number from 0 to 1 (exclusive) that belongs to these whole numbers. */
export function chance(x, y, seed) {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 0x100000000;
}

const mod = (value, by) => ((value % by) + by) % by;
const smooth = (share) => share * share * (3 - 2 * share);

/** Smooth noise from 0 to 1 with `cells` bumps across `size`, without a seam. */
export function noise(x, y, size, cells, seed) {
  const [u, v] = [(x * cells) / size, (y * cells) / size];
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const [a, b] = [smooth(u - i), smooth(v - j)];
  const at = (di, dj) => chance(mod(i + di, cells), mod(j + dj, cells), seed);
  return (at(0, 0) * (1 - a) + at(1, 0) * a) * (1 - b) + (at(0, 1) * (1 - a) + at(1, 1) * a) * b;
}

/** Noise of several sizes: rough, 0 to 1. */
export function rough(x, y, size, cells, seed) {
  return (
    noise(x, y, size, cells, seed) * 0.5 +
    noise(x, y, size, cells * 2, seed + 1) * 0.3 +
    noise(x, y, size, cells * 4, seed + 2) * 0.2
  );
}

export function mix(from, to, share) {
  return from.map((value, at) => value + (to[at] - value) * share);
}

export function shade(colour, by) {
  return colour.map((value) => value * by);
}

/**
 * A picture of a surface with relief, lit from the upper left.
 * @param {number} width @param {number} height in texels
 * @param {(x: number, y: number) => number} heightAt in texels
 * @param {(x: number, y: number) => number[]} colourAt red, green and blue, or one number: a colour that shines
 */
export function relief(width, height, heightAt, colourAt) {
  const wrapped = (x, y) => heightAt(mod(x, width), mod(y, height));
  return {
    width,
    height,
    texels: Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      const colour = colourAt(x, y);
      if (colour.length === 1) return colour;
      const slope = wrapped(x - 1, y) - wrapped(x + 1, y) + (wrapped(x, y - 1) - wrapped(x, y + 1));
      return shade(colour, Math.max(0.35, Math.min(1.7, 1 - slope * 0.16)));
    }),
  };
}

/**
 * A picture as a texture of a map: four sizes, each texel a colour of the palette.
 * @param {string} name @param {{width: number, height: number, texels: number[][]}} picture
 */
export function mipTexture(name, { width, height, texels }) {
  const out = writer();
  out.text(name, 16);
  out.i32(width);
  out.i32(height);
  let at = 40;
  for (let level = 0; level < 4; level += 1) {
    out.i32(at);
    at += (width >> level) * (height >> level);
  }
  for (let level = 0; level < 4; level += 1) {
    const step = 1 << level;
    for (let y = 0; y < height; y += step) {
      for (let x = 0; x < width; x += step) out.u8(average(texels, width, x, y, step));
    }
  }
  return { name, data: out.done() };
}

/** Shining texels stay shining when most of those that become one are. */
function average(texels, width, left, top, step) {
  const sum = [0, 0, 0];
  const shining = [];
  for (let y = top; y < top + step; y += 1) {
    for (let x = left; x < left + step; x += 1) {
      const texel = texels[y * width + x];
      if (texel.length === 1) shining.push(texel[0]);
      const colour = texel.length === 1 ? palette[texel[0]] : texel;
      for (const each of [0, 1, 2]) sum[each] += colour[each];
    }
  }
  const count = step * step;
  if (shining.length * 2 > count) return shining.sort((a, b) => a - b)[shining.length >> 1];
  return nearest(sum.map((value) => value / count));
}
