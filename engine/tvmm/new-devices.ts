/**
 * CREATE-DEVICE (paper 4.4): a device is checked against what this machine has before there is one. A medium has one user: a
 * disk, or the VMs that were made from the image in it; a card's address is its own.
 */
import { badArgument } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import type { DeviceConfig } from "../protocol/owner.ts";
import { dataSizeOf } from "../storage/index.ts";
import { inTime } from "./in-time.ts";
import type { Device, Machine } from "./machine.ts";
import type { Media } from "./media.ts";
import { checkMac, macOf } from "./nics.ts";

export const MAX_DEVICES = 128;
/** What a disk without a tree is made of, bytes (virtio 1.2, 5.2.4). */
const SECTOR = 512;
/** Bytes of the largest medium (media.ts). What lies outside may say that it is larger: nothing is computed from such a size. */
const MAX_SIZE = 2 ** 30;

type DiskConfig = Extract<DeviceConfig, { type: "disk" }>;
type NicConfig = Extract<DeviceConfig, { type: "nic" }>;

export interface NewDeviceParts {
  machine: Machine;
  media: Media;
  /** The machine's name: addresses of network cards are made from it. */
  platform: string;
}

/** The new device, which is in the machine's tables then. Codes as the call's. */
export async function newDevice({ machine, media, platform }: NewDeviceParts, config: DeviceConfig): Promise<Device> {
  checkRoom();
  switch (config.type) {
    case "disk":
      return disk(config);
    case "nic":
      return card(config);
    default:
      return add(machine.nextId("dev"), { config, size: 0 });
  }

  function checkRoom(): void {
    if (machine.devices.size < MAX_DEVICES) return;
    throw new TerraError("out-of-memory", `this machine has ${MAX_DEVICES} devices already`);
  }

  function add(id: string, made: Omit<Device, "id">): Device {
    const device: Device = { id, ...made };
    machine.devices.set(id, device);
    return device;
  }

  async function disk(config: DiskConfig): Promise<Device> {
    if (config.class === "integrity" || config.class === "encrypted") {
      const sentence = `disks of class ${config.class} are not offered; "raw" and "attested" are`;
      throw new TerraError("unsupported", sentence);
    }
    if (config.class === "raw" && config.counter) {
      throw badArgument(
        "device.counter",
        true,
        "false or nothing: a raw disk is not checked, so nothing counts for it",
      );
    }
    checkFree(config.medium);
    const size = await inTime(diskSize(config), `the medium ${config.medium}`);
    // Nothing was reserved while the medium was asked: whoever came first has it.
    checkRoom();
    checkFree(config.medium);
    return add(machine.nextId("dev"), { config, size });
  }

  function checkFree(medium: string): void {
    const user = diskOn(machine, medium)?.id ?? [...machine.vms.values()].find((each) => each.medium === medium)?.name;
    if (user !== undefined) throw new TerraError("busy", `the medium ${medium} is in use by ${user}`);
  }

  async function diskSize({ medium, class: diskClass }: DiskConfig): Promise<number> {
    const list = await media.list();
    const info = list.find(({ id }) => id === medium);
    if (!info) {
      const disks = list.filter(({ kind }) => kind === "disk").map(({ id }) => id);
      throw new TerraError(
        "unknown-disk",
        `there is no medium ${JSON.stringify(medium)} in this machine; there are: ${disks.join(", ") || "none"}`,
      );
    }
    const { kind, size } = info;
    if (kind !== "disk") throw new TerraError("bad-argument", `the medium ${medium} is no disk but the ${kind}`);
    if (size > MAX_SIZE)
      throw badArgument("device.medium", medium, `a medium of ${MAX_SIZE} bytes at most, not ${size}`);
    if (diskClass === "attested") dataSizeOf(size);
    else if (size === 0 || size % SECTOR !== 0) {
      const sentence = `the medium ${medium} has ${size} bytes; a raw disk has a multiple of ${SECTOR}, and not none`;
      throw new TerraError("bad-argument", sentence);
    }
    return size;
  }

  function card(config: NicConfig): Device {
    const withMac = (mac: string) => [...machine.devices.values()].find((each) => each.mac === mac);
    const chosen = config.mac;
    if (chosen !== undefined) {
      checkMac(chosen);
      const other = withMac(chosen);
      if (other) throw badArgument("device.mac", chosen, `an address of its own; ${other.id} has this one`);
      return add(machine.nextId("dev"), { config, size: 0, mac: chosen });
    }
    for (;;) {
      const id = machine.nextId("dev");
      const mac = macOf(platform, Number(id.slice("dev".length)));
      // Somebody may have chosen just this address for another card: then the number is left out.
      if (!withMac(mac)) return add(id, { config, size: 0, mac });
    }
  }
}

/** The disk that uses this medium. */
export function diskOn(machine: Machine, medium: string): Device | undefined {
  return [...machine.devices.values()].find(({ config }) => config.type === "disk" && config.medium === medium);
}
