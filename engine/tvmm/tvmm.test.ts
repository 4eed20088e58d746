import { afterEach, describe, expect, it } from "vitest";
import {
  appraise,
  evidenceBody,
  generateKeyPair,
  makeRequest,
  readCertificate,
  readOnePem,
  signEvidence,
  splitReply,
} from "../attestation/index.ts";
import type { Evidence, MeasurementNode } from "../protocol/owner.ts";
import { type Bench, type BenchOptions, bench as makeBench } from "./testing/bench.ts";
import type { StubWorker } from "./testing/stub-worker.ts";

const benches: Bench[] = [];
async function bench(options?: BenchOptions): Promise<Bench> {
  const made = await makeBench(options);
  benches.push(made);
  return made;
}
afterEach(() => {
  for (const each of benches.splice(0)) each.close();
});

const ascii = (text: string) => new TextEncoder().encode(text);
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The guest's end of COM2, as attestd drives it. */
function guest(worker: StubWorker) {
  let at = worker.com2().length;
  worker.emit({ type: "dtr", line: 2, high: true });
  const send = (text: string, body: Uint8Array = new Uint8Array(0)) =>
    worker.emit({ type: "serial", line: 2, bytes: new Uint8Array([...ascii(text), ...body]) });
  async function frame(): Promise<{ word: string; body: string }> {
    for (;;) {
      const match = /^([A-Z-]+) (\d+)\n/.exec(worker.com2().slice(at));
      const length = Number(match?.[2]);
      const start = at + (match?.[0].length ?? 0);
      if (match?.[1] && worker.com2().length >= start + length) {
        at = start + length;
        return { word: match[1], body: worker.com2().slice(start, at) };
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  async function endorse(data: string) {
    const pair = await generateKeyPair();
    const request = await makeRequest(pair, ascii(data));
    send(`ENDORSE ${request.length}\n`, request);
    const { word, body } = await frame();
    return { word, pem: body, key: pair.privateKey };
  }
  return { send, frame, endorse };
}

const workerOf = (tb: Bench): StubWorker => {
  const worker = tb.workers.workers.at(-1);
  if (!worker) throw new Error("no worker was started");
  return worker;
};

describe("the thin path", () => {
  it("a closed box boots, has a key endorsed, answers a challenge, and the evidence is accepted", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.state).toBe("on");
    const worker = workerOf(tb);
    expect(worker.requests.filter(({ op }) => op === "run")).toHaveLength(1);

    const com2 = guest(worker);
    com2.send("GET-ID 0\n");
    expect(await com2.frame()).toEqual({ word: "OK", body: `${image.primary}\n` });

    const { pem, key } = await com2.endorse("evidence:1");
    const { chain, vendors } = splitReply(pem);
    expect(readCertificate(chain[0] ?? "").commonName).toBe(image.primary);

    const nonce = crypto.getRandomValues(new Uint8Array(32));
    const evidence = tb.ask({ op: "challenge", vm, nonce }) as Promise<Evidence>;
    const challenge = await com2.frame();
    expect(challenge.word).toBe("CHALLENGE");
    expect(bytesOf(challenge.body)).toEqual(nonce);
    const signature = await signEvidence(key, nonce, readOnePem(chain[0] ?? "", "leaf"));
    const body = evidenceBody({ chain, vendors, signature });
    com2.send(`OK ${body.length}\n`, body);

    const policy = {
      hardwareRoots: [tb.hardwareRoot],
      accept: {
        firmware: [{ digest: "f1".repeat(32) }],
        loader: [{ digest: "0a".repeat(32) }],
        tvmm: [{ digest: "7e".repeat(32) }],
        vm: [{ digest: image.primary }],
      },
    };
    const verdict = await appraise(await evidence, nonce, policy);
    expect(verdict.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(verdict.accepted).toBe(true);

    expect(tb.messages("challenge")[0]).toMatchObject({ from: "verifier", to: "alice/hello", bytes: nonce });
    expect(tb.messages("evidence")[0]).toMatchObject({ from: "alice/hello", to: "verifier", outcome: "accepted" });
    expect(tb.messages("endorse").map(({ from, outcome }) => [from, outcome])).toEqual([
      ["alice/hello", undefined],
      ["alice/tvmm", "accepted"],
    ]);
  });

  it("gives the guest the disk of the descriptor, on its serial and behind the checks asked for", async () => {
    const tb = await bench();
    const one = await tb.box("one", {}, { checking: "optimistic" });
    await tb.ask({ op: "on", vm: one.vm });
    const [disk] = workerOf(tb).init.disks;
    expect(disk).toMatchObject({ device: one.boot, serial: "boot", size: 300 * 4096, readOnly: true });
    expect(disk?.source).toMatchObject({ type: "medium", medium: "one.boot" });
    expect(disk?.source.type === "medium" && disk.source.check?.leaves.length).toBe(300 * 32);

    const two = await tb.box("two", {}, { checking: "ahead-of-time" });
    await tb.ask({ op: "on", vm: two.vm });
    const pinned = workerOf(tb).init.disks[0]?.source;
    expect(pinned?.type === "pinned" && pinned.bytes).toEqual(two.image.boot.slice(0, 300 * 4096));

    const open = await tb.box("three", { kind: "open" }, { checking: "none" });
    const read = tb.disks.reads.get("three.boot");
    await tb.ask({ op: "on", vm: open.vm });
    expect(workerOf(tb).init.disks[0]?.source).not.toHaveProperty("check");
    expect(tb.disks.reads.get("three.boot")).toBe(read);
  });
});

describe("what a box may ask", () => {
  it("whatever a request claims, the certificate names the caller", async () => {
    const tb = await bench();
    const first = await tb.box("first");
    const second = await tb.box("second");
    await tb.ask({ op: "on", vm: first.vm });
    await tb.ask({ op: "on", vm: second.vm });
    const [one, two] = tb.workers.workers.map(guest);
    const leaf = async (com2: typeof one, data: string) =>
      readCertificate(splitReply((await com2?.endorse(data))?.pem ?? "").chain[0] ?? "");
    expect((await leaf(one, "tls:peer")).commonName).toBe(first.image.primary);
    expect((await leaf(two, "tls:peer")).commonName).toBe(second.image.primary);
  });

  it("an open box gets no endorsement, no identity and no challenge", async () => {
    const tb = await bench();
    const { vm } = await tb.box("pc", { kind: "open" });
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    com2.send("GET-ID 0\n");
    expect(await com2.frame()).toEqual({ word: "ERR", body: expect.stringMatching(/^open-box: /) });
    await expect(tb.ask({ op: "identity", vm })).rejects.toThrow(/^open-box: /);
    await expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^open-box: /);
  });

  it("a closed image that is started as an open box has lost its identity", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello", {}, { asOpen: true });
    await tb.ask({ op: "on", vm });
    expect(await tb.status(vm)).toMatchObject({ kind: "open", console: "open" });
    expect((await tb.status(vm))?.primary).toBeUndefined();
    const com2 = guest(workerOf(tb));
    expect((await com2.endorse("evidence:")).word).toBe("ERR");
  });

  it("hostile requests get an error, and the next opening works", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    for (const [request, expected] of [
      ["ENDORSE 5\nxxxxx", "malformed"],
      ["ENDORSE 70000\n", "malformed"],
      ["GET-ID 3\nabc", "malformed"],
      ["FORMAT 0\n", "malformed"],
      ["\0\0\0\n", "malformed"],
    ] as const) {
      const com2 = guest(worker);
      com2.send(request);
      const { word, body } = await com2.frame();
      expect([request, word, body.split(":")[0]]).toEqual([request, "ERR", expected]);
      worker.emit({ type: "dtr", line: 2, high: false });
    }
    const com2 = guest(worker);
    com2.send("GET-ID 0\n");
    expect((await com2.frame()).body).toBe(`${image.primary}\n`);
  });
});

