import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import type { MediaRequest } from "../protocol/media.ts";
import { blockHash } from "./block-hash.ts";
import { type BlockSource, checkedSource, type IntegrityFailure, pinnedSource, rawSource } from "./block-source.ts";
import { driver, header } from "./testing/driver.ts";
import { asm, guest, trial } from "./testing/guest.ts";
import { FIRST_DISK_SLOT, RNG_SLOT } from "./virtio.ts";
import { plugInDisk } from "./virtio-blk.ts";

const IN = 0;
const OUT = 1;
const FLUSH = 4;
const GET_ID = 8;

const settled = () => new Promise((resolve) => setImmediate(resolve));
const pattern = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 9) * 7) & 255);

async function board(source: BlockSource, options: { readOnly?: boolean; serial?: string } = {}) {
  const failures: IntegrityFailure[] = [];
  const { machine } = await trial(guest(asm.spin), {
    plugIn: (each) =>
      plugInDisk(each, 0, {
        serial: options.serial ?? "boot",
        readOnly: options.readOnly ?? true,
        source,
        onIntegrity: (failure) => failures.push(failure),
      }),
  });
  const { cpu } = machine.emulator.v86;
  return { machine, cpu, failures, disk: driver(cpu, FIRST_DISK_SLOT) };
}

/** A medium in this thread, which a test may tamper with, counting what it is asked for. */
function medium(bytes: Uint8Array) {
  const requests: MediaRequest[] = [];
  return {
    bytes,
    requests,
    async call(request: MediaRequest) {
      requests.push(request);
      if (request.op === "read") return bytes.slice(request.offset, request.offset + request.length);
      if (request.op === "write") bytes.set(request.bytes, request.offset);
      return undefined;
    },
  };
}

const salt = Uint8Array.of(1, 2, 3, 4);
const digestsOf = await blockHash(salt);

function leaves(bytes: Uint8Array) {
  const all = new Uint8Array((bytes.length / 4096) * 32);
  for (let at = 0; at < bytes.length; at += 4096) {
    const digest = createHash("sha256")
      .update(salt)
      .update(bytes.subarray(at, at + 4096))
      .digest();
    all.set(digest, (at / 4096) * 32);
  }
  return all;
}

describe("a pinned disk", () => {
  const bytes = pattern(64 * 1024);

  test("says its size and that it is read-only", async () => {
    const { disk } = await board(pinnedSource(bytes, bytes.length));
    expect(disk.config32(0)).toBe(128);
    expect(disk.feature(5)).toBe(true);
    expect(disk.feature(28)).toBe(false);
  });

  test("answers a read at once, across several buffers, with an interrupt", async () => {
    const { disk } = await board(pinnedSource(bytes, bytes.length));
    const at = disk.submit([{ give: header(IN, 3) }, { take: 700 }, { take: 836 }, { take: 1 }]);
    expect(disk.replies()).toEqual([1537]);
    expect(disk.memory(at[1] ?? 0, 700)).toEqual(bytes.slice(1536, 2236));
    expect(disk.memory(at[2] ?? 0, 836)).toEqual(bytes.slice(2236, 3072));
    expect(disk.memory(at[3] ?? 0, 1)).toEqual(Uint8Array.of(0));
    expect(disk.interrupt()).toBe(1);
    expect(disk.interrupt()).toBe(0);
  });

  test("gives its serial number, flushes, and refuses what it does not know", async () => {
    const { disk } = await board(pinnedSource(bytes, bytes.length), { serial: "trust" });
    const id = disk.submit([{ give: header(GET_ID, 0) }, { take: 20 }, { take: 1 }]);
    expect(new TextDecoder().decode(disk.memory(id[1] ?? 0, 6))).toBe("trust\0");
    const flush = disk.submit([{ give: header(FLUSH, 0) }, { take: 1 }]);
    const odd = disk.submit([{ give: header(99, 0) }, { take: 1 }]);
    expect(disk.memory(flush[1] ?? 0, 1)).toEqual(Uint8Array.of(0));
    expect(disk.memory(odd[1] ?? 0, 1)).toEqual(Uint8Array.of(2));
    expect(disk.replies()).toEqual([21, 1, 1]);
  });

  test.each([
    ["beyond the end", IN, 127, 1024],
    ["at a sector far beyond 32 bits", IN, 2 ** 40, 512],
    ["of half a sector", IN, 0, 256],
  ])("a read %s is an error", async (_name, type, sector, length) => {
    const { disk } = await board(pinnedSource(bytes, bytes.length));
    const at = disk.submit([{ give: header(type, sector) }, { take: length }, { take: 1 }]);
    expect(disk.memory(at[2] ?? 0, 1)).toEqual(Uint8Array.of(1));
    expect(disk.memory(at[1] ?? 0, length)).toEqual(new Uint8Array(length));
  });

  test("a write is an error and changes nothing", async () => {
    const copy = bytes.slice();
    const { disk } = await board(pinnedSource(copy, copy.length));
    const at = disk.submit([{ give: header(OUT, 0) }, { give: new Uint8Array(512).fill(9) }, { take: 1 }]);
    expect(disk.memory(at[2] ?? 0, 1)).toEqual(Uint8Array.of(1));
    expect(copy).toEqual(bytes);
  });
});

