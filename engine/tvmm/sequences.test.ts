/**
 * Random sequences of owner's calls, right ones, wrong ones and hostile ones, against a plain model of what must hold; vm workers
 * that halt, fail and talk nonsense in between. The model knows states and attachments only: that is what a refused call must
 * not change, and what no leak may hide behind.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { DeviceConfig, OwnerRequest } from "../protocol/owner.ts";
import { type Bench, bench } from "./testing/bench.ts";
import { testImage } from "./testing/image.ts";

const IMAGE = { blocks: 2, memoryMiB: 200 };
const NAMES = ["a", "b", "c"] as const;
const images = {
  closed: testImage(IMAGE),
  open: testImage({ ...IMAGE, kind: "open", console: "open" }),
};

type Step =
  | { what: "ask"; request: OwnerRequest }
  | { what: "raw"; request: unknown }
  | { what: "worker"; which: number; does: "halt" | "fail" | "nonsense" | "talk" };

const vm = fc.constantFrom("vm1", "vm2", "vm3", "vm4", "dev1", "");
const device = fc.constantFrom("dev1", "dev2", "dev3", "dev4", "dev5", "dev6", "vm1");
const disk = (medium: string, slot?: number): DeviceConfig => ({
  type: "disk",
  medium,
  class: "attested",
  root: images[medium.startsWith("open") ? "open" : "closed"].descriptor.boot.root,
  salt: images.closed.descriptor.boot.salt,
  ...(slot === undefined ? {} : { slot }),
});
const config = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(disk("closed.boot", 0), disk("open.boot", 0), disk("closed2.boot", 0)) },
  { weight: 1, arbitrary: fc.constantFrom(disk("flash", 0), disk("sealed"), disk("open.boot", 3)) },
  fc.constantFrom<DeviceConfig>(
    { type: "display" },
    { type: "nic" },
    { type: "serial", purpose: "attestation" },
    { type: "serial", purpose: "console" },
    { type: "serial", purpose: "management" },
  ),
);
const request: fc.Arbitrary<OwnerRequest> = fc.oneof(
  { weight: 3, arbitrary: config.map((device) => ({ op: "create-device" as const, device })) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        name: fc.constantFrom(...NAMES),
        medium: fc.constantFrom("closed.firmware", "open.firmware", "closed.boot", "nowhere"),
        image: fc.constant("x"),
        checking: fc.constantFrom("ahead-of-time" as const, "optimistic" as const, "none" as const),
      })
      .map((config) => ({ op: "create-vm" as const, config })),
  },
  { weight: 8, arbitrary: fc.tuple(vm, device).map(([vm, device]) => ({ op: "attach" as const, vm, device })) },
  { weight: 1, arbitrary: fc.tuple(vm, device).map(([vm, device]) => ({ op: "detach" as const, vm, device })) },
  { weight: 5, arbitrary: vm.map((vm) => ({ op: "on" as const, vm })) },
  { weight: 2, arbitrary: vm.map((vm) => ({ op: "off" as const, vm })) },
  vm.map((vm) => ({ op: "destroy-vm" as const, vm })),
  device.map((device) => ({ op: "destroy-device" as const, device })),
  vm.map((vm) => ({ op: "suspend" as const, vm })),
  vm.map((vm) => ({ op: "identity" as const, vm })),
  vm.map((vm) => ({ op: "console-read" as const, vm })),
  vm.map((vm) => ({ op: "measurements" as const, vm, options: { depth: 8 } })),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: request.map((request) => ({ what: "ask" as const, request })) },
  { weight: 1, arbitrary: fc.anything({ withTypedArray: true }).map((request) => ({ what: "raw" as const, request })) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant("worker" as const),
      which: fc.nat(5),
      does: fc.constantFrom("halt" as const, "fail" as const, "nonsense" as const, "talk" as const),
    }),
  },
);

const CODES =
  /^(bad-state|bad-argument|busy|closed-box|no-console|open-box|unknown-vm|unknown-device|unknown-disk|unsupported|out-of-memory|refused|malformed|integrity): /;

async function insertMedia(tb: Bench): Promise<void> {
  for (const [name, image] of Object.entries(images)) {
    tb.disks.media.set(`${name}.firmware`, { kind: "disk", bytes: image.firmware });
    tb.disks.media.set(`${name}.boot`, { kind: "disk", bytes: image.boot });
  }
  tb.disks.media.set("closed2.boot", { kind: "disk", bytes: images.closed.boot });
  tb.disks.media.set("flash", { kind: "flash", bytes: new Uint8Array(4096) });
}

/** Two boxes that could be switched on: left to chance, a sequence would seldom get that far. */
async function makeBoxes(tb: Bench): Promise<void> {
  const kinds = ["closed", "open"] as const;
  for (const [index, kind] of kinds.entries()) {
    const vm = `vm${index + 1}`;
    const device = `dev${index + 1}`;
    await tb.ask({ op: "create-vm", config: { name: NAMES[index] ?? "", medium: `${kind}.firmware`, image: "x" } });
    await tb.ask({ op: "create-device", device: disk(`${kind}.boot`, 0) });
    await tb.ask({ op: "attach", vm, device });
  }
}

