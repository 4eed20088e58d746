import { describe, expect, it } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import type { MediumInfo } from "../protocol/media.ts";
import { type DeviceStatus, MAX_MEMORY_PIECE, type OwnerRequest, type VmStatus } from "../protocol/owner.ts";
import type { Machine } from "./machine.ts";
import { createManagement } from "./management.ts";
import type { Media } from "./media.ts";
import { createPlatform } from "./platform.ts";
import type { Site } from "./site.ts";

const DEVICES: Partial<DeviceStatus>[] = [
  { id: "eth0", type: "nic", wire: "lan", connectedTo: ["dev3"] },
  { id: "dev1", type: "disk", medium: "pc.boot", attachedTo: "vm1", connectedTo: [] },
  { id: "dev2", type: "disk", medium: "disk1", connectedTo: [] },
  { id: "dev3", type: "nic", mac: "02:00:00:00:00:01", attachedTo: "vm1", connectedTo: ["eth0"] },
  { id: "dev4", type: "serial console", connectedTo: [] },
];
const MEDIA = ["flash", "sealed", "pc.firmware", "pc.boot", "disk1", "disk2"].map((id): MediumInfo => {
  return { id, kind: id === "flash" || id === "sealed" ? id : "disk", size: 512 };
});

function platform(
  power: "on" | "off" | "starting" = "on",
  answer: (request: OwnerRequest) => unknown = () => undefined,
) {
  const asked: OwnerRequest[] = [];
  const machine = {
    id: "alice",
    power,
    closed: false,
    statuses: new Map([["vm1", { id: "vm1", name: "pc", medium: "pc.firmware" } as VmStatus]]),
    async owner(request: OwnerRequest) {
      asked.push(request);
      return request.op === "list-devices" ? DEVICES : answer(request);
    },
  } as unknown as Machine;
  const taken: string[] = [];
  const media = {
    find(id: string) {
      const found = MEDIA.find((each) => each.id === id);
      if (found) return found;
      throw new TerraError("unknown-disk", id);
    },
    list: async () => MEDIA,
    async take(id: string) {
      if (id === "flash") throw new TerraError("bad-argument", "it belongs to alice");
      taken.push(id);
      return `handle of ${id}`;
    },
    put: async (handle: string) => handle.replace("handle of ", ""),
  } as unknown as Media;
  const management = createManagement(machine, media);
  const parts = { site: {} as Site, machine, media, management, descriptors: new Map(), trust: () => undefined };
  return { ...createPlatform(parts), asked, taken };
}

describe("network cards", () => {
  it("of the machine are told apart from those that were made", async () => {
    const alice = platform();
    expect(await alice.physicalDevices()).toEqual([{ id: "eth0", type: "nic", wire: "lan" }]);
    expect((await alice.management.devices()).map(({ id }) => id)).toEqual(["dev1", "dev2", "dev3", "dev4"]);
    expect((await alice.management.devices()).slice(2)).toEqual([
      { id: "dev3", type: "nic", mac: "02:00:00:00:00:01", attachedTo: "vm1", connectedTo: ["eth0"] },
      { id: "dev4", type: "serial", purpose: "console", connectedTo: [] },
    ]);
  });
});

describe("a disk", () => {
  it("is taken out if nobody uses it, and put in again", async () => {
    const alice = platform();
    const disk = await alice.removeDisk("disk2");
    expect(disk).toEqual({ handle: "handle of disk2" });
    expect(await alice.insertDisk(disk)).toBe("disk2");
  });

  it.each([
    ["pc.boot", "busy: pc.boot is in use by alice/pc"],
    ["pc.firmware", "busy: pc.firmware is in use by alice/pc"],
    ["disk1", "busy: disk1 is in use by alice/dev2"],
    ["flash", "bad-argument: it belongs to alice"],
    ["doom", "unknown-disk"],
  ])("%s stays: %s", async (id, message) => {
    const alice = platform();
    await expect(alice.removeDisk(id)).rejects.toThrow(message);
    expect(alice.taken).toEqual([]);
  });

  it("is in nobody's use while the machine is off, and in everybody's while it starts", async () => {
    const off = platform("off");
    await off.removeDisk("pc.boot");
    expect(off.taken).toEqual(["pc.boot"]);
    expect((await off.disks()).every(({ usedBy }) => usedBy === undefined)).toBe(true);
    await expect(platform("starting").removeDisk("disk2")).rejects.toThrow("busy: alice is starting");
  });

  it("is named with who uses it", async () => {
    const users = (await platform().disks()).map(({ id, usedBy }) => [id, usedBy]);
    expect(users).toEqual([
      ["flash", "alice/tvmm"],
      ["sealed", "alice/tvmm"],
      ["pc.firmware", "alice/pc"],
      ["pc.boot", "alice/pc"],
      ["disk1", "alice/dev2"],
      ["disk2", undefined],
    ]);
  });

  it("is a handle, bytes or a number of MiB", async () => {
    for (const wrong of [7, {}, { bytes: "x" }, { blankMiB: 0 }, { blankMiB: 257 }, { bytes: new Uint8Array() }]) {
      await expect(platform().insertDisk(wrong as never)).rejects.toThrow("bad-argument");
    }
  });
});

describe("inspection", () => {
  it("asks the TVMM for what it is to do", async () => {
    const alice = platform("on", () => Uint8Array.of(7));
    expect(await alice.inspect.readMemory("vm1", 4096, 1)).toEqual(Uint8Array.of(7));
    await alice.inspect.writeMemory("vm1", 5, Uint8Array.of(1));
    expect(await alice.inspect.screenshot("vm1")).toEqual(Uint8Array.of(7));
    expect(await alice.inspect.snapshot("vm1")).toEqual(Uint8Array.of(7));
    await alice.inspect.sendKeys("vm1", "ls\n");
    expect(alice.asked).toEqual([
      { op: "read-memory", vm: "vm1", address: 4096, length: 1 },
      { op: "write-memory", vm: "vm1", address: 5, bytes: Uint8Array.of(1) },
      { op: "screenshot", vm: "vm1" },
      { op: "snapshot", vm: "vm1" },
      { op: "send-keys", vm: "vm1", text: "ls\n" },
    ]);
  });

  it("reads and writes more than one request may hold in pieces", async () => {
    const length = MAX_MEMORY_PIECE + 3;
    const memory = Uint8Array.from({ length }, (_, at) => at % 251);
    const written = new Uint8Array(length);
    const alice = platform("on", (request) => {
      if (request.op === "read-memory")
        return memory.slice(request.address - 10, request.address - 10 + request.length);
      if (request.op === "write-memory") written.set(request.bytes, request.address - 10);
      return undefined;
    });
    const read = await alice.inspect.readMemory("vm1", 10, length);
    expect(Buffer.compare(read, memory)).toBe(0);
    await alice.inspect.writeMemory("vm1", 10, memory);
    expect(Buffer.compare(written, memory)).toBe(0);
    expect(alice.asked).toHaveLength(4);
  });

  it("has what no request holds refused by the TVMM, and by nobody else", async () => {
    const alice = platform("on", () => {
      throw new TerraError("bad-argument", "length");
    });
    for (const length of [-1, 0.5, Number.NaN, 2 ** 40, "1" as unknown as number]) {
      await expect(alice.inspect.readMemory("vm1", 0, length)).rejects.toThrow("bad-argument");
    }
    await expect(alice.inspect.writeMemory("vm1", 0, [1] as unknown as Uint8Array)).rejects.toThrow("bad-argument");
  });
});
