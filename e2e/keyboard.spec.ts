/**
 * The lessons by keyboard alone, as somebody plays them who does not see the page: labs opened from the menu, steps run by keys,
 * outcomes read from the live region. No pointer; scripts only look.
 */
import type { Page } from "@playwright/test";
import { listen, live, outcome, outcomes } from "./lesson.ts";
import { openPlayers } from "./players.ts";
import { expect, NO_LAB, test } from "./support.ts";

// Guests boot many times over in these.
test.setTimeout(600_000);
test.use({ viewport: { width: 1280, height: 720 } });

const key = (page: Page, ...keys: string[]) =>
  keys.reduce((before, each) => before.then(() => page.keyboard.press(each)), Promise.resolve());

/** What has the focus, as a screen reader names it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const by = document.getElementById(element?.getAttribute("aria-labelledby") ?? "");
    const around = by ?? element?.closest("label") ?? element;
    const label = element?.getAttribute("aria-label") ?? around?.textContent;
    return `${element?.tagName.toLowerCase()} ${label?.trim() ?? ""}`;
  });

/** Tab until the focus is on what is named so. */
async function tabTo(page: Page, name: RegExp, by = "Tab"): Promise<void> {
  const seen: string[] = [];
  for (let at = 0; at < 150; at += 1) {
    await key(page, by);
    const here = await focused(page);
    if (name.test(here)) return;
    seen.push(here);
  }
  throw new Error(`${by} never came to ${name.source}, only to ${seen.join("; ")}`);
}

/** Opens a lab from the menu, by the first letters of its name; everything that the page throws from then on. What an emulator says when it gives up, as a step wants it to, is no such thing. */
async function openByKeys(page: Page, letters: string): Promise<string[]> {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(NO_LAB);
  await tabTo(page, /^select Lab/);
  await page.keyboard.type(letters);
  // The menu takes letters as its own as long as it has the focus.
  await key(page, "F6");
  return errors;
}

/** What each step of the lesson rests on is there: opened one after the other, by Enter. */
async function restsOnSomething(page: Page, steps: number): Promise<void> {
  await page.getByRole("button", { name: "Show the steps that are done" }).press("Enter");
  for (let at = 1; at <= steps; at += 1) {
    const line = page.locator("button.step-line", { has: page.getByText(String(at), { exact: true }) });
    await line.press("Enter");
    await expect(page.locator(".step-open .step-number")).toHaveText(String(at));
    expect.soft(await page.locator(".step-open .rests-on > *").count(), `step ${at}`).toBeGreaterThan(0);
  }
}

function allAsExpected(said: Map<number, string>, steps: number): void {
  expect([...said.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: steps }, (_, index) => index + 1));
  for (const [number, words] of said) {
    expect.soft(words, `step ${number}`).toMatch(/Observed: \S.* As expected\.$/s);
  }
}

async function lensesAndZooms(page: Page): Promise<void> {
  for (const [index, name] of ["Monitor", "Console", "Messages", "Measurements", "Verifier"].entries()) {
    await key(page, String(index + 1));
    await expect(page.getByRole("tab", { name: new RegExp(name) })).toHaveAttribute("aria-selected", "true");
  }
  const frame = page.locator(".page");
  for (const [sign, detent] of [
    ["]", "tall"],
    ["[", "half"],
    ["[", "closed"],
    ["]", "half"],
  ] as const) {
    await key(page, sign);
    await expect(frame).toHaveAttribute("data-detent", detent);
  }
  await key(page, "f");
  await expect(page.getByRole("region", { name: "Full size" })).toBeFocused();
  await key(page, "Escape");
  await expect(page.getByRole("region", { name: "Full size" })).toHaveCount(0);
  const back = page.getByRole("button", { name: "Back to the lesson’s view" });
  await key(page, "4");
  await expect(back).toBeVisible();
}

async function stageByArrows(page: Page): Promise<void> {
  for (const name of ["Lesson", "Machines", "Measurements", "Lenses", "Lesson", "Machines"]) {
    await key(page, "F6");
    expect(await focused(page), "F6").toMatch(new RegExp(`^\\S+ ${name}`));
  }
  await key(page, "ArrowRight");
  expect(await focused(page)).toMatch(/^button pc, open box, on/);
  await key(page, "m");
  await expect
    .poll(() => page.evaluate(() => window.terra.lab?.platform("alice").display.focused()))
    .toMatchObject({
      vm: await page.evaluate(() => window.terra.lab?.vm("alice/pc").id),
    });
  await key(page, "i");
  await expect(page.getByRole("region", { name: "Tools on alice/pc" })).toBeFocused();
  await key(page, "Escape", "F6", "Shift+F6");
  await key(page, "F6", "F6");
  await tabTo(page, /^button hello, closed box/, "ArrowRight");
  await key(page, "Enter");
  await expect(page.getByRole("tab", { name: "Monitor" })).toHaveAttribute("aria-selected", "true");
}

