import { afterEach, describe, expect, it } from "vitest";
import type { ManagementStatus } from "../protocol/owner.ts";
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
  for (const each of benches.splice(0)) each.close();
});

const statusOf = async (tb: Bench) => (await tb.ask({ op: "management" })) as ManagementStatus;
const told = (tb: Bench) => tb.events.flatMap((event) => (event.type === "management" ? [event.management] : []));
const settled = (tb: Bench) => tb.until(() => told(tb).some(({ state }) => state === "failed" || state === "ready"));

describe("the management box", () => {
  it("is made and started by the TVMM itself, with its devices, and is ready when it says so", async () => {
    const tb = await managed();
    const [box] = await tb.vms();
    expect(box).toMatchObject({ name: "management", state: "on", management: true, kind: "open", image: "management" });
    expect(
      (await tb.devices()).map(({ type, medium, class: diskClass, attachedTo }) => [
        type,
        medium,
        diskClass,
        attachedTo,
      ]),
    ).toEqual([
      ["disk", "management.boot", "attested", box?.id],
      ["disk", "management.policy", "raw", box?.id],
      ["serial console", undefined, undefined, box?.id],
      ["serial management", undefined, undefined, box?.id],
      ["display", undefined, undefined, box?.id],
    ]);
    expect(tb.worker.init.disks.map(({ serial, readOnly }) => [serial, readOnly])).toEqual([
      ["boot", true],
      ["policy", false],
    ]);
    expect(tb.worker.init.serials).toEqual({ console: true, attestation: false, management: true });
    expect(await statusOf(tb)).toEqual({ state: "starting", vm: box?.id });
    expect(await tb.com3.ask("READY", { done: 3, refused: 1 })).toBe("");
    expect(await statusOf(tb)).toEqual({ state: "ready", vm: box?.id, done: 3, refused: 1 });
    expect(told(tb).at(-1)).toEqual({ state: "ready", vm: box?.id, done: 3, refused: 1 });
  });

  it("makes and starts another box over COM3, told as its own call", async () => {
    const tb = await managed();
    const image = managementImage();
    tb.disks.media.set("pc.firmware", { kind: "disk", bytes: image.firmware });
    tb.disks.media.set("pc.boot", { kind: "disk", bytes: image.boot });
    const { root, salt } = image.descriptor.boot;
    expect(await tb.com3.ask("CREATE-VM", { name: "pc", medium: "pc.firmware" })).toBe("vm2\n");
    const disk = await tb.com3.ask("CREATE-DEVICE", {
      type: "disk",
      medium: "pc.boot",
      class: "attested",
      root,
      salt,
      slot: 0,
    });
    expect(await tb.com3.ask("ATTACH", { vm: "pc", device: disk.trim() })).toBe("");
    expect(await tb.com3.ask("ON", { vm: "pc" })).toBe("");
    expect((await tb.status("vm2"))?.state).toBe("on");
    expect(
      (await tb.com3.ask("LIST", { what: "vms" })).split("\n").map((line) => line.split("\t").slice(0, 5)),
    ).toEqual([
      ["id", "name", "image", "kind", "state"],
      ["vm1", "management", "management", "open", "on"],
      ["vm2", "pc", "pc", "open", "on"],
      [""],
    ]);
    expect(
      tb
        .messages("management")
        .filter(({ from }) => from === "alice/management")
        .map(({ summary }) => summary.split(" ")[0]),
    ).toEqual(["CREATE-VM", "CREATE-DEVICE", "ATTACH"]);
    expect(tb.messages("power").at(-1)).toMatchObject({
      from: "alice/management",
      to: "alice/pc",
      outcome: "accepted",
    });
  });
});
