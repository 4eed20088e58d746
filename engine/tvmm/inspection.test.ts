import { describe, expect, it } from "vitest";
import type { OwnerRequest } from "../protocol/owner.ts";
import type { Bench } from "./testing/bench.ts";
import { benches } from "./testing/benches.ts";
import { ascii, workerOf } from "./testing/guest.ts";
import { answerLikeAWorker } from "./testing/stub-worker.ts";

const bench = benches();

const CANARY = "canary-5f1c";

const tools = (vm: string): OwnerRequest[] => [
  { op: "read-memory", vm, address: 4096, length: 64 },
  { op: "write-memory", vm, address: 4096, bytes: ascii(CANARY) },
  { op: "screenshot", vm },
  { op: "snapshot", vm },
  { op: "send-keys", vm, text: CANARY },
];
const OPS = tools("").map(({ op }) => op);

/** A box that is on, with a display, whose worker would answer every tool. */
async function inspectable(tb: Bench, kind: "open" | "closed") {
  const { vm } = await tb.box(kind === "open" ? "pc" : "hello", { kind });
  const display = (await tb.ask({ op: "create-device", device: { type: "display" } })) as string;
  await tb.ask({ op: "attach", vm, device: display });
  await tb.ask({ op: "on", vm });
  return { vm, worker: workerOf(tb) };
}
const asked = (worker: { requests: { op: string }[] }) =>
  worker.requests.map(({ op }) => op).filter((op) => OPS.includes(op as (typeof OPS)[number]));

describe("an open box", () => {
  it("is looked into and changed by every tool, and each is told without its content", async () => {
    const tb = await bench();
    const { vm, worker } = await inspectable(tb, "open");
    expect(worker.init.inspectable).toBe(true);
    tb.workers.behaviour.answer = (request) =>
      request.op === "read-memory" ? ascii(CANARY.padEnd(request.length)) : answerLikeAWorker(request);
    const answers = [];
    for (const request of tools(vm)) answers.push(await tb.ask(request));
    expect(answers[0]).toEqual(ascii(CANARY.padEnd(64)));
    expect(answers.slice(1).map((each) => (each instanceof Uint8Array ? each.length : each))).toEqual([
      undefined,
      16,
      16,
      undefined,
    ]);
    expect(asked(worker)).toEqual(OPS);
    expect(worker.requests.find(({ op }) => op === "write-memory")).toMatchObject({ bytes: ascii(CANARY) });
    const told = tb.messages("inspection");
    expect(told.map(({ from, to, outcome }) => [from, to, outcome])).toEqual(
      OPS.map(() => ["alice/owner", "alice/pc", "accepted"]),
    );
    expect(told.map(({ summary }) => summary)).toEqual([
      "READ-MEMORY of pc, 64 bytes at 0x1000",
      "WRITE-MEMORY of pc, 11 bytes at 0x1000",
      "SCREENSHOT of pc",
      "SNAPSHOT of pc",
      "SEND-KEYS to pc, 11 characters",
    ]);
    expect(told.filter(({ bytes }) => bytes)).toEqual([]);
  });

  it("is inspected as long as its worker is there, and typed to only while it is on", async () => {
    const tb = await bench();
    const { vm, worker } = await inspectable(tb, "open");
    const [read, write, screenshot, snapshot, keys] = tools(vm);
    if (!read || !write || !screenshot || !snapshot || !keys) throw new Error("five tools");
    await tb.ask({ op: "suspend", vm });
    for (const request of [read, write, screenshot, snapshot]) await tb.ask(request);
    await expect(tb.ask(keys)).rejects.toThrow(/^bad-state: pc is suspended/);
    await tb.ask({ op: "resume", vm });
    await tb.ask(keys);
    worker.emit({ type: "halt", halt: { reason: "panic" } });
    await tb.until(() => tb.messages("halt").length > 0);
    for (const request of [read, write, screenshot, snapshot]) await tb.ask(request);
    await expect(tb.ask(keys)).rejects.toThrow(/^bad-state: pc is halted/);
    worker.fail("gone");
    await tb.until(() => worker.terminated);
    for (const request of tools(vm)) await expect(tb.ask(request)).rejects.toThrow(/^bad-state: /);
    await tb.ask({ op: "off", vm });
    for (const request of tools(vm)) await expect(tb.ask(request)).rejects.toThrow(/^bad-state: pc is off/);
  });

  it("has no memory outside its memory, and no screen without a display", async () => {
    const tb = await bench();
    const { vm } = await tb.box("pc", { kind: "open", memoryMiB: 64 });
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    const end = 64 * 2 ** 20;
    for (const request of [
      { op: "read-memory", vm, address: end - 1, length: 2 },
      { op: "read-memory", vm, address: 2 ** 32 - 1, length: 1 },
      { op: "write-memory", vm, address: end, bytes: new Uint8Array(1) },
      { op: "read-memory", vm, address: -1, length: 1 },
      { op: "read-memory", vm, address: 0, length: 2 ** 24 + 1 },
    ] as const) {
      await expect(tb.ask(request), JSON.stringify(request)).rejects.toThrow(/^bad-argument: /);
    }
    await expect(tb.ask({ op: "screenshot", vm })).rejects.toThrow(/^bad-state: pc has no display/);
    expect(asked(worker)).toEqual([]);
    await tb.ask({ op: "read-memory", vm, address: end - 1, length: 1 });
    await tb.ask({ op: "read-memory", vm, address: end, length: 0 });
  });

  it("whose worker answers with something else than was asked for is not believed", async () => {
    const tb = await bench();
    const { vm } = await inspectable(tb, "open");
    const shared = new Uint8Array(new SharedArrayBuffer(64));
    for (const answer of [undefined, null, "x".repeat(64), new Uint8Array(63), new Uint8Array(65), [1], shared]) {
      tb.workers.behaviour.answer = () => answer;
      await expect(tb.ask({ op: "read-memory", vm, address: 0, length: 64 })).rejects.toThrow(/^internal: /);
    }
    for (const op of ["screenshot", "snapshot"] as const) {
      for (const answer of [undefined, "x", new Uint8Array(0), { length: 5 }]) {
        tb.workers.behaviour.answer = () => answer;
        await expect(tb.ask({ op, vm })).rejects.toThrow(/^internal: /);
      }
    }
    // More than a machine can hold.
    tb.workers.behaviour.answer = () => new Uint8Array(129 * 2 ** 20);
    await expect(tb.ask({ op: "snapshot", vm })).rejects.toThrow(/^internal: /);
    await expect(tb.ask({ op: "screenshot", vm })).rejects.toThrow(/^internal: /);
    expect((await tb.status(vm))?.state).toBe("on");
  });

  it("screenshots for a miniature do not fill the record", async () => {
    const tb = await bench();
    const { vm } = await inspectable(tb, "open");
    for (let count = 0; count < 20; count++) await tb.ask({ op: "screenshot", vm });
    await tb.ask({ op: "off", vm });
    await expect(tb.ask({ op: "screenshot", vm })).rejects.toThrow(/^bad-state: /);
    expect(tb.messages("inspection").map(({ outcome }) => outcome)).toEqual(["accepted", "refused"]);
  });
});