/** Keys are a console's as long as it has the keyboard, and single letters nobody's once they are switched off. */
async function nothingStolen(page: Page): Promise<void> {
  const before = await live(page).textContent();
  await key(page, "2");
  await expect(page.getByRole("tab", { name: "Console" })).toHaveAttribute("aria-selected", "true");
  await page.locator(".xterm-helper-textarea").first().focus();
  await page.keyboard.type("echo nb[]?345\n");
  await expect
    .poll(() => page.evaluate(() => window.terra.lab?.vm("alice/pc").console.text()))
    .toMatch(/echo nb\[\]\?345\s+nb\[\]\?345/);
  await key(page, "F6");
  await expect(page.locator(".xterm-helper-textarea").first()).toBeFocused();
  await key(page, "Control+Alt+Enter");
  await expect(page.locator(".xterm-helper-textarea").first()).not.toBeFocused();

  await key(page, "?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await expect(sheet).toBeVisible();
  await tabTo(page, /^input Single letters/);
  await key(page, "Space", "Escape");
  await expect(sheet).toHaveCount(0);
  await key(page, "n", "b", "1", "?", "]");
  expect(await live(page).textContent()).toBe(before);
  await expect(page.getByRole("tab", { name: "Console" })).toHaveAttribute("aria-selected", "true");
  // It stays so for the next visit; the button in the top bar is the way back.
  expect(await page.evaluate(() => localStorage.getItem("terra-lab.letters"))).toBe("off");
  await page.getByRole("button", { name: "Keys of this page" }).press("Enter");
  await tabTo(page, /^input Single letters/);
  await key(page, "Space", "Escape");
  // The page has its keys back once the sheet is gone, which is a moment after Escape.
  await expect(sheet).toHaveCount(0);
}

test("hello: step by step with guesses, lenses and zooms by keys, and back to a step's start", async ({ page }) => {
  const errors = await openByKeys(page, "A m");
  const said = new Map([[1, await outcome(page, 1)]]);
  // The first press opens a step, the second runs it; what should happen is told once somebody has guessed.
  await key(page, "n");
  await expect(live(page)).toHaveText(/^Step 2 of 13\. The closed box proves what it is\.$/);
  await expect(page.getByText(/^Expected · /)).toHaveCount(0);
  await tabTo(page, /^input It accepts/);
  await key(page, "Space");
  await expect(page.getByText(/^Expected · /)).toBeVisible();
  await key(page, "n");
  said.set(2, await outcome(page, 2));
  await expect(page.locator(".step-facts")).toContainText("Your guessIt accepts.");

  await test.step("what it rests on leads to the message, and back", async () => {
    await tabTo(page, /^button message \d+, evidence/);
    await key(page, "Enter");
    await expect(page.getByRole("region", { name: "Messages" })).toBeFocused();
    await expect(page.getByRole("button", { name: "Back to the lesson’s view" })).toBeVisible();
    await key(page, "Escape");
    expect(await focused(page)).toMatch(/^button message \d+, evidence/);
  });
  await test.step("lenses, detents and full size", () => lensesAndZooms(page));
  await test.step("regions, and the boxes on the stage", () => stageByArrows(page));
  await test.step("no key is stolen", () => nothingStolen(page));

  await test.step("back to the step's start, and to that of the one before, for real", async () => {
    const opened = () => page.evaluate(() => Object.assign(globalThis, { before: window.terra.lab }) && true);
    const same = () => page.evaluate(() => (globalThis as unknown as { before: unknown }).before === window.terra.lab);
    await opened();
    await key(page, "b");
    await expect(live(page)).toHaveText(/^Step 2 of 13\. .*machines are as the step left them/);
    expect(await same()).toBe(true);
    await key(page, "b");
    await expect(live(page)).toHaveText(/^Step 1 of 13\. .*The lab was opened anew\.$/, { timeout: 60_000 });
    expect(await same()).toBe(false);
    await key(page, "n");
    said.set(1, await outcome(page, 1));
  });

  const heard = await listen(page);
  // On a button the space bar would be the button's.
  await key(page, "F6", "Space");
  await outcome(page, 13);
  allAsExpected(new Map([...said, ...outcomes(await heard())]), 13);
  await expect(page.getByText("13 of 13 steps as expected")).toBeVisible();
  expect(errors).toEqual([]);
});

test("owner: played on and paused by the space bar", async ({ page }) => {
  const errors = await openByKeys(page, "T");
  const said = new Map([[1, await outcome(page, 1)]]);
  const heard = await listen(page);
  await key(page, "Space");
  await expect(live(page)).toHaveText(/Step 2 of 17\. .* under way\.$/);
  await key(page, "Space");
  await outcome(page, 2);
  // It has stopped there.
  await expect(page.getByRole("button", { name: "Play all steps" })).toBeEnabled();
  await expect(live(page)).toHaveText(/^Step 2 of 17\. /);
  await key(page, "Space");
  await outcome(page, 17, 400_000);
  allAsExpected(new Map([...said, ...outcomes(await heard())]), 17);
  await restsOnSomething(page, 17);
  // One step makes an emulator give up, which it says aloud.
  expect(errors.filter((error) => !error.startsWith("console: "))).toEqual([]);
});

test("players: their lens by its key, tools by Tab, and a screen entered and left", async ({ terra: page }) => {
  // Where nobody plays there is no such lens.
  await key(page, "p");
  await expect(page.getByRole("tab", { name: "Messages" })).toHaveAttribute("aria-selected", "true");
  await openPlayers(page);
  const tab = page.getByRole("tab", { name: "Players" });

  // Tab comes to a screen, which then has every key but one.
  await tabTo(page, /^div Screen and keyboard of blue\./);
  const screen = (box: string) => page.locator(`[data-player="${box}"]`).getByRole("application");
  await key(page, "Tab", "F6", "Escape", "1", "3", "?");
  await expect(screen("alice/blue")).toBeFocused();
  await expect(tab).toHaveAttribute("aria-selected", "true");
  await key(page, "Control+Alt+Enter");
  expect(await focused(page)).toBe("button Play as blue");

  await key(page, "Tab");
  expect(await focused(page)).toBe("button Play as red");
  await key(page, "Enter");
  await expect(screen("bob/red")).toBeFocused();
  await key(page, "Control+Alt+Enter");
  expect(await focused(page)).toBe("button Play as red");
  await tabTo(page, /^button Players/, "Shift+Tab");
  await tabTo(page, /^section Three facts/, "Shift+Tab");

  await key(page, "F6", "F6", "F6");
  expect(await focused(page)).toBe("section Players’ screens");
  await key(page, "1");
  await expect(page.getByRole("tab", { name: "Monitor" })).toHaveAttribute("aria-selected", "true");
  await key(page, "p");
  await expect(tab).toHaveAttribute("aria-selected", "true");
});

/** What only customer and bank should know: name, payee, PIN. */
const SECRETS = ["Ada Lovelace", "Charles Babbage", "27182818"];

test("banking: step by step, and nothing that the page says tells a secret", async ({ page }) => {
  const errors = await openByKeys(page, "B");
  const said = new Map([[1, await outcome(page, 1)]]);
  for (let number = 2; number <= 12; number += 1) {
    await key(page, "n");
    await expect(live(page)).toHaveText(new RegExp(`^Step ${number} of 12\\. (?!.*Observed).*\\.$`));
    await key(page, "n");
    said.set(number, await outcome(page, number));
  }
  allAsExpected(said, 12);
  for (const [number, words] of said) {
    for (const secret of SECRETS) expect.soft(words, `step ${number}`).not.toContain(secret);
  }
  await restsOnSomething(page, 12);
  expect(errors).toEqual([]);
});

test("an address of lab and step opens the one and plays up to the other's start; a step that breaks can be started again", async ({
  page,
}) => {
  await page.goto("./#/hello/firmware");
  await expect(live(page)).toHaveText(/steps 1–2 are played in it\. Now 2: The closed box proves what it is\./);
  await expect(live(page)).toHaveText(/^Step 3 of 13\. .*The lab was opened anew, and steps 1–2 were played in it\.$/, {
    timeout: 120_000,
  });
  await expect(page.getByRole("listitem").filter({ hasText: "1–2 done" }).or(page.getByText("1 done"))).toBeVisible();
  // A script opens another lab under the lesson's feet.
  await page.evaluate(() => window.terra.open("hello"));
  await key(page, "n");
  expect(await outcome(page, 3)).toMatch(/Observed: Another lab was opened since.* Did not come to an end\.$/);
  await page.locator(".step-foot").getByRole("button", { name: "Start this step again" }).press("Enter");
  await expect(live(page)).toHaveText(/^Step 3 of 13\. .*Refused at check 5, firmware.* As expected\.$/s, {
    timeout: 120_000,
  });
  await page.evaluate(() => {
    location.hash = "#/hello/no-such-step";
  });
  await expect(live(page)).toContainText("The address names a step “no-such-step”");
  await outcome(page, 1);
});
