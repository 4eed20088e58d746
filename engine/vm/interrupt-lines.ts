/**
 * Interrupt routing of a PC without a BIOS, and lines that several devices share. A BIOS would write the PIRQ routing into
 * the ISA bridge and each device's line into its configuration space; without it Linux finds no interrupt for any PCI
 * device. v86 lets any device lower a line that another one still holds, so sharing is done here: a line is down only when
 * nobody asserts it.
 */
import type { Cpu } from "./v86-internals.ts";

/** IRQ of PIRQ A to D; 11 and 10 are free on a PC of this kind. */
const PIRQ = [11, 10, 11, 10] as const;
const INTERRUPT_LINE = 0x3c;

/** IRQ of pin A of the PCI device in this slot: the pins are rotated from slot to slot. */
export function irqOfSlot(slot: number): number {
  return PIRQ[(slot - 1) & 3] ?? 11;
}

/** To be called when all devices are there and before the first instruction. */
export function routeInterrupts(cpu: Cpu): void {
  cpu.devices.pci.isa_bridge_space8.set(PIRQ, 0x60);
  for (const device of cpu.devices.pci.devices) {
    if (!device) continue;
    const space = cpu.devices.pci.device_spaces[device.pci_id];
    if (space) new Uint8Array(space.buffer)[INTERRUPT_LINE] = irqOfSlot(device.pci_id >> 3);
  }
}

export interface InterruptLines {
  assert(irq: number, holder: object): void;
  release(irq: number, holder: object): void;
}

export function interruptLines(cpu: Pick<Cpu, "device_raise_irq" | "device_lower_irq">): InterruptLines {
  const holders = new Map<number, Set<object>>();
  const of = (irq: number) => {
    const found = holders.get(irq) ?? new Set();
    holders.set(irq, found);
    return found;
  };
  return {
    assert(irq, holder) {
      of(irq).add(holder);
      cpu.device_raise_irq(irq);
    },
    release(irq, holder) {
      const rest = of(irq);
      rest.delete(holder);
      cpu.device_lower_irq(irq);
      // A new edge, for a guest that has the line edge triggered.
      if (rest.size > 0) cpu.device_raise_irq(irq);
    },
  };
}
