import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type Client, connect, serve } from "../protocol/channel.ts";
import { readConfiguration, writeConfiguration } from "../protocol/configuration.ts";
import type { FrameBatch } from "../protocol/frames.ts";
import { readStage } from "../protocol/measured-boot.ts";
import {
  type MediaRequest,
  type MediumInfo,
  type PhysicalEvent,
  type PhysicalRequest,
  parsePhysicalRequest,
  SEALED_SIZE,
  type WireFrame,
} from "../protocol/media.ts";
import { containerEntries, findEntry } from "../storage/index.ts";
import { openLibrary } from "./library.ts";
import { createWorld, type SealedStore } from "./world.ts";

const BASE = "https://terra.example/lab/";
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const utf8 = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => utf8(JSON.stringify(value));

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

const FIRMWARE = utf8("export const start = () => 1;\n");
const LOADER = utf8("export const start = () => 2;\n");

/** A site of a few bytes, as its server gives it. */
function makeSite(files = { firmware: FIRMWARE, loader: LOADER, chip: utf8("chip") }) {
  const served = new Map<string, Uint8Array>();
  const blob = (plain: Uint8Array) => {
    const packed = gzipSync(plain);
    const path = `blobs/${sha256(plain)}.gz`;
    served.set(`images/${path}`, packed);
    return { path, size: plain.length, sha256: sha256(plain), compressed: packed.length };
  };
  const descriptor = blob(utf8("{}\n"));
  const image = {
    id: "hello",
    kind: "closed",
    product: "hello",
    version: "1.0.0",
    primary: descriptor.sha256,
    test: false,
    descriptor,
    stub: blob(new Uint8Array(600).fill(1)),
    kernel: blob(new Uint8Array(6000).fill(2)),
    boot: blob(new Uint8Array(8192).fill(3)),
  };
  const rows = Object.entries(files).map(([name, bytes]) => {
    served.set(`measured/${name}.js`, bytes);
    const row = { name, path: `${name}.js`, size: bytes.length, sha256: sha256(bytes) };
    return { ...row, product: name, version: "1.0.0", endorsed: true };
  });
  served.set("images/manifest.json", json({ format: "terra-images-1", images: [image] }));
  served.set("measured/manifest.json", json({ format: "terra-measured-1", version: "1.0.0", files: rows }));
  const asked: string[] = [];
  const site = { served, image, asked, offline: false };
  const fetching = async (url: string | URL | Request) => {
    const path = String(url).slice(BASE.length);
    asked.push(path);
    if (site.offline) throw new TypeError("Failed to fetch");
    const bytes = served.get(path);
    return bytes ? new Response(new Uint8Array(bytes)) : new Response("", { status: 404 });
  };
  return Object.assign(site, { fetching: fetching as typeof fetch });
}

function memorySealed(): SealedStore & { kept: Map<string, Uint8Array<ArrayBuffer>> } {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    kept,
    load: async (key) => kept.get(key),
    save: async (key, bytes) => {
      kept.set(key, bytes);
    },
  };
}

type Page = Client<PhysicalRequest, PhysicalEvent>;

/** The page's port to a physical world of that site. */
function pageOf(site = makeSite(), sealed: SealedStore = memorySealed()): Page {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const tell = (event: PhysicalEvent) => server.emit(event);
  const world = createWorld((base) => openLibrary(base, tell, site.fetching), sealed, tell);
  const server = serve<PhysicalRequest, PhysicalEvent>(port1, parsePhysicalRequest, world.answer);
  return connect<PhysicalRequest, PhysicalEvent>(port2);
}

async function ready(site = makeSite(), sealed: SealedStore = memorySealed()): Promise<Page> {
  const page = pageOf(site, sealed);
  await page.call({ op: "init", base: BASE });
  return page;
}

async function machine(page: Page, platform: string): Promise<Client<MediaRequest>> {
  const port = (await page.call({ op: "machine", platform })) as MessagePort;
  open.push(port);
  return connect<MediaRequest>(port);
}

const ids = (list: unknown) => (list as MediumInfo[]).map(({ id }) => id);
const file = (page: Page, path: string) => page.call({ op: "file", path });

