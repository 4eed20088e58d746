/** One machine through the scripting API, each role's calls kept apart. */
import { TerraError } from "../protocol/errors.ts";
import { type DeviceStatus, MAX_MEMORY_PIECE, type OwnerRequest } from "../protocol/owner.ts";
import type { Glyph, SignStatus } from "../protocol/sign.ts";
import type { DiskHandle, Display, Inspect, Platform } from "./api.ts";
import { asArgument, options } from "./arguments.ts";
import { type BringUpParts, bringUp } from "./bring-up.ts";
import type { Machine } from "./machine.ts";
import { createMedium } from "./medium.ts";

/** Largest blank disk that insertDisk makes. */
const MAX_BLANK_MIB = 256;
/** No box has more memory than that, bytes. */
const MAX_MEMORY = 2 ** 31;

/** Each of the owner's tools is a request to the TVMM, which refuses them for closed boxes. */
function createInspect(machine: Machine): Inspect {
  const ask = (request: OwnerRequest) => asArgument(machine.owner(request));
  return {
    async readMemory(vm, address, length) {
      const bytes = async (from: number, count: number) =>
        (await ask({ op: "read-memory", vm, address: from, length: count })) as Uint8Array;
      if (!(length > MAX_MEMORY_PIECE && length <= MAX_MEMORY)) return bytes(address, length);
      const whole = new Uint8Array(length);
      for (let at = 0; at < length; at += MAX_MEMORY_PIECE) {
        whole.set(await bytes(address + at, Math.min(MAX_MEMORY_PIECE, length - at)), at);
      }
      return whole;
    },
    async writeMemory(vm, address, bytes) {
      if (!(bytes instanceof Uint8Array)) throw new TerraError("bad-argument", "bytes should be a Uint8Array");
      let at = 0;
      do {
        const piece = bytes.subarray(at, at + MAX_MEMORY_PIECE);
        await ask({ op: "write-memory", vm, address: address + at, bytes: piece });
        at += MAX_MEMORY_PIECE;
      } while (at < bytes.length);
    },
    screenshot: async (vm) => (await ask({ op: "screenshot", vm })) as Uint8Array,
    snapshot: async (vm) => (await ask({ op: "snapshot", vm })) as Uint8Array,
    async sendKeys(vm, text) {
      await ask({ op: "send-keys", vm, text });
    },
  };
}

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
    mouse: async (motion) => {
      await ask({ dx: 0, dy: 0, wheel: 0, buttons: 0, ...options(motion, "motion"), op: "mouse" });
    },
    sign: async () => (await ask({ op: "sign" })) as SignStatus,
    chooseSign: async (word, glyph) => {
      // The TVMM's door says what is wrong with a picture that it does not know.
      await ask({ op: "choose-sign", word, glyph: glyph as Glyph });
    },
  };
}

export function createPlatform(parts: BringUpParts): Platform {
  const { site, machine, media, management } = parts;

  const devices = async () => (await machine.owner({ op: "list-devices" })) as DeviceStatus[];

  /** Which media are in use, by whom: a box, or a device that may be attached to one. */
  async function usedBy(): Promise<Map<string, string>> {
    const users = new Map<string, string>();
    if (machine.power !== "on") return users;
    users.set("flash", `${machine.id}/tvmm`);
    users.set("sealed", `${machine.id}/tvmm`);
    for (const status of machine.statuses.values()) users.set(status.medium, `${machine.id}/${status.name}`);
    for (const device of await devices()) {
      const vm = device.attachedTo === undefined ? undefined : machine.statuses.get(device.attachedTo);
      if (device.medium !== undefined) users.set(device.medium, `${machine.id}/${vm?.name ?? device.id}`);
    }
    return users;
  }

  async function removeDisk(id: string): Promise<DiskHandle> {
    if (machine.closed) throw new TerraError("bad-state", "the lab was closed");
    if (machine.power === "starting") throw new TerraError("busy", `${machine.id} is starting and may use ${id}`);
    const user = media.find(id).kind === "disk" ? (await usedBy()).get(id) : undefined;
    if (user !== undefined) throw new TerraError("busy", `${id} is in use by ${user}`);
    return { handle: await media.take(id) };
  }

  return {
    id: machine.id,
    async bootLog() {
      if (machine.power !== "on") throw new TerraError("bad-state", `${machine.id} is off; nothing was measured`);
      return machine.stages();
    },
    management,
    inspect: createInspect(machine),
    display: createDisplay(machine),
    physicalDevices: async () =>
      (await devices()).flatMap(({ id, wire }) => (wire === undefined ? [] : [{ id, type: "nic" as const, wire }])),
    async disks() {
      const [list, users] = await Promise.all([media.list(), usedBy()]);
      return list.map((medium) => {
        const user = users.get(medium.id);
        return user === undefined ? medium : { ...medium, usedBy: user };
      });
    },
    disk: (id) => createMedium(site.physical, machine.id, media.find(id)),
    removeDisk,
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
      if (typeof disk === "object" && disk !== null && "handle" in disk) return media.put(disk.handle);
      throw new TerraError(
        "bad-argument",
        "a disk should be { handle } of one taken out, { bytes: Uint8Array } or { blankMiB: number }",
      );
    },
    async insertImage(image) {
      if (machine.closed) throw new TerraError("bad-state", "the lab was closed");
      return media.insertImage(image);
    },
    powerOff: () => machine.powerOff(),
    async powerOn(how) {
      const { tvmm = machine.description.tvmm } = options(how, "options");
      await asArgument(machine.powerOn(tvmm));
      await bringUp(parts);
    },
    tvmmBuilds: () => media.tvmmBuilds(),
  };
}
