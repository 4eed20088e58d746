/**
 * `npm run bench`: makes everything ready, measures the built site in Debian's Chromium, and prints each figure beside its
 * baseline from the same run. It judges nothing: goals stand beside the figures, and a slow machine is no failure. It starts
 * before `npm ci`, so it imports nothing that is installed.
 */
import process from "node:process";
import { buildSite, setup } from "../tools/setup.mjs";
import { TITLES } from "./titles.mjs";

const SECTIONS = Object.keys(TITLES);
const USAGE = `npm run bench -- [options]
  --runs N          repetitions of each boot (default 5)
  --only SECTION    ${SECTIONS.join(", ")}; may be given several times
  --quick           2 repetitions, short recordings: to see that it works
  --site FOLDER     measures this built site instead of dist/, without set-up
  --out FILE        where the figures go as JSON (default dist-bench/results.json)`;

function parse(args) {
  const options = { runs: 5, only: [], quick: false, site: undefined, out: undefined };
  let runs;
  for (let at = 0; at < args.length; at++) {
    const value = () => {
      at += 1;
      if (args[at] === undefined) throw new Error(`${args[at - 1]} needs a value`);
      return args[at];
    };
    if (args[at] === "--runs") runs = Number(value());
    else if (args[at] === "--only") options.only.push(value());
    else if (args[at] === "--quick") options.quick = true;
    else if (args[at] === "--site") options.site = value();
    else if (args[at] === "--out") options.out = value();
    else throw new Error(`unknown option ${args[at]}`);
  }
  options.runs = runs ?? (options.quick ? 2 : 5);
  if (!Number.isInteger(options.runs) || options.runs < 1)
    throw new Error(`--runs is ${runs}; a whole number from 1 on`);
  const unknown = options.only.find((name) => !SECTIONS.includes(name));
  if (unknown) throw new Error(`there is no section "${unknown}"; there are ${SECTIONS.join(", ")}`);
  if (options.only.length === 0) options.only = SECTIONS;
  return options;
}

let options;
try {
  options = parse(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\n\n${USAGE}`);
}
if (!options) process.exitCode = 2;
else if (options.site || (await setup("test"))) {
  if (!options.site) console.log(`      the site: ${await buildSite()}`);
  const { bench } = await import("./run.mjs");
  process.exitCode = await bench(options);
} else process.exitCode = 1;
