/**
 * The page as a screen reader has it: what stands on the stage, in the lesson and on the monitor, in which order and by which names, and
 * what is said by itself. Only what is the same in each visit is held fast: no identity, sign or time.
 */
import type { Page } from "@playwright/test";
import { listen, outcome } from "./lesson.ts";
import { expect, test } from "./support.ts";

// Guests boot meanwhile.
test.setTimeout(600_000);
test.use({ viewport: { width: 1280, height: 720 } });

const STAGE = `
- region "Machines":
  - article "alice":
    - heading "alice" [level=2]
    - button "Manage alice"
    - region "alice/pc, open, on":
      - button "pc, open box, on"
      - button "Look into alice/pc"
      - img /^pc:.* BusyBox /
    - region "alice/hello, closed, on":
      - /children: equal
      - button "hello, closed box, on"
      - button "Look into alice/hello"
      - strong: Terra Lab hello 1.0.0
      - paragraph:
        - text: identity
        - button /^identity [0-9a-f]{64}, copy$/
      - paragraph: has alice’s monitor
    - strong: TVMM
    - text: release
    - button /^TVMM [0-9a-f]{64}, copy$/
    - text: /chip firmware/
    - button /^firmware [0-9a-f]{64}, copy$/
    - text: /loader/
    - button /^loader [0-9a-f]{64}, copy$/
  - article "verifier":
    - paragraph: outside every machine
    - paragraph: Nothing to check yet.
    - button "Challenge hello"
`;

const LESSON = `
- complementary "Lesson":
  - heading "A machine that proves what it runs" [level=1]
  - region "Steps":
    - list "Steps":
      - listitem:
        - heading "1 The machine is measured before it starts" [level=2]
        - paragraph:
          - button "Marker 1"
          - button "Marker 2"
        - term: /^Expected · Terra §4.2$/
        - definition: Each layer’s digest is the SHA-256 of the bytes on the flash, and both boxes are on.
        - term: Observed
        - definition: /^3 of 3 digests are those of the bytes on the flash\\. 2 boxes are on;/
        - term: It rests on
        - definition:
          - button /^firmware /
          - button /^loader /
          - button /^tvmm /
        - text: As expected
        - button "Next step N"
      - listitem:
        - button "2 The closed box proves what it is to come"
      - listitem:
        - button "3 One bit of the firmware to come"
  - button "Back to the step’s start"
  - button "Play all steps"
  - button "Next step"
  - text: Step 1 of 13
  - button "Copy a link to this step"
`;

const MONITOR = `
- main:
  - tabpanel "Monitor":
    - application "Screen and keyboard of hello. Control Alt Enter gives the keyboard back."
    - region "Text on alice’s monitor":
      - paragraph: /^hello · closed · [0-9a-f]{4}…[0-9a-f]{4} · /
      - text: /Terra Lab hello version 1.0.0 .* Identity .* A screen proves nothing, evidence does/
    - heading "Who has alice’s monitor and keyboard" [level=2]
    - list:
      - /children: equal
      - listitem:
        - button "Give the monitor to pc, open"
      - listitem:
        - button "Give the monitor to hello, closed, has it" [pressed]
    - paragraph: Ctrl Alt Enter comes back to this list; no box sees that key. All other keys go to the box with the monitor alone.
    - region "Your sign":
      - paragraph:
        - button /^Choose /
  - navigation "Lenses":
    - tablist "Lenses":
      - /children: equal
      - tab "Monitor" [selected]
      - tab "Console"
      - tab /^Messages \\d+$/
      - tab "Measurements"
      - tab "Verifier"
    - button "Full size F"
`;

const verdict = (page: Page) => page.locator("[data-live=verdict]");

test("stage, lesson and monitor of lab hello are told in order, with their names", async ({ page }) => {
  await page.goto("./#/hello");
  await outcome(page, 1);
  await expect(page.getByRole("region", { name: "Machines" })).toMatchAriaSnapshot(STAGE);
  await expect(page.getByRole("complementary", { name: "Lesson" })).toMatchAriaSnapshot(LESSON);
  await page.keyboard.press("1");
  await expect(page.getByRole("main")).toMatchAriaSnapshot(MONITOR);

  await test.step("a step, its outcome and the verdict are said by themselves, politely", async () => {
    const heard = await listen(page);
    for (const _ of ["open", "run"]) await page.keyboard.press("n");
    await outcome(page, 2);
    const said = (await heard()).join("\n");
    expect(said).toMatch(/Step 2 of 13\. The closed box proves what it is\.\nStep 2 .* under way\./);
    await expect(verdict(page)).toHaveText("Accepted");
    await expect(page.getByRole("status").and(verdict(page))).toHaveCount(1);
  });

  await test.step("new lines of a screen are said while somebody types there, and then no more", async () => {
    await page.getByRole("button", { name: /^Give the monitor to pc/ }).press("Enter");
    const screen = page.getByRole("application", { name: /of pc\./ });
    await screen.focus();
    const lines = page.getByRole("tabpanel").getByRole("status");
    await page.keyboard.type("uname -s\n");
    await expect(lines.filter({ hasText: "Linux" })).toHaveCount(1);
    await page.keyboard.press("Control+Alt+Enter");
    await expect(lines.filter({ hasText: "Linux" })).toHaveCount(0);
  });
});