/** What is to be seen from outside, for comparing before and after a call that was refused. */
const look = async (tb: Bench) => ({ vms: await tb.vms(), devices: await tb.devices() });

it("no sequence of calls breaks the rules", async () => {
  let started = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 10, maxLength: 60 }), async (prepared, steps) => {
      const tb = await bench();
      try {
        await insertMedia(tb);
        if (prepared) await makeBoxes(tb);
        for (const each of steps) {
          if (each.what === "worker") {
            const alive = tb.workers.workers.filter(({ terminated }) => !terminated);
            const worker = alive[each.which % Math.max(1, alive.length)];
            if (!worker) continue;
            if (each.does === "talk") worker.emit({ type: "serial", line: 1, bytes: new Uint8Array(10) });
            if (each.does === "fail") worker.fail("killed");
            if (each.does === "nonsense") worker.raw({ event: { type: "what" } });
            if (each.does === "halt") worker.emit({ type: "halt", halt: { reason: "panic" } });
            await new Promise((resolve) => setImmediate(resolve));
            continue;
          }
          const before = await look(tb);
          const refused = await tb.askRaw(each.request).then(
            () => undefined,
            (error: Error) => error.message,
          );
          const after = await look(tb);
          if (refused !== undefined) expect(refused).toMatch(CODES);
          // A refused ON may leave a box halted or say why it stayed off; every other refusal changes nothing.
          const on = each.what === "ask" && each.request.op === "on";
          if (refused !== undefined && !on && before.vms.every(({ state }) => state !== "on"))
            expect(after).toEqual(before);

          const names = after.vms.map(({ name }) => name);
          expect(new Set(names).size).toBe(names.length);
          for (const { id, attachedTo } of after.devices) {
            const owners = after.vms.filter(({ devices }) => devices.includes(id)).map((vm) => vm.id);
            expect(owners).toEqual(attachedTo === undefined ? [] : [attachedTo]);
          }
          for (const vm of after.vms.filter(({ state }) => state === "on")) {
            started++;
            const boot = after.devices.filter(({ attachedTo, type }) => attachedTo === vm.id && type === "disk");
            expect(boot.length).toBeGreaterThan(0);
            if (vm.kind === "closed") expect(vm.checking).not.toBe("none");
          }
          const running = after.vms.filter(({ state }) => state === "on").length;
          const halted = after.vms.filter(({ state }) => state === "halted").length;
          expect(tb.workers.alive()).toBeGreaterThanOrEqual(running);
          expect(tb.workers.alive()).toBeLessThanOrEqual(running + halted);
          expect(
            after.vms.reduce((sum, { state, memoryMiB }) => sum + (state === "on" ? memoryMiB : 0), 0),
          ).toBeLessThanOrEqual(512);
          expect(
            after.devices.some(
              ({ attachedTo, type }) =>
                type === "serial console" && after.vms.some(({ id, kind }) => id === attachedTo && kind === "closed"),
            ),
          ).toBe(false);
        }
        for (const { id, state } of await tb.vms()) {
          if (state !== "off") await tb.ask({ op: "off", vm: id });
        }
        expect(tb.workers.alive()).toBe(0);
      } finally {
        tb.close();
      }
    }),
    { numRuns: 60 },
  );
  expect(started).toBeGreaterThan(0);
});

it("calls in parallel do no more than calls in turn", async () => {
  const tb = await bench();
  try {
    await insertMedia(tb);
    const create: OwnerRequest = { op: "create-vm", config: { name: "a", medium: "closed.firmware", image: "x" } };
    const boot: OwnerRequest = { op: "create-device", device: disk("closed.boot", 0) };
    const made = await Promise.allSettled([create, create, boot, boot].map((each) => tb.ask(each)));
    expect(made.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
    await tb.ask({ op: "attach", vm: "vm1", device: "dev1" });
    const power: OwnerRequest[] = [
      { op: "on", vm: "vm1" },
      { op: "on", vm: "vm1" },
      { op: "detach", vm: "vm1", device: "dev1" },
      { op: "destroy-vm", vm: "vm1" },
    ];
    const results = await Promise.allSettled(power.map((each) => tb.ask(each)));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
    expect(tb.workers.alive()).toBe(1);
  } finally {
    tb.close();
  }
});
