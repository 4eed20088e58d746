import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import type { ManagementStatus, OwnerEvent, VmStatus } from "../protocol/owner.ts";
import { parseDescriptor } from "../storage/index.ts";
import type { DeviceConfig, Management, VmConfig } from "./api.ts";
import { bringUp, POLICY_MS } from "./bring-up.ts";
import { type Descriptors, diskMedia } from "./declared.ts";
import { parseLabDescription } from "./description.ts";
import type { Machine } from "./machine.ts";
import type { Media } from "./media.ts";
import type { Site } from "./site.ts";

const site = {
  images: { images: [{ id: "pc", primary: "aa" }] },
  vendorCertificates: { aa: ["the vendor's word"] },
} as unknown as Site;

const described = (devices: object[]) =>
  JSON.stringify({
    format: "terra-descriptor-1",
    product: "pc",
    version: "1.0.0",
    kind: "open",
    memoryMiB: 32,
    firmware: { stub: { size: 1, sha256: "1".repeat(64) }, kernel: { size: 1, sha256: "2".repeat(64) } },
    commandLine: "",
    console: "open",
    suspend: true,
    boot: { size: 4096, blockSize: 4096, salt: "ab", root: "3".repeat(64), sha256: "4".repeat(64) },
    devices,
  });
/** As the images of banking declare them. */
const BANKING = [
  { type: "disk", slot: 1, name: "trust", required: true, classes: ["attested"], counter: false },
  { type: "disk", slot: 2, name: "config", required: true, classes: ["raw"], counter: false },
  { type: "nic", role: "internet", pci: 8, required: true },
];
const ROOT = "5".repeat(64);

const media = {
  image: async (id: string, copy = 1) => {
    const name = copy === 1 ? id : `${id}.${copy}`;
    return { firmware: `${name}.firmware`, boot: `${name}.boot` };
  },
  part: async (medium: string) => new TextEncoder().encode(described(medium.startsWith("bank") ? BANKING : [])),
} as unknown as Media;
const descriptors: Descriptors = new Map(
  ["pc", "bank"].map((id) => [id, parseDescriptor(new TextEncoder().encode(described(id === "bank" ? BANKING : [])))]),
);

const bring = (alice: Machine, management: Management, trust: string | undefined = ROOT) =>
  bringUp({ site, machine: alice, management, media, descriptors, trust: () => trust });

