import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GATHER_MS } from "../network/quake-log.ts";
import { ascii, ethernet, join, tcp, u8, u16 } from "../network/testing/build.ts";
import { BLUE, command, move, toServer, zero } from "../network/testing/quake.ts";
import { HANDSHAKE_QUIET_MS, QUIET_MS } from "../network/tls-flights.ts";
import type { WireFrame } from "../protocol/media.ts";
import type { DeviceStatus, OwnerEvent, VmStatus } from "../protocol/owner.ts";
import type { Message } from "./api.ts";
import { createTraffic, PERIOD_MS, TOLD_FRAMES } from "./traffic.ts";

type Noted = Omit<Message, "sequence" | "time"> & { at: number };

const mac = (text: string) => text.split(":").map((byte) => Number.parseInt(byte, 16));
const BROADCAST = "ff:ff:ff:ff:ff:ff";

function frame(to: string, from: string): Uint8Array {
  const bytes = new Uint8Array(60);
  bytes.set([...mac(to), ...mac(from)]);
  return bytes;
}

function machine(id: string, devices: Partial<DeviceStatus>[]) {
  const statuses = new Map<string, VmStatus>();
  for (const { attachedTo } of devices) {
    if (attachedTo) statuses.set(attachedTo, { id: attachedTo, name: attachedTo.replace("vm-", "") } as VmStatus);
  }
  const byId = devices.map((device): [string, DeviceStatus] => [
    device.id ?? "",
    { connectedTo: [], ...device } as unknown as DeviceStatus,
  ]);
  return { id, statuses, devices: new Map(byId) };
}

const PC = "02:00:00:00:00:01";
const SECOND = "02:00:00:00:00:02";
const BOBS = "02:00:00:00:00:03";
const UNPLUGGED = "02:00:00:00:00:04";

const alice = machine("alice", [
  { id: "eth0", type: "nic", wire: "lan" },
  { id: "dev1", type: "nic", mac: PC, attachedTo: "vm-pc", connectedTo: ["eth0"] },
  { id: "dev2", type: "nic", mac: SECOND, attachedTo: "vm-second", connectedTo: ["dev1", "eth1"] },
  { id: "dev3", type: "nic", mac: "02:00:00:00:00:09", connectedTo: ["eth0"] },
]);
const bob = machine("bob", [
  { id: "eth0", type: "nic", wire: "lan" },
  { id: "dev1", type: "nic", mac: BOBS, attachedTo: "vm-pc", connectedTo: ["eth0"] },
  { id: "dev2", type: "nic", mac: UNPLUGGED, attachedTo: "vm-other" },
]);

function log() {
  const noted: Noted[] = [];
  const traffic = createTraffic({
    machines: () => [alice, bob],
    decode: (bytes) => ({ kind: "udp", summary: `${bytes.length} bytes` }),
    note: (at, message) => noted.push({ at, ...message }),
    now: () => Date.now(),
  });
  const wire = (from: string, bytes: Uint8Array, at = 7) => {
    const frame: WireFrame = { sequence: 1, at, from, bytes };
    traffic.onWire("lan", ["alice", "bob"], [frame], 0);
  };
  const between = (from: string, to: string, frames: Uint8Array[], skipped = 0) => {
    const event: Extract<OwnerEvent, { type: "traffic" }> = { type: "traffic", at: 7, from, to, frames, skipped };
    traffic.between("alice", event);
  };
  return { noted, traffic, wire, between, ends: () => noted.map(({ from, to }) => [from, to]) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a frame on a wire", () => {
  it("is a message from box to box where both ends' cards are known", () => {
    const { wire, noted } = log();
    const bytes = frame(BOBS, PC);
    wire("alice/eth0", bytes);
    expect(noted).toEqual([{ at: 7, from: "alice/pc", to: "bob/pc", kind: "udp", summary: "60 bytes", bytes }]);
  });

  it("is from the machine's card and to the wire where they are not", () => {
    const { wire, ends } = log();
    wire("alice/eth0", frame(BROADCAST, PC));
    wire("bob/eth0", frame("02:00:00:00:00:77", "02:00:00:00:00:88"));
    // A card that is attached to no box is nobody's; a box of the sender's own machine is not on the wire's other side.
    wire("alice/eth0", frame(SECOND, "02:00:00:00:00:09"));
    expect(ends()).toEqual([
      ["alice/pc", "lan"],
      ["bob/eth0", "lan"],
      ["alice/eth0", "lan"],
    ]);
  });

  it("is of no box that is not connected with the card, whatever address stands in it", () => {
    const { wire, ends } = log();
    wire("alice/eth0", frame(UNPLUGGED, SECOND));
    wire("alice/eth1", frame(BOBS, PC));
    wire("bob/eth0", frame(SECOND, BOBS));
    wire("bob/eth0", frame(PC, UNPLUGGED));
    expect(ends()).toEqual([
      ["alice/eth0", "lan"],
      ["alice/eth1", "bob/pc"],
      ["bob/pc", "lan"],
      ["bob/eth0", "alice/pc"],
    ]);
  });

  it("is the attacker's whatever address stands in it", () => {
    const { wire, ends } = log();
    wire("attacker", frame(BOBS, PC));
    expect(ends()).toEqual([["attacker", "bob/pc"]]);
  });

  it("is counted only, after so many in a second", () => {
    const { wire, traffic, noted } = log();
    for (let at = 0; at < TOLD_FRAMES + 3; at++) wire("alice/eth0", frame(BOBS, PC));
    traffic.onWire("lan", ["alice", "bob"], [], 4);
    expect(noted).toHaveLength(TOLD_FRAMES);
    vi.advanceTimersByTime(PERIOD_MS);
    expect(noted.slice(TOLD_FRAMES)).toMatchObject([
      { from: "lan", to: "lan", kind: "other", summary: "7 more frames in this second" },
    ]);
    wire("alice/eth0", frame(BOBS, PC));
    vi.advanceTimersByTime(PERIOD_MS);
    expect(noted).toHaveLength(TOLD_FRAMES + 2);
    expect(noted.at(-1)?.kind).toBe("udp");
  });
});

