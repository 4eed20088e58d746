/**
 * What an open box's owner may look at and change from outside (paper, section 2.1): memory and the machine's whole state. The
 * TVMM decides whom it lets; this worker was told at its start, and does it for no box that is not inspectable.
 */
import { TerraError } from "../protocol/errors.ts";
import type { VmInit } from "../protocol/vm.ts";
import type { Emulator } from "./v86-internals.ts";

export interface Inspection {
  /** Throws "closed-box" unless the box may be inspected. */
  allowed(otherwise: string): void;
  /** A copy of guest memory, by physical address. Code "bad-argument" if not all of it lies in memory. */
  read(address: number, length: number): Uint8Array<ArrayBuffer>;
  /** As the processor's next instruction finds it: code that v86 had compiled is compiled again. */
  write(address: number, bytes: Uint8Array): void;
  /**
   * Processor, memory and v86's own devices, in v86's format (version 6). Disks, network cards and entropy device are ours, and not in it;
   * nor is what waits for the guest on its serial lines.
   */
  snapshot(): Uint8Array<ArrayBuffer>;
}

export function inspection(box: Pick<VmInit, "inspectable" | "strip">, emulator: Emulator): Inspection {
  const { cpu } = emulator.v86;

  const allowed = (otherwise: string) => {
    if (!box.inspectable) throw new TerraError("closed-box", `${box.strip.name} is a closed box: ${otherwise}`);
  };
  const inMemory = (address: number, length: number) => {
    allowed("its memory is its own");
    const size = cpu.memory_size[0] ?? 0;
    if (address + length <= size) return;
    const last = `0x${(address + length).toString(16)}`;
    throw new TerraError(
      "bad-argument",
      `0x${address.toString(16)} to ${last} is not in memory, which ends at 0x${size.toString(16)}`,
    );
  };

  return {
    allowed,
    read(address, length) {
      inMemory(address, length);
      return cpu.read_blob(address, length).slice();
    },
    write(address, bytes) {
      inMemory(address, bytes.length);
      cpu.write_blob(bytes, address);
    },
    snapshot() {
      allowed("its state is its own");
      return new Uint8Array(emulator.v86.save_state());
    },
  };
}