describe("challenges", () => {
  it("one is outstanding at a time, and the others wait their turn", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    const nonces = [1, 2, 3].map((value) => new Uint8Array(32).fill(value));
    const answers = nonces.map((nonce) =>
      tb.ask({ op: "challenge", vm, nonce }).catch((error: Error) => error.message),
    );
    for (const nonce of nonces) {
      expect(bytesOf((await com2.frame()).body)).toEqual(nonce);
      com2.send("OK 3\nabc");
    }
    for (const answer of answers) expect(await answer).toMatch(/^malformed: /);
    expect((await tb.status(vm))?.state).toBe("on");
  });

  it("a box that halts in the middle rejects what waits, at once", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    const refused = expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^bad-state: /);
    await com2.frame();
    workerOf(tb).emit({ type: "halt", halt: { reason: "panic" } });
    await refused;
  });

  it("a box that stops in the middle rejects what waits", async () => {
    const tb = await bench();
    const { vm } = await tb.box("hello");
    await tb.ask({ op: "on", vm });
    const com2 = guest(workerOf(tb));
    const answer = tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) });
    const refused = expect(answer).rejects.toThrow(/^bad-state: /);
    await com2.frame();
    await tb.ask({ op: "off", vm });
    await refused;
    await expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^bad-state: /);
  });
});

