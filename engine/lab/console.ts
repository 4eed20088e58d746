/**
 * A box's serial console, as its machine's owner uses it: read, write, wait for a text, run a command at a shell. The TVMM
 * decides whether there is one; every call asks it.
 */
import { TerraError } from "../protocol/errors.ts";
import type { OwnerEvent } from "../protocol/owner.ts";
import type { Console } from "./api.ts";

export interface ConsoleLine {
  /** Id of the VM on its machine, as it is now. */
  vm(): string;
  read(vm: string): Promise<Uint8Array>;
  write(vm: string, bytes: Uint8Array): Promise<void>;
  onEvent(listener: (event: OwnerEvent) => void): () => void;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const ESCAPE = String.fromCharCode(27);
/** Ctrl-C. */
const INTERRUPT = String.fromCharCode(3);
/** A shell's prompt at the end of what was written so far; busybox asks for the cursor's position behind it. */
const PROMPT = new RegExp(`[#$] (${ESCAPE}\\[6n)?$`);

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

export function createConsole(line: ConsoleLine): Console {
  let matchedUpTo = 0;
  let commands = 0;

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
        const found = look(output ?? "");
        if (found !== undefined) finish(() => resolve(found));
      };
      const unsubscribe = line.onEvent((event) => {
        if (event.type === "console" && event.vm === vm && output !== undefined) {
          output += decoder.decode(event.bytes, { stream: true });
          check();
        } else if (event.type === "vm" && event.vm === vm && event.status?.state !== "on" && output !== undefined) {
          const state = event.status?.state ?? "gone";
          finish(() => reject(new TerraError("bad-state", `the box is ${state}, its console will not say ${wanted}`)));
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
          check();
        },
        (error: unknown) => finish(() => reject(error)),
      );
    });
  }

  const write = (input: string) => line.write(line.vm(), new TextEncoder().encode(input));

  return {
    text,
    write,
    async waitFor(pattern, options = {}) {
      const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      const found = await watch(
        (output) => {
          if (matchedUpTo > output.length) matchedUpTo = 0;
          return find(output, pattern, options.from ?? matchedUpTo);
        },
        timeoutMs,
        String(pattern),
      );
      matchedUpTo = found.end;
      return found.text;
    },
    async run(command, options = {}) {
      const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      commands += 1;
      const mark = `${commands}x${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;
      await watch((output) => PROMPT.test(output) || undefined, timeoutMs, "a shell's prompt");
      // The quotes keep the marks out of the terminal's echo; the braces keep the shell from starting before it has read all.
      await write(`echo "begin"-${mark}; { ${command}\n}; echo "end"-${mark}:$?\n`);
      const pattern = new RegExp(`begin-${mark}\\r?\\n([^]*?)end-${mark}:(\\d+)\\r?\\n[^]*[#$] `);
      try {
        const match = await watch((output) => pattern.exec(output) ?? undefined, timeoutMs, `the end of "${command}"`);
        return { exitCode: Number(match[2]), output: (match[1] ?? "").replaceAll("\r\n", "\n") };
      } catch (error) {
        if (error instanceof TerraError && error.code === "timeout") await write(INTERRUPT);
        throw error;
      }
    },
  };
}
