import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_CONFIGURATION } from "../protocol/configuration.ts";
import type { ManagementStatus } from "../protocol/owner.ts";
import { START_MS } from "./in-time.ts";
import { type Bench, type BenchOptions, bench as makeBench } from "./testing/bench.ts";
import { ascii, com3, managedBench, managedMedia, managementImage } from "./testing/com3.ts";

const benches: { close(): void }[] = [];
async function bench(options?: BenchOptions): Promise<Bench> {
  const made = await makeBench(options);
  benches.push(made);
  return made;
}
async function managed(options?: BenchOptions) {
  const made = await managedBench(options);
  benches.push(made);
  return made;
}
afterEach(() => {
  vi.useRealTimers();
  for (const each of benches.splice(0)) each.close();
});

const statusOf = async (tb: Bench) => (await tb.ask({ op: "management" })) as ManagementStatus;
const told = (tb: Bench) => tb.events.flatMap((event) => (event.type === "management" ? [event.management] : []));
const failure = (tb: Bench) => tb.until(() => told(tb).at(-1)?.state === "failed");

describe("the management box", () => {
  it("is made and started by the TVMM itself, with its devices, and is ready when it says so", async () => {
    const tb = await managed();
    const [box] = await tb.vms();
    expect(box).toMatchObject({ name: "management", state: "on", management: true, kind: "open", image: "management" });
    const devices = await tb.devices();
    expect(devices.map(({ type, medium, class: diskClass }) => [type, medium, diskClass])).toEqual([
      ["disk", "management.boot", "attested"],
      ["disk", "management.policy", "raw"],
      ["serial console", undefined, undefined],
      ["serial management", undefined, undefined],
      ["display", undefined, undefined],
      ["nic", undefined, undefined],
    ]);
    expect(devices.every(({ attachedTo }) => attachedTo === box?.id)).toBe(true);
    const { disks, serials, nics } = tb.worker.init;
    expect(disks.map(({ serial, readOnly }) => [serial, readOnly])).toEqual([
      ["boot", true],
      ["policy", false],
    ]);
    expect(serials).toEqual({ console: true, attestation: false, management: true });
    expect(nics).toHaveLength(1);
    expect(devices.every(({ connectedTo }) => connectedTo.length === 0)).toBe(true);
    expect(await statusOf(tb)).toEqual({ state: "starting", vm: box?.id });
    expect(await tb.com3.ask("READY", { done: 3, refused: 1 })).toBe("");
    const ready = { state: "ready", vm: box?.id, done: 3, refused: 1 };
    expect(await statusOf(tb)).toEqual(ready);
    expect(told(tb).at(-1)).toEqual(ready);
  });

  it("makes and starts another box over COM3, told as its own call", async () => {
    const tb = await managed();
    const image = managementImage();
    tb.disks.media.set("pc.firmware", { kind: "disk", bytes: image.firmware });
    tb.disks.media.set("pc.boot", { kind: "disk", bytes: image.boot });
    const { root, salt } = image.descriptor.boot;
    expect(await tb.com3.ask("CREATE-VM", { name: "pc", medium: "pc.firmware" })).toBe("vm2\n");
    const disk = { type: "disk", medium: "pc.boot", class: "attested", root, salt, slot: 0 };
    const device = (await tb.com3.ask("CREATE-DEVICE", disk)).trim();
    expect(await tb.com3.ask("ATTACH", { vm: "pc", device })).toBe("");
    expect(await tb.com3.ask("ON", { vm: "pc" })).toBe("");
    expect((await tb.status("vm2"))?.state).toBe("on");
    const lines = (await tb.com3.ask("LIST", { what: "vms" })).split("\n");
    expect(lines.map((line) => line.split("\t").slice(0, 5))).toEqual([
      ["id", "name", "image", "kind", "state"],
      ["vm1", "management", "management", "open", "on"],
      ["vm2", "pc", "pc", "open", "on"],
      [""],
    ]);
    const calls = tb.messages("management").filter(({ from }) => from === "alice/management");
    expect(calls.map(({ summary }) => summary.split(" ")[0])).toEqual(["CREATE-VM", "CREATE-DEVICE", "ATTACH"]);
    expect(tb.messages("power").at(-1)).toMatchObject({ from: "alice/management", to: "alice/pc" });
  });

  it("boots while the doors are served already", async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const tb = await bench({
      media: managedMedia(managementImage()),
      beforeRead: async (medium) => (medium.startsWith("management") ? held : undefined),
    });
    expect(await statusOf(tb)).toEqual({ state: "starting" });
    expect(await tb.vms()).toEqual([]);
    expect(await tb.person({ op: "focused" })).toBe(null);
    letGo();
    await tb.until(() => tb.workers.alive() === 1);
    expect((await tb.vms()).map(({ name }) => name)).toEqual(["management"]);
  });

  it("is none where none is configured", async () => {
    for (const media of [{}, managedMedia(managementImage(), ascii('{"format":"terra-configuration-1"}'))]) {
      const tb = await bench({ media });
      expect(await statusOf(tb)).toEqual({ state: "none" });
      expect(await tb.vms()).toEqual([]);
      expect(told(tb)).toEqual([]);
    }
  });
});