describe("tampering", () => {
  const flip = (bytes: Uint8Array, at: number) => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  };

  for (const checking of ["ahead-of-time", "optimistic"] as const) {
    it(`a wrong tree is refused at ON (${checking})`, async () => {
      const tb = await bench();
      const { vm, image } = await tb.box("hello", {}, { checking });
      flip(image.boot, 300 * 4096 + 4096 + 3);
      await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^integrity: the hash tree of disk boot: hash block 1 /i);
      expect(await tb.status(vm)).toMatchObject({ state: "off", halt: { reason: "integrity", disk: "boot" } });
      expect(tb.workers.workers).toEqual([]);
      expect(tb.messages("halt")[0]).toMatchObject({ to: "alice/hello", outcome: "refused" });
      expect(tb.messages("power").at(-1)).toMatchObject({ to: "alice/hello", outcome: "refused" });
    });
  }

  it("ahead of time: a wrong block is named, and the box never starts", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello", {}, { checking: "ahead-of-time" });
    flip(image.boot, 217 * 4096 + 5);
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^integrity: block 217 of disk boot/);
    expect(await tb.status(vm)).toMatchObject({ state: "off", halt: { disk: "boot", block: 217 } });
    const path = ["chip", "firmware", "loader", "tvmm", "hello", "boot", "1"];
    const node = (await tb.ask({ op: "measurements", vm, options: { path, depth: 1 } })) as MeasurementNode;
    expect(node.blocks).toEqual({ size: 4096, total: 128, verified: 127, failed: 1 });
    expect(node.children?.find(({ state }) => state === "failed")?.name).toBe("217");
    flip(image.boot, 217 * 4096 + 5);
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.halt).toBeUndefined();
  });

  it("optimistic: a halt of the worker names disk and block, and a new ON starts afresh", async () => {
    const tb = await bench();
    const { vm, boot } = await tb.box("hello", {}, { checking: "optimistic" });
    await tb.ask({ op: "on", vm });
    const worker = workerOf(tb);
    worker.emit({ type: "blocks", device: boot, verified: [0, 1, 2], failed: [] });
    worker.emit({
      type: "halt",
      halt: { reason: "integrity", disk: boot, block: 9, expected: "a".repeat(64), found: "b".repeat(64) },
    });
    await tb.until(() => tb.messages("halt").length > 0);
    expect(await tb.status(vm)).toMatchObject({
      state: "halted",
      halt: { reason: "integrity", disk: "boot", block: 9 },
    });
    // The picture stays for the person; nothing else does.
    expect(worker.terminated).toBe(false);
    await expect(tb.ask({ op: "challenge", vm, nonce: new Uint8Array(32) })).rejects.toThrow(/^bad-state: /);
    await expect(tb.person({ op: "type", text: "x" })).rejects.toThrow(/^bad-state: /);
    worker.emit({ type: "blocks", device: boot, verified: [4, 5], failed: [] });
    expect(await tb.person({ op: "text", vm })).toEqual({
      strip: expect.stringMatching(/^hello · closed · .* · halted: integrity · no sign$/),
      screen: "screen",
    });
    expect(tb.messages("halt")[0]?.summary).toContain("disk boot, block 9");
    const tree = (await tb.ask({
      op: "measurements",
      vm,
      options: { path: ["chip", "firmware", "loader", "tvmm", "hello", "boot"] },
    })) as MeasurementNode;
    expect(tree).toMatchObject({ state: "failed", blocks: { total: 300, verified: 3, failed: 1 } });
    await tb.ask({ op: "on", vm });
    expect((await tb.status(vm))?.state).toBe("on");
    expect([worker.terminated, tb.workers.alive()]).toEqual([true, 1]);
  });

  for (const part of ["stub", "kernel"] as const) {
    it(`a changed ${part} is refused at ON with both digests`, async () => {
      const tb = await bench();
      const { vm, image } = await tb.box("hello");
      const at = image.firmware.length - (part === "kernel" ? 512 : 1024);
      flip(image.firmware, at);
      const { sha256 } = image.descriptor.firmware[part];
      await expect(tb.ask({ op: "on", vm })).rejects.toThrow(new RegExp(`^integrity: the ${part} .* says ${sha256}$`));
      expect(await tb.status(vm)).toMatchObject({ state: "off", halt: { reason: "integrity", part } });
    });
  }

  it("a descriptor that changed since CREATE-VM is refused at ON", async () => {
    const tb = await bench();
    const { vm, image } = await tb.box("hello");
    flip(image.firmware, 512 + 30);
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^integrity: the descriptor in hello.firmware/);
  });
});

