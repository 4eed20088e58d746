/** Scenario `quake-open` on real guests, as far as a test can wait for it: lab and lesson come up, and two players join the game. */
import { outcome } from "./lesson.ts";
import { expect, test } from "./support.ts";

// Seven boxes on three machines start.
test.setTimeout(600_000);

test("the open game: two players join a server, and the wire tells everybody", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto("./#/quake-open");
  expect(await outcome(page, 1, 400_000)).toMatch(/Red and blue are in the game\..* As expected\.$/s);
  // What they shoot is counted from the packets on the wire.
  await expect(page.getByRole("region", { name: "Hit rate" }).getByRole("img")).toBeVisible({ timeout: 120_000 });
  expect(errors).toEqual([]);
});
