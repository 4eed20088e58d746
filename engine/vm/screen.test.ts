import { expect, test } from "vitest";
import { CP437 } from "./cp437.ts";
import { watchScreen } from "./screen.ts";
import { asm, guest, trial } from "./testing/guest.ts";
import { enterTextMode } from "./vga-text-mode.ts";

const VIDEO = 0xb8000;
const cellAt = (row: number, column: number) => VIDEO + (row * 80 + column) * 2;
const write = (row: number, column: number, text: string, attribute = 0x07) =>
  [...text].flatMap((character, at) => [
    ...asm.store8(cellAt(row, column + at), character.charCodeAt(0)),
    ...asm.store8(cellAt(row, column + at) + 1, attribute),
  ]);

async function shown(...code: number[][]) {
  const { machine, halt } = await trial(guest(...code, asm.cli, asm.hlt));
  let changes = 0;
  const screen = watchScreen(machine.emulator, () => changes++);
  enterTextMode(machine.emulator.v86.cpu);
  screen.takeChangedRows();
  changes = 0;
  await machine.run();
  await halt;
  return { screen, changes: () => changes };
}

test("text comes with its colours, and without trailing blanks", async () => {
  const { screen, changes } = await shown(write(0, 2, "Terra"), write(2, 0, "red ", 0x4c));
  expect(screen.text()).toBe("  Terra\n\nred");
  expect(screen.cell(0, 2)).toEqual({ code: 84, background: 0x000000, foreground: 0xaaaaaa });
  expect(screen.cell(2, 0)).toEqual({ code: 114, background: 0xaa0000, foreground: 0xff5555 });
  expect(screen.takeChangedRows()).toEqual([0, 2]);
  expect(screen.takeChangedRows()).toEqual([]);
  expect(changes()).toBeGreaterThan(0);
  expect([screen.columns, screen.rows, screen.graphical]).toEqual([80, 25, false]);
});

test("scrolling by the start address, as Linux does, moves the picture", async () => {
  const { screen } = await shown(
    write(0, 0, "gone"),
    write(1, 0, "first"),
    write(25, 0, "last"),
    asm.out8(0x3d4, 0x0d),
    asm.out8(0x3d5, 80),
  );
  const lines = screen.text().split("\n");
  expect(lines[0]).toBe("first");
  expect(lines[24]).toBe("last");
});

test("the cursor's place and shape", async () => {
  const { screen } = await shown(
    asm.out8(0x3d4, 0x0f),
    asm.out8(0x3d5, 85),
    asm.out8(0x3d4, 0x0a),
    asm.out8(0x3d5, 0),
    asm.out8(0x3d4, 0x0b),
    asm.out8(0x3d5, 15),
  );
  expect(screen.cursor).toEqual({ row: 1, column: 5, visible: true, start: 0, end: 15 });
});

test("a guest that sets impossible sizes does no harm", async () => {
  const { screen } = await shown(
    // Unlock, then one scan line a row and the most lines there can be.
    asm.out8(0x3d4, 0x11),
    asm.out8(0x3d5, 0),
    asm.out8(0x3d4, 0x01),
    asm.out8(0x3d5, 0xff),
    asm.out8(0x3d4, 0x02),
    asm.out8(0x3d5, 0xff),
    asm.out8(0x3d4, 0x09),
    asm.out8(0x3d5, 0),
    asm.out8(0x3d4, 0x07),
    asm.out8(0x3d5, 0xff),
    asm.out8(0x3d4, 0x12),
    asm.out8(0x3d5, 0xff),
  );
  expect(screen.columns * screen.rows).toBeLessThanOrEqual(32768);
  expect(typeof screen.text()).toBe("string");
});

test("a graphical mode that is set half-way has no picture, and no text", async () => {
  const { screen } = await shown(write(0, 0, "text"), asm.in8(0x3da), asm.out8(0x3c0, 0x30), asm.out8(0x3c0, 1));
  expect(screen.graphical).toBe(true);
  let pictures = 0;
  screen.takePictures(() => pictures++);
  expect([pictures, screen.text()]).toEqual([0, ""]);
});

test("code page 437 has 256 characters, the ASCII ones in their places", () => {
  expect(CP437).toHaveLength(256);
  expect(CP437[65]).toBe("A");
  expect(CP437[126]).toBe("~");
  expect(CP437[0xc4]).toBe("─");
  expect(CP437[0xdb]).toBe("█");
});
