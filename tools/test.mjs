/**
 * `npm test`: everything that can be wrong, from an empty machine to the browser, and one last line that counts it.
 * It must never end with exit code 0 when a part did not run. It starts before `npm ci`, so it imports nothing but Node.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { check } from "./check.mjs";
import { ROOT } from "./host.mjs";
import { explain, run } from "./progress.mjs";
import { playwrightCount, vitestCount } from "./reports.mjs";
import { serve } from "./serve.mjs";
import { buildSite, setup } from "./setup.mjs";

const total = { passed: 0, failed: 0 };
const add = ({ passed, failed }) => {
  total.passed += passed;
  total.failed += failed;
};
const temporary = mkdtempSync(path.join(tmpdir(), "terra-test-"));
const started = performance.now();

/** Runs one part; a part that throws is one failed test. */
async function part(title, body) {
  console.log(`\n${title}`);
  const from = performance.now();
  try {
    add(await body());
  } catch (error) {
    explain(title, error);
    add({ passed: 0, failed: 1 });
  }
  console.log(`      ${title}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
}

const report = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);

async function unitTests() {
  const file = path.join(temporary, "vitest.json");
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  const { code } = await run(process.execPath, args, { show: true, env: { NO_COLOR: "1" } });
  return vitestCount(report(file), code);
}

async function browserTests() {
  const file = path.join(temporary, "playwright.json");
  const site = await serve({ port: 5280 });
  try {
    const { code } = await run(
      process.execPath,
      ["node_modules/@playwright/test/cli.js", "test", "--reporter=list,json"],
      {
        show: true,
        env: { FORCE_COLOR: "0", TERRA_ADDRESS: site.address, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
      },
    );
    return playwrightCount(report(file), code);
  } finally {
    await site.close();
  }
}

try {
  console.log("Set-up");
  if (await setup("test")) {
    await part("Checks", () => check());
    await part("Unit tests", unitTests);
    let built = false;
    await part("The site", async () => {
      console.log(`      ${await buildSite()}`);
      built = true;
      return { passed: 0, failed: 0 };
    });
    if (built) await part("Browser tests", browserTests);
    else console.log("\nBrowser tests: not run, there is no site.");
  } else add({ passed: 0, failed: 1 });
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
console.log(`\nin ${((performance.now() - started) / 1000).toFixed(0)} s, ${ROOT}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
