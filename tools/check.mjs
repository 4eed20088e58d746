/**
 * The checks that run nothing: types, lint, import rules, unused code, hygiene. `npm run check` runs all of them, or
 * those named on the command line; `npm test` counts each as one test.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ROOT } from "./host.mjs";
import { hygiene } from "./hygiene.mjs";
import { run } from "./progress.mjs";

const bin = (name) => path.join(ROOT, "node_modules/.bin", name);

/** One program of types per set of globals; tests apart, because they have Node's as well. */
const PROGRAMS = ["engine", "engine/tsconfig.test.json", "app", "app/tsconfig.test.json", "e2e"];

async function types() {
  const lines = [];
  for (const program of PROGRAMS) {
    const result = await run(bin("tsc"), ["--project", program, "--pretty", "false"]);
    // TS18003: the program has no file yet, which for tests is no error.
    const told = result.lines.filter((line) => !line.includes("error TS18003"));
    if (result.code !== 0) lines.push(...told);
  }
  return [...new Set(lines)];
}

/** A command whose failure is its output. */
const command = (name, args) => async () => {
  const { code, lines } = await run(path.isAbsolute(name) ? name : bin(name), args);
  return code === 0 ? [] : lines.length > 0 ? lines : [`${name} ended with exit code ${code}`];
};

/** Each check resolves with what it found wrong, line by line. */
export const CHECKS = [
  { name: "types", title: "Types", run: types },
  {
    name: "lint",
    title: "Lint and format",
    run: command("biome", ["check", "--colors=off", "--error-on-warnings", "."]),
  },
  { name: "rules", title: "Import rules", run: command(process.execPath, ["tools/import-rules.mjs"]) },
  { name: "unused", title: "Unused files, exports, packages", run: command("knip", ["--no-progress"]) },
  {
    name: "hygiene",
    title: "Hygiene of tracked files",
    run: async () => (existsSync(path.join(ROOT, ".git")) ? hygiene() : []),
  },
];

/** Runs checks, prints what they found, and returns how many passed and failed. */
export async function check(checks = CHECKS) {
  const count = { passed: 0, failed: 0 };
  for (const { title, run: find } of checks) {
    const from = performance.now();
    const wrong = await find().catch((error) => [String(error)]);
    const took = ((performance.now() - from) / 1000).toFixed(1);
    console.log(`      ${wrong.length === 0 ? "passed" : "FAILED"}  ${title} (${took} s)`);
    for (const line of wrong.slice(0, 200)) console.log(`        ${line}`);
    count[wrong.length === 0 ? "passed" : "failed"] += 1;
  }
  return count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !CHECKS.some((one) => one.name === name));
  if (unknown.length > 0) {
    console.error(`No check "${unknown.join(", ")}"; there are ${CHECKS.map(({ name }) => name).join(", ")}.`);
    process.exitCode = 1;
  } else {
    const { failed } = await check(CHECKS.filter(({ name }) => asked.length === 0 || asked.includes(name)));
    if (failed > 0) process.exitCode = 1;
  }
}
