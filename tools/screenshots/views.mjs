/**
 * The views that pictures are taken of, in the order in which one comes to them in their lab. `start` opens the page, once for a lab; `show`
 * goes from the view before to this one by what a person would press. `pages` are those that stand alone.
 */
const LONG = 300_000;

/** Plays the lesson to the end of its `last`th step. */
async function playTo(page, last) {
  // The step that the transport names, and whether it has been played to its end.
  const place = () =>
    page.evaluate(() => ({
      at: Number(/\d+/.exec(document.querySelector(".transport-place")?.textContent ?? "")?.[0] ?? 0),
      ended: /(As|Not as) expected/.test(document.querySelector(".step-open")?.textContent ?? ""),
    }));
  const reach = (step) =>
    page.waitForFunction(
      (wanted) =>
        Number(/\d+/.exec(document.querySelector(".transport-place")?.textContent ?? "")?.[0]) === wanted &&
        /(As|Not as) expected/.test(document.querySelector(".step-open")?.textContent ?? ""),
      step,
      { timeout: LONG },
    );
  // The first step is played as the lab is opened. Of the others a first press opens them, a second runs them.
  await reach(Math.max(1, (await place()).at));
  for (let { at } = await place(); at < last; at += 1) {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Next step" }).last().click();
    await page.getByRole("button", { name: "Run this step" }).last().click();
    await reach(at + 1);
  }
}

const key =
  (...keys) =>
  async (page) => {
    for (const each of keys) await page.keyboard.press(each);
  };
const step =
  (last, ...keys) =>
  async (page) => {
    await playTo(page, last);
    await key(...keys)(page);
  };
const open = (lab) => async (page) => {
  await page.goto(`./#lab=${lab}`);
  await page.locator(".lesson").waitFor();
};
const press =
  (name, role = "button") =>
  async (page) => {
    await page
      .getByRole(role, { name, exact: typeof name === "string" })
      .first()
      .click();
  };
const all =
  (...parts) =>
  async (page) => {
    for (const part of parts) await part(page);
  };
const drawn = (text) => async (page) => {
  await page.getByText(text).first().waitFor({ timeout: LONG });
};

const hello = [
  { name: "hello-loading", show: drawn(/fetching|measuring|waits/i) },
  { name: "hello-stage", show: step(1) },
  { name: "hello-monitor", show: key("1") },
  { name: "hello-sign", show: press(/^Choose/) },
  { name: "hello-monitor-full", show: key("f") },
  { name: "hello-console", show: key("Escape", "2") },
  { name: "hello-measurements", show: key("4") },
  { name: "hello-node", show: press(/^loader,/, "treeitem") },
  { name: "hello-accepted", show: step(2, "5") },
  { name: "hello-message", show: all(key("3"), press("List"), press(/evidence/, "option"), key("Enter")) },
  { name: "hello-list", show: key("Escape") },
  { name: "hello-refused", show: step(3, "5") },
  { name: "hello-halted", show: step(8, "4") },
];

const owner = [
  { name: "owner-stage", show: step(1) },
  { name: "owner-manage", show: press("Manage alice") },
  { name: "owner-media", show: press("Media") },
  { name: "owner-wire", show: step(7) },
  { name: "owner-wire-zoom", show: press(/^Wire lan/i) },
  { name: "owner-panic", show: step(9) },
  { name: "owner-inspection", show: all(step(11), press("Look into alice/pc")) },
  { name: "owner-closed", show: all(key("Escape"), step(12), press("Look into alice/hello")) },
  { name: "owner-debug", show: step(17) },
];

const banking = [
  { name: "banking-accepted", show: step(1) },
  { name: "banking-monitor", show: key("1") },
  { name: "banking-messages", show: key("3") },
  { name: "banking-message", show: all(press("List"), press(/certificate/i, "option"), key("Enter")) },
  { name: "banking-halted", show: step(3) },
  { name: "banking-debug", show: step(7) },
  { name: "banking-relay", show: step(8) },
  { name: "banking-revoked", show: step(12) },
];

const game = [
  { name: "game-players", show: step(2) },
  { name: "game-radar", show: step(3) },
  { name: "game-aim", show: step(4) },
];

export const views = Object.entries({ hello, owner, banking, "quake-open": game }).flatMap(([lab, list]) =>
  list.map((view) => ({ ...view, lab, start: open(lab) })),
);
views.push(
  {
    name: "page-narrow",
    lab: "narrow",
    start: async (page) => {
      await page.setViewportSize({ width: 900, height: 720 });
      await page.goto("./#lab=none");
    },
    show: drawn(/pixels/),
  },
  {
    name: "page-missing",
    lab: "missing",
    start: async (page) => {
      await page.addInitScript(() => delete window.OffscreenCanvas);
      await page.goto("./");
    },
    show: drawn(/OffscreenCanvas|canvas/i),
  },
  {
    name: "page-error",
    lab: "error",
    start: async (page) => {
      await page.route("**/images/**", (route) => route.abort());
      await page.goto("./#lab=hello");
    },
    show: drawn(/start .* again|again/i),
  },
);
