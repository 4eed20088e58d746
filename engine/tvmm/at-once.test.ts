/**
 * Calls that do not wait for one another, and what is left when all is over. Which of two calls wins is nobody's promise; that
 * nothing is there which calls in turn could not have made, and nothing stays of what is off, is.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { DeviceStatus, OwnerRequest, VmStatus } from "../protocol/owner.ts";
import type { Bench } from "./testing/bench.ts";
import { benches } from "./testing/benches.ts";
import { attested, draw, media, PHYSICAL, requestOf, type There } from "./testing/draws.ts";
import { eventView } from "./testing/event-view.ts";
import { eventually, workerOf } from "./testing/guest.ts";

const bench = benches();

const listed = (vms: readonly VmStatus[], devices: readonly DeviceStatus[]): There => ({
  vms: new Map(vms.map(({ id, name, state }) => [id, { id, state, config: { name } }])),
  devices: new Map(
    devices
      .filter(({ wire }) => wire === undefined)
      .map(({ id, type, attachedTo }) => [
        id,
        { id, config: { type: type.split(" ")[0] ?? "" }, ...(attachedTo === undefined ? {} : { attachedTo }) },
      ]),
  ),
  connections: new Map(devices.map(({ id, connectedTo }) => [id, connectedTo])),
});

const distinct = (values: readonly (string | undefined)[]) => {
  const there = values.filter((value) => value !== undefined);
  expect(new Set(there).size).toBe(there.length);
};

/** What holds of any machine, whatever was asked of it. */
function checkRules(vms: readonly VmStatus[], devices: readonly DeviceStatus[]): void {
  distinct(vms.map(({ name }) => name));
  distinct(devices.map(({ mac }) => mac));
  distinct(devices.map(({ medium }) => medium));
  for (const { id, attachedTo, connectedTo } of devices) {
    const owners = vms.filter((vm) => vm.devices.includes(id)).map((vm) => vm.id);
    expect(owners).toEqual(attachedTo === undefined ? [] : [attachedTo]);
    distinct(connectedTo);
    for (const other of connectedTo) expect(devices.find((each) => each.id === other)?.connectedTo).toContain(id);
  }
  for (const vm of vms) {
    const own = devices.filter(({ attachedTo }) => attachedTo === vm.id);
    distinct(own.map(({ type }) => (type === "disk" || type === "nic" ? undefined : type)));
    expect(own.filter(({ type }) => type === "nic").length).toBeLessThanOrEqual(8);
    if (vm.kind === "closed") expect(own.map(({ type }) => type)).not.toContain("serial console");
    if (vm.state === "on") expect(own.map(({ type }) => type)).toContain("disk");
  }
  const memory = vms.reduce(
    (sum, { state, memoryMiB }) => sum + (state === "on" || state === "suspended" ? memoryMiB : 0),
    0,
  );
  expect(memory).toBeLessThanOrEqual(512);
}

/** A machine without a management box, with two boxes that can be switched on. */
async function machine(): Promise<Bench> {
  const { flash: _, ...disks } = media();
  const tb = await bench({ nics: PHYSICAL, media: disks });
  for (const [at, name] of (["closed", "open"] as const).entries()) {
    const vm = `vm${at + 1}`;
    await tb.ask({ op: "create-vm", config: { name: `box-${name}`, medium: `${name}.firmware`, image: name } });
    await tb.ask({ op: "create-device", device: attested(`${name}.boot`, name, 0) });
    await tb.ask({ op: "attach", vm, device: `dev${2 * at + 1}` });
    await tb.ask({ op: "attach", vm, device: await tb.nic() });
  }
  return tb;
}

