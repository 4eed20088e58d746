/**
 * Shows a list of steps as they run: which, how far, how long; and what to do when one fails. It must run before
 * `npm ci` and therefore imports nothing but Node.
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { StringDecoder } from "node:string_decoder";
import { ROOT } from "./host.mjs";

/** How many of a failed command's lines are shown: some commands name the fault first and then explain themselves. */
const HEAD = 8;
const TAIL = 20;

/** Other people's stack frames tell nobody anything. */
const FRAME = /^\s+at .*(?:node_modules|node:)/;

function shortened(all) {
  const lines = all.filter((line) => !FRAME.test(line));
  if (lines.length <= HEAD + TAIL) return lines;
  return [...lines.slice(0, HEAD), `(${lines.length - HEAD - TAIL} lines left out)`, ...lines.slice(-TAIL)];
}

/** A failure with its remedy: `lines` are words of the command, `remedy` says what to do. */
export class StepFailed extends Error {
  /** @param {string} message @param {{lines?: string[], remedy?: string}} [more] */
  constructor(message, { lines = [], remedy = "" } = {}) {
    super(message);
    this.lines = lines;
    this.remedy = remedy;
  }
}

const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;

/**
 * Runs a command and resolves with its exit code and last lines.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: Record<string, string>, show?: boolean}} [options] show: print each line as it comes
 * @returns {Promise<{code: number, lines: string[]}>}
 */
export function run(command, args, { cwd = ROOT, env = {}, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stopped = false;
    const stop = (signal) => {
      stopped = true;
      child.kill(signal);
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    const lines = [];
    const line = (text) => {
      if (text.trim() === "") return;
      lines.push(text);
      // Enough of a long build's words, first and last.
      if (lines.length > 400) lines.splice(50, 1);
      if (show) console.log(`      ${text}`);
    };
    for (const stream of [child.stdout, child.stderr]) {
      const decoder = new StringDecoder("utf8");
      let rest = "";
      stream.on("data", (chunk) => {
        // A progress display overwrites its line with carriage returns: each overwriting counts as a line.
        const parts = (rest + decoder.write(chunk)).split(/\r?\n|\r/);
        rest = parts.pop() ?? "";
        for (const part of parts) line(part);
      });
      stream.on("end", () => line(rest));
    }
    child.on("error", (error) => reject(new StepFailed(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      // Whoever stops the command means all of it, not the next step.
      if (stopped) {
        console.error(`\nStopped while running "${command} ${args.join(" ")}".`);
        process.exit(1);
      }
      if (signal) lines.push(`(stopped by ${signal})`);
      resolve({ code: code ?? 1, lines });
    });
  });
}

/** The same, but a failure is thrown, with the command's last lines and the remedy. */
export async function must(command, args, { remedy = "", ...options } = {}) {
  const { code, lines } = await run(command, args, options);
  if (code !== 0) {
    const said = options.show ? [] : shortened(lines);
    throw new StepFailed(`"${[command, ...args].join(" ")}" ended with exit code ${code}`, { lines: said, remedy });
  }
  return lines;
}

/**
 * Runs steps one after the other; the first that fails ends it all.
 * @param {{title: string, run: () => Promise<string | undefined>}[]} list `run` resolves with a remark, for example
 *   that there was nothing to do
 * @returns {Promise<boolean>} whether all went well
 */
export async function steps(list) {
  for (const [index, step] of list.entries()) {
    const label = `[${index + 1}/${list.length}] ${step.title}`;
    console.log(label);
    const from = performance.now();
    try {
      const remark = await step.run();
      console.log(`      ${remark ?? "done"} (${seconds(from)})`);
    } catch (error) {
      explain(label, error);
      return false;
    }
  }
  return true;
}

/** Prints what failed, its last lines and what to do. */
export function explain(label, error) {
  console.error(`\n${label}: failed.`);
  console.error(error instanceof StepFailed ? error.message : error instanceof Error ? error.stack : error);
  if (error instanceof StepFailed) {
    for (const line of error.lines) console.error(`    | ${line}`);
    if (error.remedy) console.error(`What to do: ${error.remedy}`);
  }
}
