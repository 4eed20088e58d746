import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { MANAGEMENT_VERBS } from "../protocol/management-device.ts";
import type { Limits, OwnerRequest } from "../protocol/owner.ts";
import type { Bench, BenchOptions } from "./testing/bench.ts";
import { ascii, managedBench } from "./testing/com3.ts";
import { testImage } from "./testing/image.ts";

const pc = testImage({ kind: "open", console: "open", blocks: 4, memoryMiB: 64 });
const hello = testImage({ kind: "closed", suspend: false, blocks: 4, memoryMiB: 64 });
const { root, salt } = pc.descriptor.boot;

const benches: { close(): void }[] = [];
/** A machine with a management box (vm1), and media of two images. */
async function machine(options: BenchOptions = {}) {
  const disk = (bytes: Uint8Array<ArrayBuffer>) => ({ kind: "disk" as const, bytes });
  const tb = await managedBench({
    nics: [
      { id: "eth0", wire: "lan" },
      { id: "eth1", wire: "lan" },
    ],
    ...options,
    media: {
      "pc.firmware": disk(pc.firmware),
      "pc.boot": disk(pc.boot),
      "hello.firmware": disk(hello.firmware),
      "hello.boot": disk(hello.boot),
      "blank.disk": disk(new Uint8Array(512)),
      ...options.media,
    },
  });
  benches.push(tb);
  return tb;
}
type ManagedBench = Awaited<ReturnType<typeof machine>>;
afterEach(() => {
  for (const each of benches.splice(0)) each.close();
});

const look = async (tb: Bench) => ({
  vms: await tb.vms(),
  devices: await tb.devices(),
  limits: await tb.ask({ op: "limits" }),
});

interface Call {
  verb: string;
  values: Record<string, string | number>;
  raw?: Uint8Array;
  request: OwnerRequest;
}
const call = (verb: string, values: Call["values"], request: OwnerRequest, raw?: Uint8Array): Call =>
  raw ? { verb, values, request, raw } : { verb, values, request };
const onVm = (verb: "ON" | "OFF" | "SUSPEND" | "RESUME" | "DESTROY-VM", vm: string, id = vm): Call =>
  call(verb, { vm }, { op: verb.toLowerCase() as "on", vm: id });
const join = (verb: "CONNECT" | "DISCONNECT", a: string, b: string): Call =>
  call(verb, { a, b }, { op: verb.toLowerCase() as "connect", a, b });
const put = (verb: "ATTACH" | "DETACH", vm: string, device: string, id = vm): Call =>
  call(verb, { vm, device }, { op: verb.toLowerCase() as "attach", vm: id, device });
const createPc = (name: string, medium = "pc.firmware"): Call =>
  call("CREATE-VM", { name, medium }, { op: "create-vm", config: { name, medium, image: "pc" } });