describe("a closed box", () => {
  it("is inspected by no tool in no state, whoever asks, and each attempt is told", async () => {
    const tb = await bench();
    const { vm, worker } = await inspectable(tb, "closed");
    expect(worker.init.inspectable).toBe(false);
    const attempt = async () => {
      for (const request of tools(vm)) await expect(tb.ask(request)).rejects.toThrow(/^closed-box: hello /);
    };
    await attempt();
    worker.emit({ type: "halt", halt: { reason: "panic" } });
    await tb.until(() => tb.messages("halt").length > 0);
    await attempt();
    await tb.ask({ op: "off", vm });
    await attempt();
    expect(asked(worker)).toEqual([]);
    const told = tb.messages("inspection");
    expect(told).toHaveLength(3 * OPS.length);
    for (const each of told) {
      expect(each).toMatchObject({ from: "alice/owner", to: "alice/hello", outcome: "refused" });
      expect(each.summary).toContain("closed-box: ");
      expect(each.summary).not.toContain(CANARY);
    }
  });

  it("that was started as an open box is one", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello", {}, { asOpen: true });
    await tb.ask({ op: "on", vm });
    expect(workerOf(tb).init.inspectable).toBe(true);
    expect(await tb.ask({ op: "read-memory", vm, address: 0, length: 8 })).toEqual(new Uint8Array(8));
  });

  it("is inspected under the debug TVMM", async () => {
    const tb = await bench({ debug: true });
    const { vm, worker } = await inspectable(tb, "closed");
    expect(worker.init.inspectable).toBe(true);
    for (const request of tools(vm)) await tb.ask(request);
    expect(asked(worker)).toEqual(OPS);
  });
});

it("a VM that there is not is told as such", async () => {
  const tb = await bench();
  for (const request of tools("vm9")) await expect(tb.ask(request)).rejects.toThrow(/^unknown-vm: /);
  expect(tb.messages("inspection").map(({ to }) => to)).toEqual(OPS.map(() => "alice/tvmm"));
});
