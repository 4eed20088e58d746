import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Library } from "../physical/library.ts";
import { createWorld } from "../physical/world.ts";
import { type Client, connect, serve } from "../protocol/channel.ts";
import { type PhysicalEvent, type PhysicalRequest, parsePhysicalRequest } from "../protocol/media.ts";
import { createWire, type LabWire } from "./wire.ts";

const open: MessagePort[] = [];
const labWires: LabWire[] = [];
afterEach(() => {
  for (const wire of labWires.splice(0)) wire.close();
  for (const port of open.splice(0)) port.close();
  vi.useRealTimers();
});

const frame = (number: number) => Uint8Array.from({ length: 60 }, (_, at) => (at === 0 ? number : 0));

/** The real physical realm with one wire, and a machine's card at its end. */
async function lan() {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const library = async () => ({ release: "1", images: [], measured: [] }) as unknown as Library;
  const sealed = { load: async () => undefined, save: async () => {} };
  const world = createWorld(library, sealed, (event) => server.emit(event));
  const server = serve<PhysicalRequest, PhysicalEvent>(port1, parsePhysicalRequest, world.answer);
  const physical: Client<PhysicalRequest, PhysicalEvent> = connect(port2);
  await physical.call({ op: "init", base: "http://localhost/" });
  await physical.call({ op: "plug", platform: "alice", wire: "lan" });
  const media = (await physical.call({ op: "machine", platform: "alice" })) as MessagePort;
  const nic = (await connect(media).call({ op: "open-nic", nic: "eth0" })) as MessagePort;
  open.push(media, nic);

  const complaints: string[] = [];
  const counts: number[] = [];
  const made = createWire({
    id: "lan",
    physical,
    asFrame: ({ sequence, at, from, bytes }) => ({ sequence, time: at, from, bytes, layers: [] }),
    complain: (summary) => complaints.push(summary),
    intercepted: (interceptors) => counts.push(interceptors),
  });
  labWires.push(made);
  physical.onEvent((event) => {
    if (event.type === "frames") made.news();
    else if (event.type === "held") void made.held(event);
    else if (event.type === "let-go") made.letGo(event);
  });
  const got: number[] = [];
  let heard = () => {};
  nic.onmessage = (message) => {
    got.push(...message.data.frames.map((each: Uint8Array) => each[0] ?? 0));
    heard();
  };
  const arrived = async (count: number) => {
    while (got.length < count) await new Promise<void>((resolve) => (heard = resolve));
    return got;
  };
  return { ...made, nic, arrived, complaints, counts, physical };
}

const first = (frames: { bytes: Uint8Array }[]) => frames.map(({ bytes }) => bytes[0]);

describe("capturing", () => {
  it("gives what went over the wire, from where one wants, and as much", async () => {
    const { wire } = await lan();
    for (let at = 1; at <= 5; at++) await wire.inject(frame(at));
    const frames = await wire.frames();
    expect(first(frames)).toEqual([1, 2, 3, 4, 5]);
    expect(frames.map(({ sequence, from, layers }) => [sequence, from, layers])[4]).toEqual([5, "attacker", []]);
    expect(first(await wire.frames({ since: 3 }))).toEqual([4, 5]);
    expect(first(await wire.frames({ since: 1, limit: 2 }))).toEqual([2, 3]);
    expect(await wire.frames({ limit: 0 })).toEqual([]);
    for (const wrong of [{ since: -1 }, { limit: Number.NaN }, { since: "1" as unknown as number }]) {
      await expect(wire.frames(wrong)).rejects.toThrow("bad-argument");
    }
  });

  it("asks in pieces where there are more frames than one answer holds", async () => {
    const { wire, nic } = await lan();
    for (let at = 0; at < 50; at++) nic.postMessage({ frames: Array.from({ length: 100 }, () => frame(at)) });
    await wire.waitForFrame(({ sequence }) => sequence === 5000);
    const frames = await wire.frames();
    expect(frames.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 5000 }, (_, at) => at + 1));
    expect(await wire.frames({ since: 100, limit: 4500 })).toHaveLength(4500);
  });

  it("waits for a frame, past ones included", async () => {
    const { wire } = await lan();
    await wire.inject(frame(1));
    expect((await wire.waitForFrame(({ bytes }) => bytes[0] === 1)).sequence).toBe(1);
    const coming = wire.waitForFrame(({ bytes }) => bytes[0] === 3);
    await wire.inject(frame(2));
    await wire.inject(frame(3));
    expect((await coming).sequence).toBe(3);
    await expect(wire.waitForFrame(() => false, 5)).rejects.toThrow("timeout: no such frame on lan within 5 ms");
    await expect(
      wire.waitForFrame(() => {
        throw new Error("mine");
      }),
    ).rejects.toThrow("mine");
    await expect(wire.waitForFrame(7 as unknown as () => boolean)).rejects.toThrow("bad-argument");
  });

  it("is a file in which a reader of its own finds every frame and who sent it", async () => {
    const { wire, nic } = await lan();
    await wire.inject(frame(1));
    nic.postMessage({ frames: [frame(2)] });
    await wire.waitForFrame(({ bytes }) => bytes[0] === 2);
    const file = path.join(mkdtempSync(path.join(tmpdir(), "capture-")), "lan.pcapng");
    writeFileSync(file, await wire.pcapng());
    const fields = ["frame.interface_name", "frame.len", "eth.dst"].flatMap((name) => ["-e", name]);
    const told = execFileSync("tshark", ["-r", file, "-T", "fields", ...fields], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    rmSync(path.dirname(file), { recursive: true });
    expect(told.trim().split("\n")).toEqual(["attacker\t60\t01:00:00:00:00:00", "alice/eth0\t60\t02:00:00:00:00:00"]);
  });

  it("ends with the lab", async () => {
    const { wire, close } = await lan();
    const waiting = expect(wire.waitForFrame(() => false)).rejects.toThrow("bad-state: the lab was closed");
    await wire.frames();
    close();
    await waiting;
    await expect(wire.inject(frame(1))).rejects.toThrow("bad-state");
  });
});

