/**
 * Takes pictures of the page: each view of tools/screenshots/views.mjs, at both sizes and in each theme, on real guests, from the site
 * that `npm run build` left in dist/.
 *
 *   npm run screenshots [-- --only FILTER] [--size 1280x720] [--theme light] [--out FOLDER] [--list]
 *
 * A lab is opened once for a size; its views are taken in their order, each in every theme, since a theme changes nothing in the
 * lab. The README's pictures of the page are chosen from these by hand; those of the game alone are what a box's display gave (display.png()).
 */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { ROOT } from "./host.mjs";
import { views } from "./screenshots/views.mjs";
import { serve } from "./serve.mjs";

const SIZES = ["1280x720", "1920x1080"];
const THEMES = ["light", "dark", "projector"];

function usage(wrong) {
  console.error(
    `${wrong}\nusage: npm run screenshots [-- --only FILTER --size ${SIZES.join("|")} --theme ${THEMES.join("|")} --out FOLDER --list]`,
  );
  process.exit(2);
}

function read() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        size: { type: "string", multiple: true, default: SIZES },
        theme: { type: "string", multiple: true, default: THEMES },
        out: { type: "string", default: path.join(ROOT, "dist-screenshots") },
        folder: { type: "string", default: path.join(ROOT, "dist") },
        list: { type: "boolean", default: false },
      },
    });
    for (const size of values.size)
      if (!/^\d{3,4}x\d{3,4}$/.test(size)) usage(`--size is ${size}, wanted WIDTHxHEIGHT`);
    for (const theme of values.theme)
      if (!THEMES.includes(theme)) usage(`--theme is ${theme}, wanted ${THEMES.join(", ")}`);
    return values;
  } catch (error) {
    return usage(error.message);
  }
}

const options = read();
const wanted = views.filter(({ name }) => !options.only || name.includes(options.only));
if (wanted.length === 0)
  usage(`no view's name contains ${options.only}; there are ${views.map((view) => view.name).join(", ")}`);
if (options.list) {
  for (const { name } of wanted) console.log(name);
  process.exit(0);
}
if (!existsSync(path.join(options.folder, "index.html"))) usage(`there is no site in ${options.folder}: npm run build`);
mkdirSync(options.out, { recursive: true });

/** Wide tables of views: those of one lab follow each other on one page. */
function groups() {
  const byLab = new Map();
  for (const view of views) {
    if (!byLab.has(view.lab)) byLab.set(view.lab, []);
    byLab.get(view.lab).push(view);
  }
  // Earlier views of a lab lead to later ones, so they are walked through although no picture is taken.
  return [...byLab.values()].flatMap((list) => {
    const last = list.findLastIndex((view) => wanted.includes(view));
    return last < 0 ? [] : [list.slice(0, last + 1)];
  });
}

const site = await serve({ folder: options.folder, port: 0 });
const browser = await chromium.launch({
  executablePath: process.env.TERRA_CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
let failed = 0;
for (const size of options.size) {
  const [width, height] = size.split("x").map(Number);
  for (const group of groups()) {
    const context = await browser.newContext({
      viewport: { width, height },
      baseURL: site.address,
      // What moves would be caught on its way.
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    try {
      await group[0].start(page);
      for (const view of group) {
        await view.show(page);
        if (!wanted.includes(view)) continue;
        for (const theme of options.theme) {
          await take(page, theme, path.join(options.out, `${view.name}-${size}-${theme}.png`));
        }
      }
    } catch (error) {
      failed += 1;
      console.error(`${group[0].lab} at ${size}: ${error.message}`);
    }
    await context.close();
  }
}
await browser.close();
await site.close();
process.exitCode = failed > 0 ? 1 : 0;

/** Presses the page's own theme button until the theme is there; a page that stands alone follows the system. */
async function take(page, theme, file) {
  const button = page.getByRole("button", { name: /^Change to the (light|dark|projector) theme$/ });
  const alone = (await button.count()) === 0;
  if (alone && theme === "projector") return;
  await page.emulateMedia({ colorScheme: theme === "dark" ? "dark" : "light" });
  const has = () =>
    page.evaluate(
      () =>
        document.documentElement.dataset.theme ??
        (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
    );
  while (!alone && (await has()) !== theme) await button.click();
  await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
  await page.screenshot({ path: file });
  console.log(path.relative(process.cwd(), file));
}
