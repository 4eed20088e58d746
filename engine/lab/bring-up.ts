/**
 * A machine without a management box is managed from the page: after each measured boot the boxes of its description are made
 * and switched on, by the same calls that anybody else would use. Media that are in the machine already are used as they are,
 * so what an attacker changed stays changed.
 */
import type { Management } from "./api.ts";
import { makeBox } from "./box.ts";
import type { VmDescription } from "./description.ts";
import type { Machine } from "./machine.ts";
import type { Media } from "./media.ts";
import type { Site } from "./site.ts";

/** The vendor's word that comes with an image of the catalogue. */
function vendorCertificates(site: Site, box: VmDescription): string[] {
  const image = site.images.images.find((each) => each.id === box.image);
  return (box.vendorCertificate && image && site.vendorCertificates[image.primary]) || [];
}

/** Which copy of its image's media each box has: boxes of one image cannot share a disk. */
function copies(boxes: readonly VmDescription[]): { box: VmDescription; copy: number }[] {
  const used = new Map<string, number>();
  return boxes.map((box) => {
    const copy = (used.get(box.image) ?? 0) + 1;
    used.set(box.image, copy);
    return { box, copy };
  });
}

/** Puts the media of all boxes into the machine; those that are there stay as they are. */
export async function insertMedia(media: Media, boxes: readonly VmDescription[]): Promise<void> {
  const all = copies(boxes);
  // Side by side by image; one image's copies in order, because their order is their names.
  await Promise.all(
    [...new Set(boxes.map((box) => box.image))].map(async (image) => {
      for (const { box, copy } of all) if (box.image === image) await media.image(image, copy);
    }),
  );
}

async function make(
  site: Site,
  management: Management,
  media: Media,
  box: VmDescription,
  copy: number,
): Promise<string> {
  const { firmware, boot } = await media.image(box.image, copy);
  return makeBox(management, {
    name: box.name,
    image: box.image,
    firmware,
    boot,
    descriptor: () => media.part(firmware, "descriptor.json"),
    vendorCertificates: vendorCertificates(site, box),
    ...(box.asOpen === undefined ? {} : { asOpen: box.asOpen }),
    ...(box.checking === undefined ? {} : { checking: box.checking }),
  });
}

/**
 * Resolves when each box was made and switched on, or refused, with what the TVMM refused to make. A refusal does not keep the
 * other boxes off, and the TVMM says why in a message.
 */
export async function bringUp(
  site: Site,
  machine: Machine,
  management: Management,
  media: Media,
): Promise<{ refused: unknown[] }> {
  const made: { id: string; box: VmDescription }[] = [];
  const refused: unknown[] = [];
  // One after the other, so that ids and colours follow the description.
  for (const { box, copy } of copies(machine.description.vms)) {
    await make(site, management, media, box, copy).then(
      (id) => made.push({ id, box }),
      (error: unknown) => refused.push(error),
    );
  }
  const focused = made.find(({ box }) => box.name === machine.description.focus);
  if (focused) await machine.person({ op: "focus", vm: focused.id });
  await Promise.allSettled(made.filter(({ box }) => box.on).map(({ id }) => management.on(id)));
  return { refused };
}
