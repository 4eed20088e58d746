/**
 * A box's serial console, as its machine's owner uses it: read, write, wait for a text, run a command at a shell. The TVMM
 * decides whether there is one; every call asks it.
 */
import { TerraError } from "../protocol/errors.ts";
import type { OwnerEvent } from "../protocol/owner.ts";
import type { Console, VmState } from "./api.ts";
import { options, timeout, words } from "./arguments.ts";

export interface ConsoleLine {
  /** Id of the VM on its machine, as it is now. */
  vm(): string;
  state(): VmState;
  read(vm: string): Promise<Uint8Array>;
  write(vm: string, bytes: Uint8Array): Promise<void>;
  onEvent(listener: (event: OwnerEvent) => void): () => void;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
/** Ctrl-C. */
const INTERRUPT = String.fromCharCode(3);
/** A shell's prompt at the end of what was written so far; busybox asks for the cursor's position behind it. */
const PROMPT = new RegExp(`[#$] (${ESCAPE}\\[6n)?$`);

/** A suspended box goes on where it stopped: what its console was to say, it may still say. */
const lives = (state: VmState | undefined) => state === "on" || state === "suspended";

const atPrompt = (output: string) => PROMPT.test(output.slice(-16));

function find(text: string, pattern: string | RegExp, from: number): { text: string; end: number } | undefined {
  if (typeof pattern === "string") {
    const at = text.indexOf(pattern, from);
    return at < 0 ? undefined : { text: pattern, end: at + pattern.length };
  }
  const global = new RegExp(pattern.source, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`);
  global.lastIndex = from;
  const match = global.exec(text);
  return match ? { text: match[0], end: match.index + match[0].length } : undefined;
}

/** One word for a shell, whatever is in it. */
const quoted = (command: string) => `'${command.replaceAll("'", "'\\''")}'`;

/** What a guest's `run` (guests/overlays/shell) writes before and behind a command's output; no terminal shows it. */
const begins = (mark: string) => `${ESCAPE}]133;C;aid=${mark}${BELL}`;
const ends = (mark: string) => `${ESCAPE}\\]133;D;(\\d+);aid=${mark}${BELL}`;

/** busybox reads lines of at most 1023 bytes; this many characters stay below that in UTF-8 and quoted, with what stands around. */
const LINE = 200;

/** What a shell has to read before, and then the word that stands for the command. A long one is handed over in pieces. */
function asWord(command: string, name: string): { before: string; word: string } {
  if (command.split("\n").every((each) => each.length <= LINE)) return { before: "", word: quoted(command) };
  const characters = [...command];
  const lines = Array.from({ length: Math.ceil(characters.length / LINE) }, (_, index) => {
    const piece = characters.slice(index * LINE, (index + 1) * LINE).join("");
    return `${name}=$${name}${quoted(piece)}\n`;
  });
  return { before: lines.join(""), word: `"$${name}"` };
}

export function createConsole(line: ConsoleLine): Console {
  /**
   * Output is counted from the first character that this object heard of, because what the TVMM keeps is a window that
   * moves. `arrived` characters came so far, and the next search begins at `searched`.
   */
  let arrived = 0;
  let searched = Number.NEGATIVE_INFINITY;
  let counter = new TextDecoder();
  let resting = false;
  let commands = 0;
  let running: Promise<unknown> = Promise.resolve();

  function isMine(event: OwnerEvent): boolean {
    if (event.type !== "console" && event.type !== "vm") return false;
    try {
      return event.vm === line.vm();
    } catch {
      // The box is not there any more; this may be the message that says so.
      return event.type === "vm" && event.status === undefined;
    }
  }

  // Without end: the machine drops its listeners when it is closed.
  line.onEvent((event) => {
    if (!isMine(event)) return;
    if (event.type === "vm" && !lives(event.status?.state)) resting = true;
    if (event.type === "console") {
      // The first output after power-on: what was found before belongs to another life of the box.
      if (resting) {
        counter = new TextDecoder();
        searched = arrived;
      }
      resting = false;
      arrived += counter.decode(event.bytes, { stream: true }).length;
    }
  });

  const text = async () => new TextDecoder().decode(await line.read(line.vm()));

  /** Calls `look` with the whole output, now and each time there is more, until it returns something. */
  async function watch<T>(look: (text: string) => T | undefined, timeoutMs: number, wanted: string): Promise<T> {
    const vm = line.vm();
    const decoder = new TextDecoder();
    let output: string | undefined;
    return new Promise<T>((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(timer);
        unsubscribe();
        act();
      };
      const check = () => {
        try {
          const found = look(output ?? "");
          if (found !== undefined) finish(() => resolve(found));
          return found !== undefined;
        } catch (error) {
          finish(() => reject(error));
          return true;
        }
      };
      const gone = (state: string) =>
        finish(() => reject(new TerraError("bad-state", `the box is ${state}, its console will not say ${wanted}`)));
      const unsubscribe = line.onEvent((event) => {
        if (event.type === "console" && event.vm === vm && output !== undefined) {
          output += decoder.decode(event.bytes, { stream: true });
          check();
        } else if (event.type === "vm" && event.vm === vm && !lives(event.status?.state) && output !== undefined) {
          gone(event.status?.state ?? "gone");
        }
      });
      const timer = setTimeout(() => {
        const tail = JSON.stringify((output ?? "").slice(-200));
        finish(() =>
          reject(
            new TerraError("timeout", `the console did not say ${wanted} within ${timeoutMs} ms; its end: ${tail}`),
          ),
        );
      }, timeoutMs);
      line.read(vm).then(
        (bytes) => {
          output = decoder.decode(bytes, { stream: true });
          if (!check() && line.state() === "halted") gone("halted");
        },
        (error: unknown) => finish(() => reject(error)),
      );
    });
  }

  const write = (input: string) => line.write(line.vm(), new TextEncoder().encode(input));

  async function runNow(command: string, timeoutMs: number): Promise<{ exitCode: number; output: string }> {
    // Asks the TVMM first: it knows whether there is a console at all.
    await line.read(line.vm());
    if (line.state() !== "on") {
      throw new TerraError("bad-state", `the box is ${line.state()}; no shell runs in it`);
    }
    commands += 1;
    const mark = `${commands}${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36).slice(-4)}`;
    let prompted = false;
    try {
      const seen = (output: string) => {
        prompted ||= /[#$] /.test(output);
        return atPrompt(output) || undefined;
      };
      await watch(seen, timeoutMs, "a shell's prompt");
      prompted = true;
      const { before, word } = asWord(command, `command_${mark}`);
      await write(`${before}run ${mark} ${word}\n`);
      const finished = new RegExp(`${ends(mark)}[^]*[#$] `);
      let from = 0;
      const answer = (output: string) => {
        if (from === 0) {
          const begun = output.indexOf(begins(mark));
          if (begun < 0) {
            if (!new RegExp(`run ${mark} [^]*\\brun: not found[^]*[#$] `).test(output) || !atPrompt(output))
              return undefined;
            throw new TerraError(
              "bad-state",
              "the box's shell does not know `run` (/etc/shell of this lab's images); leave it with exit",
            );
          }
          from = begun + begins(mark).length;
        }
        // A prompt is at the end of what was written: only then is it worth looking for the mark in all of it.
        if (!atPrompt(output)) return undefined;
        const match = finished.exec(output.slice(from));
        return match ? { exitCode: Number(match[1]), output: output.slice(from, from + match.index) } : undefined;
      };
      const { exitCode, output } = await watch(
        answer,
        timeoutMs,
        `the end of ${JSON.stringify(command.slice(0, 200))}`,
      );
      return { exitCode, output: output.replaceAll("\r\n", "\n") };
    } catch (error) {
      // What holds the shell up, a command or half a line, does not hold up the next one. A box that still boots is left alone.
      if (error instanceof TerraError && error.code === "timeout" && prompted) {
        await write(INTERRUPT).catch(() => undefined);
      }
      throw error;
    }
  }

  return {
    text,
    write: async (input) => write(words(input, "the text")),
    async waitFor(pattern, how) {
      const { from, timeoutMs: wait } = options(how, "options");
      const timeoutMs = timeout(wait, DEFAULT_TIMEOUT_MS);
      if (typeof pattern !== "string" && !(pattern instanceof RegExp)) {
        throw new TerraError("bad-argument", `the pattern is ${String(pattern)}; it should be text or a RegExp`);
      }
      if (from !== undefined && (typeof from !== "number" || Number.isNaN(from) || from < 0)) {
        throw new TerraError("bad-argument", `from is ${String(from)}; it should be a number of characters`);
      }
      let origin = 0;
      const found = await watch(
        (output) => {
          origin = arrived - output.length;
          return find(output, pattern, from ?? Math.max(0, searched - origin));
        },
        timeoutMs,
        String(pattern),
      );
      searched = origin + found.end;
      return found.text;
    },
    run(command, how) {
      // One after the other: a shell reads one line at a time.
      const next = running.then(async () => {
        const { timeoutMs } = options(how, "options");
        return runNow(words(command, "the command"), timeout(timeoutMs, DEFAULT_TIMEOUT_MS));
      });
      running = next.catch(() => undefined);
      return next;
    },
  };
}
