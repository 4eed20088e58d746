import { setTimeout as sleep } from "node:timers/promises";
import { frameGaps } from "../frame-gaps.mjs";
import { bootTerra, fourOf, offTerra, openLab } from "../turns.mjs";

/** Keeps a box's processor busy for some seconds. */
const WORK = "for i in $(seq 400); do ip link show lo > /dev/null; done";

/** When the browser first painted anything of a page that nobody has opened before, ms from the start of the navigation. */
async function firstPaint(pages, address) {
  const context = await pages.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(address);
  const painted = await page.waitForFunction(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  const ms = await painted.jsonValue();
  await context.close();
  return ms;
}

/** Scrolls the list of messages up and down by the wheel, as a hand does, while it is noted how evenly the page draws. */
async function scrolled(page, ms) {
  return frameGaps(page, ms, async () => {
    const list = page.locator("#lens [role=table], #lens [role=grid], #lens .list-body").first();
    const box = await ((await list.count()) > 0 ? list : page.locator("#lens")).boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const until = performance.now() + ms;
    for (let at = 0; performance.now() < until; at++) {
      await page.mouse.wheel(0, at % 40 < 20 ? -240 : 240);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  });
}

/** The first paint of the built site, and its frames while messages are scrolled with five boxes that work and with none. */
export async function page(pages, { runs, quick, tell }) {
  const paint = { site: [], empty: [] };
  for (let round = 0; round < runs; round++) {
    tell("first paint");
    paint.site.push(await firstPaint(pages, pages.address));
    paint.empty.push(await firstPaint(pages, `${pages.address}bench/words.html`));
  }
  const ms = quick ? 4000 : 10_000;
  const boxes = [...fourOf("pc").slice(0, 3), ...fourOf("hello").slice(0, 2)];
  const terra = await pages.terra();
  await openLab(terra, boxes);
  await terra.page.keyboard.press("3");
  await terra.page.getByRole("button", { name: "List", exact: true }).click();
  const of = { alone: [], five: [], working: [] };
  for (let round = 0; round < Math.min(runs, 3); round++) {
    tell("scrolling with no box");
    of.alone.push(await scrolled(terra.page, ms));
    await bootTerra(
      terra,
      boxes.map(({ name }) => name),
    );
    // The first moments after the start are the section `frames`.
    await sleep(quick ? 3000 : 8000);
    tell("scrolling with five");
    of.five.push(await scrolled(terra.page, ms));
    const working = Promise.all(
      boxes
        .filter(({ image }) => image === "pc")
        .map(({ name }) =>
          terra.page.evaluate(([box, command]) => window.bench.run(box, command, 120_000), [name, WORK]),
        ),
    );
    tell("scrolling while three of them work");
    of.working.push(await scrolled(terra.page, ms));
    await working;
    await offTerra(terra);
  }
  await terra.close();
  const worst = (list) => list.map((each) => each.worst);
  const remark = (list) => {
    const frames = list.reduce((sum, each) => sum + each.frames, 0);
    const gaps = list.reduce((sum, { over }) => sum + over, 0);
    const tasks = list.flatMap(({ long }) => long).length;
    return `${gaps} of ${frames} gaps over 50 ms; on the page's own thread ${tasks} tasks over 50 ms`;
  };
  const alone = { what: "the same page, no box running", values: worst(of.alone) };
  return [
    {
      what: "first contentful paint, browser's cache empty",
      unit: "ms",
      values: paint.site,
      baseline: { what: "a page of one word", values: paint.empty },
      goal: "1000 ms",
    },
    {
      what: "worst gap between frames while messages are scrolled, five boxes running",
      unit: "ms",
      values: worst(of.five),
      baseline: alone,
      goal: "50 ms",
      note: remark(of.five),
    },
    {
      what: "  the same while three of them keep their processors busy",
      unit: "ms",
      values: worst(of.working),
      baseline: alone,
      note: remark(of.working),
    },
  ];
}