describe("a medium without check", () => {
  test("is read and written, and its errors are the guest's errors", async () => {
    const it = medium(pattern(16 * 1024));
    const { disk } = await board(rawSource(it, "m", it.bytes.length, false), { readOnly: false });
    expect(disk.feature(5)).toBe(false);
    const put = disk.submit([{ give: header(OUT, 8) }, { give: new Uint8Array(1024).fill(7) }, { take: 1 }]);
    await settled();
    expect(disk.memory(put[2] ?? 0, 1)).toEqual(Uint8Array.of(0));
    expect(it.bytes.slice(4096, 5120)).toEqual(new Uint8Array(1024).fill(7));
    const got = disk.submit([{ give: header(IN, 8) }, { take: 1024 }, { take: 1 }]);
    await settled();
    expect(disk.memory(got[1] ?? 0, 1024)).toEqual(new Uint8Array(1024).fill(7));
    it.call = () => Promise.reject(new TerraError("unknown-disk", "m was taken out"));
    const lost = disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    await settled();
    expect(disk.memory(lost[2] ?? 0, 1)).toEqual(Uint8Array.of(1));
  });

  test.each([
    ["too few bytes", () => new Uint8Array(511)],
    ["shared memory, which could change after a check", () => new Uint8Array(new SharedArrayBuffer(512))],
    ["no bytes", () => "bytes"],
  ])("%s for an answer: a read error", async (_name, answer) => {
    const { disk } = await board(rawSource({ call: async () => answer() }, "m", 4096, true));
    const at = disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    await settled();
    expect(disk.memory(at[2] ?? 0, 1)).toEqual(Uint8Array.of(1));
  });
});

describe("a medium whose blocks are checked", () => {
  const good = pattern(8 * 4096);
  const tree = { digestsOf, leaves: leaves(good) };

  test("reads are widened to whole blocks, and each block is seen as verified", async () => {
    const it = medium(good.slice());
    const seen: number[][] = [];
    const source = checkedSource(it, "m", good.length, tree, (first, count) => seen.push([first, count]));
    const { disk } = await board(source);
    const at = disk.submit([{ give: header(IN, 15) }, { take: 1024 }, { take: 1 }]);
    await settled();
    expect(it.requests).toEqual([{ op: "read", medium: "m", offset: 4096, length: 8192 }]);
    expect(disk.memory(at[1] ?? 0, 1024)).toEqual(good.slice(15 * 512, 17 * 512));
    expect(disk.memory(at[2] ?? 0, 1)).toEqual(Uint8Array.of(0));
    expect(seen).toEqual([[1, 2]]);
  });

  test("one bit changed: the guest gets no byte and no answer, and the failure names block and digests", async () => {
    const it = medium(good.slice());
    it.bytes[5 * 4096 + 17] = (good[5 * 4096 + 17] ?? 0) ^ 1;
    const seen: unknown[] = [];
    const source = checkedSource(it, "m", good.length, tree, (...all) => seen.push(all));
    const { disk, failures } = await board(source);
    const at = disk.submit([{ give: header(IN, 32) }, { take: 8192 }, { take: 1 }]);
    await settled();
    expect(disk.replies()).toEqual([]);
    expect(disk.memory(at[1] ?? 0, 8192)).toEqual(new Uint8Array(8192));
    expect(failures).toHaveLength(1);
    expect(failures[0]?.block).toBe(5);
    expect(failures[0]?.expected).toBe(Buffer.from(tree.leaves.subarray(160, 192)).toString("hex"));
    expect(failures[0]?.found).toBe(Buffer.from(leaves(it.bytes).subarray(160, 192)).toString("hex"));
    expect(seen).toEqual([[4, 1, 5]]);
  });

  test("a block is checked at each read, not only at the first", async () => {
    const it = medium(good.slice());
    const { disk, failures } = await board(checkedSource(it, "m", good.length, tree, () => {}));
    disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    await settled();
    expect(disk.replies()).toEqual([513]);
    it.bytes[4000] = (good[4000] ?? 0) ^ 128;
    disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    await settled();
    expect(disk.replies()).toEqual([]);
    expect(failures[0]?.block).toBe(0);
  });

  test("a tree that does not fit the disk is refused when the machine is made", () => {
    expect(() => checkedSource(medium(good), "m", good.length + 512, tree, () => {})).toThrow(/^bad-argument: /);
    expect(() => checkedSource(medium(good), "m", good.length * 2, tree, () => {})).toThrow(/^bad-argument: /);
  });
});