/** One life of a machine, each call right and wrong; the management box has vm1 and dev1 to dev6. */
const LIFE: Call[] = [
  createPc("pc"), // vm2
  createPc("pc"),
  createPc("tvmm"),
  createPc("no", "no.firmware"),
  call(
    "CREATE-VM",
    { name: "hello", medium: "hello.firmware", image: "hello", checking: "ahead-of-time", share: 0.5 },
    {
      op: "create-vm",
      config: { name: "hello", medium: "hello.firmware", image: "hello", checking: "ahead-of-time", cpuShare: 0.5 },
    },
  ), // vm3
  call(
    "CREATE-VM",
    { name: "both", medium: "hello.firmware", image: "x", "as-open": "true", checking: "none" },
    { op: "create-vm", config: { name: "both", medium: "hello.firmware", image: "x", asOpen: true, checking: "none" } },
  ), // vm4
  call(
    "CREATE-VM",
    { name: "v", medium: "pc.firmware", "vendor-certificates": btoa("-----BEGIN CERTIFICATE-----\n!\n") },
    {
      op: "create-vm",
      config: {
        name: "v",
        medium: "pc.firmware",
        image: "pc",
        vendorCertificates: ["-----BEGIN CERTIFICATE-----\n!\n"],
      },
    },
  ),
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "pc.boot", class: "attested", root, salt, slot: "0x0" },
    { op: "create-device", device: { type: "disk", medium: "pc.boot", class: "attested", root, salt, slot: 0 } },
  ), // dev7
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "pc.boot", class: "raw" },
    { op: "create-device", device: { type: "disk", medium: "pc.boot", class: "raw" } },
  ),
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "blank.disk", class: "raw", slot: 5, serial: "mine" },
    { op: "create-device", device: { type: "disk", medium: "blank.disk", class: "raw", slot: 5, serial: "mine" } },
  ), // dev8
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "nowhere", class: "raw" },
    { op: "create-device", device: { type: "disk", medium: "nowhere", class: "raw" } },
  ),
  call("CREATE-DEVICE", { type: "nic" }, { op: "create-device", device: { type: "nic" } }), // dev9
  call(
    "CREATE-DEVICE",
    { type: "nic", role: "lan", mac: "52:54:00:12:34:56" },
    { op: "create-device", device: { type: "nic", role: "lan", mac: "52:54:00:12:34:56" } },
  ), // dev10
  call(
    "CREATE-DEVICE",
    { type: "nic", mac: "53:54:00:12:34:56" },
    { op: "create-device", device: { type: "nic", mac: "53:54:00:12:34:56" } },
  ),
  call("CREATE-DEVICE", { type: "display" }, { op: "create-device", device: { type: "display" } }), // dev11
  call(
    "CREATE-DEVICE",
    { type: "serial", purpose: "console" },
    { op: "create-device", device: { type: "serial", purpose: "console" } },
  ), // dev12
  call(
    "CREATE-DEVICE",
    { type: "serial", purpose: "management" },
    { op: "create-device", device: { type: "serial", purpose: "management" } },
  ), // dev13
  put("ATTACH", "pc", "dev7", "vm2"),
  put("ATTACH", "vm2", "dev8"),
  put("ATTACH", "pc", "dev9", "vm2"),
  put("ATTACH", "pc", "dev11", "vm2"),
  put("ATTACH", "pc", "dev11", "vm2"),
  put("ATTACH", "pc", "dev13", "vm2"),
  call(
    "CREATE-DEVICE",
    { type: "disk", medium: "hello.boot", class: "attested", root: hello.descriptor.boot.root, salt, slot: 0 },
    {
      op: "create-device",
      device: {
        type: "disk",
        medium: "hello.boot",
        class: "attested",
        root: hello.descriptor.boot.root,
        salt,
        slot: 0,
      },
    },
  ), // dev14
  put("ATTACH", "hello", "dev14", "vm3"),
  put("ATTACH", "hello", "dev12", "vm3"),
  put("ATTACH", "pc", "dev99", "vm2"),
  put("ATTACH", "nobody", "dev12"),
  put("DETACH", "pc", "dev8", "vm2"),
  put("DETACH", "pc", "dev8", "vm2"),
  join("CONNECT", "dev9", "dev10"),
  join("CONNECT", "dev10", "dev9"),
  join("CONNECT", "dev9", "eth0"),
  join("CONNECT", "eth0", "eth1"),
  join("CONNECT", "dev9", "dev9"),
  join("CONNECT", "dev9", "dev7"),
  join("DISCONNECT", "dev9", "dev10"),
  join("DISCONNECT", "dev9", "dev10"),
  onVm("ON", "pc", "vm2"),
  onVm("ON", "pc", "vm2"),
  onVm("ON", "hello", "vm3"),
  onVm("ON", "nobody"),
  put("DETACH", "pc", "dev9", "vm2"),
  call(
    "READ-MEMORY",
    { vm: "pc", address: "0x10", length: 16 },
    { op: "read-memory", vm: "vm2", address: 16, length: 16 },
  ),
  call(
    "READ-MEMORY",
    { vm: "pc", address: "0x4000000", length: 1 },
    { op: "read-memory", vm: "vm2", address: 0x4000000, length: 1 },
  ),
  call("READ-MEMORY", { vm: "hello", address: 0, length: 1 }, { op: "read-memory", vm: "vm3", address: 0, length: 1 }),
  call(
    "WRITE-MEMORY",
    { vm: "pc", address: 4096 },
    { op: "write-memory", vm: "vm2", address: 4096, bytes: Uint8Array.from([0, 10, 10, 255]) },
    Uint8Array.from([0, 10, 10, 255]),
  ),
  call(
    "WRITE-MEMORY",
    { vm: "hello", address: 0 },
    { op: "write-memory", vm: "vm3", address: 0, bytes: new Uint8Array(1) },
    new Uint8Array(1),
  ),
  call("SEND-KEYS", { vm: "pc" }, { op: "send-keys", vm: "vm2", text: "id\n" }, ascii("id\n")),
  call("SEND-KEYS", { vm: "hello" }, { op: "send-keys", vm: "vm3", text: "id\n" }, ascii("id\n")),
  call("SCREENSHOT", { vm: "pc" }, { op: "screenshot", vm: "vm2" }),
  call("SCREENSHOT", { vm: "hello" }, { op: "screenshot", vm: "vm3" }),
  call("SNAPSHOT", { vm: "pc" }, { op: "snapshot", vm: "vm2" }),
  call("SNAPSHOT", { vm: "hello" }, { op: "snapshot", vm: "vm3" }),
  call("SNAPSHOT", { vm: "both" }, { op: "snapshot", vm: "vm4" }),
  onVm("SUSPEND", "pc", "vm2"),
  onVm("SUSPEND", "pc", "vm2"),
  onVm("SUSPEND", "hello", "vm3"),
  onVm("RESUME", "pc", "vm2"),
  onVm("RESUME", "pc", "vm2"),
  onVm("DESTROY-VM", "pc", "vm2"),
  onVm("OFF", "pc", "vm2"),
  onVm("OFF", "pc", "vm2"),
  call("DESTROY-DEVICE", { device: "dev9" }, { op: "destroy-device", device: "dev9" }),
  onVm("DESTROY-VM", "pc", "vm2"),
  call("DESTROY-DEVICE", { device: "dev9" }, { op: "destroy-device", device: "dev9" }),
  call("DESTROY-DEVICE", { device: "dev9" }, { op: "destroy-device", device: "dev9" }),
  call("DESTROY-DEVICE", { device: "eth0" }, { op: "destroy-device", device: "eth0" }),
];