describe("a frame between boxes of one machine", () => {
  it("is a message between them", () => {
    const { between, noted } = log();
    between("dev1", "dev2", [frame(SECOND, PC)]);
    expect(noted).toMatchObject([{ at: 7, from: "alice/pc", to: "alice/second", kind: "udp" }]);
  });

  it("is told by the wire alone where one end is a physical card", () => {
    const { between, noted } = log();
    between("dev1", "eth0", [frame(BOBS, PC)], 3);
    between("eth0", "dev1", [frame(PC, BOBS)], 3);
    vi.advanceTimersByTime(PERIOD_MS);
    expect(noted).toEqual([]);
  });

  it("is counted with those that the machine did not tell, each way by itself", () => {
    const { between, noted } = log();
    between("dev1", "dev2", Array(TOLD_FRAMES + 1).fill(frame(SECOND, PC)), 10);
    between("dev2", "dev1", [frame(PC, SECOND)]);
    expect(noted).toHaveLength(TOLD_FRAMES + 1);
    vi.advanceTimersByTime(PERIOD_MS);
    expect(noted.at(-1)).toMatchObject({
      from: "alice/pc",
      to: "alice/second",
      summary: "11 more frames in this second",
    });
  });

  it("is not counted any more when the lab is closed", () => {
    const { between, traffic, noted } = log();
    between("dev1", "dev2", [], 10);
    traffic.close();
    vi.advanceTimersByTime(PERIOD_MS);
    expect(noted).toEqual([]);
  });
});

describe("what is said in a game", () => {
  const MOVE = move(u8(0, 20), u8(0, 20), command({ pitch: 1, yaw: 2, msec: 40 }));
  const readdressed = (bytes: Uint8Array) => join(u8(...mac(BOBS), ...mac(PC)), bytes.subarray(12));

  it("is one message a second where it comes with every packet, and its own where it does not", () => {
    const { wire, noted, traffic } = log();
    for (let at = 0; at < TOLD_FRAMES + 10; at++) wire("alice/eth0", readdressed(toServer(BLUE, {}, MOVE)), at);
    expect(noted).toEqual([]);
    vi.advanceTimersByTime(GATHER_MS);
    expect(noted).toMatchObject([
      {
        at: TOLD_FRAMES + 9,
        from: "alice/pc",
        to: "bob/pc",
        kind: "quake",
        summary: expect.stringContaining("60 packets"),
      },
    ]);
    const said = readdressed(toServer(BLUE, {}, u8(4), zero("say hello")));
    wire("alice/eth0", said, 100);
    expect(noted[1]).toMatchObject({ at: 100, kind: "quake", bytes: said });
    wire("alice/eth0", readdressed(toServer(BLUE, {}, MOVE)));
    traffic.close();
    vi.advanceTimersByTime(GATHER_MS);
    expect(noted).toHaveLength(2);
  });

  it("counts among what the line has told in this second", () => {
    const { wire, noted } = log();
    const said = readdressed(toServer(BLUE, {}, u8(4), zero("say hello")));
    for (let at = 0; at < TOLD_FRAMES + 2; at++) wire("alice/eth0", said);
    expect(noted).toHaveLength(TOLD_FRAMES);
  });
});

