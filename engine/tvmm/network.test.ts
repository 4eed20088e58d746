import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_FRAME } from "../protocol/frames.ts";
import type { NicInfo } from "../protocol/media.ts";
import type { OwnerEvent } from "../protocol/owner.ts";
import { START_MS } from "./in-time.ts";
import { type Network, network } from "./network.ts";

const ports: MessagePort[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const port of ports.splice(0)) port.close();
});

/** A frame of 60 bytes that says this. */
const frame = (text: string) => Uint8Array.from({ length: 60 }, (_, at) => text.charCodeAt(at) || 0);
const textOf = (bytes: Uint8Array) => String.fromCharCode(...bytes).replace(/\0.*$/s, "");

/** The other end of a card: a vm worker's, or a wire's. */
function card(port: MessagePort) {
  ports.push(port);
  const batches: { frames: Uint8Array<ArrayBuffer>[] }[] = [];
  let check = () => {};
  port.onmessage = ({ data }) => {
    batches.push(data);
    check();
  };
  const received = () => batches.flatMap(({ frames }) => frames.map(textOf));
  return {
    port,
    batches,
    received,
    send: (...texts: string[]) => port.postMessage({ frames: texts.map(frame) }),
    until: (text: string) =>
      new Promise<void>((resolve) => {
        check = () => received().includes(text) && resolve();
        check();
      }),
  };
}

async function bench(nics: NicInfo[] | Error = []) {
  const outside = new Map<string, ReturnType<typeof card>>();
  const events: Extract<OwnerEvent, { type: "traffic" }>[] = [];
  const made: Network = await network({
    media: {
      nics: async () => {
        if (nics instanceof Error) throw nics;
        return nics;
      },
      openNic: async (id) => {
        if (id === "eth9") throw new Error("taken out");
        const { port1, port2 } = new MessageChannel();
        outside.set(id, card(port1));
        ports.push(port2);
        return port2;
      },
    },
    openBox: (device) => device.startsWith("open"),
    standsStill: () => false,
    emit: (event) => event.type === "traffic" && events.push(event),
    after: (_ms, callback) => void setImmediate(callback),
    now: () => 1000,
  });
  const plug = (device: string) => card(made.plugIn(device));
  return { ...made, plug, outside, events };
}

describe("cards", () => {
  it("that are connected pass frames both ways, and a third sees none", async () => {
    const { connect, plug } = await bench();
    const [a, b, c] = ["a", "b", "c"].map(plug);
    connect("a", "b");
    a?.send("ping", "second");
    await b?.until("second");
    b?.send("pong");
    await a?.until("pong");
    expect([a?.received(), b?.received(), c?.received()]).toEqual([["pong"], ["ping", "second"], []]);
    // What came in one message goes on in one.
    expect(b?.batches).toHaveLength(1);
  });

  it("that two others are connected with do not pass frames on between those", async () => {
    const { connect, plug } = await bench();
    const [a, hub, b] = ["a", "hub", "b"].map(plug);
    connect("a", "hub");
    connect("b", "hub");
    a?.send("for the hub");
    await hub?.until("for the hub");
    hub?.send("for both");
    await Promise.all([a?.until("for both"), b?.until("for both")]);
    expect([a?.received(), b?.received()]).toEqual([["for both"], ["for both"]]);
  });

  it("lose what is no frame, and go on", async () => {
    const { connect, plug } = await bench();
    const [a, b] = ["a", "b"].map(plug);
    connect("a", "b");
    for (const raw of [null, 7, "x", {}, { frames: 1 }, { frames: [1, null, new Uint8Array(3)] }]) {
      a?.port.postMessage(raw);
    }
    const buffer = frame("twice").buffer;
    const shared = new Uint8Array(new SharedArrayBuffer(60));
    a?.port.postMessage({
      frames: [new Uint8Array(buffer), new Uint8Array(buffer), shared, new Uint8Array(MAX_FRAME + 1)],
    });
    a?.send("end");
    await b?.until("end");
    expect(b?.received()).toEqual(["twice", "twice", "end"]);
  });

  it("that are plugged in anew are the new worker's alone, and unplugged nobody's", async () => {
    const { connect, plug, unplug, connectedTo } = await bench();
    const a = plug("a");
    const old = plug("b");
    connect("a", "b");
    a.send("first");
    await old.until("first");
    const b = plug("b");
    old.send("from the dead");
    b.send("alive");
    await a.until("alive");
    a.send("second");
    await b.until("second");
    expect(a.received()).toEqual(["alive"]);
    expect(old.received()).toEqual(["first"]);
    unplug("b");
    const c = plug("c");
    connect("a", "c");
    a.send("third");
    await c.until("third");
    expect(connectedTo("a")).toEqual(["b", "c"]);
    const again = plug("b");
    a.send("fourth");
    await again.until("fourth");
    expect([b.received(), again.received()]).toEqual([["second"], ["fourth"]]);
  });
});