describe("files of the site", () => {
  it("come as plain bytes, fetched once, with progress in bytes as they travel", async () => {
    const site = makeSite();
    const page = await ready(site);
    const events: PhysicalEvent[] = [];
    page.onEvent((event) => events.push(event));
    const path = `images/${site.image.kernel.path}`;
    const [one, two] = await Promise.all([file(page, path), file(page, path)]);
    expect(one).toEqual(new Uint8Array(6000).fill(2));
    expect(two).toEqual(one);
    expect(site.asked.filter((each) => each === path)).toHaveLength(1);
    const { compressed } = site.image.kernel;
    expect(events.at(-1)).toEqual({ type: "progress", path, loaded: compressed, total: compressed });
  });

  it("are taken as they are where the server has decompressed them in transfer", async () => {
    const site = makeSite();
    site.served.set(`images/${site.image.boot.path}`, new Uint8Array(8192).fill(3));
    expect(await file(await ready(site), `images/${site.image.boot.path}`)).toEqual(new Uint8Array(8192).fill(3));
  });

  it("are refused with another digest, cut short, too long, missing, or without network: each named by its path", async () => {
    const site = makeSite();
    const page = await ready(site);
    const path = `images/${site.image.kernel.path}`;
    const good = site.served.get(path) ?? new Uint8Array();
    site.served.set(path, gzipSync(new Uint8Array(6000).fill(9)));
    await expect(file(page, path)).rejects.toThrow(`integrity: ${path}`);
    site.served.set(path, good.subarray(0, good.length - 9));
    await expect(file(page, path)).rejects.toThrow(`integrity: ${path}`);
    site.served.set(path, gzipSync(new Uint8Array(60_000_000)));
    await expect(file(page, path)).rejects.toThrow(`integrity: ${path}`);
    site.served.delete(path);
    await expect(file(page, path)).rejects.toThrow(`unavailable: ${path}: the server answers 404`);
    site.offline = true;
    await expect(file(page, path)).rejects.toThrow(`unavailable: ${path}`);
    site.offline = false;
    site.served.set(path, good);
    expect(await file(page, path)).toHaveLength(6000);
    await expect(file(page, "images/other")).rejects.toThrow('bad-argument: "images/other"');
  });

  it("are asked for only after init, which may be tried again", async () => {
    const site = makeSite();
    const page = pageOf(site);
    await expect(page.call({ op: "machine", platform: "alice" })).rejects.toThrow("bad-state");
    const manifest = site.served.get("measured/manifest.json") ?? new Uint8Array();
    site.served.delete("measured/manifest.json");
    const init = { op: "init", base: BASE } as const;
    await expect(page.call(init)).rejects.toThrow("unavailable: measured/manifest.json");
    site.served.set("measured/manifest.json", utf8("<html>"));
    await expect(page.call(init)).rejects.toThrow("malformed: measured/manifest.json");
    site.served.set("measured/manifest.json", manifest);
    expect(await page.call(init)).toMatchObject({ measured: { format: "terra-measured-1" } });
    expect(await page.call(init)).toMatchObject({ images: { format: "terra-images-1" } });
    await expect(page.call({ op: "init", base: "https://elsewhere.example/" })).rejects.toThrow("bad-state");
  });
});

