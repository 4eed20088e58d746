import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALICE, ascii, BOB, ethernet, join, tcp, u8, u16 } from "./testing/build.ts";
import { type Certificates, dialogue, type Frame, frames, makeCertificates, type Said } from "./testing/dialogue.ts";
import { HANDSHAKE_QUIET_MS, observeTls, QUIET_MS, type TlsFlight, type TlsObserver } from "./tls-flights.ts";

let certificates: Certificates;
let said: Said[];
beforeAll(async () => {
  certificates = makeCertificates();
  said = await dialogue(certificates, ["-tls1_2"]);
});
afterAll(() => certificates.remove());

function observe(captured: readonly Frame[], observer: TlsObserver = observeTls()) {
  const flights: TlsFlight[] = [];
  const others: Frame[] = [];
  for (const [at, { by, bytes }] of captured.entries()) {
    const { taken, flights: told } = observer.push({ at, from: by, bytes }, at);
    flights.push(...told);
    if (!taken) others.push({ by, bytes });
  }
  return { flights, others, observer };
}
const told = (flights: readonly TlsFlight[]) => flights.map(({ from, summary, bytes }) => ({ from, summary, bytes }));

/** One side's data as a connection of its own, without its SYN. */
const record = (type: number, content: Uint8Array) => join(u8(type, 3, 3), u16(content.length), content);
const HELLO = record(22, join(u8(1, 0, 0, 41, 3, 3), new Uint8Array(32), u8(0, 0, 2, 19, 1, 1, 0)));
const SERVER_HELLO = record(22, join(u8(2, 0, 0, 38, 3, 3), new Uint8Array(32), u8(0, 19, 1, 0)));

function segment(payload: Uint8Array, more: { sequence?: number; flags?: number; from?: number } = {}): Uint8Array {
  return ethernet(0x800, tcp({ to: 443, flags: 16, ...more }, payload), ALICE.mac, BOB.mac);
}

