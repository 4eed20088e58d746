/** The lesson as somebody hears it who does not see it: what its live region says. */
import type { Page } from "@playwright/test";
import { expect } from "./support.ts";

export const live = (page: Page) => page.locator("[data-live=step]");

/** Waits until the step with this number has ended; what is said of it then. */
export async function outcome(page: Page, number: number, timeout = 200_000): Promise<string> {
  const ended = new RegExp(`Step ${number} of \\d+\\. .* (As expected|Not as expected|Did not come to an end)\\.`, "s");
  await expect(live(page)).toHaveText(ended, { timeout });
  return (await live(page).textContent()) ?? "";
}

/** Everything that the live region says from now on, in order. */
export async function listen(page: Page): Promise<() => Promise<string[]>> {
  await live(page).evaluate((region) => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    new MutationObserver(() => heard.push(region.textContent ?? "")).observe(region, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  return () => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
}

/** What was said of each step's outcome, by its number. */
export function outcomes(heard: readonly string[]): Map<number, string> {
  const found = new Map<number, string>();
  for (const words of heard) {
    for (const [, number, rest] of words.matchAll(/Step (\d+) of \d+\. (.*?)(?=Step \d+ of \d+\. |$)/gs)) {
      if (rest?.includes("Observed: ")) found.set(Number(number), rest.trim());
    }
  }
  return found;
}
