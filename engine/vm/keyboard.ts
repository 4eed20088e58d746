/**
 * A PC keyboard (scancode set 1, US layout) that types text, no faster than the guest reads: the keyboard controller holds
 * few bytes and forgets them when the guest sends it a command.
 */
import { TerraError } from "../protocol/errors.ts";
import type { Emulator } from "./v86-internals.ts";

const SHIFT = 0x2a;
const CONTROL = 0x1d;
const RELEASED = 0x80;
const WRITE_COMMAND_BYTE = 0x60;
/** Keyboard and mouse interrupts, system flag, translation. */
const COMMAND_BYTE = 0x47;
/** What may wait: a page of text. */
const LIMIT = 65536;

/** Rows of keys by the scancode of their first key: without and with Shift. */
const ROWS: [number, string, string][] = [
  [0x02, "1234567890-=", "!@#$%^&*()_+"],
  [0x10, "qwertyuiop[]", "QWERTYUIOP{}"],
  [0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?"],
  [0x39, " ", ""],
  [0x01, "\x1b", ""],
  [0x0e, "\b\t", ""],
  [0x1c, "\n", ""],
];

const KEYS = new Map<string, { code: number; shift: boolean }>();
for (const [first, plain, shifted] of ROWS) {
  [...plain].forEach((key, at) => {
    KEYS.set(key, { code: first + at, shift: false });
  });
  [...shifted].forEach((key, at) => {
    KEYS.set(key, { code: first + at, shift: true });
  });
}
KEYS.set("\r", { code: 0x1c, shift: false });
KEYS.set("\x7f", { code: 0x0e, shift: false });

const stroke = (code: number) => [code, code | RELEASED];

/** Scancodes of one character, pressed and released; other control characters with Ctrl. Code "bad-argument" if no key has it. */
function keystrokes(character: string): number[] {
  const key = KEYS.get(character);
  if (key) return key.shift ? [SHIFT, ...stroke(key.code), SHIFT | RELEASED] : stroke(key.code);
  const code = character.charCodeAt(0);
  const letter = code >= 1 && code <= 26 ? KEYS.get(String.fromCharCode(96 + code)) : undefined;
  if (letter) return [CONTROL, ...stroke(letter.code), CONTROL | RELEASED];
  const name = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  throw new TerraError("bad-argument", `a US keyboard has no key for ${JSON.stringify(character)} (${name})`);
}

export function scancodesOf(text: string): number[][] {
  return [...text].map(keystrokes);
}

export interface Keyboard {
  /** All of it or, if a character has no key or too much waits ("busy"), nothing. */
  type(text: string): void;
  scancodes(codes: readonly number[]): void;
  /** To be called after each slice of the processor's time: gives the guest the next key when it took the last one. */
  service(): void;
}

export function keyboard(emulator: Emulator): Keyboard {
  const { io, devices } = emulator.v86.cpu;
  const { ps2 } = devices;
  // What a BIOS would leave behind: interrupts, and scancodes translated to set 1, which is what v86 sends. Without that bit
  // Linux takes them for set 2.
  io.port_write8(0x64, WRITE_COMMAND_BYTE);
  io.port_write8(0x60, COMMAND_BYTE);
  let waiting: (readonly number[])[] = [];
  let count = 0;
  let at = 0;

  const add = (strokes: (readonly number[])[]) => {
    const more = strokes.reduce((sum, codes) => sum + codes.length, 0);
    if (count + more > LIMIT)
      throw new TerraError("busy", `${count} scancodes wait for the guest; at most ${LIMIT} can`);
    waiting.push(...strokes);
    count += more;
    service();
  };
  const service = () => {
    if (!ps2.enable_keyboard_stream || ps2.kbd_buffer.length > 0) return;
    const codes = waiting[at];
    if (!codes) return;
    at++;
    count -= codes.length;
    if (at === waiting.length) {
      waiting = [];
      at = 0;
    }
    for (const code of codes) emulator.bus.send("keyboard-code", code);
  };
  return {
    type: (text) => add(scancodesOf(text)),
    scancodes: (codes) => add(codes.map((code) => [code])),
    service,
  };
}