describe("flights", () => {
  it("have their records, whole, and who said them to whom, when", () => {
    const { flights } = observe(frames(said));
    const [hello, answer] = flights;
    expect(hello).toMatchObject({ from: "client", source: "10.0.0.1:40000", destination: "10.0.0.11:443", at: 3 });
    expect(answer).toMatchObject({ from: "server", source: "10.0.0.11:443", destination: "10.0.0.1:40000" });
    expect(hello?.frame).toEqual(frames(said)[3]?.bytes);
    for (const by of ["client", "server"] as const) {
      const sent = join(...said.filter((each) => each.by === by).map(({ bytes }) => bytes));
      expect(join(...flights.filter(({ from }) => from === by).map(({ bytes }) => bytes))).toEqual(sent);
    }
  });

  it("take all frames but those that open and close the connection", () => {
    const { others } = observe(frames(said));
    // SYN, SYN, the receipt before anything was said; FIN, FIN.
    expect(others.map(({ by }) => by)).toEqual(["client", "server", "client", "client", "server"]);
  });

  it("are the same however the bytes come: in small segments, twice, a little out of order", () => {
    const expected = told(observe(frames(said)).flights);
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 1448 }), fc.array(fc.nat(), { maxLength: 12 }), (size, changes) => {
        const captured = frames(said, size);
        const first = captured.slice(0, 3);
        const rest = captured.slice(3);
        for (const change of changes) {
          const at = change % rest.length;
          const [one, other] = [rest[at], rest[at + 1]];
          if (!one || !other) continue;
          // Between those of the other side, a receipt may come sooner or later; data of one side may change places.
          if (one.by === other.by) rest.splice(at, 2, other, one);
          else rest.splice(at, 0, one);
        }
        expect(told(observe([...first, ...rest]).flights)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("are told as well where nobody saw the connection begin", () => {
    expect(told(observe(frames(said).slice(3)).flights)).toEqual(told(observe(frames(said)).flights));
  });

  it("are told once more when the same ends connect again", () => {
    const observer = observeTls();
    const again = frames(said, 1448, { client: 1000, server: 2000 });
    const first = told(observe(frames(said), observer).flights);
    expect(told(observe(again, observer).flights)).toEqual(first);
    // But not when what was said is merely repeated.
    expect(observe(again.slice(1), observer).flights).toEqual([]);
  });

  it("say what was not seen, and go on with the next record that begins with a segment", () => {
    const captured = frames(said);
    const server = captured.findIndex(({ by, bytes }) => by === "server" && bytes.length > 1000);
    const { flights } = observe(captured.filter((_, at) => at !== server));
    const summaries = flights.map(({ from, summary }) => `${from}: ${summary}`);
    expect(summaries.map((each) => each.replace(/\d+ bytes/, "…"))).toEqual([
      "client: ClientHello (up to TLS 1.2)",
      "client: Certificate: 5 certificates, leaf 3fa2c01b…, ClientKeyExchange, CertificateVerify, ChangeCipherSpec, encrypted handshake message",
      "client: application data, …",
      "client: encrypted alert",
      "server: after … that were not seen: NewSessionTicket (7200 s), ChangeCipherSpec, encrypted handshake message",
      "server: application data, …",
    ]);
  });

  it("end when nothing more came for a while", () => {
    const observer = observeTls();
    const half = segment(join(HELLO, record(23, u8(7, 7))).subarray(0, -1), { sequence: 1 });
    const { flights } = observe([{ by: "client", bytes: half }], observer);
    expect(flights.map(({ summary }) => summary)).toEqual(["ClientHello (up to TLS 1.2)"]);
    expect(observer.due).toBeUndefined();
    const end = segment(u8(7), { sequence: HELLO.length + 7 });
    expect(observer.push({ at: 1, from: "client", bytes: end }, 1000).flights).toEqual([]);
    expect(observer.due).toBe(1000 + QUIET_MS);
    expect(observer.flush(999 + QUIET_MS)).toEqual([]);
    expect(observer.flush(1000 + QUIET_MS).map(({ at, summary }) => [at, summary])).toEqual([
      [1, "application data, 2 bytes"],
    ]);
    expect(observer.due).toBeUndefined();
  });

  it("take their time in a handshake", () => {
    const observer = observeTls();
    const hello = ethernet(0x800, tcp({ from: 443, to: 40000, sequence: 1, flags: 16 }, SERVER_HELLO));
    observer.push({ at: 1, from: "server", bytes: hello }, 50);
    expect(observer.due).toBe(50 + HANDSHAKE_QUIET_MS);
    expect(observer.flush(50 + HANDSHAKE_QUIET_MS).map(({ summary }) => summary)).toEqual([
      "ServerHello (TLS 1.2, TLS_AES_128_GCM_SHA256)",
    ]);
  });

  it("are made up of what came after a gap, when that is waited for no longer", () => {
    const observer = observeTls();
    const first = segment(HELLO, { sequence: 1 });
    const later = segment(record(23, u8(1, 2, 3)), { sequence: 1 + HELLO.length + 40 });
    observe(
      [first, later].map((bytes) => ({ by: "client", bytes })),
      observer,
    );
    expect(observer.due).toBe(1 + QUIET_MS);
    expect(observer.flush(1 + QUIET_MS).map(({ summary }) => summary)).toEqual([
      "after 40 bytes that were not seen: application data, 3 bytes",
    ]);
  });

  it("are told in parts where one side does not stop", () => {
    const data = record(23, new Uint8Array(16384));
    const observer = observeTls();
    const flights = observe([{ by: "client", bytes: segment(HELLO, { sequence: 0 }) }], observer).flights;
    let sequence = HELLO.length;
    for (let number = 0; number < 10; number++) {
      for (let at = 0; at < data.length; at += 1400) {
        const payload = data.subarray(at, at + 1400);
        flights.push(...observe([{ by: "client", bytes: segment(payload, { sequence }) }], observer).flights);
        sequence += payload.length;
      }
    }
    flights.push(...observer.flush(Number.POSITIVE_INFINITY));
    expect(flights.slice(1).map(({ summary }) => summary)).toEqual([
      ...Array(3).fill("application data, 3 records, 49152 bytes"),
      "application data, 16384 bytes",
    ]);
  });
});

describe("an attacker", () => {
  it("who sends what somebody else said is heard by himself", () => {
    const captured = frames(said);
    const replayed = captured.flatMap((each): Frame[] => [each, { ...each, by: "attacker" as Frame["by"] }]);
    const { flights } = observe(replayed);
    const by = (who: string) => told(flights.filter(({ from }) => from === who));
    const alone = observe(captured.map((each) => ({ ...each, by: "attacker" as Frame["by"] }))).flights;
    expect(by("client")).toEqual(told(observe(captured).flights).filter(({ from }) => from === "client"));
    expect(by("attacker")).toEqual(told(alone));
  });

  it("who speaks into a connection makes no difference to what its ends say", () => {
    const captured = frames(said);
    const middle = captured.findIndex(({ bytes }) => bytes.length > 1000) + 1;
    const forged = { by: "attacker" as Frame["by"], bytes: segment(ascii("GET / HTTP/1.0"), { sequence: 99 }) };
    const { flights, others } = observe(captured.toSpliced(middle, 0, forged));
    expect(told(flights)).toEqual(told(observe(captured).flights));
    expect(others).toContainEqual(forged);
  });

  it("who opens connections without end is forgotten, one after the other", () => {
    const observer = observeTls();
    const { flights } = observe(frames(said).slice(0, 4), observer);
    expect(flights).toHaveLength(1);
    for (let port = 1; port < 200; port++) {
      observer.push({ at: 1, from: "attacker", bytes: segment(HELLO.subarray(0, 8), { from: port, sequence: 5 }) }, 1);
    }
    // The client's side is forgotten: what it says now begins in the middle of nothing.
    expect(observe(frames(said).slice(8), observer).flights.filter(({ from }) => from === "server")).toEqual([]);
  });
});

describe("what is no TLS", () => {
  it.each<[string, Uint8Array]>([
    ["text", ascii("GET / HTTP/1.0\r\n\r\n")],
    ["a handshake record with something else in it", record(22, u8(99, 0, 0, 0))],
    ["data before any hello", record(23, u8(1, 2, 3))],
    ["an alert that is none", record(21, u8(1, 2, 3))],
  ])("is left to others: %s", (_, payload) => {
    const { flights, others, observer } = observe([
      { by: "client", bytes: segment(payload, { sequence: 1 }) },
      { by: "client", bytes: segment(HELLO, { sequence: 1 + payload.length }) },
    ]);
    expect(flights).toEqual([]);
    expect(others).toHaveLength(2);
    expect(observer.due).toBeUndefined();
  });

  it("ends the flight before it", () => {
    const observer = observeTls();
    const first = segment(join(HELLO, record(23, u8(1)), ascii("something else")), { sequence: 1 });
    const { flights } = observe([{ by: "client", bytes: first }], observer);
    expect(flights.map(({ summary }) => summary)).toEqual(["ClientHello (up to TLS 1.2)", "application data, 1 bytes"]);
  });
});