describe("boot disk and slots", () => {
  it("another disk, no disk, or two disks in slot 0 are refused", async () => {
    const tb = await bench();
    const { vm, boot } = await tb.box("hello");
    const other = await tb.box("other");
    await tb.ask({ op: "detach", vm, device: boot });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: hello has no boot disk/);
    await tb.ask({ op: "detach", vm: other.vm, device: other.boot });
    await tb.ask({ op: "attach", vm, device: other.boot });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: the boot disk of hello has root/);
    await expect(tb.ask({ op: "attach", vm, device: boot })).rejects.toThrow(/^refused: hello has two disks in slot 0/);
  });

  it("a required disk must be there, and is a secondary identity", async () => {
    const tb = await bench();
    const trust = (await tb.box("trust")).image;
    const devices = [
      { type: "disk" as const, slot: 1, name: "trust", required: true, classes: ["attested" as const], counter: false },
    ];
    const { vm } = await tb.box("hello", { devices });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^refused: slot 1 \(trust\) of hello is empty/);
    tb.disks.media.set("site", { kind: "disk", bytes: trust.boot });
    const { root, salt } = trust.descriptor.boot;
    const device = (await tb.ask({
      op: "create-device",
      device: { type: "disk", medium: "site", class: "attested", root, salt, slot: 1 },
    })) as string;
    await tb.ask({ op: "attach", vm, device });
    await tb.ask({ op: "on", vm });
    expect(workerOf(tb).init.disks.map(({ serial }) => serial)).toEqual(["boot", "trust"]);
    expect(await tb.ask({ op: "identity", vm })).toMatchObject({ secondary: { trust: root } });
  });
});

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

describe("sealed storage", () => {
  it("is made once, opens again, and stays shut and untouched under another register", async () => {
    const first = await bench();
    expect(first.sealCalls).toEqual(["seal"]);
    const sealed = first.disks.media.get("sealed")?.bytes ?? new Uint8Array(0);
    expect(first.messages("power")[0]).toMatchObject({
      outcome: "accepted",
      summary: expect.stringMatching(/^sealed: /),
    });

    const again = await bench({ sealed });
    expect(again.sealCalls).toEqual(["unseal"]);
    expect(again.messages("power")[0]).toMatchObject({ outcome: "accepted" });

    const before = sealed.slice();
    const other = await bench({ sealed, register: 2 });
    expect(other.messages("power")[0]).toMatchObject({
      outcome: "refused",
      summary: expect.stringMatching(/^sealed: /),
    });
    expect(other.disks.media.get("sealed")?.bytes).toEqual(before);
    await other.ask({ op: "list-vms" });
  });

  it("a damaged frame is not written over", async () => {
    const sealed = new Uint8Array(65536);
    sealed[3] = 7;
    // A length that would do, behind a magic that does not.
    sealed[8] = 33;
    sealed[12] = 1;
    const tb = await bench({ sealed });
    expect(tb.sealCalls).toEqual([]);
    expect(tb.messages("power")[0]).toMatchObject({ outcome: "refused" });
    expect(tb.disks.media.get("sealed")?.bytes[3]).toBe(7);
  });
});

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

  it("what is not offered yet says so", async () => {
    const tb = await bench();
    for (const request of [
      { op: "create-device", device: { type: "disk", medium: "hello.boot", class: "integrity" } },
      { op: "create-device", device: { type: "disk", medium: "hello.boot", class: "encrypted", counter: true } },
    ] as const) {
      await expect(tb.ask(request)).rejects.toThrow(/^unsupported: /);
    }
  });
});

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
