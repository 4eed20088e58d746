import { afterEach, describe, expect, it, vi } from "vitest";
import type { DeviceConfig } from "../protocol/owner.ts";
import type { DescribedDisk } from "../storage/index.ts";
import { MEDIA_MS } from "./in-time.ts";
import { machine } from "./machine.ts";
import type { Media } from "./media.ts";
import { newDevice } from "./new-devices.ts";
import type { Bench } from "./testing/bench.ts";
import { benches } from "./testing/benches.ts";
import { managedBench } from "./testing/com3.ts";
import { eventually, workerOf } from "./testing/guest.ts";
import { testImage } from "./testing/image.ts";
import { holdLaunch } from "./testing/stub-worker.ts";

const bench = benches();

describe("making VMs and devices", () => {
  it("names are unique, also for two calls at once", async () => {
    const tb = await bench();
    await tb.box("hello");
    const config = { name: "twin", medium: "hello.firmware", image: "hello" };
    const results = await Promise.allSettled([
      tb.ask({ op: "create-vm", config }),
      tb.ask({ op: "create-vm", config }),
      tb.ask({ op: "create-vm", config: { ...config, name: "hello" } }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  });

  it("no VM is named like another end of a message", async () => {
    const tb = await bench();
    for (const name of ["tvmm", "owner", "verifier", "open", "closed"]) {
      await expect(tb.box(name)).rejects.toThrow(/^bad-argument: config.name/);
    }
  });

  it("a medium has one user", async () => {
    const tb = await bench();
    const { image } = await tb.box("hello");
    const { root, salt } = image.descriptor.boot;
    const device = { type: "disk", medium: "hello.boot", class: "attested", root, salt } as const;
    await expect(tb.ask({ op: "create-device", device })).rejects.toThrow(/^busy: /);
    await expect(tb.ask({ op: "create-device", device: { ...device, medium: "nowhere" } })).rejects.toThrow(
      /^unknown-disk: /,
    );
  });

  it("a closed box without a root, unchecked, or too large is refused", async () => {
    const tb = await bench();
    await expect(tb.box("hello", {}, { checking: "none" })).rejects.toThrow(/^bad-argument: hello is a closed box/);
    await expect(
      tb.box("rootless", { change: (descriptor) => Object.assign(descriptor.boot, { root: "" }) }),
    ).rejects.toThrow(/^bad-argument: .*boot\.root/);
    await expect(tb.box("large", { memoryMiB: 1024 })).rejects.toThrow(/^out-of-memory: /);
  });

  it("classes that are not offered say so", async () => {
    const tb = await bench();
    await tb.box("hello");
    for (const device of [
      { type: "disk", medium: "hello.boot", class: "integrity" },
      { type: "disk", medium: "hello.boot", class: "encrypted", counter: true },
    ] as const) {
      await expect(tb.ask({ op: "create-device", device })).rejects.toThrow(
        /^unsupported: disks of class (integrity|encrypted) are not offered; "raw" and "attested" are$/,
      );
    }
  });
});

const create = (tb: Bench, device: DeviceConfig) => tb.ask({ op: "create-device", device }) as Promise<string>;
const raw = (medium: string, slot?: number): DeviceConfig => ({
  type: "disk",
  medium,
  class: "raw",
  ...(slot === undefined ? {} : { slot }),
});

describe("raw disks", () => {
  const policy: DescribedDisk = {
    type: "disk",
    slot: 2,
    name: "policy",
    required: false,
    classes: ["raw"],
    counter: false,
  };
  const trust: DescribedDisk = { ...policy, slot: 3, name: "trust", classes: ["attested"] };
  const blank = (tb: Bench, medium: string, size = 8 * 512) =>
    tb.disks.media.set(medium, { kind: "disk", bytes: new Uint8Array(size) });

  it("are whole media that the guest writes, and no identity", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    blank(tb, "data");
    const data = await create(tb, { ...raw("data"), serial: "mine" } as DeviceConfig);
    expect((await tb.devices()).at(-1)).toEqual({
      id: data,
      type: "disk",
      medium: "data",
      class: "raw",
      connectedTo: [],
    });
    await tb.ask({ op: "attach", vm, device: data });
    await tb.ask({ op: "on", vm });
    const disk = workerOf(tb).init.disks[1];
    // A closed box's disks have its makers' names: the owner's serial counts in open boxes only.
    expect(disk).toMatchObject({ device: data, serial: "disk1", size: 8 * 512, readOnly: false });
    expect(disk?.source).toMatchObject({ type: "medium", medium: "data" });
    expect(disk?.source).not.toHaveProperty("check");
    expect(await tb.ask({ op: "identity", vm })).toEqual({ primary: image.primary, secondary: {} });
  });

  it("reach the guest through a port that writes, attested ones through one that does not", async () => {
    const tb = await bench();
    const { vm } = await tb.box("pc", { kind: "open" }, { checking: "none" });
    blank(tb, "data");
    await tb.ask({ op: "attach", vm, device: await create(tb, { ...raw("data"), serial: "mine" } as DeviceConfig) });
    await tb.ask({ op: "on", vm });
    expect(tb.disks.opened).toEqual([
      { medium: "pc.boot", readOnly: true },
      { medium: "data", readOnly: false },
    ]);
    expect(workerOf(tb).init.disks[1]?.serial).toBe("mine");
  });

  it("stand in a declared slot only if its classes say so, and never in the boot disk's", async () => {
    const tb = await bench();
    const { vm, boot } = await tb.box("hello", { devices: [policy, trust] });
    for (const medium of ["a", "b", "c"]) blank(tb, medium);
    const right = await create(tb, raw("a", 2));
    const wrong = await create(tb, raw("b", 3));
    await tb.ask({ op: "attach", vm, device: right });
    await tb.ask({ op: "attach", vm, device: wrong });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: slot 3 \(trust\) .* attested; .* is raw$/);
    await tb.ask({ op: "detach", vm, device: wrong });
    await tb.ask({ op: "on", vm });
    expect(workerOf(tb).init.disks.map(({ serial }) => serial)).toEqual(["boot", "policy"]);
    await tb.ask({ op: "off", vm });
    await tb.ask({ op: "detach", vm, device: boot });
    await tb.ask({ op: "attach", vm, device: await create(tb, raw("c", 0)) });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: slot 0 of hello takes the attested disk/);
  });

  it("have a multiple of 512 bytes, no counter, and a medium to themselves", async () => {
    const tb = await bench();
    await tb.box("hello");
    for (const size of [0, 1, 511, 4097]) {
      blank(tb, "odd", size);
      await expect(create(tb, raw("odd"))).rejects.toThrow(/^bad-argument: the medium odd has/);
    }
    blank(tb, "data");
    await expect(create(tb, { type: "disk", medium: "data", class: "raw", counter: true })).rejects.toThrow(
      /^bad-argument: device.counter/,
    );
    await create(tb, raw("data"));
    await expect(create(tb, raw("data"))).rejects.toThrow(/^busy: /);
    await expect(create(tb, raw("hello.boot"))).rejects.toThrow(/^busy: /);
    // An image that a VM was made from is no disk, and a disk is no image.
    await expect(create(tb, raw("hello.firmware"))).rejects.toThrow(/^busy: .* in use by hello$/);
    const config = { name: "second", medium: "data", image: "x" };
    await expect(tb.ask({ op: "create-vm", config })).rejects.toThrow(/^busy: /);
    for (const medium of ["sealed", "flash", "nowhere"]) {
      await expect(create(tb, raw(medium))).rejects.toThrow(/^(bad-argument|unknown-disk): /);
    }
  });
});

