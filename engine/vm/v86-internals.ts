/**
 * The members of v86 0.5.462 that this folder uses and that v86 does not document. This is the only file that knows their
 * types, and v86-contract.test.ts looks for each of them in the package that is installed, so that another version of v86
 * fails loudly in a test rather than quietly in a guest.
 */
import type { V86 } from "v86";

/** Settings of the JIT, by their index in v86: whether it is off (1), pages and blocks beside them that one function may hold. */
export const JIT_DISABLED = 0;
export const JIT_PAGES = 1;
export const JIT_EXTRA_BLOCKS = 3;

/** A descriptor of a virtqueue's chain, as the guest wrote it: 32-bit words come signed, and nothing in it was checked. */
export interface RawDescriptor {
  addr_low: number;
  addr_high: number;
  len: number;
}

export interface BufferChain {
  head_idx: number;
  /** What the guest gives to the device, and what the device may fill, in order. */
  read_buffers: RawDescriptor[];
  write_buffers: RawDescriptor[];
  /** Told to the guest by push_reply. */
  length_written: number;
}

export interface VirtQueue {
  size: number;
  is_configured(): unknown;
  has_request(): boolean;
  pop_request(): BufferChain;
  push_reply(chain: BufferChain): void;
  flush_replies(): void;
}

export interface VirtIO {
  pci_id: number;
  pci_bars: { size: number }[];
  isr_status: number;
  device_status: number;
  queues: VirtQueue[];
  reset(): void;
  needs_reset(): void;
  raise_irq(type: number): void;
  lower_irq(): void;
}

export interface VirtIOField {
  bytes: 1 | 2 | 4;
  name: string;
  read(): number;
  write(value: number): void;
}

export interface VirtIOOptions {
  name: string;
  pci_id: number;
  device_id: number;
  subsystem_device_id: number;
  common: {
    initial_port: number;
    queues: { size_supported: number; notify_offset: number }[];
    features: number[];
    on_driver_ok(): void;
  };
  notification: { initial_port: number; single_handler: boolean; handlers: ((queue: number) => void)[] };
  isr_status: { initial_port: number };
  device_specific?: { initial_port: number; struct: VirtIOField[] };
}

export type VirtIOConstructor = new (cpu: Cpu, options: VirtIOOptions) => VirtIO;

export interface Uart {
  /** Bytes that the guest has not read yet. */
  input: number[];
  modem_control: number;
  /** Raises and lowers interrupt lines, and nothing else. */
  cpu: Pick<Cpu, "device_raise_irq" | "device_lower_irq">;
}

export interface Ps2 {
  /** The guest's driver has switched the keyboard on. */
  enable_keyboard_stream: boolean;
  kbd_buffer: { length: number };
  /** The guest's driver has switched the mouse on, and wants its reports. */
  enable_mouse_stream: boolean;
  mouse_buffer: { length: number };
}

export interface Vga {
  /** 0xRRGGBB. */
  vga256_palette: Int32Array;
  /** Of each of the 16 attributes: its entry in the palette. */
  dac_map: Uint8Array;
  screen_fill_buffer(): void;
  /** Both draw the whole screen, and v86 calls them for each register of a mode that changes. */
  text_mode_redraw(): void;
  complete_redraw(): void;
}

/** Interval timer. */
export interface Pit {
  /** When each counter was set, in milliseconds of performance.now(). */
  counter_start_time: Float64Array;
}

export interface Pci {
  devices: (({ pci_id: number; name: string; pci_bars?: ({ size: number } | undefined)[] } & object) | undefined)[];
  device_spaces: (Int32Array | undefined)[];
  isa_bridge_space8: Uint8Array;
}

export interface Io {
  ports: unknown[];
  create_empty_entry(): unknown;
  port_read8(port: number): number;
  port_read16(port: number): number;
  port_read32(port: number): number;
  port_write8(port: number, value: number): void;
  port_write16(port: number, value: number): void;
  port_write32(port: number, value: number): void;
}

export interface Cpu {
  devices: {
    pci: Pci;
    vga: Vga;
    ps2: Ps2;
    pit: Pit;
    uart0: Uart;
    uart1?: Uart;
    uart2?: Uart;
    virtio_balloon?: { virtio: VirtIO };
  };
  io: Io;
  /** Bytes of guest memory; element 0 only. */
  memory_size: ArrayLike<number>;
  /** 32 bits, wraps; element 0 only. */
  instruction_counter: ArrayLike<number>;
  wasm_memory: WebAssembly.Memory;
  /** A view of guest memory, valid until the next call into v86. */
  read_blob(address: number, length: number): Uint8Array;
  write_blob(bytes: Uint8Array, address: number): void;
  device_raise_irq(line: number): void;
  device_lower_irq(line: number): void;
  /** The time stamp counter, low and high half, as of the last store_current_tsc(). */
  current_tsc: ArrayLike<number>;
  store_current_tsc(): void;
  set_tsc(low: number, high: number): void;
  /** Sets JIT_DISABLED, JIT_PAGES or JIT_EXTRA_BLOCKS. */
  set_jit_config(index: number, value: number): void;
  /** What every way of resetting the processor ends in. */
  reboot_internal(): void;
}

/** One rectangle of a picture that the guest drew. */
export interface ScreenLayer {
  image_data: ImageData;
  screen_x: number;
  screen_y: number;
  buffer_x: number;
  buffer_y: number;
  buffer_width: number;
  buffer_height: number;
}

/** v86 calls these when the guest changes its screen; in a worker they do next to nothing, and screen.ts takes their place. */
export interface ScreenAdapter {
  FLAG_BLINKING?: number;
  FLAG_FONT_PAGE_B?: number;
  put_char(row: number, column: number, code: number, flags: number, background: number, foreground: number): void;
  set_mode(graphical: boolean): void;
  clear_text_state(): void;
  clear_screen(): void;
  set_size_text(columns: number, rows: number): void;
  set_size_graphical(width: number, height: number, virtualWidth: number, virtualHeight: number): void;
  update_cursor(row: number, column: number): void;
  update_cursor_scanline(start: number, end: number, visible: boolean): void;
  update_buffer(layers: ScreenLayer[]): void;
}

/** The loop around the processor: `yield(t, tick)` asks for yield_callback(tick) in t ms. */
export interface Loop {
  cpu: Cpu;
  running: boolean;
  run(): void;
  yield(delay: number, tick: number): void;
  save_state(): ArrayBuffer;
  yield_callback(tick: number): void;
}

export interface Emulator {
  v86: Loop;
  screen_adapter: ScreenAdapter;
  bus: { send(name: string, value: unknown): void };
  add_listener(name: string, listener: (value: number) => void): void;
}

export const internals = (emulator: V86): Emulator => emulator as unknown as Emulator;

/** v86 exports no class for virtio devices of one's own; its memory balloon is made of one. */
export function virtioConstructor(cpu: Cpu): VirtIOConstructor {
  const balloon = cpu.devices.virtio_balloon;
  if (!balloon) throw new Error("v86 was made without its virtio balloon, whose transport our devices are built on");
  return balloon.virtio.constructor as VirtIOConstructor;
}