describe("media", () => {
  it("of an image are two, a second copy has names of its own, and writing to one changes no other", async () => {
    const page = await ready();
    const insert = { op: "insert-image", platform: "alice", image: "hello" } as const;
    const [first, second] = await Promise.all([page.call(insert), page.call(insert)]);
    expect(first).toEqual({ firmware: "hello.firmware", boot: "hello.boot" });
    expect(second).toEqual({ firmware: "hello.2.firmware", boot: "hello.2.boot" });
    const read = (medium: string, length: number) =>
      page.call({ op: "read", platform: "alice", medium, offset: 0, length }) as Promise<Uint8Array>;
    const container = await read("hello.firmware", 8192);
    const entries = containerEntries(container);
    expect(entries.map(({ name }) => name)).toEqual(["descriptor.json", "stub", "kernel"]);
    const { offset, length } = findEntry(entries, "kernel");
    expect(container.slice(offset, offset + length)).toEqual(new Uint8Array(6000).fill(2));

    await page.call({ op: "write", platform: "alice", medium: "hello.boot", offset: 1, bytes: Uint8Array.of(7, 7) });
    expect((await read("hello.boot", 4)).join()).toBe("3,7,7,3");
    expect((await read("hello.2.boot", 4)).join()).toBe("3,3,3,3");
    await page.call({ op: "insert-image", platform: "bob", image: "hello" });
    const bobs = { op: "read", platform: "bob", medium: "hello.boot", offset: 0, length: 4 } as const;
    expect(((await page.call(bobs)) as Uint8Array).join()).toBe("3,3,3,3");
    await expect(page.call({ ...insert, image: "doom" })).rejects.toThrow("unknown-image");
  });

  it("are read and written within their size, and restored only whole", async () => {
    const page = await ready();
    const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
    expect(await page.call({ op: "insert", platform: "alice", bytes })).toBe("disk1");
    expect(await page.call({ op: "insert", platform: "alice", bytes, id: "mine" })).toBe("mine");
    await expect(page.call({ op: "insert", platform: "alice", bytes, id: "mine" })).rejects.toThrow("bad-argument");
    await expect(page.call({ op: "insert", platform: "alice", bytes, id: "sealed" })).rejects.toThrow("bad-argument");
    const at = { platform: "alice", medium: "mine" } as const;
    expect(await page.call({ op: "read", ...at, offset: 98, length: 2 })).toEqual(Uint8Array.of(98, 99));
    expect(await page.call({ op: "read", ...at, offset: 100, length: 0 })).toEqual(new Uint8Array());
    for (const request of [
      { op: "read", ...at, offset: 99, length: 2 },
      { op: "read", ...at, offset: -1, length: 1 },
      { op: "write", ...at, offset: 100, bytes: Uint8Array.of(1) },
      { op: "restore", ...at, bytes: new Uint8Array(99) },
    ] as const) {
      await expect(page.call(request)).rejects.toThrow("bad-argument");
    }
    await page.call({ op: "write", ...at, offset: 99, bytes: Uint8Array.of(1) });
    await page.call({ op: "restore", ...at, bytes });
    expect(await page.call({ op: "read", ...at, offset: 99, length: 1 })).toEqual(Uint8Array.of(99));
    await expect(page.call({ op: "read", ...at, medium: "other", offset: 0, length: 1 })).rejects.toThrow(
      'unknown-disk: alice has no medium "other"; in it: sealed, disk1, mine',
    );
    await expect(page.call({ op: "list", platform: "bob" })).rejects.toThrow("unknown-platform");
  });

  it("`sealed` outlive the page, for each machine and each release of the site apart", async () => {
    const site = makeSite();
    const sealed = memorySealed();
    const write = { op: "write", medium: "sealed", offset: 5, bytes: Uint8Array.of(42) } as const;
    const read = { op: "read", medium: "sealed", offset: 5, length: 1 } as const;
    const page = await ready(site, sealed);
    await (await machine(page, "alice")).call(write);
    expect(await page.call({ op: "list", platform: "alice" })).toEqual([
      { id: "sealed", kind: "sealed", size: SEALED_SIZE },
    ]);
    await page.call({ op: "scrap", platform: "alice" });

    const later = await ready(site, sealed);
    expect(await (await machine(later, "alice")).call(read)).toEqual(Uint8Array.of(42));
    expect(await (await machine(later, "bob")).call(read)).toEqual(Uint8Array.of(0));

    const upgraded = await ready(makeSite({ firmware: LOADER, loader: LOADER, chip: utf8("2") }), sealed);
    const alice = await machine(upgraded, "alice");
    expect(await alice.call(read)).toEqual(Uint8Array.of(0));
    await alice.call({ ...write, bytes: Uint8Array.of(43) });
    expect(await (await machine(await ready(site, sealed), "alice")).call(read)).toEqual(Uint8Array.of(42));
  });
});

