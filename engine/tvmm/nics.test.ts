import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { VmNic } from "../protocol/vm.ts";
import type { DescribedNic } from "../storage/index.ts";
import { macOf } from "./nics.ts";
import type { Bench } from "./testing/bench.ts";
import { benches } from "./testing/benches.ts";
import { workerOf } from "./testing/guest.ts";

const bench = benches();

const role = (name: string, pci: number, required = true): DescribedNic => ({ type: "nic", role: name, pci, required });
const statusOf = async (tb: Bench, id: string) => (await tb.devices()).find((each) => each.id === id);
const frame = (text: string) => new TextEncoder().encode(text.padEnd(60, "."));

/** The guest's driver of one card: what it received, and a way to send. */
function driver(nic: VmNic | undefined) {
  if (!nic) throw new Error("the box has no such card");
  const received: string[] = [];
  const waiting = new Set<() => void>();
  nic.port.onmessage = ({ data }) => {
    const { frames } = data as { frames: Uint8Array[] };
    for (const each of frames) received.push(new TextDecoder().decode(each).replace(/\.+$/, ""));
    for (const check of waiting) check();
  };
  return {
    received,
    /** Whoever holds the other end has closed it. */
    unplugged: new Promise<void>((resolve) => nic.port.addEventListener("close", () => resolve())),
    send: (text: string) => nic.port.postMessage({ frames: [frame(text)] }),
    until: (text: string) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (received.includes(text)) resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

/** A box that is on, with one card. */
async function boxWithCard(tb: Bench, name: string) {
  const { vm } = await tb.box(name, { kind: "open" });
  const nic = await tb.nic();
  await tb.ask({ op: "attach", vm, device: nic });
  await tb.ask({ op: "on", vm });
  return { vm, nic, driver: driver(workerOf(tb).init.nics[0]) };
}

describe("hardware addresses", () => {
  it("are made of the machine's name and the device's number", async () => {
    const tb = await bench();
    const hash = createHash("sha256").update("alice").digest("hex");
    const [a, b, c] = [hash.slice(0, 2), hash.slice(2, 4), hash.slice(4, 6)];
    expect((await statusOf(tb, await tb.nic()))?.mac).toBe(`02:${a}:${b}:${c}:00:01`);
    expect(macOf("alice", 0x1ab)).toBe(`02:${a}:${b}:${c}:01:ab`);
    expect(macOf("bob", 1)).not.toBe(macOf("alice", 1));
  });

  it("are chosen by the caller, if they are one card's and nobody else's", async () => {
    const tb = await bench();
    const chosen = await tb.nic({ mac: "52:54:00:12:34:56" });
    expect(await statusOf(tb, chosen)).toEqual({ id: chosen, type: "nic", mac: "52:54:00:12:34:56", connectedTo: [] });
    for (const mac of ["52:54:00:12:34:56", "01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "52:54"]) {
      await expect(tb.nic({ mac }), mac).rejects.toThrow(/^bad-argument: device.mac/);
    }
    expect(await tb.devices()).toHaveLength(1);
  });

  it("that would be given are left out where somebody has chosen them", async () => {
    const tb = await bench();
    await tb.nic({ mac: macOf("alice", 3) });
    await tb.nic();
    const third = await tb.nic();
    const macs = (await tb.devices()).map(({ mac }) => mac);
    expect(new Set(macs).size).toBe(3);
    expect((await statusOf(tb, third))?.mac).toBe(macOf("alice", 4));
  });
});

describe("where cards stand", () => {
  it("roles where the descriptor says, the others in free numbers", async () => {
    const tb = await bench();
    const devices = [role("lan", 9), role("wan", 12, false)];
    const { vm } = await tb.box("hello", { devices });
    const plain = await tb.nic();
    const own = await tb.nic({ role: "own" });
    const lan = await tb.nic({ role: "lan" });
    for (const device of [plain, own, lan]) await tb.ask({ op: "attach", vm, device });
    await tb.ask({ op: "on", vm });
    const placed = workerOf(tb).init.nics.map(({ device, pci }) => [device, pci]);
    expect(placed).toEqual([
      [plain, 8],
      [lan, 9],
      [own, 10],
    ]);
    const mac = (await statusOf(tb, lan))?.mac;
    expect(workerOf(tb).init.nics[1]?.mac).toBe(mac);
    expect(await statusOf(tb, lan)).toMatchObject({ role: "lan", attachedTo: vm });
  });

  it("a required role without a card refuses ON, two cards of one role are refused", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello", { devices: [role("lan", 8), role("wan", 9, false)] });
    await tb.ask({ op: "attach", vm, device: await tb.nic({ role: "wan" }) });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: hello has no network card for the role lan/);
    await tb.ask({ op: "attach", vm, device: await tb.nic({ role: "lan" }) });
    const second = await tb.nic({ role: "lan" });
    await expect(tb.ask({ op: "attach", vm, device: second })).rejects.toThrow(/^refused: .* two network cards/);
    await tb.ask({ op: "on", vm });
    expect(workerOf(tb).init.nics.map(({ pci }) => pci)).toEqual([8, 9]);
  });

  it("there is room for eight, and declared roles keep their place", async () => {
    const tb = await bench();
    const plain = await tb.box("plain", { kind: "open" });
    for (let index = 0; index < 8; index++) await tb.ask({ op: "attach", vm: plain.vm, device: await tb.nic() });
    await expect(tb.ask({ op: "attach", vm: plain.vm, device: await tb.nic() })).rejects.toThrow(
      /^refused: plain has room for 8 /,
    );
    const declared = await tb.box("declared", { devices: [role("wan", 15, false)] });
    for (let index = 0; index < 7; index++) await tb.ask({ op: "attach", vm: declared.vm, device: await tb.nic() });
    await expect(tb.ask({ op: "attach", vm: declared.vm, device: await tb.nic() })).rejects.toThrow(
      /^refused: declared has room for 7 /,
    );
    await tb.ask({ op: "attach", vm: declared.vm, device: await tb.nic({ role: "wan" }) });
    await tb.ask({ op: "on", vm: declared.vm });
    expect(workerOf(tb).init.nics.map(({ pci }) => pci)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it("a descriptor that names a number for something else makes no VM", async () => {
    const tb = await bench();
    await expect(tb.box("hello", { devices: [role("lan", 3)] })).rejects.toThrow(/^bad-argument: .* role lan is 3/);
    expect(await tb.vms()).toEqual([]);
  });
});

describe("CONNECT and DISCONNECT", () => {
  it("frames pass between connected cards, and only then", async () => {
    const tb = await bench();
    const a = await boxWithCard(tb, "a");
    const b = await boxWithCard(tb, "b");
    const third = await boxWithCard(tb, "third");
    await tb.ask({ op: "connect", a: third.nic, b: a.nic });
    a.driver.send("before");
    await third.driver.until("before");
    await tb.ask({ op: "connect", a: a.nic, b: b.nic });
    expect((await statusOf(tb, a.nic))?.connectedTo).toEqual([third.nic, b.nic]);
    a.driver.send("one");
    await Promise.all([b.driver.until("one"), third.driver.until("one")]);
    b.driver.send("two");
    await a.driver.until("two");
    await tb.ask({ op: "disconnect", a: b.nic, b: a.nic });
    a.driver.send("three");
    await third.driver.until("three");
    expect(b.driver.received).toEqual(["one"]);
    // What b sent to a did not go on to the third.
    expect(third.driver.received).toEqual(["before", "one", "three"]);
  });

  it("a connection outlives OFF, and what was sent meanwhile is lost", async () => {
    const tb = await bench();
    const a = await boxWithCard(tb, "a");
    const b = await boxWithCard(tb, "b");
    const third = await boxWithCard(tb, "third");
    await tb.ask({ op: "connect", a: a.nic, b: b.nic });
    await tb.ask({ op: "connect", a: a.nic, b: third.nic });
    await tb.ask({ op: "off", vm: b.vm });
    a.driver.send("lost");
    await third.driver.until("lost");
    await tb.ask({ op: "on", vm: b.vm });
    const again = driver(workerOf(tb).init.nics[0]);
    a.driver.send("found");
    await again.until("found");
    expect(again.received).toEqual(["found"]);
    again.send("back");
    await a.driver.until("back");
  });

  it("a box that halted is unplugged", async () => {
    const tb = await bench();
    const a = await boxWithCard(tb, "a");
    const b = await boxWithCard(tb, "b");
    await tb.ask({ op: "connect", a: a.nic, b: b.nic });
    workerOf(tb).emit({ type: "halt", halt: { reason: "panic" } });
    await b.driver.unplugged;
    a.driver.send("after");
    expect(workerOf(tb).terminated).toBe(false);
    expect(b.driver.received).toEqual([]);
  });

  it("wrong pairs are refused and change nothing", async () => {
    const nics = [
      { id: "eth0", wire: "lan" },
      { id: "eth1", wire: "dmz" },
    ];
    const tb = await bench({ nics });
    const { boot } = await tb.box("hello");
    const one = await tb.nic();
    const two = await tb.nic();
    await tb.ask({ op: "connect", a: one, b: two });
    await tb.ask({ op: "connect", a: "eth0", b: two });
    const before = await tb.devices();
    for (const [op, a, b, expected] of [
      ["connect", one, one, /^bad-argument: /],
      ["connect", one, two, /^bad-state: /],
      ["connect", two, one, /^bad-state: /],
      ["connect", "eth0", "eth1", /^bad-argument: /],
      ["connect", one, boot, /^bad-argument: .* type disk/],
      ["connect", one, "eth2", /^unknown-device: /],
      ["connect", "nothing", "eth0", /^unknown-device: /],
      ["disconnect", one, "eth0", /^bad-state: /],
      ["disconnect", one, one, /^bad-state: |^bad-argument: /],
    ] as const) {
      await expect(tb.ask({ op, a, b }), `${op} ${a} ${b}`).rejects.toThrow(expected);
    }
    expect(await tb.devices()).toEqual(before);
    const refused = tb.messages("management").filter(({ outcome }) => outcome === "refused");
    expect(refused.map(({ summary }) => summary)).toContainEqual(
      expect.stringMatching(/^CONNECT eth0, eth1: bad-argu/),
    );
  });

  it("physical cards are listed and connected, never attached or destroyed", async () => {
    const tb = await bench({ nics: [{ id: "eth0", wire: "lan" }] });
    const a = await boxWithCard(tb, "a");
    await tb.ask({ op: "connect", a: "eth0", b: a.nic });
    expect((await tb.devices()).at(-1)).toEqual({ id: "eth0", type: "nic", wire: "lan", connectedTo: [a.nic] });
    await tb.ask({ op: "off", vm: a.vm });
    for (const request of [
      { op: "attach", vm: a.vm, device: "eth0" },
      { op: "detach", vm: a.vm, device: "eth0" },
      { op: "destroy-device", device: "eth0" },
    ] as const) {
      await expect(tb.ask(request)).rejects.toThrow(/^bad-argument: eth0 is a physical network card/);
    }
    await tb.ask({ op: "detach", vm: a.vm, device: a.nic });
    await tb.ask({ op: "destroy-device", device: a.nic });
    expect((await tb.devices()).at(-1)?.connectedTo).toEqual([]);
  });

  it("every change of a device is told", async () => {
    const tb = await bench({ nics: [{ id: "eth0", wire: "lan" }] });
    const { vm } = await tb.box("hello", { kind: "open" });
    tb.events.length = 0;
    const nic = await tb.nic();
    await tb.ask({ op: "attach", vm, device: nic });
    await tb.ask({ op: "connect", a: nic, b: "eth0" });
    await tb.ask({ op: "disconnect", a: nic, b: "eth0" });
    await tb.ask({ op: "connect", a: nic, b: "eth0" });
    await tb.ask({ op: "destroy-vm", vm });
    await tb.ask({ op: "destroy-device", device: nic });
    const told = tb.events.flatMap((event) =>
      event.type === "device" && [nic, "eth0"].includes(event.device)
        ? [[event.device, event.status?.attachedTo, event.status?.connectedTo]]
        : [],
    );
    expect(told).toEqual([
      [nic, undefined, []],
      [nic, vm, []],
      [nic, vm, ["eth0"]],
      ["eth0", undefined, [nic]],
      [nic, vm, []],
      ["eth0", undefined, []],
      [nic, vm, ["eth0"]],
      ["eth0", undefined, [nic]],
      [nic, undefined, ["eth0"]],
      [nic, undefined, undefined],
      ["eth0", undefined, []],
    ]);
  });
});
