/**
 * What the measurements have in common: opening, starting and stopping boxes on both pages, and turns. Variants that are
 * compared take turns, so that a machine that grows slower meanwhile slows all of them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { step } from "./pages.mjs";

export const BOOT_MS = 60_000;
export const STEP_MS = 90_000;

export const fourOf = (image) => [1, 2, 3, 4].map((number) => ({ name: `${image}-${number}`, image }));

/** A lab with one machine, whose boxes are off. */
export const openLab = (terra, boxes) =>
  step(
    terra.page.evaluate((list) => window.bench.open(list), boxes),
    "opening a lab",
    STEP_MS,
  );
export const bootTerra = (terra, names, until = "sign") =>
  step(
    terra.page.evaluate(
      ([list, how, ms]) => Promise.all(list.map((name) => window.bench.boot(name, how, ms))),
      [names, until, BOOT_MS],
    ),
    `starting ${names.join(", ")}`,
    STEP_MS,
  );
export const offTerra = (terra) =>
  step(
    terra.page.evaluate((ms) => window.bench.off(ms), BOOT_MS),
    "switching boxes off",
  );
export const bootBare = (bare, images, until = "sign", jit = "late") =>
  step(
    bare.page.evaluate(
      ([list, how, when, ms]) => Promise.all(list.map((image) => window.bare.boot(image, how, when, ms))),
      [images, until, jit, BOOT_MS],
    ),
    `starting bare v86 (${images.join(", ")})`,
    STEP_MS,
  );
export const offBare = (bare) =>
  step(
    bare.page.evaluate(() => window.bare.stop()),
    "stopping bare v86",
  );

/** What a box leaves behind (its worker's end, its memory) must not be charged to whoever comes next. */
const PAUSE_MS = 700;

/**
 * Runs each variant once per round, in an order that is shuffled anew for each round: a rotated one would always give a
 * variant the same predecessor.
 * @param {number} rounds
 * @param {Record<string, () => Promise<void>>} variants
 * @param {(what: string) => void} tell
 */
export async function takeTurns(rounds, variants, tell) {
  const names = Object.keys(variants);
  for (let round = 0; round < rounds; round++) {
    for (let at = names.length - 1; at > 0; at--) {
      const other = Math.floor(Math.random() * (at + 1));
      [names[at], names[other]] = [names[other], names[at]];
    }
    for (const name of names) {
      tell(`${round + 1}/${rounds} ${name}`);
      await variants[name]();
      await sleep(PAUSE_MS);
    }
  }
}

export const seconds = (values) => values.map((ms) => ms / 1000);
