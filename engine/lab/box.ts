/**
 * A box with the devices that every box of its image has, made by the calls that any owner would use: boot disk in slot 0, the disks
 * that the image declares, attestation device, display, and a console where the maker left one open.
 */
import { parseDescriptor } from "../storage/index.ts";
import type { DeviceConfig, Management, VmConfig } from "./api.ts";
import { type DiskMedium, declaredDisks } from "./declared.ts";
import { TRUST_SALT } from "./trust.ts";

export interface BoxParts extends Omit<VmConfig, "image"> {
  /** The catalogue image that both media came from, if it is to be named so. */
  image?: string;
  /** The firmware medium, and the medium of the boot disk. */
  firmware: string;
  boot: string;
  /** Bytes of the descriptor that lies on the firmware medium; asked for after the TVMM took it. */
  descriptor(): Promise<Uint8Array>;
  /** What lies in the disks that the descriptor declares, by their names; attested (salted with nothing) where there is a root. */
  disks?: Readonly<Record<string, DiskMedium>>;
}

/** The box is off, and all its devices are attached. Resolves to its id; rejects as the TVMM refuses. */
export async function makeBox(management: Management, parts: BoxParts): Promise<string> {
  const { image, firmware, boot, descriptor, disks = {}, ...config } = parts;
  const vm = await management.createVm({
    ...config,
    image: { medium: firmware, ...(image === undefined ? {} : { image }) },
  });
  const described = parseDescriptor(await descriptor());
  const { root, salt } = described.boot;
  const devices: DeviceConfig[] = [
    { type: "disk", medium: boot, class: "attested", root, salt, slot: 0 },
    ...declaredDisks(described).flatMap(({ name, slot }) => {
      const disk = disks[name];
      return disk ? [diskDevice(disk, slot)] : [];
    }),
    { type: "serial", purpose: "attestation" },
    { type: "display" },
  ];
  if (described.console !== "none") devices.push({ type: "serial", purpose: "console" });
  for (const device of devices) await management.attach(vm, await management.createDevice(device));
  return vm;
}

/** A disk without a root is raw. */
export function diskDevice({ medium, root }: DiskMedium, slot: number): DeviceConfig {
  if (root === undefined) return { type: "disk", medium, class: "raw", slot };
  return { type: "disk", medium, class: "attested", root, salt: TRUST_SALT, slot };
}

/** Switches it off if need be and removes the box and its devices. */
export async function removeBox(management: Management, id: string): Promise<void> {
  const box = (await management.vms()).find((vm) => vm.id === id);
  if (!box) return;
  if (box.state !== "off") await management.off(id);
  for (const device of box.devices) {
    await management.detach(id, device);
    await management.destroyDevice(device);
  }
  await management.destroyVm(id);
}
