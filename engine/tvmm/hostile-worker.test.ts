/** A vm worker that a guest has broken: it harms its own box only. */
import { describe, expect, it } from "vitest";
import { benches } from "./testing/benches.ts";
import { guest, workerOf } from "./testing/guest.ts";

const bench = benches();

describe("hostile vm workers", () => {
  for (const [what, message] of [
    ["an unknown event", { event: { type: "root" } }],
    ["bytes that are none", { event: { type: "serial", line: 2, bytes: "x" } }],
    ["a block beyond numbers", { event: { type: "blocks", device: "dev1", verified: [-1], failed: [] } }],
    ["null", { event: null }],
  ] as const) {
    it(`${what}: its box halts, the other goes on`, async () => {
      const tb = await bench();
      const bad = await tb.box("bad");
      const good = await tb.box("good");
      await tb.ask({ op: "on", vm: bad.vm });
      const worker = workerOf(tb);
      await tb.ask({ op: "on", vm: good.vm });
      worker.raw(message);
      await tb.until(() => tb.messages("halt").length > 0);
      expect(await tb.status(bad.vm)).toMatchObject({ state: "halted" });
      expect(worker.terminated).toBe(true);
      const com2 = guest(workerOf(tb));
      com2.send("GET-ID 0\n");
      expect((await com2.frame()).body).toBe(`${good.image.primary}\n`);
    });
  }

  it("answers nobody asked for and errors of any shape are of no account", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    tb.workers.behaviour.answer = (request) => {
      if (request.op === "text") return { strip: 1, screen: null };
      return undefined;
    };
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    for (const message of [{ reply: 99, value: 1 }, { reply: 1, error: null }, 5, null, "x", { reply: {} }])
      worker.raw(message);
    await expect(tb.person({ op: "text", vm })).rejects.toThrow(/^malformed: /);
    expect((await tb.status(vm))?.state).toBe("on");
  });

  it("a worker that fails is reported and its memory is free again", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello", { memoryMiB: 512 });
    const second = await tb.box("second");
    await tb.ask({ op: "on", vm });
    await expect(tb.ask({ op: "on", vm: second.vm })).rejects.toThrow(/^out-of-memory: /);
    workerOf(tb).fail("RuntimeError: unreachable");
    await tb.until(() => tb.messages("halt").length > 0);
    expect(await tb.status(vm)).toMatchObject({
      state: "halted",
      halt: { reason: expect.stringContaining("unreachable") },
    });
    await tb.ask({ op: "on", vm: second.vm });
  });

  it("a worker that fails in many words, or in words that turn others round, is told of in one short line", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    workerOf(tb).fail(`\u202e\n${"x".repeat(5000)}`);
    await tb.until(() => tb.messages("halt").length > 0);
    const focused = (await tb.person({ op: "focused" })) as { strip: string };
    expect(focused.strip).toMatch(/ · halted: worker: .*failed: \?\?x+ · \S+ \(\S+\)$/);
    expect(focused.strip.length).toBeLessThan(300);
  });

  it("a worker that does not start leaves its box halted", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    tb.workers.behaviour.start = () => Promise.reject(new Error("no ELF"));
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/no ELF/);
    expect((await tb.status(vm))?.state).toBe("halted");
    expect(await tb.person({ op: "focused" })).toMatchObject({ strip: expect.stringContaining(" · halted: worker: ") });
    await tb.until(() => tb.personEvents.some((event) => event.type === "focus" && event.strip.includes("halted")));
  });
});
