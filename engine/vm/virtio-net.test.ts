import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { MAX_BATCH } from "../protocol/frames.ts";
import { driver, type Piece } from "./testing/driver.ts";
import { asm, guest, trial } from "./testing/guest.ts";
import { type NetworkCard, plugInCard } from "./virtio-net.ts";

const PCI = 9;
const HEADER = 12;
const MEMORY = 8 << 20;

const frame = (length: number, first = 0) => Uint8Array.from({ length }, (_, at) => (first + at * 7) & 255);
const headed = (bytes: Uint8Array) => Uint8Array.from([...new Uint8Array(HEADER), ...bytes]);

/** A port whose other end is the test. */
function wire() {
  const sent: { frames: Uint8Array[]; transfer: number }[] = [];
  const port = {
    onmessage: null as ((event: { data: unknown }) => void) | null,
    closed: false,
    postMessage(batch: { frames: Uint8Array[] }, transfer: ArrayBuffer[]) {
      sent.push({ frames: structuredClone(batch.frames, { transfer }), transfer: transfer.length });
    },
    close() {
      this.closed = true;
    },
  };
  return {
    port: port as unknown as MessagePort,
    sent,
    closed: () => port.closed,
    arrive: (...frames: unknown[]) => port.onmessage?.({ data: { frames } }),
    arriveRaw: (data: unknown) => port.onmessage?.({ data }),
  };
}

async function board(code = asm.spin) {
  const end = wire();
  const cards: NetworkCard[] = [];
  const it = await trial(guest(code), {
    plugIn: (each) => cards.push(plugInCard(each, { pci: PCI, mac: "02:5e:00:ff:01:09", port: end.port })),
  });
  const [card] = cards;
  if (!card) throw new Error("there is no card");
  const device = driver(it.machine.emulator.v86.cpu, PCI, 2);
  const [receiving, sending] = device.queues;
  if (!receiving || !sending) throw new Error("there are no queues");
  return { ...it, ...end, card, device, receiving, sending };
}

test("the card has its MAC, version 1 and no offloads", async () => {
  const { device } = await board();
  expect(Array.from({ length: 6 }, (_, at) => device.config8(at))).toEqual([2, 0x5e, 0, 0xff, 1, 9]);
  const offered = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => device.feature(bit));
  expect(offered).toEqual([5, 32]);
});

describe("what the guest sends", () => {
  test("goes out once a slice as one message whose buffers are transferred, and makes one interrupt", async () => {
    const { card, device, sending, sent } = await board();
    const frames = [frame(14), frame(60, 1), frame(1514, 2)];
    for (const each of frames) sending.submit([{ give: headed(each) }]);
    expect(sent).toEqual([]);
    expect(sending.replies()).toEqual([]);
    card.service();
    expect(sent).toEqual([{ frames, transfer: 3 }]);
    expect(sending.replies()).toEqual([0, 0, 0]);
    expect(device.interrupt()).toBe(1);
    card.service();
    expect(sent).toHaveLength(1);
    expect(device.interrupt()).toBe(0);
  });

  test("is put together from any pieces, the header among them", async () => {
    const { card, sending, sent } = await board();
    const whole = headed(frame(100));
    sending.submit([
      { give: whole.slice(0, 5) },
      { give: whole.slice(5, 20) },
      { give: new Uint8Array(0) },
      { give: whole.slice(20) },
    ]);
    card.service();
    expect(sent[0]?.frames).toEqual([frame(100)]);
  });

  test.each([0, 11, 12, 12 + 13, 12 + 1515, 65536])("%i bytes are no frame: taken and dropped", async (length) => {
    const { card, sending, sent } = await board();
    sending.submit([{ give: new Uint8Array(length) }]);
    sending.submit([{ give: headed(frame(64)) }]);
    card.service();
    expect(sent.flatMap((each) => each.frames)).toEqual([frame(64)]);
    expect(sending.replies()).toEqual([0, 0]);
  });

  test("a message holds no more frames than the other side reads", async () => {
    const { card, sending, sent } = await board();
    const answered: number[] = [];
    for (let count = 0; count < MAX_BATCH + 3; count++) {
      sending.submit([{ give: headed(frame(60, count)) }]);
      answered.push(...sending.replies());
    }
    // Half a ring is answered at once: a driver never runs out of buffers.
    expect(answered).toHaveLength(MAX_BATCH);
    card.service();
    expect(sent.map((each) => each.frames.length)).toEqual([MAX_BATCH, 3]);
    expect(sent[1]?.frames[2]).toEqual(frame(60, MAX_BATCH + 2));
  });

  test("makes no interrupt for a guest that wants none", async () => {
    const { card, device, sending } = await board();
    sending.quiet(true);
    sending.submit([{ give: headed(frame(64)) }]);
    card.service();
    expect(sending.replies()).toEqual([0]);
    expect(device.interrupt()).toBe(0);
  });
});

