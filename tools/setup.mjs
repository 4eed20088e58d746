/**
 * Makes a fresh clone ready on a machine that has only Node and apt: npm packages, Debian packages, the guests' images,
 * the site. What is there already is not made again. It must run before `npm ci`, so it imports nothing but Node and
 * leaves what needs packages to commands of their own.
 *
 *   node tools/setup.mjs [start | test | build]
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  cacheFolder,
  digestOf,
  filesBelow,
  isRoot,
  missingPackages,
  nodeIsSupported,
  present,
  ROOT,
  readPackageList,
  stalePackages,
} from "./host.mjs";
import { must, run, StepFailed, steps } from "./progress.mjs";

const IMAGES = "guests/build/main.mjs";

async function npmPackages() {
  const stale = stalePackages();
  if (stale.length === 0) return "up to date";
  console.log(`      ${stale.length} packages are missing or of another version: npm ci`);
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  await must(command, [...args, "ci", "--no-audit", "--no-fund"], {
    remedy: "check that npm reaches its registry (npm ping), then run the command again.",
  });
  const left = stalePackages();
  if (left.length > 0) {
    throw new StepFailed(`After npm ci these packages are still missing: ${left.slice(0, 10).join(", ")}`, {
      remedy: "package.json and package-lock.json disagree; git status shows whether one of them was changed.",
    });
  }
  return `${stale.length} packages installed`;
}

/** What the purpose needs of Debian: guests' tools always, the tests' judges and browser only for tests. */
function hostPackages(purpose) {
  const own = JSON.parse(readFileSync(path.join(ROOT, "tools/host-packages.json"), "utf8"));
  return {
    ...readPackageList(path.join(ROOT, "guests/build/host-packages.json")),
    ...(purpose === "test" ? own.test : {}),
  };
}

async function debianPackages(purpose) {
  const list = hostPackages(purpose);
  const missing = missingPackages(list);
  if (missing.length === 0) return "all there";
  const command = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  if (!present("apt-get")) {
    throw new StepFailed(`Missing: ${missing.join(", ")} (names of Debian packages), and there is no apt-get here.`, {
      remedy: `install what has these commands or files: ${missing.map((name) => list[name]).join(", ")}.`,
    });
  }
  if (!isRoot()) {
    throw new StepFailed(`Debian packages are missing: ${missing.join(", ")}.`, {
      remedy: `run this once, then the same command again:\n\n    sudo sh -c "apt-get update && ${command}"\n`,
    });
  }
  console.log(`      ${command}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  // An update that fails is no reason to stop: the lists may be good enough.
  await run("apt-get", ["update", "-q"], { env });
  await must("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...missing], {
    env,
    remedy: `run "apt-get update" and "${command}" yourself and see what apt says.`,
  });
  const left = missingPackages(list);
  if (left.length > 0) {
    const absent = left.map((name) => `${name} (${list[name]})`).join(", ");
    throw new StepFailed(`apt-get installed the packages, and yet this is not there: ${absent}.`);
  }
  return `${missing.length} installed`;
}

async function images() {
  if (!existsSync(path.join(ROOT, IMAGES))) throw new StepFailed(`${IMAGES} is missing.`);
  await must(process.execPath, [IMAGES], {
    show: true,
    remedy: "the lines above name the image and the reason; npm run images runs this step alone.",
  });
  return undefined;
}

const isTest = (name) => /\.test\.tsx?$/.test(name) || name.includes("/testing/");

/** Digest over all that the site is made from. Images' blobs are named by their digests: their sizes will do. */
export function siteInputs(root = ROOT) {
  const trees = ["app", "engine", "public"].flatMap((folder) =>
    filesBelow(path.join(root, folder)).map((name) => `${folder}/${name}`),
  );
  const single = ["index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.base.json"];
  const tools = ["layers", "measured", "vite-measured"].map((name) => `tools/${name}.mjs`);
  const names = [...trees, ...single, ...tools].filter((name) => !isTest(name) && existsSync(path.join(root, name)));
  return digestOf(root, names, (name) => name.startsWith("public/images/blobs/"));
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Builds dist/ if its inputs have changed since. Vite writes beside it, so that dist/ is whole or absent. */
export async function buildSite({ force = false } = {}) {
  const dist = path.join(ROOT, "dist");
  const sizes = () => digestOf(dist, filesBelow(dist), () => true);
  const stamp = path.join(cacheFolder(), `site-${createHash("sha256").update(ROOT).digest("hex").slice(0, 16)}.json`);
  const inputs = siteInputs();
  if (!force && existsSync(stamp) && existsSync(path.join(dist, "index.html"))) {
    const last = JSON.parse(readFileSync(stamp, "utf8"));
    if (last.inputs === inputs && last.output === sizes()) return "up to date";
  }
  const building = path.join(ROOT, "node_modules/.cache/terra-lab");
  const fresh = path.join(building, `dist-${process.pid}`);
  mkdirSync(building, { recursive: true });
  for (const left of readdirSync(building)) {
    const pid = Number(/^dist-(\d+)$/.exec(left)?.[1]);
    if (pid > 0 && !alive(pid)) rmSync(path.join(building, left), { recursive: true, force: true });
  }
  try {
    await must(process.execPath, ["node_modules/vite/bin/vite.js", "build", "--outDir", fresh, "--emptyOutDir"], {
      env: { NODE_ENV: "production" },
      remedy: "the lines above name the file; npm run check says more.",
    });
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  writeFileSync(stamp, JSON.stringify({ inputs, output: sizes() }));
  return `dist/ built, ${filesBelow(dist).length} files`;
}

/**
 * The steps for a purpose. "test" leaves the site to the tests, which build it after the unit tests have passed.
 * @param {"start" | "test" | "build"} purpose
 */
export function setupSteps(purpose) {
  const list = [
    { title: "npm packages", run: npmPackages },
    { title: "Debian packages", run: () => debianPackages(purpose) },
    { title: "The guests' images", run: images },
  ];
  if (purpose !== "test") list.push({ title: "The site", run: () => buildSite() });
  return list;
}

/** @returns {Promise<boolean>} whether everything is ready; if not, the reason was printed */
export async function setup(purpose) {
  if (!nodeIsSupported(process.versions.node)) {
    console.error(`Terra Lab needs Node ^20.19 or >= 22.12; this is ${process.versions.node} (${process.execPath}).`);
    return false;
  }
  mkdirSync(cacheFolder(), { recursive: true });
  return steps(setupSteps(purpose));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const purpose = process.argv[2] ?? "build";
  if (!["start", "test", "build"].includes(purpose)) {
    console.error(`Unknown purpose "${purpose}"; start, test or build.`);
    process.exitCode = 1;
  } else if (!(await setup(purpose))) process.exitCode = 1;
}
