import { describe, expect, it } from "vitest";
import { benches } from "./testing/benches.ts";
import { ascii, workerOf } from "./testing/guest.ts";

const bench = benches();

describe("consoles", () => {
  const console = { op: "create-device", device: { type: "serial", purpose: "console" } } as const;

  it("what the maker closed stays closed, and the refusal is told", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    const device = (await tb.ask(console)) as string;
    await expect(tb.ask({ op: "attach", vm, device })).rejects.toThrow(/^closed-box: /);
    await expect(tb.ask({ op: "console-read", vm })).rejects.toThrow(/^no-console: /);
    expect(tb.messages("inspection")[0]).toMatchObject({ outcome: "refused", to: "alice/hello" });
  });

  it("the debug TVMM opens it", async () => {
    const tb = await bench({ debug: true });
    const { vm } = await tb.box("hello");
    const device = (await tb.ask(console)) as string;
    await tb.ask({ op: "attach", vm, device });
    await tb.ask({ op: "on", vm });
    workerOf(tb).emit({ type: "serial", line: 1, bytes: ascii("secret") });
    await tb.until(() => tb.events.some(({ type }) => type === "console"));
    expect(await tb.ask({ op: "console-read", vm })).toEqual(ascii("secret"));
  });

  it("an open console is read and written; one for output only is read", async () => {
    const tb = await bench();
    for (const mode of ["open", "output"] as const) {
      const { vm } = await tb.box(`console-${mode}`, { kind: "open", console: mode });
      await tb.ask({ op: "attach", vm, device: (await tb.ask(console)) as string });
      await tb.ask({ op: "on", vm });
      const worker = workerOf(tb);
      worker.emit({ type: "serial", line: 1, bytes: ascii("# ") });
      await tb.until(() => tb.events.some((event) => event.type === "console" && event.vm === vm));
      expect(await tb.ask({ op: "console-read", vm })).toEqual(ascii("# "));
      const write = tb.ask({ op: "console-write", vm, bytes: ascii("ls\n") });
      if (mode === "output") await expect(write).rejects.toThrow(/^no-console: /);
      else {
        await write;
        expect(worker.requests.at(-1)).toMatchObject({ op: "serial", line: 1, bytes: ascii("ls\n") });
      }
      await tb.ask({ op: "off", vm });
    }
  });

  it("output of a line that was not attached does not exist", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    worker.emit({ type: "serial", line: 1, bytes: ascii("canary") });
    worker.emit({ type: "blocks", device: "dev1", verified: [1], failed: [] });
    await tb.until(() => tb.events.some(({ type }) => type === "blocks"));
    expect(tb.events.some(({ type }) => type === "console")).toBe(false);
  });
});
