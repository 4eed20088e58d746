/** The page itself: what a person sees and can do, by mouse and keyboard, on real guests. */
import type { Page } from "@playwright/test";
import { expect, test } from "@playwright/test";
import { seriousFaults } from "./axe.ts";

async function open(page: Page): Promise<string[]> {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto("./");
  await expect(page.getByText("As expected").first()).toBeVisible({ timeout: 60_000 });
  return errors;
}

test("a closed box's canvas is on its monitor and nowhere else, and the page cannot read it", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await open(page);
  await page.keyboard.press("1");
  await expect(page.locator("canvas").first()).toBeVisible();
  // What the page holds is a placeholder: its pixels belong to the worker that draws them.
  const contexts = await page.evaluate(() =>
    [...document.querySelectorAll("canvas")].map((canvas) => {
      try {
        return canvas.getContext("2d") === null ? "none" : "2d";
      } catch (error) {
        return error instanceof Error ? error.name : "error";
      }
    }),
  );
  expect(contexts).toContain("InvalidStateError");
});

test("what is typed on the page's console reaches the open box's shell", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await open(page);
  await page.keyboard.press("2");
  await page.locator(".xterm-helper-textarea").first().focus();
  await page.keyboard.type("echo $((6*7))-from-the-page\n");
  await expect
    .poll(() => page.evaluate(() => window.terra.lab?.vm("alice/pc").console.text()))
    .toContain("42-from-the-page");
});

test("a browser without a needed feature is told which", async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "OffscreenCanvas"));
  await page.goto("./");
  await expect(page.getByText(/OffscreenCanvas/)).toBeVisible();
  expect(await seriousFaults(page)).toEqual([]);
});

test("a window that is too narrow is told so", async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 700 });
  await page.goto("./");
  await expect(page.getByRole("heading", { name: "Terra Lab needs a wider window" })).toBeVisible();
});

test("the site works below any path of a plain server", async ({ browser }) => {
  const { serve } = await import("../tools/serve.mjs");
  const site = await serve({ port: 0, base: "/some/where/" });
  const page = await browser.newPage();
  await page.goto(`${site.address}#lab=none`);
  await page.waitForFunction(() => "terra" in window);
  const accepted = await page.evaluate(async () => {
    const lab = await window.terra.open("hello");
    const nonce = window.terra.nonce();
    return (await window.terra.appraise(await lab.vm("alice/hello").evidence(nonce), nonce)).accepted;
  });
  expect(accepted).toBe(true);
  await page.close();
  await site.close();
});