/** What the owner's port answered, as COM3 would say it. */
async function asText(tb: Bench, { op, request }: { op: string; request: OwnerRequest }): Promise<string> {
  try {
    const value = await tb.ask(request);
    if (typeof value === "string") return `OK ${value}\n`;
    if (!(value instanceof Uint8Array)) return "OK ";
    const piece = op === "screenshot" || op === "snapshot" ? `${value.length}\n` : "";
    return `OK ${piece}${new TextDecoder().decode(value)}`;
  } catch (thrown) {
    return `ERR ${thrown instanceof Error ? thrown.message : thrown}\n`;
  }
}

/** What was told, with the caller's name left out. */
const toldBy = (tb: Bench, caller: string) =>
  tb.events.flatMap((event) => {
    if (event.type !== "message" || event.message.from !== `alice/${caller}`) return [];
    const { to, kind, summary, outcome } = event.message;
    return [{ to, kind, summary, outcome }];
  });

it("each call has the same effect and the same errors as at the owner's port", async () => {
  const box = await machine();
  const owner = await machine();
  const codes = new Set<string>();
  for (const { verb, values, raw, request } of LIFE) {
    const what = `${verb} ${JSON.stringify(values)}`;
    const { word, text } = await box.com3.call(verb, values, raw);
    expect(`${word} ${text}`, what).toBe(await asText(owner, { op: request.op, request }));
    expect(await look(box), what).toEqual(await look(owner));
    codes.add(word === "OK" ? verb : `${verb} ${text.split(":")[0]}`);
  }
  expect(toldBy(box, "management")).toEqual(toldBy(owner, "owner"));
  expect(box.workers.workers.map(({ requests }) => requests.filter(({ op }) => op === "write-memory"))).toEqual([
    [],
    [{ op: "write-memory", address: 4096, bytes: Uint8Array.from([0, 10, 10, 255]) }],
    [],
  ]);
  // Each call once right and once wrong.
  const both = MANAGEMENT_VERBS.filter((verb) => !["LIST", "LIMIT", "READY"].includes(verb)).sort();
  expect([...codes].filter((each) => !each.includes(" ")).sort()).toEqual(both);
  const wrong = new Set([...codes].filter((each) => each.includes(" ")).map((each) => each.split(" ")[0]));
  expect([...wrong].sort()).toEqual(both);
  expect([...codes].filter((each) => each.includes(" closed-box")).map((each) => each.split(" ")[0])).toEqual([
    "ATTACH",
    "READ-MEMORY",
    "WRITE-MEMORY",
    "SEND-KEYS",
    "SCREENSHOT",
    "SNAPSHOT",
    "SUSPEND",
  ]);
});

