import { describe, expect, it } from "vitest";
import type { Appraisal, Message } from "../../engine/lab/api.ts";
import type { VmStatus } from "../../engine/lab/protocol.ts";
import type { LabEvent } from "../../engine/lab/view.ts";
import { type Facts, findBox, MESSAGES_KEPT, noFacts, reduce, reduceAll, totalProgress } from "./facts.ts";

const opened: LabEvent = {
  type: "lab",
  lab: {
    id: "hello",
    title: "Hello",
    platforms: [{ id: "alice", title: "Alice’s PC", managedFromPage: true }],
    wires: [{ id: "lan", ends: [{ platform: "alice", nic: "eth0" }] }],
  },
};

const status = (state: VmStatus["state"], name = "hello"): VmStatus => ({
  id: "vm1",
  name,
  image: "hello",
  medium: "hello.firmware",
  kind: "closed",
  product: "Terra Lab hello",
  version: "1.0.0",
  state,
  primary: "ab".repeat(32),
  console: "none",
  checking: "optimistic",
  memoryMiB: 32,
  cpuShare: 1,
  suspend: true,
  management: false,
  devices: [],
});

const told = (...events: LabEvent[]): Facts => events.reduce(reduce, noFacts);
const power = (state: "off" | "starting" | "on" | "failed", error?: string): LabEvent => ({
  type: "power",
  platform: "alice",
  state,
  tvmm: "release",
  ...(error === undefined ? {} : { error }),
});
const vm = (state: VmStatus["state"]): LabEvent => ({
  type: "vm",
  platform: "alice",
  vm: "vm1",
  status: status(state),
});
const message = (sequence: number): Message => ({
  sequence,
  time: sequence,
  from: "alice/hello",
  to: "alice/tvmm",
  kind: "endorse",
  summary: "",
});
const appraisal: LabEvent = {
  type: "appraisal",
  evidence: { chain: [], vendors: [], signature: new Uint8Array() },
  nonce: new Uint8Array(32),
  result: { accepted: true, checks: [], layers: [{ layer: "vm", digest: "ab".repeat(32) }] } satisfies Appraisal,
  durationMs: 12,
};

