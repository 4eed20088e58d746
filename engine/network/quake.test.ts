import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode.ts";
import type { Field } from "./decoder.ts";
import { ascii, ethernet, join, u8, udp } from "./testing/build.ts";
import { field, value } from "./testing/fields.ts";
import {
  BLUE,
  command,
  datagram,
  le16,
  le32,
  move,
  outside,
  place,
  playerWith,
  RED,
  SERVER,
  self,
  serverData,
  toClient,
  toServer,
  userInfo,
  zero,
} from "./testing/quake.ts";
import { tsharkFields } from "./testing/tshark.ts";

const line = (frame: Uint8Array) => decodeFrame(frame).layers.at(-1);
const summary = (frame: Uint8Array) => decodeFrame(frame).summary;
const QUAKE = "QuakeWorld";

const MOVE = move(
  command({ pitch: 10, yaw: 90, msec: 33 }),
  command({ forward: 320, msec: 40 }),
  command({ pitch: -12.25, side: -100, buttons: 3, msec: 41 }),
);

describe("what a client says", () => {
  const frame = toServer(BLUE, { sequence: 77, acknowledges: 75, qport: 4242 }, MOVE);

  it("is its number, what it has, and what the player does: each command by what differs from the one before", () => {
    expect(decodeFrame(frame).kind).toBe("quake");
    expect(line(frame)).toBe(
      "QuakeWorld, to a server, 77, acknowledges 75: move pitch -12.2° yaw 90.0°, forward 320, side -100, fire, jump, 41 ms",
    );
    expect(value(frame, QUAKE, "Client's number")).toBe("4242");
    expect(value(frame, QUAKE, "Sequence number", "Reliable messages")).toBe("no");
    expect(value(frame, QUAKE, "move", "Checksum")).toBe("0x5a");
    expect(value(frame, QUAKE, "move", "Loss")).toBe("2 %");
    expect(value(frame, QUAKE, "move", "Oldest command")).toBe("pitch 10.0° yaw 90.0°, 33 ms");
    expect(value(frame, QUAKE, "move", "Command before")).toBe("pitch 10.0° yaw 90.0°, forward 320, 40 ms");
    expect(value(frame, QUAKE, "move", "Newest command", "Changed")).toBe("pitch, side, buttons");
  });

  it("has each field where its bytes are", () => {
    const pitch = field(decodeFrame(frame).fields, QUAKE, "move", "Newest command", "Pitch");
    const { offset, length } = pitch;
    expect(new DataView(frame.buffer).getInt16(offset, true)).toBe(Math.round((-12.25 * 65536) / 360));
    expect(length).toBe(2);
  });

  it("is told first where it is no mere move", () => {
    const both = toServer(BLUE, { reliable: true }, MOVE, u8(4), zero("say hello"));
    expect(line(both)).toMatch(
      /^QuakeWorld, to a server, 1, reliable, acknowledges 0: stringcmd "say hello", move pitch/,
    );
  });
});

