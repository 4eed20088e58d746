// Starts Debian's tools, in a fixed locale and time zone, and turns their failures into errors that name tool and cause.

import { spawn, spawnSync } from "node:child_process";
import { BuildError } from "./step.mjs";

const FIXED = { LC_ALL: "C", LANG: "C", TZ: "UTC" };

/** Runs a program to its end and returns what it printed. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...FIXED, ...options.env },
    input: options.input,
    maxBuffer: 1 << 28,
    encoding: "utf8",
  });
  if (result.error) {
    const missing = result.error.code === "ENOENT";
    throw new BuildError(
      missing
        ? `${program}: not installed (see guests/build/host-packages.json)`
        : `${program}: ${result.error.message}`,
    );
  }
  if (result.status !== 0) {
    throw new BuildError(
      `${program} ${args.join(" ")}\nended with ${result.status ?? result.signal}:\n${tail(result.stdout + result.stderr)}`,
    );
  }
  return result.stdout;
}

/** Runs a long program, handing each line of its output to `onLine`. */
export function runLines(program, args, options, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...FIXED, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stop = () => child.kill();
    process.once("exit", stop);
    let rest = "";
    let last = "";
    const take = (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        onLine(line);
        last = tail(`${last}${line}\n`);
      }
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => reject(new BuildError(`${program}: ${error.message}`)));
    child.on("close", (status, signal) => {
      process.off("exit", stop);
      if (status === 0) resolve();
      else reject(new BuildError(`${program} ${args.join(" ")}\nended with ${status ?? signal}:\n${last}${rest}`));
    });
  });
}

function tail(text) {
  return text.split("\n").slice(-40).join("\n");
}
