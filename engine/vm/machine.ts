/**
 * One emulated PC: v86 put together as a board without a BIOS, with our devices in its slots, started directly in 32-bit
 * code. The guest is hostile. Whatever it does, this thread goes on answering, and once the machine has halted not one
 * instruction more is executed.
 */
import { V86 } from "v86";
import { TerraError } from "../protocol/errors.ts";
import type { Halt } from "../protocol/owner.ts";
import { stopClock } from "./guest-clock.ts";
import { interruptLines, routeInterrupts } from "./interrupt-lines.ts";
import { JIT_AFTER_INSTRUCTIONS, switchOnJit } from "./jit.ts";
import { checkMultiboot } from "./multiboot.ts";
import { withoutWorkers } from "./no-workers.ts";
import { type Scheduler, takeOver } from "./scheduler.ts";
import { type SerialLine, serialLine } from "./serial.ts";
import { type Emulator, internals, virtioConstructor } from "./v86-internals.ts";
import { type Board, takeOut } from "./virtio.ts";
import { plugInRng } from "./virtio-rng.ts";

const COM1 = 0x3f8;

export interface MachineOptions {
  memoryMiB: number;
  commandLine: string;
  /** A 32-bit multiboot ELF, as composeBoot makes it of stub and kernel. */
  boot: Uint8Array<ArrayBuffer>;
  wasm: WebAssembly.Module;
  serials: { console: boolean; attestation: boolean; management: boolean };
  /** Puts further devices into their slots, before the first instruction. */
  plugIn?(board: Board): void;
}

export interface MachineEvents {
  serial(line: 1 | 2 | 3, bytes: Uint8Array<ArrayBuffer>): void;
  dtr(line: 2 | 3, high: boolean, opening: number): void;
  /** The guest resets its processor: had its kernel panicked before? */
  panicked(): boolean;
  /** Once, and the last of all events. */
  halt(halt: Halt): void;
  /** After each slice of the processor's time. */
  slice(now: number): void;
}

export interface Machine {
  readonly emulator: Emulator;
  /** The processor starts. Resolves once the first instruction ran. Code "bad-state" if it started before. */
  run(): Promise<void>;
  serial(line: 1 | 2 | 3): SerialLine;
  /** Stops the processor at once and for good; the first reason counts. */
  halt(halt: Halt): void;
  /** The processor stops after the instruction it is at, and its clock with it. Code "bad-state" unless it runs. */
  suspend(): void;
  /** It goes on. Code "bad-state" unless it is suspended. */
  resume(): void;
  /** How much of this thread's time a guest that computes all the time gets, over 0 to 1. */
  share(share: number): void;
  readonly halted: Halt | undefined;
  /** Executed so far. */
  instructions(): number;
  /** WebAssembly memory: the guest's own, and v86's. */
  memoryBytes(): number;
}

/** Leaves the emulation from inside it, after the machine has halted. */
const LEAVE = Symbol("the machine has halted");

async function powerUp(options: MachineOptions): Promise<Emulator> {
  const emulator = new V86({
    wasm_fn: async (imports) => (await WebAssembly.instantiate(options.wasm, imports)).exports,
    memory_size: options.memoryMiB << 20,
    vga_memory_size: 2 << 20,
    multiboot: { buffer: options.boot.buffer },
    cmdline: options.commandLine,
    disable_jit: true,
    uart1: options.serials.attestation,
    uart2: options.serials.management,
    net_device: { type: "none" } as never,
    virtio_balloon: true,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    autostart: false,
  } as ConstructorParameters<typeof V86>[0]);
  await new Promise<void>((resolve) => emulator.add_listener("emulator-loaded", () => resolve()));
  return internals(emulator);
}