describe("a management box that does not come up", () => {
  const image = managementImage();
  const right = managedMedia(image);
  const without = (id: string) => Object.fromEntries(Object.entries(right).filter(([each]) => each !== id));
  const configured = (configuration: unknown) => managedMedia(image, ascii(JSON.stringify(configuration)));
  const named = (name: string) =>
    configured({ format: "terra-configuration-1", management: { name, image: "management" } });
  const broken = image.boot.slice();
  broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;

  for (const [what, media, reason] of [
    ["a configuration that is no JSON", managedMedia(image, ascii("{")), /^the configuration on the flash cannot be/],
    ["one of another format", configured({ format: "terra-configuration-2" }), /^the configuration .* format is /],
    ["one with more in it", configured({ format: "terra-configuration-1", evil: 1 }), /the unknown field "evil"/],
    ["one too long", managedMedia(image, new Uint8Array(MAX_CONFIGURATION + 1)), /has 4097 bytes/],
    [
      "random bytes",
      managedMedia(
        image,
        Uint8Array.from({ length: 200 }, (_, at) => (at * 89) & 255),
      ),
      /not JSON/,
    ],
    ["a flash that is no container", { flash: { kind: "flash", bytes: new Uint8Array(4096) } }, /no container/],
    ["a name that is another part's", named("tvmm"), /^it was not started: bad-argument: .*"tvmm"/],
    ["a name that is no name", named("../x"), /^it was not started: bad-argument: /],
    ["no image", without("management.firmware"), /^it was not started: unknown-disk: .*management\.firmware/],
    ["no boot disk", without("management.boot"), /^it was not started: unknown-disk: .*management\.boot/],
    ["no policy", without("management.policy"), /^it was not started: unknown-disk: .*management\.policy/],
  ] as const) {
    it(`for ${what} leaves a machine without one, and says why`, async () => {
      const tb = await bench({ media });
      await failure(tb);
      const status = await statusOf(tb);
      expect(status).toEqual({ state: "failed", reason: expect.stringMatching(reason) });
      expect(tb.messages("management").at(-1)).toMatchObject({ from: "alice/tvmm", outcome: "refused" });
      // All is as on a machine without one.
      expect([await tb.vms(), await tb.devices()]).toEqual([[], []]);
      const { vm } = await tb.box("pc", { kind: "open" });
      await tb.ask({ op: "on", vm });
      expect((await tb.status(vm))?.state).toBe("on");
    });
  }

  it("because the flash does not answer keeps no machine from starting", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const beforeRead = async (medium: string) => {
      if (medium !== "flash") return;
      vi.advanceTimersByTime(START_MS);
      await new Promise(() => {});
    };
    const tb = await bench({ media: right, beforeRead });
    await failure(tb);
    expect((await statusOf(tb)).reason).toMatch(/cannot be read: the flash did not answer within/);
    expect(await tb.vms()).toEqual([]);
  });

  it("because its tree is broken stays to be looked at", async () => {
    const tb = await bench({ media: { ...right, "management.boot": { kind: "disk", bytes: broken } } });
    await failure(tb);
    expect(await statusOf(tb)).toMatchObject({
      state: "failed",
      vm: "vm1",
      reason: expect.stringMatching(/integrity: /),
    });
    expect(await tb.status("vm1")).toMatchObject({ state: "off", halt: { reason: "integrity" } });
  });

  it("because it halts, is switched off or destroyed before its policy is through has failed", async () => {
    const halted = await managed();
    halted.worker.emit({ type: "halt", halt: { reason: "panic" } });
    await failure(halted);
    expect((await statusOf(halted)).reason).toBe("it halted before its policy was carried out: panic");

    const off = await managed();
    await off.ask({ op: "off", vm: "vm1" });
    expect((await statusOf(off)).reason).toBe("it was switched off before its policy was carried out");
    await off.ask({ op: "destroy-vm", vm: "vm1" });
    expect(await statusOf(off)).toEqual({ state: "failed", reason: "it was destroyed" });

    const killed = await managed();
    killed.worker.fail("killed");
    await failure(killed);
    expect((await statusOf(killed)).reason).toMatch(/^it halted before its policy was carried out: worker: .*killed/);
  });
});

describe("a management box that is switched off and on", () => {
  it("serves again, and begins with its policy", async () => {
    const tb = await managed();
    await tb.com3.ask("READY", { done: 1, refused: 0 });
    await tb.ask({ op: "off", vm: "vm1" });
    expect((await statusOf(tb)).state).toBe("ready");
    await tb.ask({ op: "on", vm: "vm1" });
    expect(await statusOf(tb)).toEqual({ state: "starting", vm: "vm1" });
    const worker = tb.workers.workers.at(-1);
    if (!worker) throw new Error("it was not started");
    const line = com3(worker);
    expect(await line.ask("LIST", { what: "vms" })).toContain("\tmanagement\t");
    await line.ask("READY", { done: 2, refused: 0 });
    expect(await statusOf(tb)).toEqual({ state: "ready", vm: "vm1", done: 2, refused: 0 });
  });

  it("goes on where it was when it was suspended only", async () => {
    const tb = await managed();
    await tb.com3.ask("READY", { done: 1, refused: 0 });
    await tb.ask({ op: "suspend", vm: "vm1" });
    await tb.ask({ op: "resume", vm: "vm1" });
    expect((await statusOf(tb)).state).toBe("ready");
    expect(await tb.com3.ask("LIST", { what: "limits" })).toContain("memory\t-\t512");
  });

  it("may switch itself off, which nobody answers", async () => {
    const tb = await managed();
    tb.com3.dtr(true);
    tb.com3.send(ascii("OFF 14\nvm=management"));
    tb.com3.send(ascii("\n"));
    await failure(tb);
    expect((await tb.status("vm1"))?.state).toBe("off");
    expect(tb.com3.received()).toBe(0);
  });
});
