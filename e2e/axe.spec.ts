/** No view of the page has a serious fault of accessibility, in any theme and form. A view is added to a table by a line. */
import type { Page } from "@playwright/test";
import { seriousFaults } from "./axe.ts";
import { outcome } from "./lesson.ts";
import { openPlayers } from "./players.ts";
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
/** The projector draws everything larger: what it shows at this size it shows at the other. */
const WIDE_THEMES = ["light", "dark"];
/** What is wrong in the dark and not in the light is a colour. */
const IN_THE_DARK = ["color-contrast", "link-in-text-block"];
const NARROW = { width: 1280, height: 720 };
const WIDE = { width: 1920, height: 1080 };
/** In the wide form these stand in the right column, always. */
const BESIDE = ["lens Monitor", "lens Verifier"];

const lens = (key: string, name: string): View => ({
  name: `lens ${name}`,
  async show(page) {
    await page.keyboard.press(key);
    await expect(page.getByRole("tab", { name: new RegExp(name) })).toHaveAttribute("aria-selected", "true");
  },
});

/** What a button of the view before shows beside it or in it. */
const part = (name: string, button: string | RegExp, seen?: (page: Page) => Promise<unknown>): View => ({
  name,
  within: true,
  async show(page) {
    await page
      .getByRole("button", { name: button, exact: typeof button === "string" })
      .first()
      .press("Enter");
    await seen?.(page);
  },
});

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
  lens("1", "Monitor"),
  part("the person chooses a sign", /^Choose (your own|another)$/, (page) =>
    expect(page.getByRole("form", { name: "Your sign" })).toBeVisible(),
  ),
  part("and does not", "Cancel"),
  lens("2", "Console"),
  lens("3", "Messages"),
  part("messages as a list", "List"),
  {
    name: "zoom message with certificates",
    within: true,
    async show(page) {
      await page.getByRole("option", { name: /evidence: a signature and/ }).click();
      await region("Messages")(page);
    },
  },
  {
    name: "messages as a sequence",
    async show(page) {
      await page.getByRole("button", { name: "Sequence", exact: true }).press("Enter");
    },
  },
  lens("4", "Measurements"),
  {
    name: "a measurement’s node",
    within: true,
    async show(page) {
      // By keys: the projector has the lesson over it.
      await page.getByRole("treeitem", { selected: true }).press("Home");
      await expect(page.getByRole("treeitem").first()).toHaveAttribute("aria-selected", "true");
    },
  },
  lens("5", "Verifier"),
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
  part("zoom machine, limits", "Limits and policy"),
  part("zoom machine, media", "Media"),
  zoom("open box", /^Look into alice\/pc$/, region("Tools on alice/pc")),
  zoom("closed box", /^Look into alice\/hello$/, region("Tools on alice/hello")),
  zoom("wire", /^Wire lan, /, region("Wire lan")),
  {
    name: "zoom wire, a frame",
    within: true,
    async show(page) {
      // To everybody: the attacker's, since at this step nobody else has sent any.
      await page.evaluate(() => window.terra.lab?.wire("lan").inject(new Uint8Array(60).fill(255, 0, 6)));
      await page.getByRole("listbox", { name: "Frames" }).press("Home");
      await expect(page.getByRole("list", { name: "Layers and fields" })).toBeVisible();
    },
  },
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
async function inEachTheme(page: Page, views: readonly View[], themes = THEMES): Promise<void> {
  for (const theme of themes) {
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
      const rules = theme === "dark" ? IN_THE_DARK : undefined;
      expect.soft(await seriousFaults(page, rules), `${name}, ${theme}`).toEqual([]);
    }
    await page.keyboard.press("Escape");
  }
}

for (const [lab, views] of [
  ["hello", HELLO],
  ["owner", OWNER],
] as const) {
  test(`no view of lab ${lab} has a serious fault of accessibility`, async ({ page }) => {
    await page.setViewportSize(NARROW);
    await page.goto(`./#/${lab}`);
    await outcome(page, 1);
    // The next step rests on messages.
    for (const _ of ["open", "run"]) await page.keyboard.press("n");
    await outcome(page, 2);
    await inEachTheme(page, views);
    await page.setViewportSize(WIDE);
    const column: View = {
      name: "the right column",
      show: () => expect(page.getByRole("complementary", { name: "Monitor and verifier" })).toBeVisible(),
    };
    await inEachTheme(page, [column, ...views.filter(({ name }) => !BESIDE.includes(name))], WIDE_THEMES);
  });
}

test("nor has the players’ lens", async ({ terra: page }) => {
  await page.setViewportSize(NARROW);
  await openPlayers(page);
  const views: View[] = [
    { name: "players", show: () => expect(page.getByRole("application")).toHaveCount(2) },
    part("a screen with the keyboard", "Play as red"),
  ];
  await inEachTheme(page, views);
  await page.setViewportSize(WIDE);
  await inEachTheme(page, views, WIDE_THEMES);
});

test("a lab that loads, and one that cannot be loaded, have none either", async ({ page }) => {
  await page.setViewportSize(NARROW);
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
