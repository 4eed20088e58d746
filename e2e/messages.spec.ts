/** Messages and the verifier on the page: a real lab's messages filtered, selected, opened and many; a policy that is edited. */
import { execFileSync } from "node:child_process";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./support.ts";

/** Of the lens, or the zoom in its place. */
async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include("#lens").analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

async function openHello(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto("./");
  await expect(page.getByText("As expected").first()).toBeVisible({ timeout: 60_000 });
}

/** Appraises evidence of the closed box by a script, as a lesson's step does. */
const appraised = (page: Page) =>
  page.evaluate(async () => {
    const nonce = window.terra.nonce();
    const evidence = await window.terra.lab?.vm("alice/hello").evidence(nonce);
    if (!evidence) throw new Error("no lab is open");
    return (await window.terra.appraise(evidence, nonce)).accepted;
  });

/** So many calls that the TVMM refuses; each becomes a message. */
const refusals = (page: Page, number: number) =>
  page.evaluate(async (wanted) => {
    const management = window.terra.lab?.platform("alice").management;
    await Promise.allSettled(Array.from({ length: wanted }, () => management?.off("nobody")));
  }, number);

test("messages are filtered, selected in both views, opened by keyboard, and drawn only where they are seen", async ({
  page,
}) => {
  await openHello(page);
  expect(await appraised(page)).toBe(true);
  await page.keyboard.press("3");
  const rows = page.getByRole("listbox", { name: "Messages" });
  const selected = rows.locator('[aria-selected="true"]');

  await page.keyboard.press("/");
  await page.keyboard.type("is ENDORSED for");
  await expect(rows.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(rows).toBeFocused();
  await page.keyboard.press("End");
  await expect(selected).toContainText("is endorsed for evidence");
  await page.getByRole("button", { name: "List", exact: true }).click();
  await expect(selected).toContainText("is endorsed for evidence");
  await page.getByRole("textbox", { name: "Filter" }).fill("");
  await page.getByRole("radio", { name: /^endorse 2/ }).click();
  await expect(rows.getByRole("option")).toHaveCount(2);
  expect(await seriousFaults(page)).toEqual([]);

  // The request, then the reply: its certificate's fields stand over the very bytes.
  await rows.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Certificate request self-signature verify OK")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByText("2 of 2")).toBeVisible();
  await page.getByRole("button", { name: /^D Subject/ }).click();
  const primary = await page.evaluate(async () => {
    const images = await window.terra.images();
    return images.find(({ id }) => id === "hello")?.primary ?? "";
  });
  const digits = Buffer.from(primary, "latin1").toString("hex");
  const picked = await page.locator(".hex-byte.picked").allTextContents();
  expect(picked.join("")).toContain(digits);
  await expect(page.getByText(`subject=CN=${primary}`)).toBeVisible();
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(rows).toBeFocused();
  await expect(selected).toContainText("is endorsed for evidence");

  await page.getByRole("radio", { name: /^everything/ }).click();
  await refusals(page, 150);
  await expect(page.getByRole("radio", { name: /^power 15/ })).toBeVisible();
  expect(await rows.getByRole("option").count()).toBeLessThan(40);
  // It stands at its end and stays there; elsewhere it stays where it is.
  await rows.focus();
  await page.keyboard.press("End");
  await refusals(page, 5);
  const place = () =>
    rows.evaluate(({ scrollTop, clientHeight, scrollHeight }) => ({
      scrollTop,
      below: scrollHeight - scrollTop - clientHeight,
    }));
  await expect.poll(async () => (await place()).below).toBeLessThan(2);
  await page.keyboard.press("Home");
  await expect.poll(async () => (await place()).scrollTop).toBe(0);
  const number = await rows.getByRole("option").first().getAttribute("id");
  await refusals(page, 5);
  await expect(page.getByRole("radio", { name: /^power 16/ })).toBeVisible();
  expect((await place()).scrollTop).toBe(0);
  expect(await rows.getByRole("option").first().getAttribute("id")).toBe(number);
});

test("the edited policy judges what is asked from the page, and never a script or a step", async ({ page, folder }) => {
  await openHello(page);
  await page.keyboard.press("5");
  const lens = page.getByRole("tabpanel");
  await lens.getByRole("button", { name: "Challenge hello" }).click();
  await expect(lens.getByText("Accepted", { exact: true })).toBeVisible();
  await expect(lens.getByRole("cell", { name: "passed" })).toHaveCount(9);

  await lens.getByRole("checkbox", { name: "Terra TVMM" }).uncheck();
  await expect(lens.getByText("The policy was edited since.")).toBeVisible();
  await lens.getByRole("button", { name: "Appraise again" }).click();
  await expect(lens.getByText("by the edited policy")).toBeVisible();
  await expect(lens.getByText("first failure: 7, tvmm")).toBeVisible();
  await expect(page.locator('[data-anchor="alice/tvmm"]').getByText("refused")).toBeVisible();
  expect(await seriousFaults(page)).toEqual([]);

  // The lesson's own next step goes by the lab's policy.
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  await expect(page.getByText(/Accepted after 9 of 9 checks/).first()).toBeVisible({ timeout: 60_000 });
  expect(await appraised(page)).toBe(true);
  await expect(lens.getByText("by the edited policy")).toHaveCount(0);
  await expect(page.locator('[data-anchor="alice/tvmm"]').getByText("refused")).toHaveCount(0);

  // The digest alone is enough once it is listed; a version is not accepted that is none.
  await lens
    .getByRole("checkbox", { name: /^digest .* in the evidence/ })
    .nth(2)
    .check();
  await lens.getByRole("button", { name: "Challenge hello" }).click();
  await expect(lens.getByText("by the edited policy")).toBeVisible();
  await expect(lens.getByText("Accepted", { exact: true })).toBeVisible();
  await lens.getByLabel("Least version of Terra loader").fill("one");
  await lens.getByRole("button", { name: "Appraise again" }).click();
  await expect(lens.getByText("bad-argument")).toBeVisible();
  await lens.getByRole("button", { name: "Back to the lab’s policy" }).click();
  await lens.getByRole("button", { name: "Appraise again" }).click();
  await expect(lens.getByText("Accepted", { exact: true })).toBeVisible();
  await expect(lens.getByText("by the edited policy")).toHaveCount(0);

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save evidence" }).click();
  await (await saved).saveAs(`${folder}/evidence.tar`);
  const said = execFileSync("sh", ["-ec", "tar xf evidence.tar && sh check.sh"], { cwd: folder, encoding: "utf8" });
  expect(said).toContain("vm.pem: OK");
  expect(said).toContain("Verified OK");
});