describe("physical cards", () => {
  const nics = [
    { id: "eth0", wire: "lan" },
    { id: "eth1", wire: "dmz" },
  ];

  it("behave as any others, but are not joined to one another", async () => {
    const { connect, plug, outside, physical, connectedTo } = await bench(nics);
    expect(physical).toEqual(nics);
    const a = plug("a");
    connect("a", "eth0");
    expect(() => connect("eth0", "eth1")).toThrow(/^bad-argument: eth0 and eth1 are both physical/);
    expect(() => connect("eth0", "eth0")).toThrow(/^bad-argument: eth0 cannot be connected with itself/);
    expect(connectedTo("eth0")).toEqual(["a"]);
    a.send("out");
    await outside.get("eth0")?.until("out");
    outside.get("eth0")?.send("in");
    await a.until("in");
    expect(outside.get("eth1")?.received()).toEqual([]);
  });

  it("that cannot be had are none", async () => {
    expect((await bench(new Error("malformed: op is nics"))).physical).toEqual([]);
    const odd = [...nics, { id: "eth9", wire: "lan" }, { id: "eth0", wire: "other" }];
    expect((await bench(odd)).physical).toEqual(nics);
  });

  it("are so many at most", async () => {
    const many = Array.from({ length: 20 }, (_, at) => ({ id: `eth${at + 10}`, wire: "lan" }));
    expect((await bench(many)).physical).toEqual(many.slice(0, 16));
  });

  it("that do not answer keep no machine from starting, and those that come too late are closed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const parts = { openBox: () => false, standsStill: () => false, emit() {}, after() {}, now: () => 0 };
    const never = new Promise<never>(() => {});
    const without = network({ ...parts, media: { nics: () => never, openNic: () => never } });
    await vi.advanceTimersByTimeAsync(START_MS);
    expect((await without).physical).toEqual([]);

    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    let answer = (_port: MessagePort) => {};
    const late = new Promise<MessagePort>((resolve) => {
      answer = resolve;
    });
    const other = new MessageChannel();
    ports.push(other.port1, other.port2);
    const openNic = (id: string) => (id === "eth0" ? late : Promise.resolve(other.port2));
    const withOne = network({ ...parts, media: { nics: async () => nics, openNic } });
    await vi.advanceTimersByTimeAsync(START_MS);
    expect((await withOne).physical).toEqual([nics[1]]);
    const closed = new Promise((resolve) => port1.addEventListener("close", resolve));
    answer(port2);
    await closed;
  });
});

describe("traffic", () => {
  it("of an open box's card, and over a wire, is told; that between closed boxes is not", async () => {
    const { connect, disconnect, plug, outside, events } = await bench([{ id: "eth0", wire: "lan" }]);
    const [one, two, open] = ["closed1", "closed2", "open"].map(plug);
    connect("closed1", "closed2");
    one?.send("secret");
    await two?.until("secret");
    connect("closed1", "open");
    connect("closed2", "eth0");
    one?.send("to both");
    await open?.until("to both");
    two?.send("to the wire");
    await outside.get("eth0")?.until("to the wire");
    // Whatever has gathered is told before the connection is gone.
    disconnect("closed1", "open");
    const told = events.map(({ from, to, frames }) => [from, to, frames.map(textOf)]);
    expect(told.sort()).toEqual([
      ["closed1", "open", ["to both"]],
      ["closed2", "eth0", ["to the wire"]],
    ]);
  });

  it("is nothing where nobody receives", async () => {
    const { connect, plug, events, remove } = await bench();
    const [a, b] = ["open1", "open2"].map(plug);
    connect("open1", "open3");
    a?.send("to nobody");
    connect("open1", "open2");
    a?.send("to somebody");
    await b?.until("to somebody");
    remove("open2");
    expect(new Set(events.map(({ to }) => to))).toEqual(new Set(["open2"]));
  });
});