describe("facts", () => {
  it("a lab that opens takes the place of everything known before", () => {
    const facts = told(opened, power("starting"), vm("on"), { type: "message", message: message(1) }, opened);
    expect(facts.machines).toHaveLength(1);
    expect(facts.machines[0]?.boxes).toEqual([]);
    expect(facts.messages).toEqual([]);
  });

  it("a machine is measured stage by stage, and anew at the next power-on", () => {
    const measured = (stage: "firmware" | "loader"): LabEvent => ({
      type: "measured",
      platform: "alice",
      stage,
      digest: "00",
      size: 1,
    });
    const before = told(opened, power("starting"), measured("firmware"), measured("loader"));
    expect(before.machines[0]?.measured.map(({ name }) => name)).toEqual(["firmware", "loader"]);
    expect(reduce(before, power("starting")).machines[0]?.measured).toEqual([]);
    expect(reduce(before, power("starting")).machines[0]?.powerOns).toBe(2);
  });

  it("a box is known by its path, keeps its id and counts its starts", () => {
    const facts = told(opened, power("on"), vm("off"), vm("on"), vm("on"), vm("halted"), vm("on"));
    const box = findBox(facts, "alice/hello");
    expect(box?.id).toBe("vm1");
    expect(box?.starts).toBe(2);
  });

  it("progress of a start ends with the next word on the box's state", () => {
    const starting: LabEvent = {
      type: "starting",
      platform: "alice",
      vm: "vm1",
      phase: "kernel",
      loaded: 1,
      total: 2,
    };
    const under = told(opened, power("on"), vm("off"), starting);
    expect(findBox(under, "alice/hello")?.starting).toEqual({ phase: "kernel", loaded: 1, total: 2 });
    expect(findBox(reduce(under, vm("on")), "alice/hello")?.starting).toBeNull();
  });

  it("a destroyed box is gone", () => {
    const facts = told(opened, power("on"), vm("on"), { type: "vm", platform: "alice", vm: "vm1" });
    expect(findBox(facts, "alice/hello")).toBeUndefined();
  });

  it("a machine that failed stays with its error when its lab is closed; one that runs does not", () => {
    const failed = told(opened, power("failed", "integrity: the loader"), { type: "lab", lab: null });
    expect(failed.lab).toBeNull();
    expect(failed.machines[0]?.error).toBe("integrity: the loader");
    expect(told(opened, power("on"), { type: "lab", lab: null }).machines).toEqual([]);
  });

  it("an appraisal is about the box whose identity it names, and ends with that machine's power", () => {
    const facts = told(opened, power("on"), vm("on"), appraisal);
    expect(facts.appraisal?.subject).toBe("alice/hello");
    expect(reduce(facts, power("starting")).appraisal).toBeNull();
    expect(reduce(facts, power("on")).appraisal).not.toBeNull();
  });

  it("keeps the newest messages and counts those that gave way, alone or in bursts alike", () => {
    const events: LabEvent[] = Array.from({ length: MESSAGES_KEPT + 5 }, (_, index) => ({
      type: "message",
      message: message(index + 1),
    }));
    const facts = reduceAll(noFacts, events);
    expect(facts.messages).toHaveLength(MESSAGES_KEPT);
    expect(facts.messages[0]?.sequence).toBe(6);
    expect(facts.forgotten).toBe(5);
    const one = reduce(facts, { type: "message", message: message(MESSAGES_KEPT + 6) });
    expect(one.messages[0]?.sequence).toBe(7);
    expect(one.forgotten).toBe(6);
  });

  it("a burst keeps the order of messages and other events", () => {
    const facts = reduceAll(noFacts, [
      { type: "message", message: message(1) },
      opened,
      { type: "message", message: message(2) },
    ]);
    expect(facts.messages.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it("adds progress over files, each counted once", () => {
    const facts = told(
      { type: "progress", path: "a", loaded: 5, total: 10 },
      { type: "progress", path: "a", loaded: 10, total: 10 },
      { type: "progress", path: "b", loaded: 1, total: 4 },
    );
    expect(totalProgress(facts)).toEqual({ loaded: 11, total: 14 });
  });

  it("a device is known by what was told of it last, and gone with its machine’s power", () => {
    const told2 = (connectedTo: string[]): LabEvent => ({
      type: "device",
      platform: "alice",
      device: "dev1",
      status: { id: "dev1", type: "nic", attachedTo: "vm1", connectedTo },
    });
    const facts = told(opened, power("on"), vm("on"), told2([]), told2(["eth0"]));
    const [machine] = facts.machines;
    expect(machine?.devices).toEqual([{ id: "dev1", type: "nic", attachedTo: "vm1", connectedTo: ["eth0"] }]);
    expect(reduce(facts, { type: "device", platform: "alice", device: "dev1" }).machines[0]?.devices).toEqual([]);
    expect(reduce(facts, power("off")).machines[0]?.devices).toEqual([]);
  });

  it("limits and the management box are the machine’s, until it is switched off", () => {
    const limits = { memoryMiB: 256, images: null, share: 1, shares: {} };
    const management = { state: "ready", vm: "vm1", done: 3, refused: 0 } as const;
    const facts = told(
      opened,
      power("on"),
      { type: "limits", platform: "alice", limits },
      { type: "management", platform: "alice", management },
    );
    expect(facts.machines[0]).toMatchObject({ limits, management });
    expect(reduce(facts, power("starting")).machines[0]).toMatchObject({ limits: null, management: null });
  });

  it("a wire counts its frames, those that were not told too, and keeps the newest", () => {
    const frame = (sequence: number) => ({
      sequence,
      time: 0,
      from: "alice/eth0",
      bytes: new Uint8Array(98),
      layers: ["Ethernet, a", "ICMP, echo request"],
    });
    const facts = told(
      opened,
      { type: "frames", wire: "lan", frames: [frame(1), frame(2)], skipped: 5 },
      { type: "intercepted", wire: "lan", interceptors: 1 },
      { type: "held", wire: "lan", frame: frame(3) },
    );
    expect(facts.wires).toEqual([
      {
        id: "lan",
        ends: [{ platform: "alice", nic: "eth0" }],
        frames: 7,
        interceptors: 1,
        held: 1,
        last: { sequence: 2, from: "alice/eth0", size: 98, protocol: "ICMP" },
      },
    ]);
    expect(reduce(facts, { type: "lab", lab: null }).wires).toEqual([]);
  });
});
