/** What a box says on a serial line, and a shell at its end. It must not cost what it measures: text is searched when it comes. */
import { within } from "./within.ts";

export interface Listening {
  readonly text: string;
  hear(text: string): void;
  /** Resolves when `look` finds something in what was said so far. */
  until<T>(look: (text: string) => T | undefined, timeoutMs: number, what: string): Promise<T>;
}

export function listening(): Listening {
  let text = "";
  const listeners = new Set<() => void>();
  return {
    get text() {
      return text;
    },
    hear(more) {
      text += more;
      for (const listener of [...listeners]) listener();
    },
    until<T>(look: (text: string) => T | undefined, timeoutMs: number, what: string) {
      let listener: (() => void) | undefined;
      const found = new Promise<T>((resolve) => {
        listener = () => {
          const value = look(text);
          if (value !== undefined) resolve(value);
        };
        listeners.add(listener);
        listener();
      });
      return within(found, timeoutMs, what).finally(() => listener && listeners.delete(listener));
    },
  };
}

export const promptOf = (line: Listening, timeoutMs: number, what: string) =>
  line.until((text) => text.includes("# ") || undefined, timeoutMs, `no prompt of ${what}`);

/** Has the shell at the end of `line` run a command; its output and how long that took. */
export async function runAt(
  line: Listening,
  write: (text: string) => void,
  command: string,
  timeoutMs: number,
): Promise<{ ms: number; output: string }> {
  const mark = Math.random().toString(36).slice(2);
  const pattern = new RegExp(`begin-${mark}\\r?\\n([^]*?)end-${mark}:0\\r?\\n[^]*# `);
  const from = performance.now();
  write(`echo "begin"-${mark}; { ${command}\n}; echo "end"-${mark}:$?\n`);
  const output = await line.until((text) => pattern.exec(text)?.[1], timeoutMs, `no end of "${command}"`);
  return { ms: performance.now() - from, output };
}