describe("an attacker's frame", () => {
  it("reaches the machines, if it is one", async () => {
    const { wire, arrived } = await lan();
    await wire.inject(frame(7));
    expect(await arrived(1)).toEqual([7]);
    for (const wrong of [new Uint8Array(13), new Uint8Array(1515), "frame" as unknown as Uint8Array]) {
      await expect(wire.inject(wrong)).rejects.toThrow("bad-argument");
    }
  });
});

describe("an interceptor", () => {
  it("puts its frames in the place of each, or none, at once or later", async () => {
    const { wire, arrived, counts } = await lan();
    const seen: number[] = [];
    const id = await wire.intercept(async ({ bytes }) => {
      seen.push(bytes[0] ?? 0);
      if (bytes[0] === 1) return [];
      await new Promise((resolve) => setTimeout(resolve, 5));
      return [bytes, frame(20)];
    });
    await wire.inject(frame(1));
    await wire.inject(frame(2));
    expect(await arrived(2)).toEqual([2, 20]);
    expect(seen).toEqual([1, 2]);
    await wire.stopIntercept(id);
    await wire.inject(frame(3));
    expect(await arrived(3)).toEqual([2, 20, 3]);
    expect(counts).toEqual([1, 0]);
    await expect(wire.stopIntercept(id)).rejects.toThrow("bad-state");
    await expect(wire.intercept("drop" as never)).rejects.toThrow("bad-argument");
  });

  it("that fails has the frame passed on, and what went wrong is told", async () => {
    const { wire, arrived, complaints } = await lan();
    const answers: unknown[] = ["all", [new Uint8Array(3)], Array(257).fill(frame(9)), [7]];
    let id = await wire.intercept(() => {
      throw new Error("no idea");
    });
    await wire.inject(frame(1));
    await arrived(1);
    for (const [at, answer] of answers.entries()) {
      await wire.stopIntercept(id);
      id = await wire.intercept(() => answer as Uint8Array[]);
      await wire.inject(frame(at + 2));
      await arrived(at + 2);
    }
    expect(await arrived(5)).toEqual([1, 2, 3, 4, 5]);
    expect(complaints.map((each) => each.replace(/^.*passed on: /, ""))).toEqual([
      "no idea",
      "it answered all, not a list of frames",
      "it answered 3 bytes as a frame; a frame is a Uint8Array of 14 to 1514 bytes",
      "it answered 257 frames; at most 256",
      "it answered 7 as a frame; a frame is a Uint8Array of 14 to 1514 bytes",
    ]);
    expect(complaints[0]).toBe("interceptor intercept1 failed at frame 1, which was passed on: no idea");
  });

  it("that takes over a second has the frame passed on", async () => {
    const { wire, arrived, complaints } = await lan();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let asked = () => {};
    const called = new Promise<void>((resolve) => (asked = resolve));
    await wire.intercept(() => {
      asked();
      return new Promise(() => {});
    });
    await wire.inject(frame(1));
    await called;
    vi.advanceTimersByTime(1000);
    expect(await arrived(1)).toEqual([1]);
    expect(complaints).toEqual([
      "interceptor intercept1 failed at frame 1, which was passed on: it took over a second",
    ]);
  });

  it("that is taken away while it thinks is not waited for", async () => {
    const { wire, arrived, complaints } = await lan();
    let answer = (_: Uint8Array[]) => {};
    let asked = () => {};
    const called = new Promise<void>((resolve) => (asked = resolve));
    const id = await wire.intercept(() => {
      asked();
      return new Promise((resolve) => (answer = resolve));
    });
    await wire.inject(frame(1));
    await called;
    await wire.stopIntercept(id);
    expect(await arrived(1)).toEqual([1]);
    answer([frame(9)]);
    await wire.inject(frame(2));
    expect(await arrived(2)).toEqual([1, 2]);
    expect(complaints).toEqual([]);
  });
});
