/**
 * One terminal for each open console, fed from the moment the box says its first byte, whether it is looked at or not: the
 * stage shows its last lines, the lens the whole of it. It writes what the box wrote and sends what the person types.
 */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { create } from "zustand";
import type { LabView } from "../../engine/lab/view.ts";
import { colour } from "../page/media.ts";

export interface BoxConsole {
  terminal: Terminal;
  fit: FitAddon;
  /** Holds the terminal once it was opened; moves between places, since a terminal opens once. */
  element: HTMLDivElement;
  opened: boolean;
}

const consoles = new Map<string, BoxConsole>();

/** Last lines of each console, for the stage; keys are "PLATFORM/VMID". At most four times a second. */
export const useTails = create<Record<string, readonly string[]>>(() => ({}));

/** Keys of the consoles there are. */
export const useConsoles = create<{ keys: readonly string[] }>(() => ({ keys: [] }));

const TAIL_LINES = 24;
const TAIL_EVERY_MS = 250;

function tail(terminal: Terminal): string[] {
  const buffer = terminal.buffer.active;
  const last = buffer.baseY + buffer.cursorY;
  const lines: string[] = [];
  for (let row = Math.max(0, last - TAIL_LINES + 1); row <= last; row += 1) {
    lines.push(buffer.getLine(row)?.translateToString(true) ?? "");
  }
  // Spaces up to the cursor belong to the prompt.
  const cursorLine = lines.length - 1;
  lines[cursorLine] = (lines[cursorLine] ?? "").padEnd(buffer.cursorX);
  while (lines[0] === "" && lines.length > 1) lines.shift();
  return lines;
}

const dirty = new Set<string>();
let scheduled = false;

function tailLater(key: string): void {
  dirty.add(key);
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    const changed: Record<string, readonly string[]> = {};
    for (const each of dirty) {
      const box = consoles.get(each);
      if (box) changed[each] = tail(box.terminal);
    }
    dirty.clear();
    useTails.setState(changed);
  }, TAIL_EVERY_MS);
}

export function consoleTheme() {
  return {
    background: colour("surface"),
    foreground: colour("ink"),
    cursor: colour("ink"),
    cursorAccent: colour("surface"),
    selectionBackground: colour("line"),
  };
}

function make(view: LabView, key: string): BoxConsole {
  const terminal = new Terminal({
    cols: 80,
    rows: 24,
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    fontSize: 12,
    lineHeight: 1.25,
    scrollback: 5000,
    cursorBlink: false,
    screenReaderMode: true,
    theme: consoleTheme(),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  const [platform = "", vm = ""] = key.split("/");
  const encoder = new TextEncoder();
  terminal.onData((text) => {
    view.consoleInput(platform, vm, encoder.encode(text)).catch((error: unknown) => {
      terminal.write(`\r\n[${error instanceof Error ? error.message : String(error)}]\r\n`);
    });
  });
  terminal.onWriteParsed(() => tailLater(key));
  const element = document.createElement("div");
  element.className = "terminal-holder";
  const made: BoxConsole = { terminal, fit, element, opened: false };
  consoles.set(key, made);
  useConsoles.setState({ keys: [...consoles.keys()] });
  return made;
}

export function writeConsole(view: LabView, key: string, bytes: Uint8Array): void {
  (consoles.get(key) ?? make(view, key)).terminal.write(bytes);
}

/** The console of a box, made empty if it has said nothing yet. */
export function consoleOf(view: LabView, key: string): BoxConsole {
  return consoles.get(key) ?? make(view, key);
}

/** Forgets consoles whose key begins so: their boxes are gone. */
export function clearConsoles(prefix: string): void {
  const gone: Record<string, readonly string[]> = {};
  for (const [key, { terminal, element }] of consoles) {
    if (!key.startsWith(prefix)) continue;
    terminal.dispose();
    element.remove();
    consoles.delete(key);
    gone[key] = [];
  }
  useConsoles.setState({ keys: [...consoles.keys()] });
  useTails.setState(gone);
}

export function themeConsoles(): void {
  const theme = consoleTheme();
  for (const { terminal } of consoles.values()) terminal.options.theme = theme;
}