describe("what arrives", () => {
  test("is in the guest's buffers at once, with a header that says one buffer, and with one interrupt", async () => {
    const { arrive, device, receiving } = await board();
    const [first = 0] = receiving.submit([{ take: 1526 }]);
    const [header = 0, rest = 0] = receiving.submit([{ take: 12 }, { take: 1514 }]);
    arrive(frame(60), frame(1514, 3));
    expect(receiving.replies()).toEqual([72, 1526]);
    const one = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    expect(device.memory(first, 72)).toEqual(Uint8Array.from([...one, ...frame(60)]));
    expect(device.memory(header, 12)).toEqual(Uint8Array.from(one));
    expect(device.memory(rest, 1514)).toEqual(frame(1514, 3));
    expect(device.interrupt()).toBe(1);
    expect(device.interrupt()).toBe(0);
  });

  test("waits for buffers, in order, and makes no interrupt while the guest wants none", async () => {
    const { arrive, device, receiving } = await board();
    arrive(frame(60, 1), frame(61, 2));
    arrive(frame(62, 3));
    expect(receiving.replies()).toEqual([]);
    receiving.quiet(true);
    const [first = 0] = receiving.submit([{ take: 1526 }], false);
    receiving.submit([{ take: 1526 }]);
    expect(receiving.replies()).toEqual([72, 73]);
    expect(device.memory(first + HEADER, 60)).toEqual(frame(60, 1));
    expect(device.interrupt()).toBe(0);
    receiving.quiet(false);
    receiving.submit([{ take: 1526 }]);
    expect(receiving.replies()).toEqual([74]);
    expect(device.interrupt()).toBe(1);
  });

  test("beyond 1024 frames it is dropped", async () => {
    const { arrive, receiving } = await board();
    for (let batch = 0; batch < 10; batch++) {
      arrive(...Array.from({ length: 200 }, (_, at) => frame(14 + ((batch * 200 + at) % 1000))));
    }
    const lengths: number[] = [];
    for (let count = 0; count < 1100; count++) {
      receiving.submit([{ take: 1526 }]);
      lengths.push(...receiving.replies());
    }
    expect(lengths).toEqual(Array.from({ length: 1024 }, (_, at) => HEADER + 14 + (at % 1000)));
  });

  test.each([
    ["no object", 7],
    ["no frames", {}],
    ["frames that are none", { frames: [new Uint8Array(13), new Uint8Array(1515), "frame", null] }],
    ["shared memory", { frames: [new Uint8Array(new SharedArrayBuffer(64))] }],
  ])("%s: dropped, and the good frame after it arrives", async (_name, raw) => {
    const { arrive, arriveRaw, receiving } = await board();
    receiving.submit([{ take: 1526 }]);
    arriveRaw(raw);
    arrive(frame(64));
    expect(receiving.replies()).toEqual([76]);
  });

  test("before the guest's driver is up, and of before a reset, it is dropped", async () => {
    const { arrive, device, receiving, machine } = await board();
    machine.emulator.v86.cpu.io.port_write8(0xc000 + (PCI << 8) + 20, 0);
    arrive(frame(64));
    device.reset();
    arrive(frame(65));
    device.reset();
    arrive(frame(66));
    receiving.submit([{ take: 1526 }]);
    receiving.submit([{ take: 1526 }]);
    expect(receiving.replies()).toEqual([78]);
  });

  test("waits while the card is held, and comes when it is let go", async () => {
    const { arrive, card, receiving } = await board();
    receiving.submit([{ take: 1526 }]);
    card.hold(true);
    arrive(frame(64));
    expect(receiving.replies()).toEqual([]);
    card.hold(false);
    expect(receiving.replies()).toEqual([76]);
  });
});

describe("a guest that waits for an interrupt", () => {
  const GDT = 0x2000;
  const IDT = 0x2100;
  const HANDLER = 0x3000;
  /** IRQ 11, the line of this slot, with the second interrupt controller at 0x28. */
  const VECTOR = 0x2b;
  const SEGMENTS = [0, 0, 0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0, 0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0];
  const GATE = [HANDLER & 255, HANDLER >> 8, 8, 0, 0, 0x8e, 0, 0];
  const controllers = [
    [0x20, 0x11, 0x21, 0x20, 0x21, 4, 0x21, 1, 0x21, 0],
    [0xa0, 0x11, 0xa1, 0x28, 0xa1, 2, 0xa1, 1, 0xa1, 0],
  ].flatMap((values) => values.flatMap((port, at) => (at % 2 === 0 ? asm.out8(port, values[at + 1] ?? 0) : [])));
  const waits = [
    ...asm.store(0x1000, [23, 0, GDT & 255, GDT >> 8, 0, 0]),
    ...asm.store(0x1008, [255, 7, IDT & 255, IDT >> 8, 0, 0]),
    ...asm.store(GDT, [...new Array(8).fill(0), ...SEGMENTS.slice(2)]),
    ...asm.store(IDT + VECTOR * 8, GATE),
    ...asm.store(HANDLER, [...asm.text(0x3f8, "woken"), ...asm.cli, ...asm.hlt]),
    ...controllers,
    ...asm.text(0x3f8, "waits"),
    // mov esp; lgdt; lidt; sti; hlt; and again
    ...[0xbc, 0, 0x80, 0, 0, 0x0f, 0x01, 0x15, 0, 0x10, 0, 0, 0x0f, 0x01, 0x1d, 8, 0x10, 0, 0, 0xfb, 0xf4, 0xeb, 0xfd],
  ];

  afterEach(() => void vi.useRealTimers());

  test("is woken by a frame at once, not by its next timer", async () => {
    const { arrive, receiving, machine, said, halt, output } = await board(waits);
    receiving.submit([{ take: 1526 }]);
    // No timer ever fires from here on.
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    await machine.run();
    await said(1, "waits");
    expect(output[1]).toBe("waits");
    arrive(frame(64));
    expect(await halt).toEqual({ reason: "shutdown" });
    expect(output[1]).toBe("waitswoken");
  });

  test("and cannot take it: the guest halts, and who brought the frame does not notice", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    // As above, but its table of interrupts has no entries.
    const { arrive, receiving, machine, said, halt } = await board([
      ...waits.slice(0, -11),
      ...[0x0f, 0x01, 0x1d, 0, 0x40, 0, 0, 0xfb, 0xf4, 0xeb, 0xfd],
    ]);
    receiving.submit([{ take: 1526 }]);
    await machine.run();
    await said(1, "waits");
    arrive(frame(64));
    expect(await halt).toEqual({ reason: "fault" });
  });
});

