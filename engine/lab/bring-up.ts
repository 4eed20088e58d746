/**
 * After each measured boot the boxes of a machine's description come up. A machine with a management box does that by itself, by the
 * box's policy; the others are managed from the page, by the same calls that anybody else would use. Media that are in the
 * machine already are used as they are, so what an attacker changed stays changed.
 */
import type { ManagementStatus } from "../protocol/owner.ts";
import type { Management } from "./api.ts";
import { makeBox } from "./box.ts";
import { type CardOf, connectionsOf, nicsOf, type PlacedBox, placed } from "./connections.ts";
import { type Descriptors, diskMedia, requiredRoles } from "./declared.ts";
import type { VmDescription } from "./description.ts";
import type { Machine } from "./machine.ts";
import type { Media } from "./media.ts";
import type { Site } from "./site.ts";

/** A policy that is not carried out by then is not waited for. */
export const POLICY_MS = 180_000;

/** The vendor's word that comes with an image of the catalogue. */
export function vendorCertificates(site: Site, box: VmDescription): string[] {
  const image = site.images.images.find((each) => each.id === box.image);
  return (box.vendorCertificate && image && site.vendorCertificates[image.primary]) || [];
}

/** What a machine's boxes are made of. */
export interface BringUpParts {
  site: Site;
  machine: Machine;
  management: Management;
  media: Media;
  /** Of the images that the lab's description names. */
  descriptors: Descriptors;
  /** Root of the lab's trust disk as it is now. */
  trust(): string | undefined;
}

async function make(parts: BringUpParts, { box, copy }: PlacedBox): Promise<string> {
  const { site, management, media, descriptors } = parts;
  const { firmware, boot } = await media.image(box.image, copy);
  return makeBox(management, {
    name: box.name,
    image: box.image,
    firmware,
    boot,
    descriptor: () => media.part(firmware, "descriptor.json"),
    vendorCertificates: vendorCertificates(site, box),
    disks: diskMedia(box.name, descriptors.get(box.image), parts.trust()),
    ...(box.asOpen === undefined ? {} : { asOpen: box.asOpen }),
    ...(box.checking === undefined ? {} : { checking: box.checking }),
    ...(box.cpuShare === undefined ? {} : { cpuShare: box.cpuShare }),
  });
}

/** Who brings the machine's boxes up, and what it comes to: everything that the TVMM refused, on a machine managed from the page. */
export async function bringUp(parts: BringUpParts): Promise<{ refused: unknown[] }> {
  const { machine } = parts;
  if (!machine.description.management) return fromPage(parts);
  await policyCarriedOut(machine);
  const { focus } = machine.description;
  const focused = [...machine.statuses.values()].find((vm) => vm.name === focus);
  if (focused) await machine.person({ op: "focus", vm: focused.id });
  return { refused: [] };
}

/**
 * Resolves when each box was made and switched on, or refused, with what the TVMM refused to make. A refusal does not keep the
 * other boxes off, and the TVMM says why in a message.
 */
async function fromPage(parts: BringUpParts): Promise<{ refused: unknown[] }> {
  const { machine, management, descriptors } = parts;
  const { description } = machine;
  const made: { id: string; box: VmDescription }[] = [];
  const refused: unknown[] = [];
  const cards = new Map<string, string>();
  const attempt = async (act: () => Promise<void>) => {
    await act().catch((error: unknown) => refused.push(error));
  };
  // One after the other, so that ids and colours follow the description.
  for (const each of placed(description)) {
    const { box } = each;
    await attempt(async () => {
      const id = await make(parts, each);
      made.push({ id, box });
      for (const [card, { role }] of nicsOf(box, requiredRoles(descriptors.get(box.image))).entries()) {
        const device = await management.createDevice({ type: "nic", ...(role === undefined ? {} : { role }) });
        await management.attach(id, device);
        cards.set(cardName({ box: box.name, card }), device);
      }
    });
  }
  for (const { a, b } of connectionsOf(description)) {
    const [one, other] = [a, b].map((end) => (typeof end === "string" ? end : cards.get(cardName(end))));
    // A card that was refused has been told already.
    if (one !== undefined && other !== undefined) await attempt(() => management.connect(one, other));
  }
  const focused = made.find(({ box }) => box.name === description.focus);
  if (focused) await machine.person({ op: "focus", vm: focused.id });
  await Promise.allSettled(made.filter(({ box }) => box.on).map(({ id }) => management.on(id)));
  return { refused };
}

const cardName = ({ box, card }: CardOf) => `${box} ${card}`;

/**
 * Resolves once the management box has done its work, or will not: its policy carried out, its start failed, or time over.
 * Rejects with "bad-state" if the machine loses its power.
 */
async function policyCarriedOut(machine: Pick<Machine, "owner" | "onOwnerEvent">): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = ({ state }: ManagementStatus) => {
      if (state !== "starting") finish(resolve);
    };
    const ask = () => {
      machine.owner({ op: "management" }).then(
        (status) => look(status as ManagementStatus),
        (error: unknown) => finish(() => reject(error)),
      );
    };
    const unsubscribe = machine.onOwnerEvent((event) => {
      if (event.type === "management") look(event.management);
      // Boxes go when somebody destroys them, and all of them when the machine loses its power: it does not answer then.
      else if (event.type === "vm" && event.status === undefined) ask();
    });
    const timer = setTimeout(() => finish(resolve), POLICY_MS);
    const finish = (act: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      act();
    };
    ask();
  });
}
