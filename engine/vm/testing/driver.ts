/**
 * A guest's virtio driver, played by the test: it writes rings and requests into guest memory and pokes the device's ports,
 * as a guest's code would, so that hostile requests are as easy to make as good ones.
 */
import type { Cpu } from "../v86-internals.ts";

/** Rings of the first queue; each further one has its own 12 KiB after them. */
const RINGS = 0x200000;
const RINGS_SIZE = 0x3000;
const BUFFERS = 0x210000;
/** Room for one piece, however long it says it is. */
const MOST = 65536;
const NEXT = 1;
const WRITE = 2;

export interface Piece {
  /** Bytes that the guest gives, or how many it lets the device write. */
  give?: Uint8Array;
  take?: number;
  /** Instead of a good address. */
  address?: number;
  length?: number;
}

export function driver(cpu: Cpu, slot: number, queueCount = 1) {
  const ports = 0xc000 + (slot << 8);
  const { io } = cpu;
  const word = (address: number) => new DataView(cpu.read_blob(address, 4).slice().buffer).getUint32(0, true);
  let memory = BUFFERS;

  const queues = Array.from({ length: queueCount }, (_, index) => {
    const descriptors = RINGS + index * RINGS_SIZE;
    const available = descriptors + 0x1000;
    const used = descriptors + 0x2000;
    let size = 0;
    let given = 0;
    let seen = 0;
    const notify = () => io.port_write16(ports + 0x40 + 2 * index, index);
    const claim = (count: number) => {
      given = count & 0xffff;
      cpu.write_blob(Uint8Array.of(given & 255, given >> 8), available + 2);
    };
    return {
      setUp(usedAt = used) {
        given = 0;
        seen = 0;
        io.port_write16(ports + 22, index);
        size = io.port_read16(ports + 24);
        io.port_write32(ports + 32, descriptors);
        io.port_write32(ports + 40, available);
        io.port_write32(ports + 48, usedAt);
        io.port_write16(ports + 28, 1);
      },
      available,
      /** Puts one chain into the queue and notifies; gives where each piece lies. */
      submit(pieces: Piece[], notified = true): number[] {
        const first = (given * 8) % (size - 8);
        const table = new Uint8Array(pieces.length * 16);
        const view = new DataView(table.buffer);
        const places = pieces.map((piece, at) => {
          const length = piece.length ?? piece.give?.length ?? piece.take ?? 0;
          const address = piece.address ?? memory;
          if (piece.address === undefined) memory += (Math.min(length, MOST) + 15) & ~15;
          if (piece.give && piece.address === undefined) cpu.write_blob(piece.give, address);
          view.setUint32(at * 16, address, true);
          view.setUint32(at * 16 + 8, length, true);
          view.setUint16(at * 16 + 12, (at < pieces.length - 1 ? NEXT : 0) | (piece.give ? 0 : WRITE), true);
          view.setUint16(at * 16 + 14, first + at + 1, true);
          return address;
        });
        cpu.write_blob(table, descriptors + first * 16);
        cpu.write_blob(Uint8Array.of(first & 255, first >> 8), available + 4 + (given % size) * 2);
        claim(given + 1);
        if (notified) notify();
        return places;
      },
      /** How many bytes the device says it wrote, for each reply since the last call. */
      replies(): number[] {
        const now = word(used) >>> 16;
        const lengths: number[] = [];
        for (; seen !== now; seen = (seen + 1) & 0xffff) lengths.push(word(used + 8 + (seen % size) * 8));
        return lengths;
      },
      /** Says that this many requests are there, whatever is. */
      claim(count: number) {
        claim(count);
        notify();
      },
      /** Asks for no interrupt. */
      quiet(on: boolean) {
        cpu.write_blob(Uint8Array.of(on ? 1 : 0, 0), available);
      },
    };
  });

  const status = (value: number) => io.port_write8(ports + 20, value);
  const reset = () => {
    status(0);
    memory = BUFFERS;
    cpu.write_blob(new Uint8Array(RINGS_SIZE * queueCount), RINGS);
    for (const value of [1, 3, 11]) status(value);
    for (const queue of queues) queue.setUp();
    status(15);
  };
  reset();

  const [first] = queues;
  if (!first) throw new Error("a device has one queue at least");
  return {
    ...first,
    queues,
    reset,
    status: () => io.port_read8(ports + 20),
    config8: (offset: number) => io.port_read8(ports + 0x80 + offset),
    config32: (offset: number) => io.port_read32(ports + 0x80 + offset) >>> 0,
    feature: (bit: number) => {
      io.port_write32(ports, bit >> 5);
      return ((io.port_read32(ports + 4) >>> (bit & 31)) & 1) === 1;
    },
    /** Reading it acknowledges the interrupt. */
    interrupt: () => io.port_read8(ports + 0x50),
    memory: (address: number, length: number) => cpu.read_blob(address, length).slice(),
  };
}

/** Header of a request to a disk. */
export function header(type: number, sector: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setBigUint64(8, BigInt(sector), true);
  return bytes;
}
