import { beforeEach, describe, expect, it, vi } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import type { DeviceStatus, OwnerEvent, VmState, VmStatus } from "../protocol/owner.ts";
import { type Descriptor, parseDescriptor } from "../storage/index.ts";
import type { DeviceConfig, Management } from "./api.ts";
import { parseLabDescription } from "./description.ts";
import type { Machine } from "./machine.ts";
import type { Media } from "./media.ts";
import { policyMediumBytes } from "./policy.ts";
import { buildTrustDisk } from "./trust.ts";
import { createTrustDisks, type Hands } from "./trust-disks.ts";

const file = (digit: string) => ({ size: 1, sha256: digit.repeat(64) });
const BANK: Descriptor = parseDescriptor(
  new TextEncoder().encode(
    JSON.stringify({
      format: "terra-descriptor-1",
      product: "bank",
      version: "1.0.0",
      kind: "closed",
      memoryMiB: 32,
      firmware: { stub: file("1"), kernel: file("2") },
      commandLine: "",
      console: "none",
      suspend: true,
      boot: { size: 4096, blockSize: 4096, salt: "ab", root: "3".repeat(64), sha256: "4".repeat(64) },
      devices: [{ type: "disk", slot: 3, name: "trust", required: true, classes: ["attested"], counter: false }],
    }),
  ),
);
const descriptors = new Map([["bank", BANK]]);
const TRUST = { common: {}, roles: { client: {} } };
const OTHER = { common: {}, roles: { server: {} } };

const [alice] = parseLabDescription({
  platforms: [
    {
      id: "alice",
      management: {},
      vms: [
        { name: "pc" },
        { name: "client", image: "bank" },
        { name: "idle", image: "bank" },
        { name: "gone", image: "bank" },
      ],
    },
  ],
}).platforms;

