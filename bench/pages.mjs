/**
 * What is measured: the built site, copied so that a build meanwhile changes nothing, served on localhost with the bare
 * baseline beside it, and a browser with one page of each. Processes are read through /proc.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { chromium } from "@playwright/test";
import { isRoot, ROOT } from "../tools/host.mjs";
import { bundle } from "../tools/measured.mjs";
import { serve } from "../tools/serve.mjs";

/** Jiffies a second in /proc; 100 on every Linux that Chromium runs on. */
const JIFFY_MS = 10;
const STEP_MS = 60_000;

const text = (bytes) => new TextDecoder().decode(bytes);

/** Copies the site and puts the baseline's page into it. */
async function prepareSite(site, folder) {
  if (!existsSync(path.join(site, "index.html"))) throw new Error(`${site} holds no built site`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(site, folder, { recursive: true });
  const own = path.join(folder, "bench");
  mkdirSync(own);
  const parts = await Promise.all(
    ["bare", "bare-page", "direct-page", "terra-page"].map((name) => bundle({ name, entry: `bench/${name}.ts` })),
  );
  writeFileSync(path.join(own, "bare.js"), parts[0].bytes);
  for (const [at, name] of ["bare", "direct"].entries()) {
    writeFileSync(path.join(own, `${name}-page.js`), parts[at + 1].bytes);
    const script = `<script type="module" src="${name}-page.js"></script>`;
    writeFileSync(
      path.join(own, `${name}.html`),
      `<!doctype html><meta charset="utf-8"><title>${name}</title>${script}\n`,
    );
  }
  writeFileSync(
    path.join(own, "words.html"),
    '<!doctype html><meta charset="utf-8"><title>words</title><p>Words.</p>\n',
  );
  return `(() => {${text(parts[3].bytes).replace(/export\s*\{[^}]*\};?/, "")}})();`;
}

/**
 * @param {string} site folder with a built site
 * @param {string} folder where its copy may lie
 */
export async function openPages(site, folder) {
  const script = await prepareSite(site, folder);
  const server = await serve({ folder, port: 5310 });
  const executable = process.env.TERRA_CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({
    headless: true,
    ...(existsSync(executable) ? { executablePath: executable } : {}),
    args: isRoot() ? ["--no-sandbox"] : [],
  });

  async function open(address, ready, init) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_MS);
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    if (init) await page.addInitScript({ content: init });
    await page.goto(address);
    await page.waitForFunction((name) => name in window, ready);
    return { page, errors, close: () => context.close() };
  }

  return {
    version: browser.version(),
    browser,
    /** Of the site. */
    address: server.address,
    /** The real page, no lab open yet. */
    terra: () => open(`${server.address}#lab=none`, "terra", script),
    /** A page with nothing but bare v86's. */
    async bare(images = ["pc", "hello"]) {
      const opened = await open(`${server.address}bench/bare.html`, "bare");
      await step(
        opened.page.evaluate((ids) => window.bare.load(ids), images),
        "bare v86's images",
      );
      return opened;
    },
    /** A page with two boxes wired to each other and nothing else. */
    direct: () => open(`${server.address}bench/direct.html`, "direct"),
    async close() {
      await browser.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A wait that ends, with an error that names the step. */
export function step(promise, what, timeoutMs = STEP_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not done within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Processor time that a process has used, ms. */
export function cpuMs(pid) {
  // utime and stime stand behind the command's name, which may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * JIFFY_MS;
}

/** The process that runs a page: the one among the browser's renderers that works when the page is told to. */
export async function rendererOf(browser, page) {
  const session = await browser.newBrowserCDPSession();
  try {
    const times = async () => {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      return new Map(processInfo.filter(({ type }) => type === "renderer").map(({ id, cpuTime }) => [id, cpuTime]));
    };
    let found;
    // Another page's process may be busy, too, or new: it has to be the same one twice.
    for (let attempt = 0; attempt < 10; attempt++) {
      const before = await times();
      await page.evaluate(() => {
        const until = performance.now() + 500;
        while (performance.now() < until);
      });
      const after = [...(await times())].filter(([pid]) => before.has(pid));
      const [best, second] = after
        .map(([pid, seconds]) => ({ pid, seconds: seconds - before.get(pid) }))
        .sort((left, right) => right.seconds - left.seconds);
      const clear = best && best.seconds > 0.1 && best.seconds > 3 * (second?.seconds ?? 0);
      if (clear && best.pid === found) return found;
      found = clear ? best.pid : undefined;
    }
    throw new Error("the process of this page was not found");
  } finally {
    await session.detach();
  }
}

const KIB = 1024;

/** Memory of a process, MiB: `pss` shares what is shared, `private` is its own alone. */
export function memoryOf(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? Number.NaN) / KIB;
  return { pss: field("Pss"), private: field("Private_Clean") + field("Private_Dirty") };
}

export const RESULTS = path.join(ROOT, "dist-bench");