describe("a machine's port", () => {
  it("reaches the media of its machine, and no request names another machine's", async () => {
    const page = await ready();
    await page.call({ op: "insert", platform: "bob", bytes: Uint8Array.of(66), id: "bobs" });
    await page.call({ op: "insert", platform: "alice", bytes: Uint8Array.of(65), id: "mine" });
    const alice = await machine(page, "alice");
    expect(ids(await alice.call({ op: "list" }))).toEqual(["sealed", "mine"]);
    await expect(alice.call({ op: "read", medium: "bobs", offset: 0, length: 1 })).rejects.toThrow("unknown-disk");
    const smuggled = { op: "read", medium: "bobs", offset: 0, length: 1, platform: "bob" } as MediaRequest;
    await expect(alice.call(smuggled)).rejects.toThrow("malformed");
    const page1 = { op: "scrap", platform: "bob" } as unknown as MediaRequest;
    await expect(alice.call(page1)).rejects.toThrow("op");
  });

  it("opens ports to one medium, which stay with it, and a port that only reads opens no other kind", async () => {
    const page = await ready();
    await page.call({ op: "insert", platform: "alice", bytes: Uint8Array.of(1, 2), id: "one" });
    await page.call({ op: "insert", platform: "alice", bytes: Uint8Array.of(3, 4), id: "two" });
    const alice = await machine(page, "alice");
    const one = { op: "open", medium: "one", readOnly: true } as const;
    const port = (await alice.call(one)) as MessagePort;
    open.push(port);
    const narrow = connect<MediaRequest>(port);
    expect(ids(await narrow.call({ op: "list" }))).toEqual(["one"]);
    expect(await narrow.call({ op: "read", medium: "one", offset: 1, length: 1 })).toEqual(Uint8Array.of(2));
    await expect(narrow.call({ op: "read", medium: "two", offset: 0, length: 1 })).rejects.toThrow("unknown-disk");
    const write = { op: "write", medium: "one", offset: 0, bytes: Uint8Array.of(9) } as const;
    await expect(narrow.call(write)).rejects.toThrow("refused");
    const again = (await narrow.call({ ...one, readOnly: false })) as MessagePort;
    open.push(again);
    await expect(connect<MediaRequest>(again).call(write)).rejects.toThrow("refused");
    const writing = (await alice.call({ ...one, readOnly: false })) as MessagePort;
    open.push(writing);
    await connect<MediaRequest>(writing).call(write);
    expect(await alice.call({ op: "read", medium: "one", offset: 0, length: 1 })).toEqual(Uint8Array.of(9));
    await expect(alice.call({ ...one, medium: "three" })).rejects.toThrow("unknown-disk");
  });

  it("reads the flash and does not write it", async () => {
    const page = await ready();
    await page.call({ op: "flash", platform: "alice", vendorCertificates: {} });
    const alice = await machine(page, "alice");
    expect(await alice.call({ op: "read", medium: "flash", offset: 0, length: 8 })).toEqual(utf8("TERRAPK1"));
    const write = { op: "write", medium: "flash", offset: 0, bytes: Uint8Array.of(0) } as const;
    await expect(alice.call(write)).rejects.toThrow("refused");
    await page.call({ ...write, platform: "alice" });
    expect(await alice.call({ op: "read", medium: "flash", offset: 0, length: 1 })).toEqual(Uint8Array.of(0));
  });

  it("answers garbage with an error and goes on", async () => {
    const alice = await machine(await ready(), "alice");
    const garbage: unknown[] = [
      undefined,
      7,
      [],
      {},
      { op: "read", medium: "sealed", offset: "0", length: 1 },
      { op: "read", medium: "sealed", offset: 0.5, length: 1 },
      { op: "read", medium: "sealed", offset: 0, length: Number.MAX_SAFE_INTEGER },
      { op: "read", medium: "../sealed", offset: 0, length: 1 },
      { op: "write", medium: "sealed", offset: 0, bytes: [1] },
      { op: "open", medium: "sealed", readOnly: "yes" },
    ];
    for (const request of garbage) {
      await expect(alice.call(request as MediaRequest)).rejects.toThrow(/^(malformed|bad-argument): /);
    }
    expect(ids(await alice.call({ op: "list" }))).toEqual(["sealed"]);
  });
});

