/**
 * What owners and attackers do with boxes in lab `banking`: other boxes than the lab's, other words on a config disk, one byte in a
 * descriptor. Each step puts back what it changed.
 */
import { makeBox, type Platform, removeBox } from "../../lab/index.ts";
import { containerEntries, parseDescriptor } from "../../storage/index.ts";
import type { StepContext } from "../scenario.ts";

/** Bytes of a config disk. */
const CONFIG_SIZE = 4096;

export interface Extra {
  name: string;
  image: string;
  /** Lines of its config disk, for images that declare one. */
  config?: Record<string, string>;
  /** Of the image, by its vendor; left out: none. */
  vouched?: boolean;
  /** Another trust disk than the lab's. */
  trust?: { bytes: Uint8Array; root: string };
  /** The role of its card; left out: none. */
  role?: string;
  /** The device that its card is connected with; left out: the machine's own, which is plugged into the wire. */
  to?: string;
}

function configBytes(config: Record<string, string>): Uint8Array {
  const bytes = new Uint8Array(CONFIG_SIZE);
  bytes.set(
    new TextEncoder().encode(
      Object.entries(config)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    ),
  );
  return bytes;
}

async function trustOf(context: StepContext, extra: Extra) {
  if (extra.trust) return extra.trust;
  const told = await context.lab.trust();
  if (!told) throw new Error("this lab has no trust disk");
  return context.terra.trustDisk(told.trust);
}

/** Makes a box of the catalogue's image as its owner would, and switches it on. Its id. */
export async function addBox(context: StepContext, platform: Platform, extra: Extra): Promise<string> {
  const media = await platform.insertImage(extra.image);
  const image = (await context.terra.images()).find(({ id }) => id === extra.image);
  if (!image) throw new Error(`there is no image ${extra.image}`);
  const trust = await trustOf(context, extra);
  const { management } = platform;
  const declared = new Set(
    parseDescriptor(image.descriptor).devices.flatMap((each) => (each.type === "disk" ? [each.name] : [])),
  );
  const id = await makeBox(management, {
    name: extra.name,
    image: extra.image,
    ...media,
    descriptor: async () => image.descriptor,
    vendorCertificates: extra.vouched ? image.vendorCertificates : [],
    disks: {
      ...(declared.has("trust")
        ? { trust: { medium: await platform.insertDisk({ bytes: trust.bytes }), root: trust.root } }
        : {}),
      ...(declared.has("config") && extra.config
        ? { config: { medium: await platform.insertDisk({ bytes: configBytes(extra.config) }) } }
        : {}),
    },
  });
  const card = await management.createDevice({
    type: "nic",
    ...(extra.role === undefined ? {} : { role: extra.role }),
  });
  await management.attach(id, card);
  await management.connect(card, extra.to ?? "eth0");
  await management.on(id);
  return id;
}

export async function dropBox(platform: Platform, id: string): Promise<void> {
  await removeBox(platform.management, id);
}

/** Other words on the client's config disk: it lies outside the chip, and its owner writes there what she likes. */
export async function configure(platform: Platform, box: string, config: Record<string, string>): Promise<void> {
  await platform.disk(`${box}.config`).restore(configBytes(config));
}

/**
 * Changes one byte of a box's descriptor on its medium (a letter of the kernel's command line that means nothing) or puts it back,
 * by restoring `before`. Resolves to the medium as it was.
 */
export async function changeByte(platform: Platform, medium: string): Promise<Uint8Array> {
  const disk = platform.disk(medium);
  const before = await disk.copy();
  const part = containerEntries(before).find(({ name }) => name === "descriptor.json");
  if (!part) throw new Error(`medium ${medium} has no descriptor`);
  const text = new TextDecoder().decode(before.subarray(part.offset, part.offset + part.length));
  const at = text.indexOf(" quiet ");
  if (at < 0) throw new Error(`the command line in ${medium} is not what it was thought to be`);
  await disk.write(part.offset + at + 1, new TextEncoder().encode("Q"));
  return before;
}

/** Makes one of the lab's closed boxes anew, from what lies in its media now; same name, same disks, same card. */
export async function remade(context: StepContext, path: string, vendorCertificates: string[]): Promise<void> {
  const [platformId = "", name = ""] = path.split("/");
  const platform = context.lab.platform(platformId);
  const { management } = platform;
  const old = (await management.vms()).find((vm) => vm.name === name);
  if (!old) throw new Error(`there is no ${path}`);
  if (old.state !== "off") await management.off(old.id);
  for (const device of old.devices) await management.detach(old.id, device);
  await management.destroyVm(old.id);
  const id = await management.createVm({
    name,
    image: { medium: `${old.image}.firmware`, image: old.image },
    vendorCertificates,
  });
  for (const device of old.devices) await management.attach(id, device);
  await management.on(id);
}