describe("LIST", () => {
  const lines = async (tb: ManagedBench, what: string) =>
    (await tb.com3.ask("LIST", { what })).split("\n").map((line) => line.split("\t"));

  it("shows machines, devices and media", async () => {
    const tb = await machine();
    const { vm } = await tb.box("crypt", hello);
    const nic = (await tb.ask({ op: "create-device", device: { type: "nic", role: "lan" } })) as string;
    await tb.ask({ op: "connect", a: nic, b: "eth0" });
    expect(await lines(tb, "vms")).toEqual([
      ["id", "name", "image", "kind", "state", "memory", "share", "primary", "management", "devices"],
      ["vm1", "management", "management", "open", "on", "32", "1", "-", "yes", "dev1,dev2,dev3,dev4,dev5,dev6"],
      [vm, "crypt", "crypt", "closed", "off", "64", "1", hello.primary, "no", "dev7,dev8"],
      [""],
    ]);
    const devices = await lines(tb, "devices");
    expect(devices[0]).toEqual(["id", "type", "medium", "class", "role", "mac", "wire", "attached", "connected"]);
    expect(devices[1]).toEqual(["dev1", "disk", "management.boot", "attested", "-", "-", "-", "vm1", "-"]);
    expect(devices[9]).toEqual([nic, "nic", "-", "-", "lan", expect.stringMatching(/^02(:..){5}$/), "-", "-", "eth0"]);
    expect(devices[10]).toEqual(["eth0", "nic", "-", "-", "-", "-", "lan", "-", nic]);
    const media = await lines(tb, "media");
    expect(media).toContainEqual(["blank.disk", "disk", "512"]);
    expect(media).toContainEqual(["sealed", "sealed", "65536"]);
  });

  it("reads images from their media, and leaves a line for one that cannot be read", async () => {
    const broken = { kind: "disk" as const, bytes: Uint8Array.from(ascii("TERRAPK1 what now")) };
    const tb = await machine({ media: { "odd.firmware": broken } });
    const images = await lines(tb, "images");
    expect(images[0]).toEqual(["id", "product", "version", "kind", "primary", "root", "salt"]);
    expect(images).toContainEqual(["pc", "Test", "1.0.0", "open", pc.primary, root, salt]);
    expect(images).toContainEqual([
      "hello",
      "Test",
      "1.0.0",
      "closed",
      hello.primary,
      hello.descriptor.boot.root,
      salt,
    ]);
    expect(images).toContainEqual(["odd", "-", "-", "-", "-", "-", "-"]);
  });

  it("shows what others chose as one field, whatever is in it", async () => {
    const tb = await machine();
    const image = "x\ty\nvm9\tevil\u202e\u2028";
    await tb.ask({ op: "create-vm", config: { name: "pc", medium: "pc.firmware", image } });
    const rows = await lines(tb, "vms");
    expect(rows[2]?.slice(0, 4)).toEqual(["vm2", "pc", "x?y?vm9?evil??", "open"]);
    expect(rows).toHaveLength(4);
  });
});