/** Code "bad-argument" if stub and kernel cannot be started in this memory. */
export async function createMachine(options: MachineOptions, events: MachineEvents): Promise<Machine> {
  checkMultiboot(options.boot, options.memoryMiB << 20);
  const emulator = await withoutWorkers(() => powerUp(options));
  const loop = emulator.v86;
  const { cpu } = loop;
  const { io } = cpu;
  let scheduler: Scheduler | undefined;

  // v86's own conveniences for kernel tests: writing to 0xF4 throws, 0x2000 and up raise interrupts.
  for (const port of [0xf4, 0xf5, 0xf6, 0xf7, ...Array.from({ length: 16 }, (_, at) => 0x2000 + at)]) {
    io.ports[port] = io.create_empty_entry();
  }

  // Where the maker left no console there is none, not one that nobody reads.
  if (!options.serials.console) {
    for (let port = COM1; port < COM1 + 8; port++) io.ports[port] = io.create_empty_entry();
  }

  // An interrupt is delivered as soon as its line goes up, which runs a part of the processor, also when a device does it
  // between two slices.
  const { device_raise_irq, device_lower_irq } = cpu;
  const enter = (action: () => void) => (scheduler ? scheduler.enter(action) : action());
  cpu.device_raise_irq = (irq) => enter(() => device_raise_irq(irq));
  cpu.device_lower_irq = (irq) => enter(() => device_lower_irq(irq));

  const lines = interruptLines(cpu);
  const board: Board = { cpu, virtio: virtioConstructor(cpu), lines, enter };
  const { virtio_balloon: balloon, uart0, uart1, uart2 } = cpu.devices;
  if (balloon) takeOut(cpu, balloon.virtio);
  plugInRng(board);
  options.plugIn?.(board);
  routeInterrupts(cpu);

  let halted: Halt | undefined;
  let compiles = false;
  let suspended: (() => void) | undefined;
  let started: { resolve(): void; reject(error: TerraError): void } | undefined;
  let counter = 0;
  let executed = 0;
  const consoles = new Map<1 | 2 | 3, SerialLine>();

  const count = () => {
    const now = (cpu.instruction_counter[0] ?? 0) >>> 0;
    executed += (now - counter) >>> 0;
    counter = now;
    return executed;
  };
  const halt = (reason: Halt) => {
    if (halted) return;
    count();
    halted = reason;
    scheduler?.stop();
    for (const line of consoles.values()) line.flush();
    started?.resolve();
    events.halt(reason);
  };

  for (const [line, uart] of [
    [1, options.serials.console ? uart0 : undefined],
    [2, uart1],
    [3, uart2],
  ] as const) {
    if (!uart) continue;
    // COM1 and COM3 have one interrupt line between them.
    uart.cpu = {
      device_raise_irq: (irq) => lines.assert(irq, uart),
      device_lower_irq: (irq) => lines.release(irq, uart),
    };
    consoles.set(
      line,
      serialLine(emulator, line, uart, {
        onOutput: (bytes) => events.serial(line, bytes),
        onDtr: (high, opening) => {
          if (line !== 1) events.dtr(line, high, opening);
        },
      }),
    );
  }

  // Every way of resetting the processor ends here: the keyboard controller's pulse, port 0xCF9.
  cpu.reboot_internal = () => {
    // What came last on a console may say why.
    for (const line of consoles.values()) line.flush();
    halt({ reason: events.panicked() ? "panic" : "reset" });
    throw LEAVE;
  };
  // HLT with interrupts off: nothing will ever wake it again.
  emulator.add_listener("cpu-event-halt", () => {
    halt({ reason: "shutdown" });
    throw LEAVE;
  });

  scheduler = takeOver(loop, {
    afterSlice(idle) {
      const now = performance.now();
      const done = count();
      if (!compiles && done >= JIT_AFTER_INSTRUCTIONS) {
        compiles = true;
        switchOnJit(cpu);
      }
      started?.resolve();
      started = undefined;
      for (const line of consoles.values()) line.service(idle, now);
      events.slice(now);
    },
    onFault(thrown) {
      // The guest did something that v86 cannot emulate; its state is not to be trusted any further.
      halt({ reason: "fault" });
      console.error("the emulator gave up:", thrown);
    },
  });

  return {
    emulator,
    run() {
      if (halted) return Promise.reject(new TerraError("bad-state", `the machine has halted: ${halted.reason}`));
      if (loop.running) return Promise.reject(new TerraError("bad-state", "the machine runs already"));
      return new Promise((resolve, reject) => {
        started = { resolve, reject };
        loop.run();
      });
    },
    serial(line) {
      const found = consoles.get(line);
      if (!found) throw new TerraError("unknown-device", `this machine has no COM${line}`);
      return found;
    },
    halt,
    suspend() {
      if (halted) throw new TerraError("bad-state", `the machine has halted: ${halted.reason}`);
      if (suspended) throw new TerraError("bad-state", "the machine is suspended already");
      if (!loop.running) throw new TerraError("bad-state", "the machine has not been started");
      scheduler?.suspend();
      suspended = stopClock(cpu);
    },
    resume() {
      if (halted) throw new TerraError("bad-state", `the machine has halted: ${halted.reason}`);
      if (!suspended) throw new TerraError("bad-state", "the machine is not suspended");
      suspended();
      suspended = undefined;
      scheduler?.resume();
    },
    share: (share) => scheduler?.share(share),
    get halted() {
      return halted;
    },
    instructions: count,
    memoryBytes: () => cpu.wasm_memory.buffer.byteLength,
  };
}
