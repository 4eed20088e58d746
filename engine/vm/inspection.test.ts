import { describe, expect, test } from "vitest";
import { inspection } from "./inspection.ts";
import { boot } from "./testing/boot.ts";
import { makeProgram } from "./testing/elf.ts";
import { asm, guest, trial } from "./testing/guest.ts";
import { builtImage, imagesBuilt } from "./testing/images.ts";
import type { Emulator } from "./v86-internals.ts";
import { plugInCard } from "./virtio-net.ts";

const strip = { name: "box", kind: "open", colour: "blue" } as const;
const open = (emulator: Emulator) => inspection({ inspectable: true, strip }, emulator);
const MEMORY = 8 << 20;

/** Where these bytes stand in memory. */
function places(memory: Uint8Array, wanted: Uint8Array): number[] {
  const buffer = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  const found: number[] = [];
  for (let at = buffer.indexOf(wanted); at >= 0; at = buffer.indexOf(wanted, at + 1)) found.push(at);
  return found;
}

test("memory is read as a copy, and written", async () => {
  const { machine } = await trial(guest(asm.spin));
  const { read, write } = open(machine.emulator);
  write(0x300000, Uint8Array.of(1, 2, 3));
  const copy = read(0x2fffff, 5);
  expect(copy).toEqual(Uint8Array.of(0, 1, 2, 3, 0));
  copy.fill(9);
  expect(read(0x300000, 3)).toEqual(Uint8Array.of(1, 2, 3));
  expect(read(MEMORY - 1, 1)).toHaveLength(1);
  expect(read(MEMORY, 0)).toHaveLength(0);
});

test.each([
  [MEMORY, 1],
  [MEMORY - 1, 2],
  [0xffffffff, 1],
  [0xe0000000, 2 ** 24],
])("0x%s, %i bytes: not in memory", async (address, length) => {
  const { machine } = await trial(guest(asm.spin));
  const { read, write } = open(machine.emulator);
  expect(() => read(address, length)).toThrow(/^bad-argument: .* is not in memory, which ends at 0x800000/);
  expect(() => write(address, new Uint8Array(length))).toThrow(/^bad-argument: /);
});

test("a closed box is not inspected, whatever the address", async () => {
  const { machine } = await trial(guest(asm.spin));
  const closed = inspection({ inspectable: false, strip: { ...strip, kind: "closed" } }, machine.emulator);
  expect(() => closed.read(0, 1)).toThrow("closed-box: box is a closed box: its memory is its own");
  expect(() => closed.write(MEMORY, Uint8Array.of(1))).toThrow(/^closed-box: /);
  expect(() => closed.snapshot()).toThrow(/^closed-box: /);
  expect(() => closed.allowed("its screen is not shown")).toThrow(
    "closed-box: box is a closed box: its screen is not shown",
  );
});

test("code that v86 has compiled and that is then written to runs as it was written", async () => {
  const { machine, output, said } = await trial(guest(asm.chant("a")));
  const { cpu } = machine.emulator.v86;
  cpu.set_jit_config(0, 0);
  await machine.run();
  await said(1, "a".repeat(2000));
  const { read, write } = open(machine.emulator);
  const [code] = places(read(0x100000, 4096), Uint8Array.from(asm.chant("a")));
  if (code === undefined) throw new Error("the guest's code is not in memory");
  write(0x100000 + code + 1, new TextEncoder().encode("b"));
  await said(1, "b".repeat(100));
  expect(output[1]).toMatch(/^a+b+$/);
});

test("the saved state holds the guest's memory", async () => {
  const { machine } = await trial(guest(asm.spin), {
    plugIn: (board) => void plugInCard(board, { pci: 8, mac: "02:00:00:00:00:01", port: new MessageChannel().port1 }),
  });
  await machine.run();
  const { snapshot, write } = open(machine.emulator);
  const marker = Uint8Array.from({ length: 32 }, (_, at) => (at * 77 + 5) & 255);
  write(0x345678, marker);
  const state = snapshot();
  expect(new DataView(state.buffer).getUint32(0, true)).toBe(0x86768676);
  expect(new DataView(state.buffer).getUint32(8, true)).toBe(state.length);
  expect(places(state, marker)).toHaveLength(1);
  const before = machine.instructions();
  await new Promise((resolve) => setImmediate(resolve));
  expect(machine.instructions()).toBeGreaterThan(before);
});

describe.skipIf(!imagesBuilt)("image pc", () => {
  /** Says a word of four bytes, computes for a million rounds, and again. */
  const chant = (word: string) =>
    [
      [0x68, ...new TextEncoder().encode(word)], // push word
      [0x89, 0xe1, 0xba, 4, 0, 0, 0, 0xbb, 1, 0, 0, 0, 0xb8, 4, 0, 0, 0, 0xcd, 0x80, 0x58], // write(1, esp, 4); pop
      [0xb9, 0x40, 0x42, 0x0f, 0x00, 0x49, 0x75, 0xfd], // a million times nothing
      [0xeb, 0xdd], // and again
    ].flat();

  test("a program's code is found in memory while it runs, changed, and says another word", async () => {
    const { machine, said, shell, output } = await boot(builtImage("pc"));
    await machine.run();
    const code = chant("one\n");
    for (const command of makeProgram("chant", code)) await shell(command);
    await shell("./chant &");
    const { read, write } = open(machine.emulator);
    await said(1, "one\r\n".repeat(20));
    const found = places(read(0, 64 << 20), Uint8Array.from(code));
    expect(found.length).toBeGreaterThan(0);
    for (const place of found) write(place + 1, new TextEncoder().encode("two\n"));
    const from = output[1].length;
    await said(1, "two\r\n".repeat(20));
    expect(output[1].slice(from)).toMatch(/^[one\r]*(\r?\n)?(two\r\n)+/);
    machine.halt({ reason: "test" });
  });

  test("a saved state holds what its programs know, and it runs on", async () => {
    const { machine, shell } = await boot(builtImage("pc"));
    await machine.run();
    await shell("SECRET=kept-in-$((6*7))-memory");
    const state = open(machine.emulator).snapshot();
    expect(places(state, new TextEncoder().encode("kept-in-42-memory")).length).toBeGreaterThan(0);
    expect(await shell("echo $SECRET")).toBe("kept-in-42-memory\n");
    machine.halt({ reason: "test" });
  });
});
