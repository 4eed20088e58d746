import { describe, expect, it } from "vitest";
import { benches } from "./testing/benches.ts";
import { ascii, bytesOf, eventually, guest, workerOf } from "./testing/guest.ts";
import { answerLikeAWorker, holdLaunch } from "./testing/stub-worker.ts";

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
    const { begun, release } = holdLaunch(tb.workers);
    const refused = expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^bad-state: hello was switched off/);
    await begun;
    await tb.ask({ op: "off", vm });
    await refused;
    release();
    await tb.vms();
    expect((await tb.status(vm))?.state).toBe("off");
    expect(tb.workers.alive()).toBe(0);
  });

  it("a worker whose start was given up has its memory until it is gone", async () => {
    const tb = await bench();
    const { vm } = await tb.box("large", { memoryMiB: 512 });
    const second = await tb.box("second");
    const releases: (() => void)[] = [];
    tb.workers.behaviour.start = () => new Promise((resolve) => releases.push(resolve));
    const refused = expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^bad-state: large was switched off/);
    await eventually(() => releases.length === 1);
    await tb.ask({ op: "off", vm });
    await refused;
    for (const each of [vm, second.vm]) {
      await expect(tb.ask({ op: "on", vm: each })).rejects.toThrow(/^out-of-memory: .*; 0 of 512 MiB are free$/);
    }
    tb.workers.behaviour.start = async () => {};
    for (const release of releases) release();
    await eventually(() => tb.workers.alive() === 0);
    await tb.ask({ op: "on", vm: second.vm });
    expect((await tb.status(second.vm))?.state).toBe("on");
  });

  it("a worker that was given up harms no later one", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    const { begun } = holdLaunch(tb.workers);
    const refused = expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^bad-state: hello was switched off/);
    await begun;
    const first = workerOf(tb);
    await tb.ask({ op: "off", vm });
    await refused;
    tb.workers.behaviour.start = async () => {};
    await tb.ask({ op: "on", vm });
    const gone = new Promise<void>((resolve) => first.init.port.addEventListener("close", () => resolve()));
    first.raw({ event: { type: "nonsense" } });
    await gone;
    expect((await tb.status(vm))?.state).toBe("on");
    expect(workerOf(tb).terminated).toBe(false);
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

