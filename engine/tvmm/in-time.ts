/** Media lie outside the chip and may never answer; no call of the owner's waits for them for ever. */
import { TerraError } from "../protocol/errors.ts";

/** How long a call other than ON waits for media, ms. ON is given up by OFF. */
export const MEDIA_MS = 20_000;

/**
 * How long the TVMM's own start waits for flash and cards together, and then for the sealed blob, ms: the chip gives a stage that
 * shows no sign of life 10 s, and a TVMM without cards is better than none.
 */
export const START_MS = 4000;

/** What `pending` becomes, or "timeout"; whatever it becomes later is of no account. */
export async function inTime<Value>(pending: Promise<Value>, what: string, ms = MEDIA_MS): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TerraError("timeout", `${what} did not answer within ${Math.ceil(ms / 1000)} s`)),
      ms,
    );
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As inTime, for several waits that have so many ms together from now on. */
export function within(ms: number): <Value>(pending: Promise<Value>, what: string) => Promise<Value> {
  const end = performance.now() + ms;
  return (pending, what) => inTime(pending, what, Math.max(0, end - performance.now()));
}
