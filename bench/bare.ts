/**
 * The baseline: v86 as its package ships it, in a plain worker of the page's origin, with nothing of Terra's around it: no
 * measured launch, no TVMM, no checking, no display, no attestation, and v86's own scheduler and serial lines. Shared with
 * the vm worker is what these guests cannot boot without: the virtio disk and randomness, interrupt routing and text mode.
 * It must never grow a feature: whatever is done here is work that the comparison no longer shows.
 */
import { V86 } from "v86";
import { interruptLines, routeInterrupts } from "../engine/vm/interrupt-lines.ts";
import { JIT_AFTER_INSTRUCTIONS, switchOnJit } from "../engine/vm/jit.ts";
import { internals, virtioConstructor } from "../engine/vm/v86-internals.ts";
import { enterTextMode } from "../engine/vm/vga-text-mode.ts";
import { takeOut } from "../engine/vm/virtio.ts";
import { plugInDisk } from "../engine/vm/virtio-blk.ts";
import { plugInRng } from "../engine/vm/virtio-rng.ts";

export interface BareInit {
  memoryMiB: number;
  commandLine: string;
  /** Stub and kernel, back to back. */
  boot: ArrayBuffer;
  disk: Uint8Array;
  wasm: WebAssembly.Module;
  console: boolean;
  /** "late": off until the guest has run for a while, and with the vm worker's measure; "on": as v86 ships. */
  jit: "late" | "on";
}

/** Bytes that the guest wrote; the page sends strings to be typed into COM1. */
export interface BareOutput {
  line: 1 | 2;
  text: string;
}

interface Scope {
  postMessage(message: BareOutput): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

const COM1 = 0x3f8;
/** How often the guest's instructions are counted, ms. */
const LOOK_MS = 20;
const scope = self as unknown as Scope;

async function start(init: BareInit): Promise<void> {
  const v86 = new V86({
    wasm_fn: async (imports) => (await WebAssembly.instantiate(init.wasm, imports)).exports,
    memory_size: init.memoryMiB << 20,
    vga_memory_size: 2 << 20,
    multiboot: { buffer: init.boot },
    cmdline: init.commandLine,
    disable_jit: init.jit === "late",
    uart1: true,
    net_device: { type: "none" } as never,
    virtio_balloon: true,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    autostart: false,
  } as ConstructorParameters<typeof V86>[0]);
  await new Promise<void>((resolve) => v86.add_listener("emulator-loaded", () => resolve()));
  const emulator = internals(v86);
  const { cpu } = emulator.v86;
  if (!init.console) {
    for (let port = COM1; port < COM1 + 8; port++) cpu.io.ports[port] = cpu.io.create_empty_entry();
  }
  const enter = (action: () => void) => action();
  const board = { cpu, virtio: virtioConstructor(cpu), lines: interruptLines(cpu), enter };
  if (cpu.devices.virtio_balloon) takeOut(cpu, cpu.devices.virtio_balloon.virtio);
  plugInRng(board);
  const { disk } = init;
  const read = (offset: number, length: number) => disk.subarray(offset, offset + length);
  plugInDisk(board, 0, { serial: "boot", readOnly: true, source: { size: disk.length, read }, onIntegrity() {} });
  routeInterrupts(cpu);
  enterTextMode(cpu);

  if (init.jit === "late") {
    const timer = setInterval(() => {
      if ((cpu.instruction_counter[0] ?? 0) >>> 0 < JIT_AFTER_INSTRUCTIONS) return;
      clearInterval(timer);
      switchOnJit(cpu);
    }, LOOK_MS);
  }
  for (const line of [1, 2] as const) {
    let text = "";
    const flush = () => {
      scope.postMessage({ line, text });
      text = "";
    };
    emulator.add_listener(`serial${line - 1}-output-byte`, (byte) => {
      if (text === "") setTimeout(flush, 0);
      text += String.fromCharCode(byte);
    });
  }
  scope.onmessage = ({ data }: MessageEvent<string>) => {
    for (const byte of new TextEncoder().encode(data)) emulator.bus.send("serial0-input", byte);
  };
  emulator.v86.run();
}

scope.onmessage = ({ data }: MessageEvent<BareInit>) => {
  scope.onmessage = null;
  void start(data);
};
