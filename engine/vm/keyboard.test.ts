import { expect, test } from "vitest";
import { keyboard, scancodesOf } from "./keyboard.ts";
import type { Emulator } from "./v86-internals.ts";

/** A keyboard controller whose guest reads when the test says so. */
function controller() {
  const sent: number[] = [];
  const ps2 = { enable_keyboard_stream: true, kbd_buffer: { length: 0 } };
  const writes: [number, number][] = [];
  const io = { port_write8: (port: number, value: number) => writes.push([port, value]) };
  const emulator = {
    v86: { cpu: { devices: { ps2 }, io } },
    bus: {
      send(_name: string, value: unknown) {
        sent.push(Number(value));
        ps2.kbd_buffer.length++;
      },
    },
  } as unknown as Emulator;
  return { emulator, sent, ps2, writes };
}

test("keys of a US layout: plain, shifted, control, and those without a picture", () => {
  expect(scancodesOf("a")).toEqual([[0x1e, 0x9e]]);
  expect(scancodesOf("A")).toEqual([[0x2a, 0x1e, 0x9e, 0xaa]]);
  expect(scancodesOf("?\\|~")).toEqual([
    [0x2a, 0x35, 0xb5, 0xaa],
    [0x2b, 0xab],
    [0x2a, 0x2b, 0xab, 0xaa],
    [0x2a, 0x29, 0xa9, 0xaa],
  ]);
  expect(scancodesOf("\n\b\t\x1b ")).toEqual([
    [0x1c, 0x9c],
    [0x0e, 0x8e],
    [0x0f, 0x8f],
    [0x01, 0x81],
    [0x39, 0xb9],
  ]);
  expect(scancodesOf("\x03")).toEqual([[0x1d, 0x2e, 0xae, 0x9d]]);
});

test("every printable ASCII character has a key, and no two have the same", () => {
  const all = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join("");
  expect(new Set(scancodesOf(all).map(String)).size).toBe(95);
});

test("a character without a key is refused by name, and nothing of the text is typed", () => {
  const { emulator, sent } = controller();
  const keys = keyboard(emulator);
  expect(() => keys.type("aä")).toThrow('bad-argument: a US keyboard has no key for "ä" (U+00E4)');
  keys.service();
  expect(sent).toEqual([]);
});

test("the next key goes out only when the guest has read the last one", () => {
  const { emulator, sent, ps2 } = controller();
  const keys = keyboard(emulator);
  keys.type("ab");
  expect(sent).toEqual([0x1e, 0x9e]);
  keys.service();
  expect(sent).toHaveLength(2);
  ps2.kbd_buffer.length = 0;
  keys.service();
  expect(sent).toEqual([0x1e, 0x9e, 0x30, 0xb0]);
});

test("what is typed before the guest's driver is there waits for it", () => {
  const { emulator, sent, ps2 } = controller();
  ps2.enable_keyboard_stream = false;
  const keys = keyboard(emulator);
  keys.scancodes([0xe0, 0x48]);
  expect(sent).toEqual([]);
  ps2.enable_keyboard_stream = true;
  keys.service();
  ps2.kbd_buffer.length = 0;
  keys.service();
  expect(sent).toEqual([0xe0, 0x48]);
});

test("more than can wait is refused as a whole", () => {
  const { emulator, ps2, sent } = controller();
  ps2.enable_keyboard_stream = false;
  const keys = keyboard(emulator);
  keys.scancodes(new Array(65536).fill(1));
  expect(() => keys.scancodes([2])).toThrow(/^busy: 65536 scancodes/);
  expect(sent).toEqual([]);
});

test("the controller is told to translate, as a BIOS would: Linux relies on it", () => {
  const { emulator, writes } = controller();
  keyboard(emulator);
  expect(writes).toEqual([
    [0x64, 0x60],
    [0x60, 0x47],
  ]);
});
