import { expect, test, vi } from "vitest";
import { asm, guest, trial } from "./testing/guest.ts";

const COM1 = 0x3f8;
const COM2 = 0x2f8;

test("a guest's serial lines come out, and HLT with interrupts off is the end: shutdown", async () => {
  const { machine, halt, output } = await trial(
    guest(asm.text(COM1, "hello"), asm.text(COM2, "there"), asm.cli, asm.hlt),
  );
  await machine.run();
  expect(await halt).toEqual({ reason: "shutdown" });
  expect(output).toEqual({ 1: "hello", 2: "there", 3: "" });
  expect(machine.instructions()).toBeGreaterThanOrEqual(30);
  await expect(machine.run()).rejects.toMatchObject({ code: "bad-state" });
});

test("DTR of COM2 and COM3 is told when it changes, COM1's is not", async () => {
  const code = guest(
    asm.out8(COM1 + 4, 3),
    asm.out8(COM2 + 4, 3),
    asm.out8(COM2 + 4, 1),
    asm.out8(0x3e8 + 4, 1),
    asm.out8(COM2 + 4, 0),
    asm.cli,
    asm.hlt,
  );
  const { machine, halt, dtr } = await trial(code);
  await machine.run();
  await halt;
  expect(dtr).toEqual([
    { line: 2, high: true },
    { line: 3, high: true },
    { line: 2, high: false },
  ]);
});

test.each([
  ["the keyboard controller's reset pulse", asm.out8(0x64, 0xfe)],
  ["the chipset's reset register", [...asm.out8(0xcf9, 2), ...asm.out8(0xcf9, 6)]],
])("%s stops the machine for good: reset", async (_name, pulse) => {
  const { machine, halt, output } = await trial(guest(asm.text(COM1, "a"), pulse, asm.text(COM1, "b"), asm.spin));
  await machine.run();
  expect(await halt).toEqual({ reason: "reset" });
  const after = machine.instructions();
  await new Promise((resolve) => setImmediate(resolve));
  expect(machine.instructions()).toBe(after);
  expect(output[1]).toBe("a");
});

test("what v86 cannot emulate halts the guest and not this thread: a write to a PCI device that is not there", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { machine, halt } = await trial(guest(asm.out32(0xcf8, 0x80001800), asm.out8(0xcfc, 1), asm.spin));
  await machine.run();
  expect(await halt).toEqual({ reason: "fault" });
});

test("a fault that the guest cannot handle, thrice, ends the machine", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  // lidt of a table without entries, then a breakpoint.
  const { machine, halt } = await trial(guest([0x0f, 0x01, 0x1d, 0, 0, 0x20, 0], [0xcc], asm.spin));
  await machine.run();
  expect(await halt).toEqual({ reason: "fault" });
});

test("a guest that does not fit into its memory, or is none, is refused before anything is made", async () => {
  await expect(trial(new Uint8Array(4096))).rejects.toMatchObject({ code: "bad-argument" });
  await expect(trial(guest(asm.spin), { memoryMiB: 1 })).rejects.toThrow("end at 2 MiB; the machine has 1 MiB");
});

test("v86's own test ports are gone: 0xF4 does nothing", async () => {
  const { machine, halt, output } = await trial(guest(asm.out8(0xf4, 1), asm.text(COM1, "on"), asm.cli, asm.hlt));
  await machine.run();
  expect(await halt).toEqual({ reason: "shutdown" });
  expect(output[1]).toBe("on");
});

test("halt from outside is final and keeps the first reason", async () => {
  const { machine, halt } = await trial(guest(asm.spin));
  await machine.run();
  machine.halt({ reason: "integrity", disk: "dev1", block: 7 });
  machine.halt({ reason: "reset" });
  expect(await halt).toEqual({ reason: "integrity", disk: "dev1", block: 7 });
  expect(machine.halted).toEqual({ reason: "integrity", disk: "dev1", block: 7 });
  const after = machine.instructions();
  await new Promise((resolve) => setImmediate(resolve));
  expect(machine.instructions()).toBe(after);
});

test("64 KiB of input reach a guest in order, though its UART holds little", async () => {
  const { machine, output, said } = await trial(guest(asm.echo));
  await machine.run();
  const bytes = Uint8Array.from({ length: 65536 }, (_, at) => 97 + ((at * 7 + (at >> 8)) % 26));
  machine.serial(1).write(bytes);
  machine.serial(1).write(new TextEncoder().encode("END"));
  await said(1, "END");
  machine.halt({ reason: "test" });
  expect(output[1]).toBe(`${new TextDecoder().decode(bytes)}END`);
});

test("a guest that does not read: more than 1 MiB of input is refused", async () => {
  const { machine } = await trial(guest(asm.spin));
  const line = machine.serial(1);
  line.write(new Uint8Array(1 << 20));
  expect(() => line.write(new Uint8Array(1025))).toThrow(/^busy: COM1/);
});