describe("a hostile driver", () => {
  test("whose queue claims 65535 requests is served no more than the queue holds", async () => {
    const { card, sending, sent } = await board();
    sending.submit([{ give: headed(frame(64)) }]);
    sending.claim(0xffff);
    card.service();
    expect(sent.flatMap((each) => each.frames).length).toBeLessThanOrEqual(2 * 256);
  });

  test.each<[string, Piece]>([
    ["beyond the end of memory", { take: 1526, address: MEMORY - 100 }],
    ["of 4 GiB", { take: 1526, length: 0xffffffff }],
    ["in the VGA's window", { take: 1526, address: 0xa0000 }],
  ])("a buffer %s: the device asks to be reset, and works after that", async (_name, piece) => {
    const { arrive, device, receiving, sending } = await board();
    receiving.submit([piece]);
    arrive(frame(64));
    expect(receiving.replies()).toEqual([]);
    expect(device.status() & 64).toBe(64);
    device.reset();
    sending.submit([{ length: 1526, ...piece, give: new Uint8Array(0) }]);
    expect(device.status() & 64).toBe(64);
    device.reset();
    receiving.submit([{ take: 1526 }]);
    arrive(frame(64));
    expect(receiving.replies()).toEqual([76]);
  });

  test("a buffer that is too small comes back empty, and the frame is lost", async () => {
    const { arrive, device, receiving } = await board();
    const [small = 0] = receiving.submit([{ take: 75 }]);
    receiving.submit([{ take: 1526 }]);
    arrive(frame(64), frame(65));
    expect(receiving.replies()).toEqual([0, 77]);
    expect(device.memory(small, 75)).toEqual(new Uint8Array(75));
  });

  test("whatever it writes into its rings, nothing throws, and after a reset the card works", async () => {
    const { arrive, card, device, receiving, sending, sent } = await board();
    const address = fc.oneof(
      fc.constantFrom(undefined, 0, MEMORY - 10, MEMORY, 0xa0000, 0xe0000000, 0xfee00000, 0xffffffff, 0x200000),
      fc.integer({ min: 0, max: 0xffffffff }),
    );
    const length = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(0xffffffff, 0x80000000, 65537));
    const piece = fc.record({ address, length, give: fc.constantFrom(undefined, new Uint8Array(4)) });
    const step = fc.oneof(
      fc.record({ queue: fc.constantFrom(0, 1), pieces: fc.array(piece, { minLength: 1, maxLength: 4 }) }),
      fc.record({ queue: fc.constantFrom(0, 1), claim: fc.integer({ min: 0, max: 65535 }) }),
      fc.record({ frames: fc.integer({ min: 1, max: 300 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        for (const each of steps) {
          if ("frames" in each) arrive(...Array.from({ length: each.frames }, () => frame(60)));
          else if ("claim" in each) device.queues[each.queue]?.claim(each.claim);
          else device.queues[each.queue]?.submit(each.pieces as Piece[]);
        }
        device.reset();
        card.service();
        sent.length = 0;
        receiving.submit([{ take: 1526 }]);
        arrive(frame(64));
        sending.submit([{ give: headed(frame(65)) }]);
        card.service();
        expect(receiving.replies()).toEqual([76]);
        expect(sent.at(-1)?.frames).toEqual([frame(65)]);
      }),
      { numRuns: 60 },
    );
  });
});

test("an unplugged card's port is closed once the last frames are out, and nothing that comes is taken", async () => {
  const { arrive, card, receiving, sending, sent, closed } = await board();
  receiving.submit([{ take: 1526 }]);
  sending.submit([{ give: headed(frame(64)) }]);
  card.unplug();
  expect(sent.map((each) => each.frames)).toEqual([[frame(64)]]);
  expect(closed()).toBe(true);
  arrive(frame(64));
  expect(receiving.replies()).toEqual([]);
});