describe("disks that are said to be larger than any medium", () => {
  const attested: DeviceConfig = { type: "disk", medium: "vast", class: "attested", root: "0".repeat(64), salt: "" };
  for (const [config, size] of [
    [raw("vast"), 2 ** 30 + 512],
    // To look for the size of its data alone would take hours.
    [attested, 2 ** 52],
  ] as const) {
    it(`are refused: ${config.type === "disk" ? config.class : ""}, ${size} bytes`, async () => {
      const media = { list: async () => [{ id: "vast", kind: "disk", size }] } as unknown as Media;
      const made = newDevice({ machine: machine(), media, platform: "alice" }, config);
      await expect(made).rejects.toThrow(
        /^bad-argument: device.medium is "vast"; expected a medium of 1073741824 bytes/,
      );
    });
  }
});

describe("media that never answer", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("keep neither a name nor a call for ever", async () => {
    const tb = await bench();
    await tb.box("hello");
    let reading = () => {};
    const begun = new Promise<void>((resolve) => (reading = resolve));
    tb.disks.control.beforeRead = () => {
      reading();
      return new Promise(() => {});
    };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const config = { name: "second", medium: "hello.firmware", image: "x" };
    const late = expect(tb.ask({ op: "create-vm", config })).rejects.toThrow(
      /^timeout: the medium hello.firmware did not answer/,
    );
    await begun;
    vi.advanceTimersByTime(MEDIA_MS);
    await late;
    tb.disks.control.beforeRead = async () => {};
    await tb.ask({ op: "create-vm", config });
    expect((await tb.vms()).map(({ name }) => name)).toEqual(["hello", "second"]);
  });
});

describe("the management device", () => {
  it("is made by anybody, and attached to the management box only", async () => {
    const tb = await bench();
    const { vm } = await tb.box("pc", { kind: "open" });
    const device = await create(tb, { type: "serial", purpose: "management" });
    await expect(tb.ask({ op: "attach", vm, device })).rejects.toThrow(/^refused: pc is not .* management box/);
    expect((await tb.status(vm))?.management).toBe(false);
    await tb.ask({ op: "on", vm });
    expect(workerOf(tb).init.serials.management).toBe(false);
  });
});

