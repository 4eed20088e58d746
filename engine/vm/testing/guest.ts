/**
 * Guests of a few bytes: 32-bit machine code behind a multiboot header, for tests that need a processor but no operating
 * system. The assembler knows only what such guests use.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Machine, MachineEvents, MachineOptions } from "../machine.ts";
import { createMachine } from "../machine.ts";

const LOAD = 0x100000;
const HEADER = 32;

const le32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255];

export const asm = {
  /** mov al, value; mov dx, port; out dx, al */
  out8: (port: number, value: number) => [0xb0, value, 0x66, 0xba, port & 255, port >> 8, 0xee],
  /** mov eax, value; mov dx, port; out dx, eax */
  out32: (port: number, value: number) => [0xb8, ...le32(value), 0x66, 0xba, port & 255, port >> 8, 0xef],
  /** mov dx, port; in al, dx */
  in8: (port: number) => [0x66, 0xba, port & 255, port >> 8, 0xec],
  /** mov byte [address], value */
  store8: (address: number, value: number) => [0xc6, 0x05, ...le32(address), value],
  /** Bytes to an address, one by one. */
  store: (address: number, bytes: number[]) => bytes.flatMap((byte, at) => asm.store8(address + at, byte)),
  text: (port: number, text: string) => [...text].flatMap((c) => asm.out8(port, c.charCodeAt(0))),
  cli: [0xfa],
  hlt: [0xf4],
  /** Says what it was compiled with, for ever: mov al, letter; mov dx, COM1; out dx, al; a pause of 100 000 rounds; and again. */
  chant: (letter: string) => [
    ...[0xb0, letter.charCodeAt(0), 0x66, 0xba, 0xf8, 0x03, 0xee],
    ...[0xb9, ...le32(100_000), 0x49, 0x75, 0xfd, 0xeb, 0xef],
  ],
  /** jmp to itself */
  spin: [0xeb, 0xfe],
  /** Echoes COM1 for ever: wait for data ready, read, write. */
  echo: [0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xf7, 0x66, 0xba, 0xf8, 0x03, 0xec, 0xee, 0xeb, 0xef],
};

export function guest(...code: number[][]): Uint8Array<ArrayBuffer> {
  const flags = 0x10002;
  const magic = 0x1badb002;
  const header = [magic, flags, -(magic + flags), LOAD, LOAD, 0, 0, LOAD + HEADER].flatMap(le32);
  return Uint8Array.from([...header, ...code.flat()]);
}

const wasmFile = createRequire(import.meta.url)
  .resolve("v86")
  .replace("libv86.mjs", "v86.wasm");
let compiled: WebAssembly.Module | undefined;
export function wasm(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(wasmFile));
  return compiled;
}

export interface Trial {
  machine: Machine;
  /** Everything sent on COM1, 2, 3, as text. */
  output: Record<1 | 2 | 3, string>;
  dtr: { line: number; high: boolean }[];
  halt: Promise<{ reason: string; disk?: string; block?: number }>;
  /** Resolves when COM`line` has said this. */
  said(line: 1 | 2 | 3, text: string): Promise<void>;
}

export async function trial(
  boot: Uint8Array<ArrayBuffer>,
  options: Partial<MachineOptions> = {},
  more: Partial<MachineEvents> = {},
): Promise<Trial> {
  const output = { 1: "", 2: "", 3: "" };
  const dtr: { line: number; high: boolean }[] = [];
  let waiting: { line: 1 | 2 | 3; text: string; done(): void }[] = [];
  let halted: (halt: { reason: string }) => void = () => {};
  const halt = new Promise<{ reason: string }>((resolve) => {
    halted = resolve;
  });
  const machine = await createMachine(
    {
      memoryMiB: 8,
      commandLine: "",
      boot,
      wasm: wasm(),
      serials: { console: true, attestation: true, management: true },
      ...options,
    },
    {
      serial(line, bytes) {
        output[line] += String.fromCharCode(...bytes);
        for (const each of waiting) if (output[each.line].includes(each.text)) each.done();
        waiting = waiting.filter((each) => !output[each.line].includes(each.text));
        more.serial?.(line, bytes);
      },
      dtr(line, high, opening) {
        dtr.push({ line, high });
        more.dtr?.(line, high, opening);
      },
      halt(reason) {
        halted(reason);
        more.halt?.(reason);
      },
      panicked: () => more.panicked?.() ?? false,
      slice: (now) => more.slice?.(now),
    },
  );
  return {
    machine,
    output,
    dtr,
    halt,
    said: (line, text) =>
      output[line].includes(text) ? Promise.resolve() : new Promise((done) => waiting.push({ line, text, done })),
  };
}
