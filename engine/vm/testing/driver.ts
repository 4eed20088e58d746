/**
 * A guest's virtio driver, played by the test: it writes rings and requests into guest memory and pokes the device's ports,
 * as a guest's code would, so that hostile requests are as easy to make as good ones.
 */
import type { Cpu } from "../v86-internals.ts";

const DESC = 0x200000;
const AVAIL = 0x201000;
const USED = 0x202000;
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

export function driver(cpu: Cpu, slot: number) {
  const ports = 0xc000 + (slot << 8);
  const { io } = cpu;
  const word = (address: number) => new DataView(cpu.read_blob(address, 4).slice().buffer).getUint32(0, true);
  let given = 0;
  let seen = 0;
  let memory = 0x210000;

  const reset = () => {
    io.port_write8(ports + 20, 0);
    given = 0;
    seen = 0;
    cpu.write_blob(new Uint8Array(0x4000), DESC);
    for (const status of [1, 3, 11]) io.port_write8(ports + 20, status);
    io.port_write16(ports + 22, 0);
    io.port_write32(ports + 32, DESC);
    io.port_write32(ports + 40, AVAIL);
    io.port_write32(ports + 48, USED);
    io.port_write16(ports + 28, 1);
    io.port_write8(ports + 20, 15);
  };
  reset();

  return {
    reset,
    status: () => io.port_read8(ports + 20),
    config32: (offset: number) => io.port_read32(ports + 0x80 + offset) >>> 0,
    feature: (bit: number) => {
      io.port_write32(ports, bit >> 5);
      return ((io.port_read32(ports + 4) >>> (bit & 31)) & 1) === 1;
    },
    /** Reading it acknowledges the interrupt. */
    interrupt: () => io.port_read8(ports + 0x50),
    /** Puts one chain into the queue and notifies; gives where each piece lies. */
    submit(pieces: Piece[], notify = true): number[] {
      const first = (given * 8) % 120;
      const table = new Uint8Array(pieces.length * 16);
      const view = new DataView(table.buffer);
      const places = pieces.map((piece, index) => {
        const length = piece.length ?? piece.give?.length ?? piece.take ?? 0;
        const address = piece.address ?? memory;
        if (piece.address === undefined) memory += (length + 15) & ~15;
        if (piece.give) cpu.write_blob(piece.give, address);
        view.setUint32(index * 16, address, true);
        view.setUint32(index * 16 + 8, length, true);
        view.setUint16(index * 16 + 12, (index < pieces.length - 1 ? NEXT : 0) | (piece.give ? 0 : WRITE), true);
        view.setUint16(index * 16 + 14, first + index + 1, true);
        return address;
      });
      cpu.write_blob(table, DESC + first * 16);
      cpu.write_blob(Uint8Array.of(first, 0), AVAIL + 4 + (given % 128) * 2);
      given++;
      cpu.write_blob(Uint8Array.of(given & 255, given >> 8), AVAIL + 2);
      if (notify) io.port_write16(ports + 0x40, 0);
      return places;
    },
    /** How many bytes the device says it wrote, for each reply since the last call. */
    replies(): number[] {
      const now = word(USED) >>> 16;
      const lengths: number[] = [];
      while (seen !== now) lengths.push(word(USED + 8 + (seen++ % 128) * 8));
      return lengths;
    },
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