describe("what a server says", () => {
  it("is where players are, and where the others look", () => {
    const frame = toClient(
      BLUE,
      { sequence: 80, acknowledges: 77 },
      self(0, [100, -20.125, 24]),
      playerWith(1, [-300.5, 40, 24], command({ pitch: 4, yaw: 182.5, msec: 40 }), 4 | 512),
    );
    // The velocity's flag is set and its two bytes are not there.
    expect(line(frame)).toBe(
      "QuakeWorld, from a server, 80, acknowledges 77: playerinfo 0 at 100.0 -20.1 24.0, cut short",
    );
    const whole = toClient(
      BLUE,
      {},
      self(0, [100, -20.125, 24]),
      playerWith(1, [-300.5, 40, 24], command({ pitch: 4, yaw: 182.5, msec: 40 }), 4 | 512),
      le16(-50),
      u8(47),
      join(le16(0x9200 | 9), u8(4), u8(3), place(12), u8(64)),
      le16(0x4000 | 10),
      le16(0),
    );
    expect(line(whole)).toBe(
      "QuakeWorld, from a server, 1, acknowledges 0: playerinfo 0 at 100.0 -20.1 24.0, playerinfo 1 at -300.5 40.0 24.0, looks 4.0° 182.5°, dead, packetentities 1 changed, 1 removed",
    );
    const second = decodeFrame(whole)
      .fields.at(-1)
      ?.fields?.filter(({ name }) => name === "playerinfo")[1];
    expect(field(second?.fields, "Velocity x").value).toBe("-50");
    expect(field(second?.fields, "Place", "x").value).toBe("-300.5");
    expect(value(whole, QUAKE, "packetentities", "Yaw")).toBe("90.0°");
  });

  it("is who is there, and what is printed", () => {
    const frame = toClient(
      RED,
      { reliable: true },
      serverData(1),
      userInfo(0, "\\name\\blue\\team\\a"),
      u8(8, 2),
      zero("blue joins\n"),
      u8(9),
      zero("cmd spawn 1 0\n"),
    );
    expect(summary(frame)).toBe(
      '10.0.0.1:27500 → 10.0.0.3:27002 QuakeWorld serverdata culvert, level "The Culvert", you are player 1, updateuserinfo player 0: "\\\\name\\\\blue\\\\team\\\\a", print important "blue joins" and 1 more',
    );
    expect(value(frame, QUAKE, "serverdata", "Maximum speed")).toBe("320");
    expect(value(frame, QUAKE, "stufftext", "Command")).toBe("cmd spawn 1 0\\010");
  });

  it("ends where a message is not known, and says so", () => {
    const frame = toClient(BLUE, {}, self(0, [0, 0, 0]), u8(200, 1, 2));
    expect(line(frame)).toMatch(
      /playerinfo 0 at 0\.0 0\.0 0\.0, message type 200 is not known; what follows it is not read$/,
    );
    expect(value(frame, QUAKE, "Data")).toBe("3 bytes");
  });

  it("is not read in a version of the game that is not 28", () => {
    const frame = toClient(BLUE, {}, u8(11), le32(27, 1));
    expect(line(frame)).toMatch(/the game's version is 27, not 28$/);
  });

  it("never poses as anything but what it is", () => {
    const frame = toClient(BLUE, {}, u8(8, 3), u8(0xff, 0x1b, 0x5b, 0x0d), zero("x"));
    expect(line(frame)).toContain('print chat "\\\\255\\\\027[\\\\013x"');
  });
});

describe("outside a game", () => {
  it("clients ask to come in", () => {
    expect(line(outside(BLUE, SERVER, "getchallenge\n"))).toBe(
      "QuakeWorld, to a server, outside any game: getchallenge",
    );
    const connect = outside(BLUE, SERVER, 'connect 28 4242 -991 "\\name\\blue\\rate\\9999"\n');
    expect(line(connect)).toBe('QuakeWorld, to a server, outside any game: connect version 28, "blue"');
    expect(value(connect, QUAKE, "Challenge")).toBe("-991");
    expect(value(connect, QUAKE, "Info")).toBe("\\name\\blue\\rate\\9999");
  });

  it("servers answer", () => {
    const lines = [
      outside(SERVER, BLUE, join(ascii("c12345"), u8(0), ascii("FTEX"))),
      outside(SERVER, BLUE, "j"),
      outside(SERVER, BLUE, join(ascii("nserver is full\n"), u8(0))),
    ].map(line);
    expect(lines).toEqual([
      "QuakeWorld, from a server, outside any game: challenge 12345",
      "QuakeWorld, from a server, outside any game: connected",
      "QuakeWorld, from a server, outside any game: print server is full",
    ]);
  });

  it("a datagram that is too short is cut short, and one with nothing says nothing", () => {
    expect(line(datagram(BLUE, SERVER, u8(255, 255)))).toBe("QuakeWorld, cut short: the frame ends 2 bytes into it");
    expect(line(datagram(BLUE, SERVER, u8(1, 0, 0, 0, 2, 0, 0, 0, 9)))).toMatch(/^QuakeWorld, cut short/);
    expect(line(datagram(SERVER, BLUE, le32(5, 4)))).toBe("QuakeWorld, from a server, 5, acknowledges 4: nothing");
  });

  it("either port tells that it is QuakeWorld; the first server's counts most", () => {
    const ports = (from: number, to: number) =>
      line(datagram({ ip: "10.0.0.9", port: from }, { ip: "10.0.0.8", port: to }, le32(5, 4)));
    expect(ports(27500, 40000)).toMatch(/from a server/);
    expect(ports(40000, 27501)).toMatch(/^QuakeWorld, cut short/);
    expect(ports(27501, 40000)).toMatch(/from a server/);
    expect(ports(27500, 27501)).toMatch(/from a server/);
    expect(ports(40000, 40001)).toMatch(/^UDP/);
  });
});

const has = (fields: readonly Field[]): Field[] => fields.flatMap((each) => [each, ...has(each.fields ?? [])]);

describe("packets by chance", () => {
  const byte = fc.nat(255);
  const known = [1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 14, 19, 20, 22, 23, 29, 36, 38, 40, 41, 42, 43, 45, 47, 48, 51, 54];
  const typed = fc
    .array(fc.tuple(fc.constantFrom(...known), fc.uint8Array({ maxLength: 24 })), { maxLength: 12 })
    .map((messages) => join(...messages.map(([type, bytes]) => join(u8(type), bytes))));
  const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), typed);
  const head = fc
    .tuple(fc.boolean(), fc.nat(0xffffffff), fc.nat(0xffffffff), content)
    .map(([server, a, b, bytes]) =>
      server
        ? datagram(SERVER, BLUE, join(le32(a, b), bytes))
        : datagram(BLUE, SERVER, join(le32(a, b), le16(9), bytes)),
    );
  const asks = fc
    .tuple(fc.boolean(), fc.uint8Array({ maxLength: 80 }))
    .map(([server, bytes]) => (server ? outside(SERVER, BLUE, bytes) : outside(BLUE, SERVER, bytes)));
  const raw = fc
    .tuple(byte, fc.uint8Array({ maxLength: 120 }))
    .map(([, bytes]) => ethernet(0x800, udp(27500, 27500, bytes)));

  it("harm nothing: every field lies in the frame, and the frame stays as it is", () => {
    fc.assert(
      fc.property(fc.oneof(head, asks, raw), (frame) => {
        const before = frame.slice();
        const { fields, layers, kind } = decodeFrame(frame);
        expect(kind).toBe("quake");
        expect(layers.at(-1)).toMatch(/^QuakeWorld, /);
        for (const { offset, length } of has(fields)) {
          expect(length).toBeGreaterThanOrEqual(0);
          expect(offset + length).toBeLessThanOrEqual(frame.length);
        }
        expect(frame).toEqual(before);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("tshark reads the same", () => {
  it("in packets of a game, and in those that ask for one", () => {
    const random = fc.sample(
      fc.record({
        server: fc.boolean(),
        sequence: fc.nat(0x7fffffff),
        acknowledges: fc.nat(0x7fffffff),
        qport: fc.nat(0xffff),
        reliable: fc.boolean(),
      }),
      { numRuns: 200, seed: 1 },
    );
    const games = random.map(({ server, ...numbers }) =>
      server ? toClient(BLUE, numbers, u8(1)) : toServer(BLUE, numbers, MOVE),
    );
    const names = [
      "quakeworld.game.seq1",
      "quakeworld.game.rel1",
      "quakeworld.game.seq2",
      "quakeworld.game.qport",
    ] as const;
    const rows = tsharkFields(games, names);
    for (const [at, frame] of games.entries()) {
      const row = rows[at];
      expect(value(frame, QUAKE, "Sequence number")).toBe(row?.["quakeworld.game.seq1"]);
      const reliable =
        value(frame, QUAKE, "Sequence number", "Reliable messages") === "yes" ? /^(1|True)$/ : /^(0|False)$/;
      expect(row?.["quakeworld.game.rel1"]).toMatch(reliable);
      expect(value(frame, QUAKE, "Acknowledges")).toBe(row?.["quakeworld.game.seq2"]);
      const qport = random[at]?.server ? "" : value(frame, QUAKE, "Client's number");
      expect(qport).toBe(row?.["quakeworld.game.qport"]);
    }
    // It reads texts up to a zero, which clients need not send, and finds no words in them (4.0).
    const outsiders = [
      outside(BLUE, SERVER, zero("getchallenge")),
      outside(SERVER, RED, zero("nserver is full")),
      outside(SERVER, RED, zero("c12345")),
    ];
    const said = tsharkFields(outsiders, ["quakeworld.connectionless.text", "quakeworld.s2c"]);
    expect(said.map((row) => row["quakeworld.connectionless.text"])).toEqual([
      "getchallenge",
      "nserver is full",
      "c12345",
    ]);
    expect(outsiders.map((frame) => value(frame, QUAKE, "Text"))).toEqual(["getchallenge", "server is full", "12345"]);
    expect(said.map((row) => row["quakeworld.s2c"])).toEqual(["", "1", "1"]);
    expect(outsiders.map((frame) => /from a server/.test(line(frame) ?? ""))).toEqual([false, true, true]);
  });
});
