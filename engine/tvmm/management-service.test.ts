import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Limits } from "../protocol/owner.ts";
import type { BenchOptions } from "./testing/bench.ts";
import { ascii } from "./testing/com3.ts";
import { hello, type ManagedMachine, managedMachine, pc, toldBy } from "./testing/managed.ts";

const benches: { close(): void }[] = [];
async function machine(options?: BenchOptions): Promise<ManagedMachine> {
  const tb = await managedMachine(options);
  benches.push(tb);
  return tb;
}
afterEach(() => {
  for (const each of benches.splice(0)) each.close();
});

const { root, salt } = pc.descriptor.boot;

describe("LIST", () => {
  const lines = async (tb: ManagedMachine, what: string) =>
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
    const limits: Limits = { memoryMiB: 100, images: [hello.primary], share: 0.5, shares: { crypt: 0.25 } };
    expect(await tb.ask({ op: "limits" })).toEqual(limits);
    expect(tb.events.filter(({ type }) => type === "limits").at(-1)).toEqual({ type: "limits", limits });
    expect((await tb.com3.ask("LIST", { what: "limits" })).split("\n")).toEqual([
      "limit\tvm\tvalue",
      "memory\t-\t100",
      `images\t-\t${hello.primary}`,
      "share\t-\t0.5",
      "share\tcrypt\t0.25",
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

  it("of one VM's share binds whoever makes a VM of that name again", async () => {
    const tb = await machine();
    const config = { name: "constructor", medium: "pc.firmware", image: "pc" };
    const vm = (await tb.ask({ op: "create-vm", config })) as string;
    expect((await tb.status(vm))?.cpuShare).toBe(1);
    await tb.com3.ask("LIMIT", { share: "0.25", vm });
    await tb.ask({ op: "destroy-vm", vm });
    await tb.com3.ask("LIMIT", { share: "0.5", vm: "management" });
    expect(await tb.ask({ op: "limits" })).toMatchObject({ shares: { constructor: 0.25, management: 0.5 } });
    const again = (await tb.ask({ op: "create-vm", config })) as string;
    expect((await tb.status(again))?.cpuShare).toBe(0.25);
    await tb.ask({ op: "destroy-vm", vm: again });
    // Only who set it lifts it, there being such a VM or not.
    await tb.com3.ask("LIMIT", { share: "0.75", vm: "constructor" });
    const third = (await tb.ask({ op: "create-vm", config })) as string;
    expect((await tb.status(third))?.cpuShare).toBe(0.75);
  });

  it("of shares of single VMs are so many, and changed at any time", async () => {
    const tb = await machine();
    const limited = async (name: string) => {
      const vm = (await tb.ask({ op: "create-vm", config: { name, medium: "pc.firmware", image: "pc" } })) as string;
      try {
        await tb.com3.ask("LIMIT", { share: "0.5", vm: name });
      } finally {
        await tb.ask({ op: "destroy-vm", vm });
      }
    };
    for (let each = 0; each < 64; each++) await limited(`box${each}`);
    await expect(limited("one-more")).rejects.toThrow(/^out-of-memory: 64 VMs/);
    await tb.com3.ask("LIMIT", { share: "0.25", vm: "box0" });
    expect(await tb.ask({ op: "limits" })).toMatchObject({ shares: { box0: 0.25, box63: 0.5 } });
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

  it("is answered for the opening in which it asked, which its worker knows by its number", async () => {
    const tb = await machine();
    for (const opening of [7, 9]) {
      tb.worker.emit({ type: "dtr", line: 3, high: true, opening });
      tb.com3.send(ascii("READY 17\ndone=1\nrefused=0\n"));
      await tb.com3.frame();
      tb.worker.emit({ type: "dtr", line: 3, high: false, opening });
    }
    const answers = tb.worker.requests.flatMap((each) => (each.op === "serial" && each.line === 3 ? [each] : []));
    expect(answers.map(({ opening }) => opening)).toEqual([7, 9]);
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
