import { existsSync } from "node:fs";
import process from "node:process";
import { defineConfig } from "@playwright/test";

// Browser tests, against the built site in dist/ as any static server would serve it, in Debian's Chromium. One at a
// time: each starts machines that want both cores. tools/test.mjs hands in the address; alone, a server is started.
const address = process.env.TERRA_ADDRESS ?? "http://localhost:5199/";
const chromium = process.env.TERRA_CHROMIUM ?? "/usr/bin/chromium";
const root = typeof process.getuid === "function" && process.getuid() === 0;

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 1,
  fullyParallel: false,
  // A scenario with real guests, played twice, on two cores that others use as well.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [["list"]],
  use: {
    baseURL: address,
    browserName: "chromium",
    headless: true,
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    trace: "off",
    launchOptions: {
      ...(existsSync(chromium) ? { executablePath: chromium } : {}),
      // As root Chromium refuses its own sandbox.
      args: root ? ["--no-sandbox"] : [],
    },
  },
  ...(process.env.TERRA_ADDRESS === undefined
    ? { webServer: { command: "node tools/serve.mjs --port 5199", url: address, reuseExistingServer: true } }
    : {}),
});
