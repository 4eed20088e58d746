/**
 * Our virtio devices (virtio 1.0 over PCI) on v86's transport, and access to the memory that a guest's requests name. A
 * guest may write anything into its rings: an address, a length or a chain that makes no sense must never reach memory
 * outside the guest's, nor make this worker allocate what the guest asks for.
 */
import type { InterruptLines } from "./interrupt-lines.ts";
import { irqOfSlot } from "./interrupt-lines.ts";
import type {
  BufferChain,
  Cpu,
  RawDescriptor,
  VirtIO,
  VirtIOConstructor,
  VirtIOField,
  VirtQueue,
} from "./v86-internals.ts";

/** PCI slots that v86 leaves free, once its balloon is out of slot 11. */
export const FIRST_CARD_SLOT = 8;
export const LAST_CARD_SLOT = 15;
export const RNG_SLOT = 0x11;
export const FIRST_DISK_SLOT = 0x14;
export const MAX_DISKS = 8;

const F_VERSION_1 = 32;
const FIRST_PORT = 0xc000;

export interface Board {
  cpu: Cpu;
  virtio: VirtIOConstructor;
  lines: InterruptLines;
  /** Does what a device does between two slices of the processor's time; what it throws is the guest's fault. */
  enter(action: () => void): void;
}

export interface VirtioQueue {
  size: number;
  /** The guest has put requests into the queue, or says so. */
  onRequests(queue: VirtQueue): void;
}

export interface VirtioDevice {
  name: string;
  slot: number;
  /** virtio's device type: 1 network, 2 block, 4 entropy. */
  type: number;
  queues: VirtioQueue[];
  features: number[];
  config?: VirtIOField[];
  /** The guest has reset the device: requests that are still under way must not be answered. */
  onReset?(): void;
}

/** Puts a device into a slot. */
export function plugIn({ cpu, virtio: VirtIO, lines }: Board, device: VirtioDevice): VirtIO {
  const ports = FIRST_PORT + (device.slot << 8);
  const irq = irqOfSlot(device.slot);
  const made = new VirtIO(cpu, {
    name: device.name,
    pci_id: device.slot << 3,
    device_id: 0x1040 + device.type,
    subsystem_device_id: device.type,
    common: {
      initial_port: ports,
      queues: device.queues.map(({ size }, index) => ({ size_supported: size, notify_offset: index })),
      features: [...device.features, F_VERSION_1],
      on_driver_ok: () => {},
    },
    notification: {
      initial_port: ports + 0x40,
      single_handler: false,
      handlers: device.queues.map(({ onRequests }, index) => () => {
        const queue = made.queues[index];
        if (queue?.is_configured()) onRequests(queue);
      }),
    },
    isr_status: { initial_port: ports + 0x50 },
    ...(device.config ? { device_specific: { initial_port: ports + 0x80, struct: device.config } } : {}),
  });
  made.raise_irq = (type) => {
    made.isr_status |= type;
    lines.assert(irq, made);
  };
  made.lower_irq = () => {
    made.isr_status = 0;
    lines.release(irq, made);
  };
  const reset = made.reset.bind(made);
  made.reset = () => {
    reset();
    device.onReset?.();
  };
  return made;
}

/**
 * The requests that wait. No more than the queue has room for: a guest may claim any number of them, or have the device's own answers
 * raise it.
 */
export function* requests(queue: VirtQueue): Generator<BufferChain, void> {
  for (let left = queue.size; left > 0 && queue.has_request(); left--) yield queue.pop_request();
}

/** One number of a device's configuration space. */
export const constant = (bytes: 1 | 2 | 4, name: string, value: number): VirtIOField => ({
  bytes,
  name,
  read: () => value | 0,
  write: () => {},
});

/** Bytes that these buffers hold together, or undefined if one of them does not lie in the guest's memory. */
export function extent(cpu: Cpu, buffers: readonly RawDescriptor[], limit: number): number | undefined {
  const memory = cpu.memory_size[0] ?? 0;
  let total = 0;
  for (const buffer of buffers) {
    const start = buffer.addr_low >>> 0;
    const length = buffer.len >>> 0;
    if (buffer.addr_high !== 0 || start + length > memory) return undefined;
    // The window of the VGA's memory: devices do not reach it.
    if (start < 0xc0000 && start + length > 0xa0000) return undefined;
    total += length;
    if (total > limit) return undefined;
  }
  return total;
}

/** Copies the guest's buffers, whose extent was checked, into one piece, from `skip` bytes on. */
export function gather(cpu: Cpu, buffers: readonly RawDescriptor[], length: number, skip = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let before = skip;
  let at = 0;
  for (const buffer of buffers) {
    if (at === length) break;
    const holds = buffer.len >>> 0;
    const inside = Math.min(before, holds);
    before -= inside;
    const piece = cpu.read_blob((buffer.addr_low >>> 0) + inside, Math.min(holds - inside, length - at));
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Writes bytes into the guest's buffers, whose extent was checked, from `skip` bytes on. */
export function scatter(cpu: Cpu, buffers: readonly RawDescriptor[], bytes: Uint8Array, skip = 0): void {
  let before = skip;
  let at = 0;
  for (const buffer of buffers) {
    const length = buffer.len >>> 0;
    const inside = Math.min(before, length);
    before -= inside;
    const count = Math.min(length - inside, bytes.length - at);
    if (count > 0) cpu.write_blob(bytes.subarray(at, at + count), (buffer.addr_low >>> 0) + inside);
    at += Math.max(count, 0);
  }
}

/** Gives a request back to the guest. */
export function reply(queue: VirtQueue, chain: BufferChain, written: number): void {
  chain.length_written = written;
  queue.push_reply(chain);
  queue.flush_replies();
}

/** Takes a device out that v86 made and that no box should find: from the bus, and its ports with it. */
export function takeOut(cpu: Cpu, device: VirtIO): void {
  const { pci } = cpu.devices;
  const space = pci.device_spaces[device.pci_id];
  device.pci_bars.forEach((bar, index) => {
    const base = (space?.[4 + index] ?? 0) & 0xfffe;
    for (let port = base; port < base + bar.size; port++) cpu.io.ports[port] = cpu.io.create_empty_entry();
  });
  pci.devices[device.pci_id] = undefined;
  pci.device_spaces[device.pci_id] = undefined;
}
