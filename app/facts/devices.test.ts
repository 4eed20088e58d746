import { describe, expect, it } from "vitest";
import type { DeviceStatus } from "../../engine/lab/protocol.ts";
import { allDevices, cardsOf, connections, physicalCards } from "./devices.ts";
import { type MachineFacts, noFacts, reduce } from "./facts.ts";

const lab = reduce(noFacts, {
  type: "lab",
  lab: {
    id: "owner",
    title: "Owner",
    platforms: [{ id: "alice", title: "Alice", managedFromPage: false }],
    wires: [{ id: "lan", ends: [{ platform: "alice", nic: "eth0" }] }],
  },
});

function withDevices(...devices: DeviceStatus[]): MachineFacts {
  const facts = devices.reduce(
    (before, status) => reduce(before, { type: "device", platform: "alice", device: status.id, status }),
    lab,
  );
  const [machine] = facts.machines;
  if (!machine) throw new Error("the machine is gone");
  return machine;
}

const nic = (id: string, connectedTo: string[], attachedTo?: string): DeviceStatus => ({
  id,
  type: "nic",
  connectedTo,
  ...(attachedTo === undefined ? {} : { attachedTo }),
});

describe("devices", () => {
  it("a machine’s own card is there before anybody told of it, with what others say they are connected to", () => {
    const machine = withDevices(nic("dev1", ["eth0"], "vm1"));
    expect(physicalCards(machine, lab.wires)).toEqual([
      { id: "eth0", type: "nic", wire: "lan", connectedTo: ["dev1"] },
    ]);
  });

  it("a card that the TVMM told of stands once among all devices, first", () => {
    const machine = withDevices(nic("dev1", ["eth0"]), { ...nic("eth0", ["dev1"]), mac: "02:00:00:00:00:01" });
    const all = allDevices(machine, lab.wires);
    expect(all.map(({ id }) => id)).toEqual(["eth0", "dev1"]);
    expect(all[0]).toMatchObject({ mac: "02:00:00:00:00:01", wire: "lan" });
  });

  it("a box has the cards that are attached to it", () => {
    const machine = withDevices(nic("dev1", [], "vm1"), nic("dev2", [], "vm2"), {
      id: "dev3",
      type: "display",
      attachedTo: "vm1",
      connectedTo: [],
    });
    expect(cardsOf(machine, "vm1").map(({ id }) => id)).toEqual(["dev1"]);
  });

  it("a connection is told by both its ends and counts once", () => {
    const pairs = connections([nic("a", ["b", "c"]), nic("b", ["a"]), nic("c", ["a"])]);
    expect(pairs).toEqual([
      { a: "a", b: "b" },
      { a: "a", b: "c" },
    ]);
  });
});