describe("LIMIT", () => {
  it("binds every caller, and is shown to everybody", async () => {
    const tb = await machine();
    const { vm } = await tb.box("crypt", hello);
    await tb.com3.ask("LIMIT", { images: hello.primary, memory: 100, share: "0.5" });
    await tb.com3.ask("LIMIT", { share: "0.25", vm: "crypt" });
    const limits: Limits = { memoryMiB: 100, images: [hello.primary], share: 0.5, shares: { [vm]: 0.25 } };
    expect(await tb.ask({ op: "limits" })).toEqual(limits);
    expect(tb.events.filter(({ type }) => type === "limits").at(-1)).toEqual({ type: "limits", limits });
    expect((await tb.com3.ask("LIST", { what: "limits" })).split("\n")).toEqual([
      "limit\tvm\tvalue",
      "memory\t-\t100",
      `images\t-\t${hello.primary}`,
      "share\t-\t0.5",
      `share\t${vm}\t0.25`,
      "",
    ]);
    expect((await tb.vms()).map(({ cpuShare }) => cpuShare)).toEqual([0.5, 0.25]);
    expect(tb.worker.requests).toContainEqual({ op: "share", share: 0.5 });

    const create = { op: "create-vm", config: { name: "pc", medium: "pc.firmware", image: "pc" } } as const;
    await expect(tb.ask(create)).rejects.toThrow(/^refused: the management box has set a limit/);
    await expect(tb.com3.ask("CREATE-VM", { name: "pc", medium: "pc.firmware" })).rejects.toThrow(/^refused: the man/);
    await tb.ask({ op: "on", vm });
    await tb.com3.ask("LIMIT", { images: "any", memory: 95 });
    await tb.ask({ op: "off", vm });
    await expect(tb.ask({ op: "on", vm })).rejects.toThrow(/^out-of-memory: /);
  });

  it("that cannot be is refused and told, and nothing is changed", async () => {
    const tb = await machine();
    const before = await tb.ask({ op: "limits" });
    await expect(tb.com3.ask("LIMIT", { memory: 513, images: "any" })).rejects.toThrow(
      /^bad-argument: memory is 513; .*512/,
    );
    await expect(tb.com3.ask("LIMIT", { memory: 1, share: 1, vm: "nobody" })).rejects.toThrow(/^unknown-vm: /);
    await expect(tb.com3.ask("LIMIT", { images: "all" })).rejects.toThrow(/^bad-argument: images\[0\]/);
    expect(await tb.ask({ op: "limits" })).toEqual(before);
    expect(toldBy(tb, "management").map(({ summary, outcome }) => [summary.split(":")[0], outcome])).toEqual([
      ["LIMIT memory 513 MiB, any image", "refused"],
      ["LIMIT memory 1 MiB, share 1 for nobody", "refused"],
      ["LIMIT", "refused"],
    ]);
  });

  it("keeps no share of a VM that is gone", async () => {
    const tb = await machine();
    const { vm } = await tb.box("crypt", hello);
    await tb.com3.ask("LIMIT", { share: "0.5", vm });
    await tb.ask({ op: "destroy-vm", vm });
    await tb.com3.ask("LIMIT", { share: "0.5", vm: "management" });
    expect(await tb.ask({ op: "limits" })).toMatchObject({ shares: { vm1: 0.5 } });
  });
});

describe("pictures and snapshots", () => {
  it("come in pieces of one and the same, while the device stays open", async () => {
    const tb = await machine();
    const whole = Uint8Array.from({ length: 140_000 }, (_, at) => at % 251);
    const answer = tb.workers.behaviour.answer;
    tb.workers.behaviour.answer = (request, worker) => (request.op === "snapshot" ? whole : answer(request, worker));
    const { com3 } = tb;
    async function piece(offset: number) {
      const body = `vm=management\noffset=${offset}\n`;
      com3.send(ascii(`SNAPSHOT ${body.length}\n${body}`));
      return com3.frame();
    }
    com3.dtr(true);
    const pieces: Uint8Array[] = [];
    for (const offset of [0, 65000, 130000]) {
      const { word, body } = await piece(offset);
      expect([word, new TextDecoder().decode(body.subarray(0, 7))]).toEqual(["OK", "140000\n"]);
      pieces.push(body.subarray(7));
    }
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
    expect(tb.worker.requests.filter(({ op }) => op === "snapshot")).toHaveLength(1);
    expect((await piece(65000)).text).toMatch(/^bad-state: no snapshot of vm1 was taken since COM3 was opened/);
    com3.dtr(false);

    com3.dtr(true);
    await piece(0);
    com3.dtr(false);
    com3.dtr(true);
    expect((await piece(65000)).text).toMatch(/^bad-state: /);
    com3.dtr(false);
    await expect(com3.ask("SNAPSHOT", { vm: "management", offset: 1 })).rejects.toThrow(/^bad-state: /);
    await expect(com3.ask("SCREENSHOT", { vm: "nobody" })).rejects.toThrow(/^unknown-vm: /);
  });
});