describe("a hostile driver", () => {
  const bytes = pattern(16 * 1024);
  const MEMORY = 8 << 20;

  test.each([
    ["a buffer beyond the end of memory", [{ give: header(IN, 0) }, { take: 512, address: MEMORY - 100 }, { take: 1 }]],
    ["a buffer of 4 GiB", [{ give: header(IN, 0) }, { take: 512, length: 0xffffffff }, { take: 1 }]],
    ["a buffer in the VGA's window", [{ give: header(IN, 0) }, { take: 512, address: 0xa0000 }, { take: 1 }]],
    ["no room for a status", [{ give: header(IN, 0) }]],
    ["half a header", [{ give: new Uint8Array(8) }, { take: 1 }]],
    ["nothing at all", [{ take: 0 }]],
  ])("%s: the device asks to be reset, and works after that", async (_name, pieces) => {
    const { disk } = await board(pinnedSource(bytes, bytes.length));
    disk.submit(pieces);
    expect(disk.replies()).toEqual([]);
    expect(disk.status() & 64).toBe(64);
    disk.reset();
    const at = disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    expect(disk.replies()).toEqual([513]);
    expect(disk.memory(at[1] ?? 0, 512)).toEqual(bytes.slice(0, 512));
  });

  test("a used ring that lies on the available ring, so that each answer is a request, does not keep the worker", async () => {
    const { disk } = await board(pinnedSource(bytes, bytes.length));
    disk.setUp(disk.available);
    disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    disk.reset();
    disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    expect(disk.replies()).toEqual([513]);
  });

  test("a request of before a reset is never answered into the new queue", async () => {
    let deliver: (bytes: Uint8Array) => void = () => {};
    const slow = { size: 4096, read: () => new Promise<Uint8Array>((resolve) => (deliver = resolve)) };
    const { disk } = await board(slow);
    const at = disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
    disk.reset();
    deliver(new Uint8Array(512).fill(5));
    await settled();
    expect(disk.replies()).toEqual([]);
    expect(disk.memory(at[1] ?? 0, 512)).toEqual(new Uint8Array(512));
  });

  test("resetting over and over does not let more than 16 requests be under way", async () => {
    let underWay = 0;
    const read = () => {
      underWay++;
      return new Promise<Uint8Array>(() => {});
    };
    const stuck = { size: 1 << 20, read };
    const { disk } = await board(stuck);
    for (let round = 0; round < 5; round++) {
      for (let each = 0; each < 10; each++) disk.submit([{ give: header(IN, 0) }, { take: 512 }, { take: 1 }]);
      disk.reset();
    }
    expect(underWay).toBe(16);
  });
});

test("virtio-rng fills the guest's buffer with something new each time", async () => {
  const { machine } = await trial(guest(asm.spin));
  const rng = driver(machine.emulator.v86.cpu, RNG_SLOT);
  const first = rng.submit([{ take: 40 }, { take: 24 }]);
  const second = rng.submit([{ take: 64 }]);
  expect(rng.replies()).toEqual([64, 64]);
  const a = rng.memory(first[0] ?? 0, 40);
  expect(new Set(a).size).toBeGreaterThan(15);
  expect(rng.memory(second[0] ?? 0, 40)).not.toEqual(a);
});
