/** The physical world's network cards and wires. */
import { describe, expect, it } from "vitest";
import { type Client, connect } from "../protocol/channel.ts";
import type { FrameBatch } from "../protocol/frames.ts";
import type { MediaRequest, PhysicalEvent, WireFrame } from "../protocol/media.ts";
import { worlds } from "./testing/worlds.ts";

const { open, ready, machine } = worlds();

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