describe("network cards and wires", () => {
  const frame = (number: number) => Uint8Array.from({ length: 60 }, (_, at) => (at === 0 ? number : 0));
  const nics = (client: Client<MediaRequest>) => client.call({ op: "nics" });

  async function nic(client: Client<MediaRequest>, id: string) {
    const port = (await client.call({ op: "open-nic", nic: id })) as MessagePort;
    open.push(port);
    const got: number[][] = [];
    let heard = () => {};
    port.onmessage = (message) => {
      got.push((message.data as FrameBatch).frames.map((each) => each[0] ?? 0));
      heard();
    };
    const until = async (done: () => boolean) => {
      while (!done()) await new Promise<void>((resolve) => (heard = resolve));
    };
    const send = (frames: unknown) => port.postMessage({ frames });
    return { got, until, send, all: () => got.flat() };
  }

  async function lan() {
    const page = await ready();
    const events: PhysicalEvent[] = [];
    let told = () => {};
    page.onEvent((event) => {
      events.push(event);
      told();
    });
    const event = async (wanted: (event: PhysicalEvent) => boolean) => {
      for (;;) {
        const found = events.find(wanted);
        if (found) return found;
        await new Promise<void>((resolve) => (told = resolve));
      }
    };
    for (const platform of ["alice", "bob"]) await page.call({ op: "plug", platform, wire: "lan" });
    const [alice, bob] = [await machine(page, "alice"), await machine(page, "bob")];
    return { page, alice, bob, event, events };
  }

  it("are a machine's own, in the order in which they were plugged in", async () => {
    const { page, alice, bob } = await lan();
    expect(await page.call({ op: "plug", platform: "alice", wire: "dmz" })).toEqual({ id: "eth1", wire: "dmz" });
    expect(await nics(alice)).toEqual([
      { id: "eth0", wire: "lan" },
      { id: "eth1", wire: "dmz" },
    ]);
    expect(await nics(bob)).toEqual([{ id: "eth0", wire: "lan" }]);
    await expect(bob.call({ op: "open-nic", nic: "eth1" })).rejects.toThrow(
      'unknown-device: bob has no card "eth1"; it has: eth0',
    );
  });

  it("are not to be had over a port to one medium", async () => {
    const { alice } = await lan();
    const port = (await alice.call({ op: "open", medium: "sealed", readOnly: true })) as MessagePort;
    open.push(port);
    const narrow = connect<MediaRequest>(port);
    await expect(nics(narrow)).rejects.toThrow("refused");
    await expect(narrow.call({ op: "open-nic", nic: "eth0" })).rejects.toThrow("refused");
  });

  it("carry what is a frame, many in one message, and drop the rest", async () => {
    const { page, alice, bob } = await lan();
    const [one, two] = [await nic(alice, "eth0"), await nic(bob, "eth0")];
    one.send([frame(1), new Uint8Array(13), new Uint8Array(1515), "frame", frame(2)]);
    one.send("frames");
    one.send([frame(3)]);
    await two.until(() => two.all().length === 3);
    expect(two.got).toEqual([[1, 2], [3]]);
    const frames = (await page.call({ op: "wire-frames", wire: "lan" })) as WireFrame[];
    expect(frames.map(({ sequence, from, bytes }) => [sequence, from, bytes[0]])).toEqual([
      [1, "alice/eth0", 1],
      [2, "alice/eth0", 2],
      [3, "alice/eth0", 3],
    ]);
  });

  it("have one end at a time in the machine", async () => {
    const { alice, bob } = await lan();
    const first = await nic(alice, "eth0");
    const second = await nic(alice, "eth0");
    const other = await nic(bob, "eth0");
    first.send([frame(1)]);
    second.send([frame(2)]);
    other.send([frame(3)]);
    await Promise.all([second.until(() => second.all().length === 1), other.until(() => other.all().length === 1)]);
    expect([first.all(), second.all(), other.all()]).toEqual([[], [3], [2]]);
  });

  it("tell the page what went over them, the first frames of each batch and how many more", async () => {
    const { page, alice, event, events } = await lan();
    const one = await nic(alice, "eth0");
    one.send(Array.from({ length: 200 }, () => frame(1)));
    one.send(Array.from({ length: 200 }, () => frame(2)));
    const counted = () =>
      events.reduce((sum, each) => sum + (each.type === "frames" ? each.frames.length + each.skipped : 0), 0);
    await event(() => counted() === 400);
    for (const each of events) if (each.type === "frames") expect(each.frames.length).toBeLessThanOrEqual(256);
    expect(await page.call({ op: "wire-frames", wire: "lan", since: 398 })).toHaveLength(2);
    expect(await page.call({ op: "wire-frames", wire: "lan", limit: 7 })).toHaveLength(7);
  });

  it("are an attacker's to hold, change and add to", async () => {
    const { page, alice, bob, event } = await lan();
    const [one, two] = [await nic(alice, "eth0"), await nic(bob, "eth0")];
    const interceptor = (await page.call({ op: "wire-intercept", wire: "lan" })) as string;
    one.send([frame(1)]);
    const held = await event(({ type }) => type === "held");
    if (held.type !== "held") throw new Error("not held");
    expect(held).toMatchObject({ wire: "lan", interceptor, frame: { from: "alice/eth0", bytes: frame(1) } });
    await page.call({ op: "wire-pass", wire: "lan", interceptor, held: held.held, frames: [frame(7)] });
    await two.until(() => two.all().length === 1);
    await page.call({ op: "wire-stop-intercept", wire: "lan", interceptor });
    await page.call({ op: "wire-inject", wire: "lan", bytes: frame(9) });
    await two.until(() => two.all().length === 2);
    expect(two.all()).toEqual([7, 9]);
    await one.until(() => one.all().length === 1);
    expect(one.all()).toEqual([9]);
    await expect(page.call({ op: "wire-intercept", wire: "wan" })).rejects.toThrow(
      'unknown-device: there is no wire "wan"; there are: lan',
    );
  });

  it("go with the last machine that was plugged into them", async () => {
    const { page, bob } = await lan();
    await page.call({ op: "wire-inject", wire: "lan", bytes: frame(1) });
    await page.call({ op: "scrap", platform: "alice" });
    expect(await page.call({ op: "wire-frames", wire: "lan" })).toHaveLength(1);
    expect(await nics(bob)).toHaveLength(1);
    await page.call({ op: "scrap", platform: "bob" });
    await expect(page.call({ op: "wire-frames", wire: "lan" })).rejects.toThrow("unknown-device");
    await page.call({ op: "plug", platform: "bob", wire: "lan" });
    expect(await page.call({ op: "wire-frames", wire: "lan" })).toEqual([]);
  });
});

