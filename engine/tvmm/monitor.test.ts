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
      strip: `hello · closed · ${primary.slice(0, 4)}…${primary.slice(-4)} · no sign`,
    });
    await tb.person({ op: "type", text: "secret" });
    expect(workerOf(tb).requests.at(-1)).toEqual({ op: "type", text: "secret" });
    expect(pcWorker?.requests.some(({ op }) => op === "type")).toBe(false);
    await expect(tb.person({ op: "text", vm: pc.vm })).rejects.toThrow(/^bad-state: /);
    await tb.person({ op: "focus", vm: pc.vm });
    await expect(tb.person({ op: "png", vm: hello.vm })).rejects.toThrow(/^bad-state: /);
    expect(tb.personEvents.filter(({ type }) => type === "focus").at(-1)).toMatchObject({ vm: pc.vm });
    await tb.ask({ op: "off", vm: pc.vm });
    await expect(tb.person({ op: "type", text: "x" })).rejects.toThrow(/^bad-state: /);
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
