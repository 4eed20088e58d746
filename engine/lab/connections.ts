/**
 * What follows from a description: which media each box of a machine has, and which cards are connected. Pure; bringing up
 * from the page and writing a policy both read it here, so that they make the same machine.
 */
import type { NicDescription, PlatformDescription, VmDescription } from "./description.ts";

type Boxes = Pick<PlatformDescription, "vms" | "management">;

export interface PlacedBox {
  box: VmDescription;
  /** Which copy of its image's media it has, from 1: boxes of one image cannot share a disk. */
  copy: number;
}

/** A management box has the first copy of its image. */
export function placed({ vms, management }: Boxes): PlacedBox[] {
  const used = new Map<string, number>(management ? [[management.image, 1]] : []);
  return vms.map((box) => {
    const copy = (used.get(box.image) ?? 0) + 1;
    used.set(box.image, copy);
    return { box, copy };
  });
}

/** How many copies of each image the machine needs. */
export function copiesOf({ vms, management }: Boxes): Map<string, number> {
  const copies = new Map<string, number>();
  for (const { image } of [...(management ? [management] : []), ...vms])
    copies.set(image, (copies.get(image) ?? 0) + 1);
  return copies;
}

/** Its media are `NAME.firmware` and `NAME.boot`. */
export const mediaName = (image: string, copy: number): string => (copy === 1 ? image : `${image}.${copy}`);

/** The box's cards: the description's, and behind them those that its image cannot do without, connected with nothing. */
export function nicsOf({ nics }: VmDescription, required: readonly string[]): NicDescription[] {
  const missing = required.filter((role) => !nics.some((nic) => nic.role === role));
  return [...nics, ...missing.map((role) => ({ role, connect: [] }))];
}

/** A box's card by its number among the box's cards, from 0. */
export interface CardOf {
  box: string;
  card: number;
}

export interface Connection {
  a: CardOf;
  /** Or a physical card: "eth0". */
  b: CardOf | string;
}

/** Each pair once, in the description's order. */
export function connectionsOf({ vms }: Boxes): Connection[] {
  const boxes = new Set(vms.map((vm) => vm.name));
  const found = new Map<string, Connection>();
  const add = (a: CardOf, end: string) => {
    const b = boxes.has(end) ? { box: end, card: 0 } : end;
    const names = [a, b].map((each) => (typeof each === "string" ? each : `${each.box} ${each.card}`));
    // Both boxes may have said it.
    const key = names.sort().join(", ");
    if (!found.has(key)) found.set(key, { a, b });
  };
  for (const vm of vms) {
    for (const [card, nic] of vm.nics.entries()) for (const end of nic.connect) add({ box: vm.name, card }, end);
  }
  return [...found.values()];
}
