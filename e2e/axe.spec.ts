/** No view of the page has a serious fault of accessibility, in any theme. A view is added to a table by a line. */
import type { Page } from "@playwright/test";
import { seriousFaults } from "./axe.ts";
import { outcome } from "./lesson.ts";
import { expect, test } from "./support.ts";

interface View {
  name: string;
  /** Is it a part of the view before, which stays? */
  within?: boolean;
  show(page: Page): Promise<unknown>;
}

// Guests run while axe looks.
test.setTimeout(600_000);

const THEMES = ["light", "dark", "projector"];

const lens = (key: string, name: string): View => ({
  name: `lens ${name}`,
  async show(page) {
    await page.keyboard.press(key);
    await expect(page.getByRole("tab", { name: new RegExp(name) })).toHaveAttribute("aria-selected", "true");
  },
});

const LENSES = ["Monitor", "Console", "Messages", "Measurements", "Verifier"].map((name, index) =>
  lens(String(index + 1), name),
);

/** What is entered by a button, and seen then. */
const zoom = (name: string, button: RegExp, seen: (page: Page) => Promise<unknown>): View => ({
  name: `zoom ${name}`,
  async show(page) {
    await page.getByRole("button", { name: button }).first().press("Enter");
    await seen(page);
  },
});

const region = (name: string) => (page: Page) => expect(page.getByRole("region", { name, exact: true })).toBeVisible();

/** One machine and the remote party; the closed box reads a changed block and halts. */
const HELLO: View[] = [
  ...LENSES,
  {
    name: "a box that has halted",
    async show(page) {
      await page.evaluate(async () => {
        const { lab } = window.terra;
        const alice = lab?.platform("alice");
        const hello = lab?.vm("alice/hello");
        if (!alice || !hello || (await hello.status()).state === "halted") return;
        await alice.management.off(hello.id);
        const [byte = 0] = await alice.disk("hello.boot").read(4096, 1);
        await alice.disk("hello.boot").write(4096, Uint8Array.of(byte ^ 1));
        await alice.management.on(hello.id);
        await hello.waitForState("halted");
      });
      await expect(page.getByRole("region", { name: "alice/hello, closed, halted" })).toBeVisible();
    },
  },
  lens("4", "Measurements"),
];

/** Two machines, five boxes and a wire. */
const OWNER: View[] = [
  {
    name: "lens tall, stage in its row form",
    async show(page) {
      await page.keyboard.press("]");
      await expect(page.locator(".page")).toHaveAttribute("data-detent", "tall");
    },
  },
  { name: "stage at its half again", show: (page) => page.keyboard.press("[") },
  {
    name: "zoom monitor",
    async show(page) {
      await page.keyboard.press("f");
      await region("Full size")(page);
    },
  },
  zoom("machine", /^Manage alice$/, region("Machine alice")),
  {
    name: "zoom machine, limits",
    within: true,
    show: (page) => page.getByRole("button", { name: "Limits and policy" }).press("Enter"),
  },
  {
    name: "zoom machine, media",
    within: true,
    show: (page) => page.getByRole("button", { name: "Media", exact: true }).press("Enter"),
  },
  zoom("open box", /^Look into alice\/pc$/, region("Tools on alice/pc")),
  zoom("closed box", /^Look into alice\/hello$/, region("Tools on alice/hello")),
  zoom("wire", /^Wire lan, /, region("Wire lan")),
  zoom("message", /^message \d+/, region("Messages")),
  zoom("the limit", /^The chip is simulated/, (page) => expect(page.getByRole("dialog")).toBeVisible()),
  {
    name: "find",
    async show(page) {
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  zoom("keys", /^Keys of this page/, (page) => expect(page.getByRole("dialog")).toBeVisible()),
];

/** In all themes, one after the other, with the button that changes them. */
async function inEachTheme(page: Page, views: readonly View[]): Promise<void> {
  for (const theme of THEMES) {
    const button = page.getByRole("button", { name: /^Change to the/ });
    for (const _ of THEMES) {
      if ((await page.locator("html").getAttribute("data-theme")) === theme) break;
      await button.press("Enter");
    }
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
    for (const { name, within, show } of views) {
      // Out of the dialog or the zoom before.
      if (!within) await page.keyboard.press("Escape");
      await show(page);
      expect.soft(await seriousFaults(page), `${name}, ${theme}`).toEqual([]);
    }
    await page.keyboard.press("Escape");
  }
}

for (const [lab, views] of [
  ["hello", HELLO],
  ["owner", OWNER],
] as const) {
  test(`no view of lab ${lab} has a serious fault of accessibility`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.goto(`./#/${lab}`);
    await outcome(page, 1);
    // The next step rests on messages.
    for (const _ of ["open", "run"]) await page.keyboard.press("n");
    await outcome(page, 2);
    await inEachTheme(page, views);
  });
}

test("a lab that loads, and one that cannot be loaded, have none either", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  let fail: () => void = () => undefined;
  const failed = new Promise<void>((resolve) => {
    fail = resolve;
  });
  await page.route("**/images/**", async (route) => {
    await failed;
    await route.abort();
  });
  await page.goto("./#/banking");
  const stage = page.getByRole("region", { name: "Machines" });
  await inEachTheme(page, [{ name: "loading", show: () => expect(stage).toContainText("The lab is being opened") }]);
  fail();
  await inEachTheme(page, [
    { name: "error", show: () => expect(stage.getByRole("button", { name: /again/ })).toBeVisible() },
  ]);
});
