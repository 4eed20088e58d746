/**
 * What the images of a lab declare beside their boot disks, and what the lab puts there: on the disk `trust` the site's roots and
 * policy, on the disk `config` what the description says of the box. Bringing up from the page and writing a policy both read it
 * here, so that they make the same machine.
 */
import { TerraError } from "../protocol/errors.ts";
import { type DescribedDisk, type Descriptor, type DiskClass, parseDescriptor } from "../storage/index.ts";
import { CONFIG_SIZE, configText, type LabDescription, type VmDescription } from "./description.ts";
import type { Site } from "./site.ts";

/** Descriptors, as the catalogue has them, by the id of their image. */
export type Descriptors = ReadonlyMap<string, Descriptor>;

/** Of all images that the lab's description names; one that the catalogue does not have is left out. */
export async function readDescriptors(site: Site, lab: LabDescription): Promise<Descriptors> {
  const named = new Set(
    lab.platforms.flatMap(({ management, vms }) =>
      [...(management ? [management] : []), ...vms].map((box) => box.image),
    ),
  );
  const images = site.images.images.filter(({ id }) => named.has(id));
  return new Map(
    await Promise.all(
      images.map(async ({ id, descriptor }) => {
        const bytes = await site.physical.call({ op: "file", path: `images/${descriptor.path}` });
        return [id, parseDescriptor(bytes as Uint8Array)] as const;
      }),
    ),
  );
}

export const declaredDisks = (descriptor: Descriptor | undefined): DescribedDisk[] =>
  (descriptor?.devices ?? []).filter((each) => each.type === "disk");

/** Roles of cards that the box cannot do without. */
export const requiredRoles = (descriptor: Descriptor | undefined): string[] =>
  (descriptor?.devices ?? []).flatMap((each) => (each.type === "nic" && each.required ? [each.role] : []));

const declares = (descriptor: Descriptor | undefined, name: string, kind: DiskClass) =>
  declaredDisks(descriptor).some((disk) => disk.name === name && disk.classes.includes(kind));

export const declaresTrust = (descriptor: Descriptor | undefined): boolean => declares(descriptor, "trust", "attested");
export const declaresConfig = (descriptor: Descriptor | undefined): boolean => declares(descriptor, "config", "raw");

export const trustMedium = (box: string): string => `${box}.trust`;
export const configMedium = (box: string): string => `${box}.config`;

/** A medium for a declared disk; attested if it has a root. */
export interface DiskMedium {
  medium: string;
  root?: string;
}

/** What lies in the box's declared disks, by their names. `trust`: root of the lab's trust disk, if it has one. */
export function diskMedia(box: string, descriptor: Descriptor | undefined, trust?: string): Record<string, DiskMedium> {
  return {
    ...(declaresTrust(descriptor) && trust !== undefined ? { trust: { medium: trustMedium(box), root: trust } } : {}),
    ...(declaresConfig(descriptor) ? { config: { medium: configMedium(box) } } : {}),
  };
}

/** Images of the lab's boxes that have a trust disk. */
export function imagesWithTrust({ platforms }: LabDescription, descriptors: Descriptors): string[] {
  const images = new Set(platforms.flatMap(({ vms }) => vms.map(({ image }) => image)));
  return [...images].filter((image) => declaresTrust(descriptors.get(image)));
}

/** The bytes of a disk `config`: lines, and zeros behind them. */
export function configBytes(values: Record<string, string>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CONFIG_SIZE);
  bytes.set(new TextEncoder().encode(configText(values)));
  return bytes;
}

/** What a description says must have a place in the images that it names. Error: "bad-argument". */
export function checkAgainstImages(lab: LabDescription, descriptors: Descriptors): void {
  const leftOut = (where: string, why: string): never => {
    throw new TerraError("bad-argument", `${where} should be left out: ${why}`);
  };
  const check = (box: VmDescription, where: string) => {
    // An image that is not there is told when its media are put in.
    const descriptor = descriptors.get(box.image);
    if (descriptor && box.config && !declaresConfig(descriptor)) {
      leftOut(`${where}.config`, `the image ${box.image} has no disk config`);
    }
  };
  for (const [at, { vms }] of lab.platforms.entries()) {
    for (const [number, box] of vms.entries()) check(box, `lab.platforms[${at}].vms[${number}]`);
  }
  if (lab.trust && imagesWithTrust(lab, descriptors).length === 0)
    leftOut("lab.trust", "no image of its boxes has a disk trust");
}
