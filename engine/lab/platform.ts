/** One machine through the scripting API, each role's calls kept apart. */
import { TerraError } from "../protocol/errors.ts";
import type { DeviceStatus } from "../protocol/owner.ts";
import type { Display, Inspect, Platform } from "./api.ts";
import { asArgument, options } from "./arguments.ts";
import { bringUp } from "./bring-up.ts";
import type { Machine } from "./machine.ts";
import { createManagement } from "./management.ts";
import type { Media } from "./media.ts";
import { createMedium } from "./medium.ts";
import type { Site } from "./site.ts";

/** Largest blank disk that insertDisk makes. */
const MAX_BLANK_MIB = 256;

const later = (what: string) => new TerraError("unsupported", `${what} is not offered by this version`);
const refuse = (what: string) => () => Promise.reject(later(what));

const inspect: Inspect = {
  readMemory: refuse("inspect.readMemory"),
  writeMemory: refuse("inspect.writeMemory"),
  screenshot: refuse("inspect.screenshot"),
  snapshot: refuse("inspect.snapshot"),
  sendKeys: refuse("inspect.sendKeys"),
};

function createDisplay(machine: Machine): Display {
  const ask: Machine["person"] = (request) => asArgument(machine.person(request));
  return {
    focused: async () => (await ask({ op: "focused" })) as { vm: string; strip: string } | null,
    focus: async (vm) => {
      await ask({ op: "focus", vm });
    },
    type: async (text) => {
      await ask({ op: "type", text });
    },
    text: async (vm) => (await ask({ op: "text", vm })) as { strip: string; screen: string },
    png: async (vm) => (await ask({ op: "png", vm })) as Uint8Array,
  };
}

export function createPlatform(site: Site, machine: Machine, media: Media): Platform {
  const management = createManagement(machine, media);

  async function usedBy(): Promise<Map<string, string>> {
    const users = new Map<string, string>();
    if (machine.power !== "on") return users;
    users.set("flash", `${machine.id}/tvmm`);
    users.set("sealed", `${machine.id}/tvmm`);
    for (const status of machine.statuses.values()) users.set(status.medium, `${machine.id}/${status.name}`);
    for (const device of (await machine.owner({ op: "list-devices" })) as DeviceStatus[]) {
      const vm = device.attachedTo === undefined ? undefined : machine.statuses.get(device.attachedTo);
      if (device.medium !== undefined && vm) users.set(device.medium, `${machine.id}/${vm.name}`);
    }
    return users;
  }

  return {
    id: machine.id,
    async bootLog() {
      if (machine.power !== "on") throw new TerraError("bad-state", `${machine.id} is off; nothing was measured`);
      return machine.stages();
    },
    management,
    inspect,
    display: createDisplay(machine),
    physicalDevices: refuse("physicalDevices"),
    async disks() {
      const [list, users] = await Promise.all([media.list(), usedBy()]);
      return list.map((medium) => {
        const user = users.get(medium.id);
        return user === undefined ? medium : { ...medium, usedBy: user };
      });
    },
    disk: (id) => createMedium(site.physical, machine.id, media.find(id)),
    removeDisk: refuse("removeDisk"),
    async insertDisk(disk) {
      if (machine.closed) throw new TerraError("bad-state", "the lab was closed");
      if (typeof disk === "object" && disk !== null && "bytes" in disk && disk.bytes instanceof Uint8Array) {
        if (disk.bytes.length === 0) throw new TerraError("bad-argument", "a disk of 0 bytes is none");
        return media.insert(disk.bytes);
      }
      if (typeof disk === "object" && disk !== null && "blankMiB" in disk) {
        const mib = disk.blankMiB;
        if (!Number.isInteger(mib) || mib < 1 || mib > MAX_BLANK_MIB) {
          throw new TerraError(
            "bad-argument",
            `blankMiB is ${String(mib)}; it should be a whole number from 1 to ${MAX_BLANK_MIB}`,
          );
        }
        return media.insert(new Uint8Array(mib * 1024 * 1024));
      }
      if (typeof disk === "object" && disk !== null && "handle" in disk) throw later("a disk that was taken out");
      throw new TerraError("bad-argument", "a disk should be { bytes: Uint8Array } or { blankMiB: number }");
    },
    async insertImage(image) {
      if (machine.closed) throw new TerraError("bad-state", "the lab was closed");
      return media.insertImage(image);
    },
    powerOff: () => machine.powerOff(),
    async powerOn(how) {
      const { tvmm = machine.description.tvmm } = options(how, "options");
      await asArgument(machine.powerOn(tvmm));
      await bringUp(site, machine, management, media);
    },
    tvmmBuilds: () => media.tvmmBuilds(),
  };
}