it("calls at once leave nothing that calls in turn could not have left", async () => {
  let started = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(draw, { minLength: 2, maxLength: 8 }), { maxLength: 15, size: "max" }),
      async (batches) => {
        const tb = await machine();
        const view = await eventView(tb);
        for (const batch of batches) {
          const there = listed(await tb.vms(), await tb.devices());
          // A challenge waits for its box, as long as it takes.
          const requests = batch.flatMap((each) => requestOf(there, each) ?? []).filter(({ op }) => op !== "challenge");
          for (const each of await Promise.allSettled(requests.map((request) => tb.ask(request)))) {
            if (each.status === "rejected") expect(String(each.reason)).toMatch(/^TerraError: (?!internal|timeout)/);
          }
          const vms = await tb.vms();
          const devices = await tb.devices();
          view.compare(vms, devices);
          checkRules(vms, devices);
          const stand = vms.filter(({ state }) => state === "on" || state === "suspended").length;
          started += stand;
          await eventually(() => tb.workers.alive() === stand);
        }
        for (const { id, state } of await tb.vms()) if (state !== "off") await tb.ask({ op: "off", vm: id });
        expect(tb.workers.alive()).toBe(0);
        tb.close();
      },
    ),
    { numRuns: 60 },
  );
  expect(started).toBeGreaterThan(0);
}, 240_000);

it("calls in parallel do no more than calls in turn", async () => {
  const tb = await machine();
  const create: OwnerRequest = { op: "create-vm", config: { name: "a", medium: "closed.firmware", image: "x" } };
  const boot: OwnerRequest = { op: "create-device", device: attested("closed.2.boot", "closed", 0) };
  const made = await Promise.allSettled([create, create, boot, boot].map((each) => tb.ask(each)));
  expect(made.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
  const power: OwnerRequest[] = [
    { op: "on", vm: "vm1" },
    { op: "on", vm: "vm1" },
    { op: "detach", vm: "vm1", device: "dev1" },
    { op: "destroy-vm", vm: "vm1" },
    { op: "suspend", vm: "vm1" },
  ];
  const results = await Promise.allSettled(power.map((each) => tb.ask(each)));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", ...Array(4).fill("rejected")]);
  expect(tb.workers.alive()).toBe(1);
});

it("nothing is left of boxes that are off: no port, no worker", async () => {
  const tb = await bench({ nics: [{ id: "eth0", wire: "lan" }] });
  const ports = () => process.getActiveResourcesInfo().filter((each) => each === "MessagePort").length;
  const { vm, image } = await tb.box("hello", { kind: "open" });
  tb.disks.media.set("data", { kind: "disk", bytes: new Uint8Array(512) });
  const data = await tb.ask({ op: "create-device", device: { type: "disk", medium: "data", class: "raw" } });
  for (const device of [await tb.nic(), await tb.nic(), String(data)]) await tb.ask({ op: "attach", vm, device });
  const lives: (() => Promise<unknown>)[] = [
    () => tb.ask({ op: "on", vm }),
    () => tb.ask({ op: "on", vm }).then(() => tb.ask({ op: "suspend", vm })),
    async () => {
      await tb.ask({ op: "on", vm });
      workerOf(tb).emit({ type: "halt", halt: { reason: "panic" } });
      await tb.until(() => tb.messages("halt").length > 0);
    },
    async () => {
      await tb.ask({ op: "on", vm });
      workerOf(tb).fail("killed");
    },
    // ON that is refused by the tree, by the launch, and given up half-way.
    async () => {
      image.boot.fill(1, image.boot.length - 4096);
      await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^integrity: /);
      image.boot.set(testBoot, 0);
    },
    async () => {
      tb.workers.behaviour.start = () => Promise.reject(new Error("no memory"));
      await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/no memory/);
      tb.workers.behaviour.start = async () => {};
    },
    async () => {
      const on = expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^bad-state: /);
      await tb.ask({ op: "off", vm });
      await on;
    },
  ];
  const testBoot = image.boot.slice();
  const before = ports();
  try {
    for (const live of [...lives, ...lives]) {
      await live();
      if ((await tb.status(vm))?.state !== "off") await tb.ask({ op: "off", vm });
      await eventually(() => ports() <= before && tb.workers.alive() === 0);
    }
    expect(ports()).toBe(before);
  } finally {
    tb.close();
  }
});