/** A machine whose TVMM says what it is told to say. */
function machine(description: object) {
  const [parsed] = parseLabDescription({
    platforms: [{ id: "alice", ...description }],
    wires: [{ id: "lan", ends: ["alice"] }],
  }).platforms;
  const listeners = new Set<(event: OwnerEvent) => void>();
  const asked: unknown[] = [];
  let status: ManagementStatus | TerraError = { state: "starting" };
  const it = {
    description: parsed,
    statuses: new Map<string, VmStatus>([["vm7", { id: "vm7", name: "pc" } as VmStatus]]),
    owner: async () => {
      if (status instanceof TerraError) throw status;
      return status;
    },
    person: async (request: unknown) => {
      asked.push(request);
    },
    onOwnerEvent(listener: (event: OwnerEvent) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const tell = (event: OwnerEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  return {
    machine: it as unknown as Machine,
    asked,
    listeners,
    tell,
    answers(next: typeof status) {
      status = next;
    },
  };
}

/** Notes the calls, numbers what is made, refuses what it is told to. */
function noting(refused: (call: string) => boolean = () => false) {
  const calls: string[] = [];
  let made = 0;
  const call = (name: string, ...words: string[]) => {
    const line = [name, ...words].join(" ");
    if (refused(line)) throw new TerraError("refused", line);
    calls.push(line);
  };
  const management = {
    async createVm(config: VmConfig) {
      const { medium } = config.image as { medium: string };
      call("create-vm", config.name, medium, String(config.cpuShare ?? ""), ...(config.vendorCertificates ?? []));
      return `vm-${config.name}`;
    },
    async createDevice(device: DeviceConfig) {
      const words = device.type === "nic" ? [device.role ?? ""] : device.type === "disk" ? [device.medium] : [];
      if (device.type === "disk" && device.slot !== 0) words.push(`slot ${device.slot}`, device.class);
      if (device.type === "disk" && device.slot !== 0 && device.class === "attested")
        words.push(device.root, device.salt);
      call("create-device", device.type, ...words);
      made += 1;
      return `dev${made}`;
    },
    attach: async (vm: string, device: string) => call("attach", vm, device),
    connect: async (a: string, b: string) => call("connect", a, b),
    on: async (vm: string) => call("on", vm),
  } as unknown as Management;
  return { calls, management };
}

describe("a machine that is managed from the page", () => {
  const boxes = {
    focus: "b",
    vms: [
      { name: "a", image: "pc", cpuShare: 0.5, nics: [{ role: "out", connect: ["eth0", "b"] }] },
      { name: "b", image: "pc", on: false, nics: [{ connect: ["a"] }] },
    ],
  };

  it("has its boxes made with their cards, connected, and switched on", async () => {
    const { machine: alice, asked } = machine(boxes);
    const { calls, management } = noting();
    expect(await bring(alice, management)).toEqual({ refused: [] });
    expect(calls).toEqual([
      "create-vm a pc.firmware 0.5 the vendor's word",
      "create-device disk pc.boot",
      "attach vm-a dev1",
      "create-device serial",
      "attach vm-a dev2",
      "create-device display",
      "attach vm-a dev3",
      "create-device serial",
      "attach vm-a dev4",
      "create-device nic out",
      "attach vm-a dev5",
      "create-vm b pc.2.firmware  the vendor's word",
      "create-device disk pc.2.boot",
      "attach vm-b dev6",
      "create-device serial",
      "attach vm-b dev7",
      "create-device display",
      "attach vm-b dev8",
      "create-device serial",
      "attach vm-b dev9",
      "create-device nic ",
      "attach vm-b dev10",
      "connect dev5 eth0",
      "connect dev5 dev10",
      "on vm-a",
    ]);
    expect(asked).toEqual([{ op: "focus", vm: "vm-b" }]);
  });

  it("has their declared disks made, and the cards that no box does without", async () => {
    const { machine: alice } = machine({
      vms: [
        { name: "client", image: "bank", nics: [{ role: "internet", connect: ["eth0"] }] },
        { name: "server", image: "bank", nics: [{ connect: ["client"] }] },
      ],
    });
    const { calls, management } = noting();
    expect(await bring(alice, management)).toEqual({ refused: [] });
    const further = calls.filter((call) => /slot|nic|connect|create-vm/.test(call));
    expect(further).toEqual([
      "create-vm client bank.firmware ",
      `create-device disk client.trust slot 1 attested ${ROOT} `,
      "create-device disk client.config slot 2 raw",
      "create-device nic internet",
      "create-vm server bank.2.firmware ",
      `create-device disk server.trust slot 1 attested ${ROOT} `,
      "create-device disk server.config slot 2 raw",
      "create-device nic ",
      "create-device nic internet",
      "connect dev7 eth0",
      "connect dev14 dev7",
    ]);
  });

  it("has no disk of a class that the slot does not take", () => {
    const [trust, config] = BANKING;
    const odd = described([
      { ...trust, classes: ["raw"] },
      { ...config, classes: ["encrypted"] },
    ]);
    expect(diskMedia("client", parseDescriptor(new TextEncoder().encode(odd)), ROOT)).toEqual({});
    expect(diskMedia("client", descriptors.get("bank"))).toEqual({ config: { medium: "client.config" } });
  });

  it("goes on where something is refused, and says what was", async () => {
    const { machine: alice } = machine(boxes);
    const { calls, management } = noting((call) => call.startsWith("create-vm b") || call === "connect dev5 eth0");
    const { refused } = await bring(alice, management);
    expect(refused.map(String)).toEqual([
      "TerraError: refused: create-vm b pc.2.firmware  the vendor's word",
      "TerraError: refused: connect dev5 eth0",
    ]);
    expect(calls.at(-1)).toBe("on vm-a");
  });
});

describe("a machine with a management box", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const withBox = { management: {}, focus: "pc", vms: [{ name: "pc" }] };

  async function begin() {
    const alice = machine(withBox);
    const { calls, management } = noting();
    let over: unknown;
    const brought = bring(alice.machine, management).then(
      () => (over = "up"),
      (error: unknown) => (over = error),
    );
    await vi.advanceTimersByTimeAsync(0);
    return { ...alice, calls, brought, over: () => over };
  }

  it("is up once the policy was carried out, and the page makes nothing", async () => {
    const { tell, over, brought, calls, asked, listeners } = await begin();
    tell({ type: "management", management: { state: "starting", vm: "vm1" } });
    tell({ type: "vm", vm: "vm7" });
    await vi.advanceTimersByTimeAsync(POLICY_MS - 1);
    expect(over()).toBeUndefined();
    tell({ type: "management", management: { state: "ready", vm: "vm1", done: 3, refused: 1 } });
    await brought;
    expect(over()).toBe("up");
    expect(calls).toEqual([]);
    expect(asked).toEqual([{ op: "focus", vm: "vm7" }]);
    expect(listeners.size).toBe(0);
  });

  it.each(["ready", "failed", "none"] as const)("is not waited for where the TVMM says at once: %s", async (state) => {
    const alice = machine(withBox);
    alice.answers({ state });
    await bring(alice.machine, noting().management);
    expect(alice.listeners.size).toBe(0);
  });

  it("is not waited for longer than half a minute", async () => {
    const { over } = await begin();
    await vi.advanceTimersByTimeAsync(POLICY_MS);
    expect(over()).toBe("up");
  });

  it("that loses its power meanwhile is not up", async () => {
    const { tell, answers, brought, over } = await begin();
    answers(new TerraError("bad-state", "alice is off"));
    tell({ type: "vm", vm: "vm7" });
    await brought;
    expect(String(over())).toContain("bad-state: alice is off");
  });
});