describe("what is said over TLS", () => {
  const record = (type: number, content: Uint8Array) => join(u8(type, 3, 3), u16(content.length), content);
  const HELLO = record(22, join(u8(1, 0, 0, 41, 3, 3), new Uint8Array(32), u8(0, 0, 2, 19, 1, 1, 0)));
  const ANSWER = record(22, join(u8(2, 0, 0, 38, 3, 3), new Uint8Array(32), u8(0, 19, 1, 0)));

  /** A segment of the client on its way to the server, or the other way round. */
  const segment = (by: "client" | "server", sequence: number, payload: Uint8Array, flags = 16, ends = [PC, BOBS]) => {
    const [client = "", server = ""] = ends;
    const ports = by === "client" ? { from: 40000, to: 443 } : { from: 443, to: 40000 };
    const [source, destination] = by === "client" ? ["10.0.0.2", "10.0.0.1"] : ["10.0.0.1", "10.0.0.2"];
    const bytes = tcp({ ...ports, sequence, flags }, payload, { source, destination });
    return by === "client" ? ethernet(0x800, bytes, client, server) : ethernet(0x800, bytes, server, client);
  };

  it("is one message for each side's turn, from box to box, and receipts are none", () => {
    const { wire, noted } = log();
    wire("alice/eth0", segment("client", 0, u8(), 2), 1);
    wire("bob/eth0", segment("server", 0, u8(), 18), 2);
    wire("alice/eth0", segment("client", 1, HELLO.subarray(0, 20)), 3);
    wire("bob/eth0", segment("server", 1, u8()), 4);
    wire("alice/eth0", segment("client", 21, HELLO.subarray(20)), 5);
    wire("bob/eth0", segment("server", 1, u8()), 6);
    wire("bob/eth0", segment("server", 1, ANSWER), 7);
    expect(noted.map(({ at, kind }) => [at, kind])).toEqual([
      [1, "udp"],
      [2, "udp"],
      [5, "tls"],
    ]);
    expect(noted[2]).toEqual({
      at: 5,
      from: "alice/pc",
      to: "bob/pc",
      kind: "tls",
      summary: "ClientHello (up to TLS 1.2)",
      bytes: HELLO,
    });
    vi.advanceTimersByTime(HANDSHAKE_QUIET_MS - 1);
    expect(noted).toHaveLength(3);
    vi.advanceTimersByTime(1);
    expect(noted[3]).toMatchObject({
      at: 7,
      from: "bob/pc",
      to: "alice/pc",
      summary: "ServerHello (TLS 1.2, TLS_AES_128_GCM_SHA256)",
    });
    wire("alice/eth0", segment("client", 100, ascii("!"), 17), 8);
    expect(noted).toHaveLength(5);
  });

  it("is waited for as long as it goes on, and not after the lab was closed", () => {
    const { wire, noted, traffic } = log();
    wire("alice/eth0", segment("client", 0, HELLO));
    const data = record(23, u8(1));
    let sequence = HELLO.length;
    for (let more = 0; more < 5; more++) {
      wire("alice/eth0", segment("client", sequence, data));
      sequence += data.length;
      vi.advanceTimersByTime(QUIET_MS - 1);
    }
    expect(noted.map(({ summary }) => summary)).toEqual(["ClientHello (up to TLS 1.2)"]);
    vi.advanceTimersByTime(QUIET_MS);
    expect(noted[1]?.summary).toBe("application data, 5 records, 5 bytes");
    wire("alice/eth0", segment("client", sequence, data));
    traffic.close();
    vi.advanceTimersByTime(2 * QUIET_MS);
    expect(noted).toHaveLength(2);
  });

  it("is the attacker's where the attacker says it", () => {
    const { wire, ends } = log();
    wire("attacker", segment("client", 0, HELLO));
    expect(ends()).toEqual([["attacker", "bob/pc"]]);
  });

  it("is told between boxes of one machine as well", () => {
    const { between, noted } = log();
    between("dev1", "dev2", [segment("client", 0, HELLO, 16, [PC, SECOND])]);
    between("dev2", "dev1", [
      segment("server", 0, ANSWER, 16, [PC, SECOND]),
      segment("server", 60, u8(), 17, [PC, SECOND]),
    ]);
    expect(noted.map(({ from, to, kind }) => [from, to, kind])).toEqual([
      ["alice/pc", "alice/second", "tls"],
      ["alice/second", "alice/pc", "tls"],
      ["alice/second", "alice/pc", "udp"],
    ]);
  });

  it("is counted only, where there is too much of it", () => {
    const { wire, noted } = log();
    const alert = record(21, u8(1, 0));
    for (let at = 0; at < TOLD_FRAMES + 3; at++) wire("alice/eth0", segment("client", at * alert.length, alert));
    expect(noted).toHaveLength(TOLD_FRAMES);
    vi.advanceTimersByTime(PERIOD_MS);
    expect(noted.at(-1)).toMatchObject({ kind: "other", summary: "3 more frames in this second" });
  });
});
