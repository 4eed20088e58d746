import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { asm, guest, trial } from "./testing/guest.ts";
import { type Cpu, JIT_DISABLED, JIT_EXTRA_BLOCKS, JIT_PAGES } from "./v86-internals.ts";

/** Every member of v86 that its documentation does not mention and that engine/vm uses. A new version of v86 must keep them. */

const board: { cpu?: Cpu } = {};
const { machine } = await trial(guest(asm.spin), { plugIn: ({ cpu }) => Object.assign(board, { cpu }) });
const { emulator } = machine;
const { cpu } = emulator.v86;
const { devices, io } = cpu;

const kindOf = (value: unknown) => (Array.isArray(value) ? "array" : typeof value);
/** Members of an object and of its class. */
const shape = (of: object, members: string) =>
  Object.fromEntries(members.split(" ").map((name) => [name, kindOf((of as Record<string, unknown>)[name])]));
const all = (members: string, kind: string) => Object.fromEntries(members.split(" ").map((name) => [name, kind]));

test("the version is the one that all this was tried with", () => {
  const folder = createRequire(import.meta.url)
    .resolve("v86")
    .replace("build/libv86.mjs", "package.json");
  expect(JSON.parse(readFileSync(folder, "utf8")).version).toBe("0.5.462+g5f9a90f");
});

test("the loop around the processor", () => {
  const calls = "run yield yield_callback save_state";
  expect(shape(emulator.v86, calls)).toEqual(all(calls, "function"));
  expect(kindOf(emulator.v86.running)).toBe("boolean");
  expect(kindOf(emulator.bus.send)).toBe("function");
});

test("the processor", () => {
  const calls = "read_blob write_blob device_raise_irq device_lower_irq set_jit_config reboot_internal";
  expect(shape(cpu, calls)).toEqual(all(calls, "function"));
  const views = "memory_size instruction_counter";
  for (const view of views.split(" ")) {
    expect([view, kindOf((cpu as unknown as Record<string, number[]>)[view]?.[0])]).toEqual([view, "number"]);
  }
  expect(cpu.memory_size[0]).toBe(8 << 20);
  expect(cpu.wasm_memory).toBeInstanceOf(WebAssembly.Memory);
});

test("the JIT's settings stand where they are looked for", () => {
  const { get_jit_config: setting } = (cpu as unknown as { wm: { exports: Record<string, (index: number) => number> } })
    .wm.exports;
  if (!setting) throw new Error("v86.wasm tells nothing of the JIT");
  // What v86 starts with tells one from the other.
  expect([JIT_DISABLED, JIT_PAGES, JIT_EXTRA_BLOCKS].map((index) => setting(index))).toEqual([1, 3, 250]);
  cpu.set_jit_config(JIT_PAGES, 1);
  cpu.set_jit_config(JIT_EXTRA_BLOCKS, 0);
  expect([setting(JIT_PAGES), setting(JIT_EXTRA_BLOCKS)]).toEqual([1, 0]);
});

test("clocks that can be stopped: the time stamp counter's, 64 bits in two halves, and the interval timer's", () => {
  const calls = "store_current_tsc set_tsc";
  expect(shape(cpu, calls)).toEqual(all(calls, "function"));
  cpu.set_tsc(0x12345678, 0x9abc);
  cpu.store_current_tsc();
  // It ticks a million times a millisecond.
  const [low = 0, high = 0] = Array.from(cpu.current_tsc);
  expect(high).toBe(0x9abc);
  expect(low).toBeGreaterThanOrEqual(0x12345678);
  expect(devices.pit.counter_start_time).toBeInstanceOf(Float64Array);
  expect(devices.pit.counter_start_time).toHaveLength(3);
});

test("ports", () => {
  const calls = "create_empty_entry port_read8 port_read16 port_read32 port_write8 port_write16 port_write32";
  expect(shape(io, calls)).toEqual(all(calls, "function"));
  expect(io.ports).toHaveLength(65536);
  expect(io.port_read8(0xf4)).toBe(0xff);
});

test("PCI, and the balloon that was taken out", () => {
  expect(shape(devices.pci, "devices device_spaces")).toEqual(all("devices device_spaces", "array"));
  expect(Array.from(devices.pci.isa_bridge_space8.subarray(0x60, 0x64))).toEqual([11, 10, 11, 10]);
  expect(devices.virtio_balloon?.virtio.pci_id).toBe(0x0b << 3);
  expect(devices.pci.devices[0x0b << 3]).toBeUndefined();
  io.port_write32(0xcf8, 0x80000000 | (0x0b << 11));
  expect(io.port_read32(0xcfc)).toBe(-1);
  const names = devices.pci.devices.flatMap((device) => (device ? [`${device.pci_id >> 3} ${device.name}`] : []));
  expect(names).toEqual(["0 82441FX PMC", "1 82371SB PIIX3 ISA", "17 virtio-rng", "18 vga", "30 ide"]);
});

test("the virtio transport that our devices are built on", () => {
  const device = devices.virtio_balloon?.virtio;
  if (!device) throw new Error("no balloon");
  const calls = "reset needs_reset raise_irq lower_irq";
  expect(shape(device, calls)).toEqual(all(calls, "function"));
  expect(shape(device, "isr_status device_status queues pci_bars")).toEqual({
    ...all("isr_status device_status", "number"),
    ...all("queues pci_bars", "array"),
  });
  const queue = device.queues[0];
  if (!queue) throw new Error("no queue");
  const ofQueue = "is_configured has_request pop_request push_reply flush_replies";
  expect(shape(queue, ofQueue)).toEqual(all(ofQueue, "function"));
  expect(kindOf(queue.size)).toBe("number");
});

test("serial lines", () => {
  for (const uart of [devices.uart0, devices.uart1, devices.uart2]) {
    if (!uart) throw new Error("a UART is missing");
    expect(shape(uart, "input modem_control cpu")).toEqual({ input: "array", modem_control: "number", cpu: "object" });
  }
});

test("keyboard controller and mouse", () => {
  expect(shape(devices.ps2, "enable_keyboard_stream enable_mouse_stream")).toEqual(
    all("enable_keyboard_stream enable_mouse_stream", "boolean"),
  );
  expect([kindOf(devices.ps2.kbd_buffer.length), kindOf(devices.ps2.mouse_buffer.length)]).toEqual([
    "number",
    "number",
  ]);
});

test("VGA and the adapter that screen.ts takes the place of", () => {
  const ofVga = "screen_fill_buffer text_mode_redraw complete_redraw";
  expect(shape(devices.vga, ofVga)).toEqual(all(ofVga, "function"));
  expect(devices.vga.vga256_palette).toBeInstanceOf(Int32Array);
  expect(devices.vga.dac_map).toHaveLength(16);
  const calls =
    "put_char set_mode clear_text_state clear_screen set_size_text set_size_graphical update_cursor update_cursor_scanline update_buffer";
  expect(shape(emulator.screen_adapter, calls)).toEqual(all(calls, "function"));
});