/** A machine of media, with a TVMM that notes what it is asked. */
function machine(power: "on" | "off", media: Map<string, Uint8Array>) {
  const calls: string[] = [];
  const listeners = new Set<(event: OwnerEvent) => void>();
  const busy = { vm: "", tries: 0 };
  const statuses = new Map<string, VmStatus>();
  const devices: DeviceStatus[] = [];
  const add = (vm: string, state: VmState, device: string) => {
    statuses.set(vm, { id: vm, name: vm, state } as VmStatus);
    devices.push({ id: device, type: "disk", medium: `${vm}.trust`, attachedTo: vm, connectedTo: [] });
  };
  add("client", "on", "dev1");
  add("idle", "off", "dev2");
  const note =
    (name: string) =>
    async (...words: string[]) =>
      void calls.push([name, ...words].join(" "));
  const management = {
    off: note("off"),
    on: note("on"),
    async detach(vm: string, device: string) {
      if (busy.vm === vm) {
        busy.tries += 1;
        throw new TerraError("busy", `${vm} is being switched on`);
      }
      calls.push(`detach ${vm} ${device}`);
    },
    destroyDevice: note("destroy"),
    attach: note("attach"),
    async createDevice(config: DeviceConfig) {
      if (config.type !== "disk" || config.class !== "attested") throw new Error("another device");
      calls.push(`create ${config.medium} ${config.root} ${config.salt} ${config.slot}`);
      return "dev9";
    },
  } as unknown as Management;
  const hands: Hands = {
    machine: {
      id: "alice",
      power,
      description: alice,
      statuses,
      owner: async () => devices,
      onOwnerEvent(listener: (event: OwnerEvent) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } as unknown as Machine,
    management,
    media: {
      list: async () => [],
      has: (id: string) => media.has(id),
      whole: async (id: string) => media.get(id),
      write: async (id: string, at: number, bytes: Uint8Array) => media.get(id)?.set(bytes, at),
      async take(id: string) {
        calls.push(`take ${id}`);
        media.delete(id);
      },
      insert: async (bytes: Uint8Array, id: string) => void media.set(id, bytes),
    } as unknown as Media,
  };
  const comesUp = (vm: string) => {
    busy.vm = "";
    statuses.set(vm, { id: vm, name: vm, state: "on" } as VmStatus);
    for (const listener of [...listeners]) listener({ type: "vm", vm, status: statuses.get(vm) as VmStatus });
  };
  return { hands, calls, busy, listeners, comesUp };
}

let old: string;
let root: string;
let media: Map<string, Uint8Array>;
beforeEach(async () => {
  old = (await buildTrustDisk(TRUST)).root;
  root = (await buildTrustDisk(OTHER)).root;
  const disk = (await buildTrustDisk(TRUST)).bytes;
  media = new Map([
    ["client.trust", disk.slice()],
    ["idle.trust", disk.slice()],
    ["management.policy", policyMediumBytes(`# é\ndisk client --root ${old}\ndisk idle --root ${old}\n`)],
  ]);
});

describe("other trust disks", () => {
  it("are put into the boxes that are on, which are switched off meanwhile, and into those that are off", async () => {
    const { hands, calls } = machine("on", media);
    const trusts = await createTrustDisks(TRUST, descriptors);
    expect(trusts.now?.disk.root).toBe(old);
    expect(await trusts.replace(OTHER, [hands])).toBe(root);
    expect(trusts.now?.disk.root).toBe(root);
    expect(calls).toEqual([
      "off client",
      "detach client dev1",
      "destroy dev1",
      "take client.trust",
      `create client.trust ${root}  3`,
      "attach client dev9",
      "on client",
      "detach idle dev2",
      "destroy dev2",
      "take idle.trust",
      `create idle.trust ${root}  3`,
      "attach idle dev9",
    ]);
    const { bytes } = await buildTrustDisk(OTHER);
    for (const box of ["client", "idle", "gone"]) expect(media.get(`${box}.trust`)).toEqual(bytes);
    expect([...media.keys()]).not.toContain("pc.trust");
  });

  it("are put into a box that is being switched on once it is up", async () => {
    const { hands, calls, busy, listeners, comesUp } = machine("on", media);
    busy.vm = "idle";
    const trusts = await createTrustDisks(TRUST, descriptors);
    const replaced = trusts.replace(OTHER, [hands]);
    await vi.waitFor(() => expect(busy.tries).toBe(1));
    expect(calls).not.toContain("take idle.trust");
    comesUp("idle");
    expect(await replaced).toBe(root);
    expect(calls.slice(-7)).toEqual([
      "off idle",
      "detach idle dev2",
      "destroy dev2",
      "take idle.trust",
      `create idle.trust ${root}  3`,
      "attach idle dev9",
      "on idle",
    ]);
    expect(listeners.size).toBe(0);
  });

  it("are put into all boxes, though one of them does not come up", async () => {
    const { hands, calls } = machine("on", media);
    hands.management.on = async (vm) => {
      throw new TerraError("refused", `${vm} stays off`);
    };
    const trusts = await createTrustDisks(TRUST, descriptors);
    await expect(trusts.replace(OTHER, [hands])).rejects.toThrow("refused: client stays off");
    expect(calls).toContain("attach idle dev9");
    expect(trusts.now?.disk.root).toBe(root);
  });

  it("are named in the policy, for when the machine comes up again", async () => {
    const trusts = await createTrustDisks(TRUST, descriptors);
    const { hands, calls } = machine("off", media);
    await trusts.replace(OTHER, [hands]);
    expect(calls).toEqual(["take client.trust", "take idle.trust"]);
    const text = new TextDecoder().decode(media.get("management.policy"));
    expect(text.split("\0")[0]).toBe(`# é\ndisk client --root ${root}\ndisk idle --root ${root}\n`);
  });

  it("are not, where nothing can be said on them, and everything stays as it is", async () => {
    const trusts = await createTrustDisks(TRUST, descriptors);
    const { hands, calls } = machine("on", media);
    await expect(trusts.replace({ roles: { A: {} } }, [hands])).rejects.toThrow("bad-argument: of a trust disk");
    expect(calls).toEqual([]);
    expect(trusts.now?.disk.root).toBe(old);
    // Nor does one that failed keep the next from it.
    expect(await trusts.replace(OTHER, [hands])).toBe(root);
  });

  it("are none in a lab that has none", async () => {
    const trusts = await createTrustDisks(undefined, descriptors);
    expect(trusts.now).toBeUndefined();
    await expect(trusts.replace(OTHER, [])).rejects.toThrow("bad-state: no box of this lab has a trust disk");
  });
});
