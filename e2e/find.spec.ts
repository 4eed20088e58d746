/** Find, by keyboard alone: what is found is gone to where it is. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./support.ts";

test("boxes, digests, messages, steps and commands are found and gone to by keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto("./");
  await expect(page.getByText("As expected").first()).toBeVisible({ timeout: 60_000 });
  const field = page.getByRole("combobox", { name: /^Boxes, digests/ });
  const active = page.locator('.find [role="option"][aria-selected="true"]');
  const find = async (query: string) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type(query);
    await expect(field).toHaveValue(query);
  };

  // A disk's root, by five digits that nothing else begins with.
  const root = await page.evaluate(async () => {
    const tree = await window.terra.lab?.vm("alice/hello").measurements({ depth: 5 });
    const walk = (node: typeof tree): string | undefined =>
      node?.kind === "disk" ? node.digest : node?.children?.map(walk).find((digest) => digest !== undefined);
    return walk(tree) ?? "";
  });
  expect(root).toMatch(/^[0-9a-f]{64}$/);
  await find(root.slice(0, 12));
  await expect(active).toContainText("alice/hello disk boot");
  const { violations } = await new AxeBuilder({ page }).include(".find").analyze();
  expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(page.locator(`#lens .digest[aria-label*="${root}"]`)).toBeFocused();

  // The focus goes back to where it was.
  await find("nothing is called that");
  await expect(page.getByText("Nothing here is called “nothing is called that”", { exact: false })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator(`#lens .digest[aria-label*="${root}"]`)).toBeFocused();

  await find("endorsed for evidence");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "endorse" })).toBeVisible();
  // Escape leaves Find, and not the zoom behind it.
  await find("alice");
  await page.keyboard.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "endorse" })).toBeVisible();

  await find("alice/hello closed");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "hello, closed box, on" })).toBeFocused();

  await find("rewritten to match");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /The descriptor rewritten to match/ })).toBeVisible();

  await find("theme dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  // A box that has the keyboard gets the key.
  await page.keyboard.press("2");
  await page.locator(".xterm-helper-textarea").first().focus();
  await page.keyboard.press("Control+k");
  await expect(field).toHaveCount(0);
});