describe("a hostile management box", () => {
  /** A machine whose media do not answer until they are let go; `reached` resolves once `count` reads wait. */
  async function held(count: number) {
    const tb = await machine();
    let letGo = () => {};
    let arrived = () => {};
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let waiting = 0;
    tb.disks.control.beforeRead = () => {
      if (++waiting === count) arrived();
      return released;
    };
    return { ...tb, letGo, reached };
  }
  const create = "CREATE-VM 27\nname=pc\nmedium=pc.firmware\n";

  it("has no more calls under way than four, however often it opens the device", async () => {
    const tb = await held(4);
    const { com3 } = tb;
    for (let n = 0; n < 4; n++) {
      com3.dtr(true);
      com3.send(ascii(create));
      com3.dtr(false);
    }
    await tb.reached;
    await expect(com3.ask("LIST", { what: "vms" })).rejects.toThrow(/^busy: 4 calls of earlier openings/);
    expect(await tb.vms()).toHaveLength(1);
    tb.letGo();
    await tb.until(() => toldBy(tb, "management").length === 4);
    expect(await com3.ask("LIST", { what: "vms" })).toContain("\tpc\t");
    expect(com3.received()).toBe(0);
  });

  it("may be switched off while a call of its is under way, which then goes on alone", async () => {
    const tb = await held(1);
    tb.com3.dtr(true);
    tb.com3.send(ascii(create));
    await tb.reached;
    await tb.ask({ op: "off", vm: "vm1" });
    tb.letGo();
    await tb.until(() => toldBy(tb, "management").length === 1);
    expect(tb.com3.received()).toBe(0);
    expect((await tb.vms()).map(({ name }) => name)).toEqual(["management", "pc"]);
  });

  it("gets one ERR for what is no request, and it is told", async () => {
    const tb = await machine();
    const { com3 } = tb;
    com3.dtr(true);
    com3.send(ascii("give me everything\nLIST 9\nwhat=vms\n"));
    expect((await com3.frame()).text).toMatch(/^malformed: a request begins with/);
    com3.dtr(false);
    expect(await com3.ask("LIST", { what: "vms" })).toContain("management");
    expect(com3.received()).toBe(0);
    expect(toldBy(tb, "management").map(({ outcome }) => outcome)).toEqual(["refused"]);
  });

  it("cannot challenge, read consoles or identities: those are other doors' requests", async () => {
    const tb = await machine();
    for (const verb of ["CHALLENGE", "CONSOLE-READ", "CONSOLE-WRITE", "IDENTITY", "BOOT-LOG", "OK", "ERR"]) {
      await expect(tb.com3.ask(verb, { vm: "pc" })).rejects.toThrow(/^malformed: the verb is /);
    }
  });

  it("may send any bytes: the machine serves on, and so does its next opening", async () => {
    const tb = await machine();
    const { com3 } = tb;
    const calls = [
      "LIST 9\nwhat=vms\n",
      "ON 6\nvm=pc\n",
      "READY 17\ndone=1\nrefused=0\n",
      "SNAPSHOT 14\nvm=management\n",
      "LIMIT 11\nshare=0.25\n",
      "LIMIT 9\nmemory=64\n",
      "CREATE-DEVICE 9\ntype=nic\n",
      "OK 3\nabc",
      "LIST 70000\n",
    ];
    const step = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.constantFrom(...calls).map(ascii),
      fc.constantFrom(...calls).map((each) => ascii(each.slice(0, each.length / 2))),
      fc.boolean(),
    );
    /** Asks in openings of its own until it is this that comes back: answers to what was asked before may come first. */
    async function answered(request: string, expected: RegExp): Promise<string> {
      for (;;) {
        com3.dtr(false);
        com3.dtr(true);
        com3.send(ascii(request));
        let text = "";
        while (!text.startsWith("busy: ")) {
          text = (await com3.frame()).text;
          if (expected.test(text)) return text;
        }
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        for (const each of steps) {
          if (typeof each === "boolean") com3.dtr(each);
          else com3.send(each);
        }
        // Once this is answered, all before it has been read.
        await answered("ON 10\nvm=marker\n", /^unknown-vm: there is no VM "marker"/);
        const list = await answered("LIST 9\nwhat=vms\n", /^id\tname\t/);
        expect(list).toContain("\nvm1\tmanagement\t");
        expect((await tb.vms()).map(({ name, state }) => [name, state])).toEqual([["management", "on"]]);
        com3.dtr(false);
        for (const { id, type, attachedTo } of await tb.devices()) {
          if (type === "nic" && attachedTo === undefined && id.startsWith("dev")) {
            await tb.ask({ op: "destroy-device", device: id });
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
