/** What every browser test needs: the page with its scripting API, and bytes between the page and Node. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test as base, type Page } from "@playwright/test";

/** The page without its lab, for scripts that open their own. */
export const NO_LAB = "./#lab=none";

export const test = base.extend<{ terra: Page; folder: string }>({
  /** A page whose window.terra is there and that has opened no lab. A crash of the page or of a worker fails the test. */
  terra: async ({ page }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(NO_LAB);
    await page.waitForFunction(() => "terra" in window);
    await use(page);
    if (errors.length > 0) throw new Error(`the page threw: ${errors.join("; ")}`);
  },
  /** An empty folder, gone after the test. */
  // biome-ignore lint/correctness/noEmptyPattern: the fixture needs no other one, and Playwright wants a pattern here
  folder: async ({}, use) => {
    const folder = mkdtempSync(path.join(tmpdir(), "terra-e2e-"));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

export { expect } from "@playwright/test";
// Brings the declaration of window.terra along.
export type { Terra } from "../engine/lab/api.ts";

/** Runs a judge from outside the project; its output. Throws with what it said if it fails. */
export function judgeBytes(command: string, args: string[], input: string | Uint8Array = ""): Buffer {
  return execFileSync(command, args, { input, stdio: ["pipe", "pipe", "pipe"] });
}

export function judge(command: string, args: string[], input?: string | Uint8Array): string {
  return judgeBytes(command, args, input).toString("utf8");
}

export function save(folder: string, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Bytes that came out of page.evaluate as a list of numbers. */
export const bytes = (numbers: number[]): Uint8Array => Uint8Array.from(numbers);
