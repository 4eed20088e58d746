/** Media lie outside the chip and may never answer; no call of the owner's waits for them for ever. */
import { TerraError } from "../protocol/errors.ts";

/** How long a call other than ON waits for media, ms. ON is given up by OFF. */
export const MEDIA_MS = 20_000;

/** What `pending` becomes, or "timeout"; whatever it becomes later is of no account. */
export async function inTime<Value>(pending: Promise<Value>, what: string): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TerraError("timeout", `${what} did not answer within ${MEDIA_MS / 1000} s`)),
      MEDIA_MS,
    );
  });
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(timer);
  }
}