describe("SUSPEND and RESUME", () => {
  it("stop the box and let it go on, in the worker that it has", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    await tb.ask({ op: "suspend", vm });
    expect((await tb.status(vm))?.state).toBe("suspended");
    await tb.ask({ op: "resume", vm });
    expect((await tb.status(vm))?.state).toBe("on");
    expect(worker.requests.map(({ op }) => op).filter((op) => op === "suspend" || op === "resume")).toEqual([
      "suspend",
      "resume",
    ]);
    expect(tb.workers.workers).toEqual([worker]);
    expect(worker.terminated).toBe(false);
    const states = tb.events.flatMap((event) => (event.type === "vm" ? [event.status?.state] : []));
    expect(states.slice(-3)).toEqual(["on", "suspended", "on"]);
    expect(tb.messages("power").slice(-2)).toMatchObject([
      { from: "alice/owner", to: "alice/hello", outcome: "accepted", summary: "SUSPEND hello" },
      { from: "alice/owner", to: "alice/hello", outcome: "accepted", summary: "RESUME hello" },
    ]);
  });

  it("wrong states are refused and change nothing", async () => {
    const tb = await bench();
    const { vm, boot } = await tb.box("hello");
    for (const op of ["suspend", "resume"] as const) {
      await expect(tb.ask({ op, vm })).rejects.toThrow(/^bad-state: hello is off/);
    }
    await tb.ask({ op: "on", vm });
    await expect(tb.ask({ op: "resume", vm })).rejects.toThrow(/^bad-state: hello is on/);
    await tb.ask({ op: "suspend", vm });
    for (const request of [
      { op: "suspend", vm },
      { op: "on", vm },
      { op: "detach", vm, device: boot },
      { op: "destroy-vm", vm },
    ] as const) {
      await expect(tb.ask(request)).rejects.toThrow(/^bad-state: hello is suspended/);
    }
    expect((await tb.status(vm))?.state).toBe("suspended");
    workerOf(tb).emit({ type: "halt", halt: { reason: "integrity" } });
    await tb.until(() => tb.messages("halt").length > 0);
    for (const op of ["suspend", "resume"] as const) {
      await expect(tb.ask({ op, vm })).rejects.toThrow(/^bad-state: hello is halted/);
    }
  });

  it("a suspended box says nothing and sends nothing, whatever its worker does; what it said before counts", async () => {
    const tb = await bench({ nics: [{ id: "eth0", wire: "lan" }] });
    const { vm } = await tb.box("pc", { kind: "open", console: "open" });
    const console = (await tb.ask({ op: "create-device", device: { type: "serial", purpose: "console" } })) as string;
    const nic = await tb.nic();
    for (const device of [console, nic]) await tb.ask({ op: "attach", vm, device });
    await tb.ask({ op: "connect", a: nic, b: "eth0" });
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    const card = worker.init.nics[0]?.port;
    const wire = tb.disks.wires.get("eth0");
    if (!card || !wire) throw new Error("there is no card");
    let arrived = "";
    wire.onmessage = ({ data }) => {
      arrived += data.frames.map((frame: Uint8Array) => String.fromCharCode(frame[59] ?? 0)).join("");
    };
    const act = (sign: string) => {
      worker.emit({ type: "serial", line: 1, bytes: ascii(sign) });
      worker.emit({ type: "blocks", device: "dev1", verified: [sign.charCodeAt(0) % 4], failed: [] });
      const frame = new Uint8Array(60);
      frame[59] = sign.charCodeAt(0);
      card.postMessage({ frames: [frame] });
    };
    const said = async () => new TextDecoder().decode((await tb.ask({ op: "console-read", vm })) as Uint8Array);
    act("a");
    await eventually(() => arrived === "a");
    tb.workers.behaviour.answer = (request) => {
      // On the port of the answer, and before it.
      if (request.op === "suspend") worker.emit({ type: "serial", line: 1, bytes: ascii("b") });
      return answerLikeAWorker(request);
    };
    await tb.ask({ op: "suspend", vm });
    const before = tb.events.length;
    act("c");
    worker.emit({ type: "dtr", line: 2, high: true, opening: 1 });
    worker.emit({ type: "serial", line: 2, bytes: ascii("GET-ID 0\n") });
    // An answer over the same port, after all that.
    await tb.ask({ op: "read-memory", vm, address: 0, length: 1 });
    expect(tb.events.slice(before).filter(({ type }) => type === "console" || type === "blocks")).toEqual([]);
    await tb.ask({ op: "resume", vm });
    act("d");
    await eventually(() => arrived.includes("d"));
    expect([await said(), arrived, worker.com2()]).toEqual(["abd", "ad", ""]);
  });

  it("OFF works from suspended", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    await tb.ask({ op: "suspend", vm });
    await tb.ask({ op: "off", vm });
    expect([(await tb.status(vm))?.state, tb.workers.alive()]).toEqual(["off", 0]);
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.state).toBe("on");
  });

  it("a maker's word holds for the closed box, and its refusal is told like any attempt on it", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello", { suspend: false });
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.suspend).toBe(false);
    await expect(tb.ask({ op: "suspend", vm })).rejects.toThrow(/^closed-box: the maker of hello forbids/);
    expect(tb.messages("inspection")).toMatchObject([
      {
        from: "alice/owner",
        to: "alice/hello",
        outcome: "refused",
        summary: expect.stringMatching(/^SUSPEND hello: /),
      },
    ]);
    expect(workerOf(tb).requests.some(({ op }) => op === "suspend")).toBe(false);
    const pc = await tb.box("pc", { kind: "open", suspend: false });
    await expect(tb.ask({ op: "suspend", vm: pc.vm })).rejects.toThrow(/^refused: the maker of pc forbids/);
    const opened = await tb.box("opened", { suspend: false }, { asOpen: true });
    await tb.ask({ op: "on", vm: opened.vm });
    await tb.ask({ op: "suspend", vm: opened.vm });
  });

  it("challenges end, and the box answers new ones when it goes on", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    const nonces = [1, 2, 3].map((value) => new Uint8Array(32).fill(value));
    const [first, second, third] = nonces;
    if (!first || !second || !third) throw new Error("three nonces");
    const refused = [first, second].map((nonce) =>
      expect(tb.ask({ op: "challenge", vm, nonce })).rejects.toThrow(/^bad-state: hello was suspended/),
    );
    expect(bytesOf((await com2.frame()).body)).toEqual(first);
    await tb.ask({ op: "suspend", vm });
    await Promise.all(refused);
    await expect(tb.ask({ op: "challenge", vm, nonce: third })).rejects.toThrow(/^bad-state: hello is suspended/);
    await tb.ask({ op: "resume", vm });
    const answer = expect(tb.ask({ op: "challenge", vm, nonce: third })).rejects.toThrow(/answers: new/);
    // The answer to the first is late, and passes for none to the third.
    com2.send("ERR 3\nold");
    expect(bytesOf((await com2.frame()).body)).toEqual(third);
    com2.send("ERR 3\nnew");
    await answer;
  });

  it("what the box asked before is answered when it goes on", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    com2.send("GET-ID 0\n");
    await tb.ask({ op: "suspend", vm });
    await tb.ask({ op: "resume", vm });
    expect((await com2.frame()).body).toBe(`${image.primary}\n`);
  });

  it("nobody types to a suspended box, and it keeps the focus", async () => {
    const tb = await bench();
    const pc = await tb.box("pc", { kind: "open", console: "open" });
    const console = await tb.ask({ op: "create-device", device: { type: "serial", purpose: "console" } });
    await tb.ask({ op: "attach", vm: pc.vm, device: String(console) });
    await tb.ask({ op: "on", vm: pc.vm });
    const pcWorker = workerOf(tb);
    const hello = await tb.box("hello");
    await tb.ask({ op: "on", vm: hello.vm });
    await tb.ask({ op: "suspend", vm: pc.vm });
    await tb.ask({ op: "suspend", vm: hello.vm });
    expect(await tb.person({ op: "focused" })).toMatchObject({ vm: hello.vm });
    await expect(tb.person({ op: "type", text: "x" })).rejects.toThrow(/^bad-state: hello .* suspended/);
    await expect(tb.person({ op: "scancodes", codes: [30] })).rejects.toThrow(/^bad-state: hello .* suspended/);
    const write = { op: "console-write", vm: pc.vm, bytes: ascii("ls\n") } as const;
    await expect(tb.ask(write)).rejects.toThrow(/^bad-state: pc is suspended/);
    expect(pcWorker.requests.some(({ op }) => op === "serial")).toBe(false);
    await tb.ask({ op: "resume", vm: pc.vm });
    await tb.ask(write);
  });

  it("two at once, and what happens while the worker has not answered", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    let answer = () => {};
    let suspending = () => {};
    const hold = () => {
      const begun = new Promise<void>((resolve) => (suspending = resolve));
      tb.workers.behaviour.answer = (request) => {
        if (request.op !== "suspend") return answerLikeAWorker(request);
        suspending();
        return new Promise<void>((resolve) => (answer = resolve));
      };
      return begun;
    };
    let begun = hold();
    const suspended = tb.ask({ op: "suspend", vm });
    await begun;
    for (const op of ["suspend", "resume"] as const) await expect(tb.ask({ op, vm })).rejects.toThrow(/^busy: /);
    expect((await tb.status(vm))?.state).toBe("on");
    answer();
    await suspended;
    await tb.ask({ op: "resume", vm });

    begun = hold();
    const off = expect(tb.ask({ op: "suspend", vm })).rejects.toThrow(/^bad-state: /);
    await begun;
    await tb.ask({ op: "off", vm });
    await off;
    expect([(await tb.status(vm))?.state, tb.workers.alive()]).toEqual(["off", 0]);

    await tb.ask({ op: "on", vm });
    begun = hold();
    const halted = expect(tb.ask({ op: "suspend", vm })).rejects.toThrow(/^bad-state: hello was halted/);
    await begun;
    workerOf(tb).emit({ type: "halt", halt: { reason: "panic" } });
    answer();
    await halted;
    expect((await tb.status(vm))?.state).toBe("halted");
  });
});
