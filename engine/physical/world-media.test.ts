/** The physical world's media: an image's, sealed ones, a machine's port to its own, and a disk that changes machines. */
import { describe, expect, it } from "vitest";
import { connect } from "../protocol/channel.ts";
import { type MediaRequest, type MediumInfo, SEALED_SIZE } from "../protocol/media.ts";
import { containerEntries, findEntry } from "../storage/index.ts";
import { LOADER, makeSite, memorySealed, type Page, utf8, worlds } from "./testing/worlds.ts";

const { open, ready, machine } = worlds();

const ids = (list: unknown) => (list as MediumInfo[]).map(({ id }) => id);

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