describe("a disk", () => {
  const disk = (page: Page, platform: string, id: string) =>
    page.call({ op: "insert", platform, bytes: Uint8Array.of(1, 2), id });

  it("is taken out of one machine and put into another, once", async () => {
    const page = await ready();
    await disk(page, "alice", "mine");
    await disk(page, "bob", "other");
    const handle = (await page.call({ op: "take", platform: "alice", medium: "mine" })) as string;
    const read = { op: "read", medium: "mine", offset: 0, length: 2 } as const;
    await expect(page.call({ ...read, platform: "alice" })).rejects.toThrow("unknown-disk");
    await expect((await machine(page, "alice")).call(read)).rejects.toThrow("unknown-disk");
    expect(await page.call({ op: "put", platform: "bob", handle })).toBe("mine");
    expect(await page.call({ ...read, platform: "bob" })).toEqual(Uint8Array.of(1, 2));
    await expect(page.call({ op: "put", platform: "bob", handle })).rejects.toThrow("unknown-disk");
  });

  it("gets another name where its own is taken, and keeps what others hold the same bytes of", async () => {
    const page = await ready();
    const insert = { op: "insert-image", image: "hello" } as const;
    await page.call({ ...insert, platform: "alice" });
    await page.call({ ...insert, platform: "bob" });
    const handle = (await page.call({ op: "take", platform: "alice", medium: "hello.boot" })) as string;
    expect(await page.call({ op: "put", platform: "bob", handle })).toBe("hello.boot.2");
    const at = { platform: "bob", offset: 0 } as const;
    await page.call({ op: "write", ...at, medium: "hello.boot.2", bytes: Uint8Array.of(9) });
    expect(await page.call({ op: "read", ...at, medium: "hello.boot.2", length: 2 })).toEqual(Uint8Array.of(9, 3));
    expect(await page.call({ op: "read", ...at, medium: "hello.boot", length: 2 })).toEqual(Uint8Array.of(3, 3));
  });

  it("that belongs to the machine stays, and one that was taken out goes with the machine it came from", async () => {
    const page = await ready();
    await page.call({ op: "flash", platform: "alice", vendorCertificates: {} });
    for (const medium of ["flash", "sealed"]) {
      await expect(page.call({ op: "take", platform: "alice", medium })).rejects.toThrow("bad-argument");
    }
    await disk(page, "alice", "mine");
    await disk(page, "bob", "other");
    const handle = (await page.call({ op: "take", platform: "alice", medium: "mine" })) as string;
    await page.call({ op: "scrap", platform: "alice" });
    await expect(page.call({ op: "put", platform: "bob", handle })).rejects.toThrow("unknown-disk");
  });
});

