/** Checks of what scripts hand in, before anything is asked of a realm. Errors: "bad-argument", naming the value and what would be right. */
import { shown } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";

/** setTimeout fires at once above this. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Milliseconds to wait. Left out: `usual`. Infinity waits as long as a timer can. */
export function timeout(value: unknown, usual: number): number {
  if (value === undefined) return usual;
  if (typeof value !== "number" || Number.isNaN(value) || value < 0) {
    throw new TerraError("bad-argument", `the timeout is ${shown(value)}; it should be a number of milliseconds`);
  }
  return Math.min(value, MAX_TIMEOUT_MS);
}

/** The options of a call: an object, or nothing. */
export function options<T extends object>(value: T | undefined, of: string): T | Record<string, never> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TerraError("bad-argument", `${of} is ${shown(value)}; it should be an object`);
  }
  return value;
}

export function words(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new TerraError("bad-argument", `${what} is ${shown(value)}; it should be text`);
}

/** What a realm's door calls malformed came from a script that handed in something else: for the script a bad argument. */
export async function asArgument<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof TerraError) || error.code !== "malformed") throw error;
    throw new TerraError("bad-argument", error.message.slice("malformed: ".length));
  }
}
