import { describe, expect, it } from "vitest";
import { benches } from "./testing/benches.ts";
import { workerOf } from "./testing/guest.ts";

const bench = benches();

describe("the person", () => {
  it("sees the closed box that is on, and types to it alone", async () => {
    const tb = await bench();
    const pc = await tb.box("pc", { kind: "open" });
    expect(await tb.person({ op: "focused" })).toMatchObject({ vm: pc.vm });
    const hello = await tb.box("hello");
    await tb.ask({ op: "on", vm: pc.vm });
    const [pcWorker] = tb.workers.workers;
    await tb.ask({ op: "on", vm: hello.vm });
    const { primary } = hello.image;
    expect(await tb.person({ op: "focused" })).toEqual({
      vm: hello.vm,
      strip: expect.stringMatching(
        new RegExp(`^hello · closed · ${primary.slice(0, 4)}…${primary.slice(-4)} · \\p{L}{3,12} \\([a-z]+\\)$`, "u"),
      ),
    });
    const motion = { op: "mouse", dx: 3, dy: -4, wheel: 0, buttons: 1 } as const;
    await tb.person(motion);
    expect(workerOf(tb).requests.at(-1)).toEqual(motion);
    await tb.person({ op: "type", text: "secret" });
    expect(workerOf(tb).requests.at(-1)).toEqual({ op: "type", text: "secret" });
    expect(pcWorker?.requests.some(({ op }) => op === "type" || op === "mouse")).toBe(false);
    await expect(tb.person({ op: "text", vm: pc.vm })).rejects.toThrow(/^bad-state: /);
    await tb.person({ op: "focus", vm: pc.vm });
    await expect(tb.person({ op: "png", vm: hello.vm })).rejects.toThrow(/^bad-state: /);
    expect(tb.personEvents.filter(({ type }) => type === "focus").at(-1)).toMatchObject({ vm: pc.vm });
    await tb.ask({ op: "off", vm: pc.vm });
    await expect(tb.person({ op: "type", text: "x" })).rejects.toThrow(/^bad-state: /);
    await expect(tb.person(motion)).rejects.toThrow(/^bad-state: /);
  });

  it.each([
    [{ dx: 2048 }, "dx"],
    [{ dy: -2049 }, "dy"],
    [{ wheel: 200 }, "wheel"],
    [{ buttons: 8 }, "buttons"],
    [{ dx: 0.5 }, "dx"],
  ])("a mouse that says %j is refused, naming the field", async (change, field) => {
    const tb = await bench();
    await tb.box("hello");
    await expect(tb.personRaw({ op: "mouse", dx: 0, dy: 0, wheel: 0, buttons: 0, ...change })).rejects.toThrow(
      new RegExp(`^bad-argument: ${field} is `),
    );
  });

  it("learns what the screen shows; of an open box the owner does, too, of a closed one never", async () => {
    const tb = await bench();
    const pc = await tb.box("pc", { kind: "open" });
    await tb.ask({ op: "on", vm: pc.vm });
    const pcWorker = workerOf(tb);
    const hello = await tb.box("hello");
    await tb.ask({ op: "on", vm: hello.vm });
    const shape = { kind: "picture", width: 320, height: 200 } as const;
    for (const worker of [pcWorker, workerOf(tb)]) {
      worker.emit({ type: "shape", shape });
      worker.emit({ type: "text", strip: "", screen: "" });
    }
    await tb.until(() => tb.personEvents.some((event) => event.type === "text" && event.shape.kind === "picture"));
    expect((await tb.status(pc.vm))?.picture).toEqual({ width: 320, height: 200 });
    expect(await tb.status(hello.vm)).not.toHaveProperty("picture");
    const told = tb.events.flatMap((event) => (event.type === "vm" && event.status?.picture ? [event.vm] : []));
    expect(told).toEqual([pc.vm]);
    pcWorker.emit({ type: "shape", shape: { kind: "text", width: 80, height: 25 } });
    await tb.until(() =>
      tb.events.some((event) => event.type === "vm" && event.vm === pc.vm && !event.status?.picture),
    );
    await tb.ask({ op: "off", vm: pc.vm });
    expect(await tb.status(pc.vm)).not.toHaveProperty("picture");
  });

  it("is asked for a canvas whenever a box starts without one", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    await tb.ask({ op: "off", vm });
    await tb.ask({ op: "on", vm });
    expect(tb.personEvents.filter(({ type }) => type === "surface-needed")).toHaveLength(2);
  });

  it("text of a box without the focus is not passed on", async () => {
    const tb = await bench();
    const pc = await tb.box("pc", { kind: "open" });
    const hello = await tb.box("hello");
    await tb.ask({ op: "on", vm: pc.vm });
    const pcWorker = workerOf(tb);
    await tb.ask({ op: "on", vm: hello.vm });
    pcWorker.emit({ type: "text", strip: "s", screen: "not shown" });
    pcWorker.emit({ type: "blocks", device: pc.boot, verified: [1], failed: [] });
    await tb.until(() => tb.events.some((event) => event.type === "blocks" && event.vm === pc.vm));
    await tb.person({ op: "focused" });
    workerOf(tb).emit({ type: "text", strip: "bank · closed", screen: "shown" });
    const screens = () => tb.personEvents.flatMap((event) => (event.type === "text" ? [event.screen] : []));
    await tb.until(() => screens().includes("shown"));
    expect(screens()).not.toContain("not shown");
    // The words of the strip are the TVMM's, whatever the worker says.
    const strips = tb.personEvents.flatMap((event) => (event.type === "text" ? [event.strip] : []));
    for (const strip of strips) expect(strip).toMatch(/^hello · closed · /);
    expect((await tb.person({ op: "text", vm: hello.vm })) as { strip: string }).toMatchObject({
      strip: expect.stringMatching(/^hello · closed · /),
    });
  });
});
