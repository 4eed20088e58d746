/** Runs the sections one after the other and prints and writes what they found. A section that fails does not hide the others. */
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { ROOT } from "../tools/host.mjs";
import { ratio, summary, table } from "./figures.mjs";
import { openPages, RESULTS } from "./pages.mjs";
import { TITLES } from "./titles.mjs";

const load = () => os.loadavg()[0]?.toFixed(1);

/** @returns {Promise<number>} exit code: 1 if a section could not be measured */
export async function bench({ runs, only, quick, site, out }) {
  const file = path.resolve(out ?? path.join(RESULTS, "results.json"));
  const pages = await openPages(
    path.resolve(site ?? path.join(ROOT, "dist")),
    path.join(RESULTS, `site-${process.pid}`),
  );
  const [cpu] = os.cpus();
  console.log(
    `\nChromium ${pages.version}, headless; ${os.cpus().length} processors (${cpu?.model ?? "unknown"}); runs: ${runs}`,
  );
  console.log("Medians, least and most in brackets; ratio of the medians. Times are taken in the page.");
  console.log("Bare v86: in a plain worker of the page's origin, image in memory; shares our virtio disk and rng,");
  console.log("interrupt routing and text mode (these guests need them), and nothing else of ours.");
  const sections = [];
  let failed = 0;
  const began = new Date().toISOString();
  const show = process.stderr.isTTY;
  const tell = (what) => show && process.stderr.write(`\r\x1b[K      ${what}`);
  try {
    for (const name of only) {
      const title = TITLES[name];
      const from = { load: load(), at: performance.now() };
      try {
        // It gets the pages and the options, and returns rows of the table.
        const { [name]: measure } = await import(`./sections/${name}.mjs`);
        const rows = await measure(pages, { runs, quick, tell });
        if (show) process.stderr.write("\r\x1b[K");
        const took = ((performance.now() - from.at) / 1000).toFixed(0);
        console.log(`\n${title}   [${took} s, load average ${from.load} to ${load()}]`);
        for (const line of table(rows)) console.log(line);
        sections.push({ name, title, load: [Number(from.load), Number(load())], rows: rows.map(withFigures) });
      } catch (error) {
        failed += 1;
        console.log(`\n${title}: not measured. ${error instanceof Error ? error.message : error}`);
        sections.push({ name, title, error: String(error) });
      }
    }
  } finally {
    await pages.close();
  }
  mkdirSync(path.dirname(file), { recursive: true });
  const host = { processors: os.cpus().length, model: cpu?.model, node: process.version, chromium: pages.version };
  writeFileSync(file, `${JSON.stringify({ format: "terra-bench-1", began, runs, quick, host, sections }, null, 2)}\n`);
  console.log(`\nAll values: ${path.relative(process.cwd(), file)}`);
  return failed > 0 ? 1 : 0;
}

const withFigures = (row) => ({
  ...row,
  values: summary(row.values),
  ...(row.baseline
    ? { baseline: { what: row.baseline.what, ...summary(row.baseline.values) }, ratio: ratio(row) }
    : {}),
});