describe("a flash", () => {
  it("has the owner's configuration where there is one", async () => {
    const page = await ready();
    const configuration = writeConfiguration({ format: "terra-configuration-1" });
    await page.call({ op: "flash", platform: "alice", vendorCertificates: {}, configuration });
    await page.call({ op: "flash", platform: "bob", vendorCertificates: {} });
    const flash = async (platform: string) => {
      const list = (await page.call({ op: "list", platform })) as MediumInfo[];
      const length = list.find(({ id }) => id === "flash")?.size ?? 0;
      return (await page.call({ op: "read", platform, medium: "flash", offset: 0, length })) as Uint8Array;
    };
    const bytes = await flash("alice");
    const { offset, length } = findEntry(containerEntries(bytes), "configuration");
    expect(readConfiguration(bytes.subarray(offset, offset + length))).toEqual({ format: "terra-configuration-1" });
    expect(containerEntries(await flash("bob")).map(({ name }) => name)).toEqual(["firmware", "loader"]);
  });
});

describe("a stage of the boot", () => {
  const vendor = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

  async function flash(certificates: string[] = []): Promise<{ page: Page; port: MessagePort }> {
    const page = await ready();
    await page.call({ op: "flash", platform: "alice", vendorCertificates: { [sha256(FIRMWARE)]: certificates } });
    const port = (await page.call({ op: "machine", platform: "alice" })) as MessagePort;
    open.push(port);
    return { page, port };
  }

  it("is read from the flash with its digest and what lies beside it, again and again over one port", async () => {
    const { port } = await flash([vendor, vendor]);
    const image = await readStage(port, "firmware", "firmware");
    expect(image).toEqual({ stage: "firmware", code: FIRMWARE, digest: sha256(FIRMWARE), vendors: [vendor, vendor] });
    expect(await readStage(port, "loader", "loader")).toMatchObject({ code: LOADER, vendors: [] });
  });

  it("is a private copy: the flash may change while it is being started", async () => {
    const { page, port } = await flash();
    const { code } = await readStage(port, "firmware", "firmware");
    await page.call({ op: "write", platform: "alice", medium: "flash", offset: 0, bytes: new Uint8Array(1536) });
    expect(code).toEqual(FIRMWARE);
  });

  it("that is not there is named, with what is there", async () => {
    const { page, port } = await flash([vendor]);
    await expect(readStage(port, "tvmm", "tvmm.evil")).rejects.toMatchObject({
      stage: "tvmm",
      message:
        'refused: tvmm cannot be read from the flash: there is no "tvmm.evil" here; here are: firmware, firmware.crt, loader',
    });
    await page.call({ op: "write", platform: "alice", medium: "flash", offset: 8, bytes: new Uint8Array(4).fill(255) });
    await expect(readStage(port, "firmware", "firmware")).rejects.toThrow("no container");
  });

  it("comes without certificates where there is only garbage beside it", async () => {
    const { port } = await flash(["garbage\u0000"]);
    expect(await readStage(port, "firmware", "firmware")).toMatchObject({ code: FIRMWARE, vendors: [] });
  });
});
