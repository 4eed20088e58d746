import { describe, expect, it } from "vitest";
import { benches } from "./testing/benches.ts";

const bench = benches();

describe("ON and OFF", () => {
  it("OFF gives up an ON whose medium never answers", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    let release = () => {};
    tb.disks.control.beforeRead = (medium) =>
      medium === "hello.boot" ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
    const on = tb.ask({ op: "on", vm });
    const refused = expect(on).rejects.toThrow(/^bad-state: hello was switched off/);
    await tb.until(() => tb.events.some(({ type }) => type === "starting"));
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^busy: /);
    await tb.ask({ op: "off", vm });
    await refused;
    tb.disks.control.beforeRead = async () => {};
    release();
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.state).toBe("on");
    expect(tb.workers.alive()).toBe(1);
  });

  it("OFF gives up an ON whose worker is being launched, and ends that worker", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    let release = () => {};
    let launching = () => {};
    const begun = new Promise<void>((resolve) => (launching = resolve));
    tb.workers.behaviour.start = () => {
      launching();
      return new Promise((resolve) => (release = resolve));
    };
    const refused = expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^bad-state: hello was switched off/);
    await begun;
    await tb.ask({ op: "off", vm });
    await refused;
    release();
    await tb.vms();
    expect((await tb.status(vm))?.state).toBe("off");
    expect(tb.workers.alive()).toBe(0);
  });

  it("wrong states are refused and change nothing", async () => {
    const tb = await bench();
    const { vm, boot } = await tb.box("hello");
    await expect(tb.ask({ op: "off", vm })).rejects.toThrow(/^bad-state: /);
    await tb.ask({ op: "on", vm });
    for (const request of [
      { op: "on", vm },
      { op: "detach", vm, device: boot },
      { op: "destroy-vm", vm },
    ] as const) {
      await expect(tb.ask(request)).rejects.toThrow(/^bad-state: /);
    }
    await tb.ask({ op: "off", vm });
    expect(tb.workers.alive()).toBe(0);
    await tb.ask({ op: "destroy-vm", vm });
    expect(await tb.vms()).toEqual([]);
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^unknown-vm: /);
  });
});