describe("limits", () => {
  const managed: { close(): void }[] = [];
  afterEach(() => {
    for (const each of managed.splice(0)) each.close();
  });
  async function managedMachine() {
    const tb = await managedBench();
    managed.push(tb);
    return tb;
  }

  it("of memory bind CREATE-VM and ON, and what is on stays on", async () => {
    const tb = await managedMachine();
    const small = await tb.box("small", { memoryMiB: 32 });
    const large = await tb.box("large", { memoryMiB: 128 });
    await tb.ask({ op: "on", vm: small.vm });
    await tb.com3.ask("LIMIT", { memory: 96 });
    await expect(tb.ask({ op: "on", vm: large.vm })).rejects.toThrow(
      /^out-of-memory: large needs 128 MiB; 32 of 96 MiB are free$/,
    );
    await expect(tb.box("larger", { memoryMiB: 128 })).rejects.toThrow(/^out-of-memory: larger needs 128 MiB/);
    await tb.com3.ask("LIMIT", { memory: 16 });
    expect((await tb.status(small.vm))?.state).toBe("on");
    await tb.ask({ op: "off", vm: small.vm });
    await expect(tb.ask({ op: "on", vm: small.vm })).rejects.toThrow(/; 0 of 16 MiB are free$/);
    await tb.com3.ask("LIMIT", { memory: 512 });
    await tb.ask({ op: "on", vm: large.vm });
  });

  it("of images bind CREATE-VM and ON", async () => {
    const tb = await managedMachine();
    const one = await tb.box("one");
    const two = testImage();
    await tb.com3.ask("LIMIT", { images: two.primary });
    await expect(tb.ask({ op: "on", vm: one.vm })).rejects.toThrow(/^refused: .* one has the image/);
    await expect(tb.box("other")).rejects.toThrow(/^refused: .* other has the image/);
    const { vm } = await tb.box("two", two);
    await tb.ask({ op: "on", vm });
    await tb.com3.ask("LIMIT", { images: "any" });
    await tb.ask({ op: "on", vm: one.vm });
  });

  it("of images bind RESUME as well, and what is on stays on", async () => {
    const tb = await managedMachine();
    const { vm } = await tb.box("one");
    await tb.ask({ op: "on", vm });
    await tb.com3.ask("LIMIT", { images: testImage().primary });
    expect((await tb.status(vm))?.state).toBe("on");
    await expect(tb.ask({ op: "resume", vm })).rejects.toThrow(/^bad-state: /);
    await tb.ask({ op: "suspend", vm });
    await expect(tb.ask({ op: "resume", vm })).rejects.toThrow(/^refused: .* one has the image/);
    expect((await tb.status(vm))?.state).toBe("suspended");
    await tb.com3.ask("LIMIT", { images: "any" });
    await tb.ask({ op: "resume", vm });
  });

  it("of processor time hold at ON and from one moment to the next", async () => {
    const tb = await managedMachine();
    const half = await tb.box("half", {}, { cpuShare: 0.8 });
    const whole = await tb.box("whole");
    for (const { vm } of [half, whole]) await tb.ask({ op: "on", vm });
    const [, first, second] = tb.workers.workers;
    expect([first?.init.cpuShare, second?.init.cpuShare]).toEqual([0.8, 1]);
    await tb.com3.ask("LIMIT", { share: 0.75 });
    await tb.com3.ask("LIMIT", { share: 0.25, vm: "half" });
    const shares = (worker: typeof first) =>
      worker?.requests.flatMap((each) => (each.op === "share" ? [each.share] : []));
    await eventually(() => shares(first)?.at(-1) === 0.25);
    expect([shares(first), shares(second)]).toEqual([[0.75, 0.25], [0.75]]);
    expect((await tb.vms()).map(({ cpuShare }) => cpuShare)).toEqual([0.75, 0.25, 0.75]);
    const told = tb.events.flatMap((event) => (event.type === "vm" && event.vm === half.vm ? [event.status] : []));
    expect(told.at(-1)?.cpuShare).toBe(0.25);
    await tb.ask({ op: "off", vm: whole.vm });
    await tb.ask({ op: "on", vm: whole.vm });
    expect(workerOf(tb).init.cpuShare).toBe(0.75);
    // A limit takes away and gives nothing.
    await tb.com3.ask("LIMIT", { share: 1, vm: "half" });
    expect((await tb.status(half.vm))?.cpuShare).toBe(0.8);
  });

  it("set while a box is being started hold for it", async () => {
    const tb = await managedMachine();
    const { vm } = await tb.box("hello");
    const { begun, release } = holdLaunch(tb.workers);
    const on = tb.ask({ op: "on", vm });
    await begun;
    await tb.com3.ask("LIMIT", { share: 0.25 });
    release();
    await on;
    const worker = workerOf(tb);
    expect(worker.init.cpuShare).toBe(1);
    await eventually(() => worker.requests.some(({ op }) => op === "share"));
    expect(worker.requests.filter(({ op }) => op === "share")).toEqual([{ op: "share", share: 0.25 }]);
  });

  it("a share that is none makes no VM", async () => {
    const tb = await bench();
    for (const cpuShare of [0, -1, 1.01, Number.NaN, "1"]) {
      await expect(tb.box("hello", {}, { cpuShare })).rejects.toThrow(/^(bad-argument|malformed): config.cpuShare/);
    }
  });
});
