import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode.ts";
import type { Field } from "./decoder.ts";
import {
  ALICE,
  arp,
  ascii,
  BOB,
  bytesOf,
  ethernet,
  icmp,
  ip,
  ipv4,
  join,
  name,
  type Packet,
  tag,
  tcp,
  u8,
  u16,
  u32,
  udp,
} from "./testing/build.ts";
import { tsharkFields } from "./testing/tshark.ts";

/** The value of a field by its path; of several with one name, `index` says which. */
function field(fields: readonly Field[] | undefined, ...path: string[]): Field {
  const [first, ...rest] = path;
  const found = fields?.find((each) => each.name === first);
  if (!found) throw new Error(`no field ${first} among ${fields?.map((each) => each.name).join(", ")}`);
  return rest.length === 0 ? found : field(found.fields, ...rest);
}
const has = (fields: readonly Field[], layer: string) => fields.some((each) => each.name === layer);
const value = (frame: Uint8Array, ...path: string[]) => field(decodeFrame(frame).fields, ...path).value;
const note = (frame: Uint8Array, ...path: string[]) => field(decodeFrame(frame).fields, ...path).note;

const echo = (sequence = 7, packet: Packet = {}) =>
  ethernet(0x800, ipv4(1, icmp(8, 0, join(u16(0x1234, sequence), ascii("abcdefgh"))), packet));

describe("one line per layer", () => {
  it.each<[string, Uint8Array, string[], string, string]>([
    [
      "an ARP request",
      ethernet(0x806, arp(1, ALICE.ip, BOB.ip), ALICE.mac, "ff:ff:ff:ff:ff:ff"),
      ["Ethernet, 02:00:00:00:00:0a → ff:ff:ff:ff:ff:ff, ARP", "ARP, request, who has 10.0.0.11? tell 10.0.0.1"],
      "arp",
      "02:00:00:00:00:0a → ff:ff:ff:ff:ff:ff ARP who has 10.0.0.11? tell 10.0.0.1",
    ],
    [
      "an ARP reply",
      ethernet(0x806, arp(2, BOB.ip, ALICE.ip, BOB.mac), BOB.mac, ALICE.mac),
      ["Ethernet, 02:00:00:00:00:0b → 02:00:00:00:00:0a, ARP", "ARP, reply, 10.0.0.11 is at 02:00:00:00:00:0b"],
      "arp",
      "02:00:00:00:00:0b → 02:00:00:00:00:0a ARP 10.0.0.11 is at 02:00:00:00:00:0b",
    ],
    [
      "a ping",
      echo(),
      [
        "Ethernet, 02:00:00:00:00:0a → 02:00:00:00:00:0b, IPv4",
        "IPv4, 10.0.0.1 → 10.0.0.11, ICMP, TTL 64",
        "ICMP, echo request, id 4660, seq 7",
      ],
      "icmp",
      "10.0.0.1 → 10.0.0.11 ICMP echo request, id 4660, seq 7",
    ],
    [
      "a refused datagram",
      ethernet(0x800, ipv4(1, icmp(3, 3, join(u32(0), udp(1000, 2000, ascii("hello")).subarray(0, 28))))),
      [
        "Ethernet, 02:00:00:00:00:0a → 02:00:00:00:00:0b, IPv4",
        "IPv4, 10.0.0.1 → 10.0.0.11, ICMP, TTL 64",
        "ICMP, destination unreachable (port unreachable)",
      ],
      "icmp",
      "10.0.0.1 → 10.0.0.11 ICMP destination unreachable (port unreachable): 10.0.0.1 → 10.0.0.11 UDP 1000 → 2000",
    ],
    [
      "a tagged datagram",
      ethernet(0x8100, tag(0x6005, 0x800, udp(1000, 2000, ascii("hello")))),
      [
        "Ethernet, 02:00:00:00:00:0a → 02:00:00:00:00:0b, 802.1Q",
        "802.1Q, VLAN 5, priority 3, IPv4",
        "IPv4, 10.0.0.1 → 10.0.0.11, UDP, TTL 64",
        "UDP, 1000 → 2000, 5 bytes",
      ],
      "udp",
      "10.0.0.1:1000 → 10.0.0.11:2000 UDP 5 bytes",
    ],
    [
      "a TCP segment",
      ethernet(0x800, tcp({ flags: 0x18, acknowledgment: 9 }, ascii("hello"))),
      [
        "Ethernet, 02:00:00:00:00:0a → 02:00:00:00:00:0b, IPv4",
        "IPv4, 10.0.0.1 → 10.0.0.11, TCP, TTL 64",
        "TCP, 40000 → 4000, PSH ACK, seq 1, ack 9, win 64240, 5 bytes",
      ],
      "tcp",
      "10.0.0.1:40000 → 10.0.0.11:4000 TCP PSH ACK, 5 bytes",
    ],
    [
      "a DNS answer",
      ethernet(
        0x800,
        udp(
          53,
          40000,
          join(
            u16(0xabcd, 0x8180, 1, 2, 0, 0),
            name("www.terra.example"),
            u16(1, 1),
            join(u16(0xc00c, 5, 1), u32(60), u16(5), u8(2), ascii("ns"), u16(0xc010)),
            join(bytesOf("02 6e73 c010"), u16(1, 1), u32(60), u16(4), ip("10.0.0.9")),
          ),
        ),
      ),
      [
        "Ethernet, 02:00:00:00:00:0a → 02:00:00:00:00:0b, IPv4",
        "IPv4, 10.0.0.1 → 10.0.0.11, UDP, TTL 64",
        "UDP, 53 → 40000, 71 bytes",
        "DNS, response 0xabcd, A www.terra.example: CNAME ns.terra.example, A 10.0.0.9",
      ],
      "dns",
      "10.0.0.1:53 → 10.0.0.11:40000 DNS response A www.terra.example: CNAME ns.terra.example, A 10.0.0.9",
    ],
    [
      "a protocol that is only named",
      ethernet(0x86dd, new Uint8Array(40)),
      ["Ethernet, 02:00:00:00:00:0a → 02:00:00:00:00:0b, IPv6"],
      "other",
      "02:00:00:00:00:0a → 02:00:00:00:00:0b Ethernet IPv6",
    ],
    [
      "an 802.3 frame",
      ethernet(3, bytesOf("424203 0000000000")),
      ["Ethernet, 02:00:00:00:00:0a → 02:00:00:00:00:0b, 802.3 frame of 3 bytes"],
      "other",
      "02:00:00:00:00:0a → 02:00:00:00:00:0b Ethernet 802.3 frame of 3 bytes",
    ],
  ])("%s", (_, frame, layers, kind, summary) => {
    const decoded = decodeFrame(frame);
    expect(decoded.layers).toEqual(layers);
    expect(decoded.kind).toBe(kind);
    expect(decoded.summary).toBe(summary);
  });

  it("names the cards", () => {
    expect(decodeFrame(echo())).toMatchObject({ source: ALICE.mac, destination: BOB.mac });
    expect(decodeFrame(new Uint8Array(13))).toMatchObject({ source: "", destination: "", kind: "other" });
  });
});

describe("what does not fit is said", () => {
  it("a frame cut at any byte, and nothing beyond it is read", () => {
    const whole = ethernet(0x800, tcp({ options: bytesOf("020405b4 0402 0101") }, ascii("hello")));
    for (let length = 0; length < whole.length; length++) {
      const { layers } = decodeFrame(whole.subarray(0, length));
      expect(layers.join("\n"), `cut to ${length}`).toContain("cut short");
      // The same bytes in a larger buffer, as a frame in a batch might lie.
      const inside = join(u8(1, 2, 3), whole).subarray(3, 3 + length);
      expect(decodeFrame(inside).layers).toEqual(layers);
    }
    expect(decodeFrame(whole).layers.join("\n")).not.toContain("cut short");
  });

  it("wrong checksums, each where it stands, and what they should be", () => {
    const good = udp(1000, 2000, ascii("hello"));
    const bad = ethernet(0x800, ipv4(17, good.subarray(20), { checksum: 0x1111 }));
    expect(note(bad, "IPv4", "Header checksum")).toBe("wrong, should be 0x26c1");
    expect(note(bad, "UDP", "Checksum")).toBe("correct");
    for (const [made, layer] of [
      [udp(1000, 2000, ascii("hello")), "UDP"],
      [tcp({}, ascii("hello")), "TCP"],
      [ipv4(1, icmp(8, 0, ascii("12345678"))), "ICMP"],
    ] as const) {
      const right = field(decodeFrame(ethernet(0x800, made)).fields, layer, "Checksum");
      expect(right.note).toBe("correct");
      const changed = made.slice();
      changed[changed.length - 1] = 0x7a;
      const wrong = field(decodeFrame(ethernet(0x800, changed)).fields, layer, "Checksum");
      expect(wrong.note).toMatch(/^wrong, should be 0x[0-9a-f]{4}$/);
      expect(decodeFrame(ethernet(0x800, changed)).layers.at(-1)).toContain("wrong checksum");
      // Put right as it says, it is right.
      const at = 20 + (wrong.offset - 34);
      new DataView(changed.buffer).setUint16(at, Number(wrong.note?.slice(-6)));
      expect(note(ethernet(0x800, changed), layer, "Checksum")).toBe("correct");
    }
    const none = good.slice();
    none.set([0, 0], 26);
    expect(note(ethernet(0x800, none), "UDP", "Checksum")).toBe("none was made");
  });

  it("fragments: the first is read, later ones are not", () => {
    const payload = udp(1000, 2000, new Uint8Array(32)).subarray(20);
    const first = ethernet(0x800, ipv4(17, payload.subarray(0, 24), { fragment: 0x2000, id: 5 }));
    const last = ethernet(0x800, ipv4(17, payload.subarray(24), { fragment: 3, id: 5 }));
    expect(decodeFrame(first).layers.slice(1)).toEqual([
      "IPv4, 10.0.0.1 → 10.0.0.11, UDP, TTL 64, fragment 0x0005 at 0",
      "UDP, 1000 → 2000, 32 bytes",
    ]);
    expect(note(first, "UDP", "Checksum")).toContain("not verified");
    expect(decodeFrame(last).layers.slice(1)).toEqual([
      "IPv4, 10.0.0.1 → 10.0.0.11, UDP, TTL 64, fragment 0x0005 at 24, the last",
    ]);
    expect(decodeFrame(last).kind).toBe("other");
  });

  it("lengths that cannot be", () => {
    const lines = (packet: Uint8Array) => decodeFrame(ethernet(0x800, packet)).layers.at(-1);
    expect(lines(ipv4(17, u8(1, 2), { totalLength: 19 }))).toContain("a total length of 19 bytes cannot be");
    expect(lines(ipv4(17, u8(1, 2), { totalLength: 23 }))).toContain("cut short");
    const header = (first: number) => {
      const packet = ipv4(17, u8(1, 2));
      packet[0] = first;
      return packet;
    };
    expect(lines(header(0x44))).toContain("a header of 16 bytes cannot be");
    expect(lines(header(0x65))).toContain("version 6 where 4 was announced");
    expect(lines(ipv4(17, u16(1, 2, 7, 0)))).toContain("a length of 7 bytes cannot be");
    expect(lines(ipv4(17, u16(1, 2, 9, 1)))).toContain("cut short: 9 bytes announced, 8 are there");
    const short = tcp({}, ascii("hello"));
    short[32] = 0x40;
    expect(lines(short)).toContain("a header of 16 bytes cannot be");
  });

  it("options that do not fit, in IPv4 and in TCP", () => {
    const optionsOf = (frame: Uint8Array, layer: string) =>
      field(decodeFrame(frame).fields, layer)
        .fields?.filter((each) => each.name === "Option")
        .map((each) => `${each.value}${each.note ? ` (${each.note})` : ""}`);
    const packet = (options: string) => ethernet(0x800, ipv4(17, u16(1, 2, 8, 0), { options: bytesOf(options) }));
    expect(optionsOf(packet("940400000707040a000005 00"), "IPv4")).toEqual([
      "router alert",
      "record route: 10.0.0.5",
      "end of options",
    ]);
    expect(optionsOf(packet("0107ff04"), "IPv4")).toEqual([
      "no operation",
      "record route (its length does not fit into the header)",
    ]);
    expect(optionsOf(packet("07010000"), "IPv4")).toEqual(["record route (its length does not fit into the header)"]);
    const segment = (options: string) => ethernet(0x800, tcp({ options: bytesOf(options) }, u8()));
    expect(optionsOf(segment("020405b4 0303 07 01 0402 080a 00000001 00000002 00000000 00"), "TCP")).toEqual([
      "maximum segment size 1460",
      "window scale 7",
      "no operation",
      "SACK permitted",
      "timestamps 1, echo 2",
      "end of options",
    ]);
    expect(optionsOf(segment("050a 00000005 00000009 fe02"), "TCP")).toEqual(["SACK 5-9", "option 254"]);
    expect(optionsOf(segment("0203 05 02"), "TCP")).toEqual([
      "maximum segment size, of a wrong length",
      "maximum segment size (its length does not fit into the header)",
    ]);
  });

  it("padding belongs to the layer that was filled up", () => {
    const short = join(ethernet(0x806, arp(1, ALICE.ip, BOB.ip)), new Uint8Array(18));
    expect(value(short, "Ethernet", "Padding")).toBe("18 bytes");
    expect(field(decodeFrame(short).fields, "ARP")).toMatchObject({ offset: 14, length: 28 });
    const spare = ethernet(0x800, ipv4(17, join(u16(1, 2, 8, 0), u8(9, 9))));
    expect(value(spare, "IPv4", "Padding")).toBe("2 bytes");
  });

  it("tags in tags, up to a limit", () => {
    let payload: Uint8Array = u16(0);
    for (let depth = 0; depth < 100; depth++) payload = tag(depth, 0x8100, payload);
    expect(decodeFrame(ethernet(0x8100, payload)).layers.length).toBe(16);
  });
});

describe("names in DNS", () => {
  const message = (...parts: Uint8Array[]) => ethernet(0x800, udp(40000, 53, join(...parts)));
  const question = (encoded: Uint8Array) => message(u16(1, 0x100, 1, 0, 0, 0), encoded, u16(1, 1));
  const last = (frame: Uint8Array) => decodeFrame(frame).layers.at(-1);

  it.each([
    ["points at itself", bytesOf("c00c"), "points forward"],
    ["points forward", bytesOf("c020"), "points forward"],
    ["goes round through a label", bytesOf("0161 c00c"), "points forward"],
    ["has labels of an unknown type", bytesOf("8001"), "unknown type"],
    [
      "is too long",
      join(...Array.from({ length: 5 }, () => join(u8(63), new Uint8Array(63).fill(97))), u8(0)),
      "longer than 255",
    ],
    ["ends in a label", bytesOf("0561"), "cut short"],
  ])("one that %s is refused", (_, encoded, says) => {
    expect(last(question(encoded))).toContain(says);
  });

  it("pointers to pointers end at a limit", () => {
    // In the content of a first record, of a type without a form: the root's name, and pointers each to the one before.
    const content = 12 + 11;
    const pointers = (count: number) =>
      join(u8(0), ...Array.from({ length: count }, (_, at) => u16(0xc000 + content + Math.max(0, 2 * at - 1))));
    const pointing = (count: number) =>
      message(
        u16(1, 0x8180, 0, 2, 0, 0),
        join(u8(0), u16(99, 1), u32(0), u16(1 + 2 * count), pointers(count)),
        join(u16(0xc000 + content + 2 * count - 1), u16(99, 1), u32(0), u16(0)),
      );
    expect(last(pointing(200))).toContain("too many pointers");
    expect(last(pointing(100))).toBe("DNS, response 0x0001, type 99, type 99");
  });

  it("cannot pose as anything else", () => {
    const posing = join(u8(7), ascii("a.b c\\"), u8(10), u8(0));
    expect(last(question(posing))).toBe("DNS, query 0x0001, A a\\.b\\032c\\\\\\010");
  });

  it("of the root is a dot", () => {
    expect(last(question(u8(0)))).toBe("DNS, query 0x0001, A .");
  });
});

/** Fields that do not lie inside the frame, or not inside the field around them. */
function misplaced(fields: readonly Field[], start: number, end: number): Field[] {
  return fields.flatMap((each) => {
    const inside = each.offset >= start && each.length >= 0 && each.offset + each.length <= end;
    return [...(inside ? [] : [each]), ...misplaced(each.fields ?? [], start, end)];
  });
}

const byte = fc.nat(255);
const word = fc.nat(0xffff);
const double = fc.nat(0xffffffff);
const macs = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join(":"));
const ips = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => bytes.join("."));
const payload = fc.uint8Array({ maxLength: 200 });
/** Ports that tshark has no decoder of its own for: it would guess at the payload. */
const port = fc.integer({ min: 61_000, max: 61_900 });
const ipOptions = fc.constantFrom("", "01010101", "94040000", "0707040a00000500", "8804 0001");
const tcpOptions = fc.constantFrom(
  "",
  "020405b4",
  "0204ffff 01030307",
  "0101080a 12345678 9abcdef0",
  "0402 0101 0101 050a 00000005 00000009",
);
const packets = fc.record({
  source: ips,
  destination: ips,
  service: byte,
  id: word,
  fragment: fc.constantFrom(0, 0x4000),
  ttl: byte,
  options: ipOptions.map(bytesOf),
});
const label = fc.string({
  unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789-"),
  minLength: 1,
  maxLength: 20,
});
const domains = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));

const arps = fc
  .record({ operation: fc.integer({ min: 1, max: 2 }), sender: ips, target: ips, mac: macs })
  .map(({ operation, sender, target, mac }) => ({ type: 0x806, bytes: arp(operation, sender, target, mac) }));
const icmps = fc.record({ type: fc.constantFrom(0, 8), id: word, sequence: word, payload, packets }).map((each) => ({
  type: 0x800,
  bytes: ipv4(1, icmp(each.type, 0, join(u16(each.id, each.sequence), each.payload)), each.packets),
}));
const udps = fc
  .record({ from: port, to: port, payload, packets })
  .map((each) => ({ type: 0x800, bytes: udp(each.from, each.to, each.payload, each.packets) }));
const tcps = fc
  .record({
    segment: fc.record({
      from: port,
      to: port,
      sequence: double,
      acknowledgment: double,
      flags: fc.nat(0x1ff),
      window: word,
      urgent: word,
      options: tcpOptions.map(bytesOf),
    }),
    payload,
    packets,
  })
  .map((each) => ({ type: 0x800, bytes: tcp(each.segment, each.payload, each.packets) }));
const queries = fc
  .record({ id: word, from: port, domain: domains, type: fc.constantFrom(1, 2, 5, 12, 15, 16, 28), packets })
  .map((each) => ({
    type: 0x800,
    bytes: udp(
      each.from,
      53,
      join(u16(each.id, 0x100, 1, 0, 0, 0), name(each.domain), u16(each.type, 1)),
      each.packets,
    ),
  }));
const answers = fc
  .record({
    id: word,
    to: port,
    domain: domains,
    sub: label,
    address: ips,
    preference: word,
    time: fc.nat(0x7fffffff),
    packets,
  })
  .map((each) => ({
    type: 0x800,
    bytes: udp(
      53,
      each.to,
      join(
        u16(each.id, 0x8580, 1, 3, 0, 0),
        name(each.domain),
        u16(1, 1),
        join(u16(0xc00c, 1, 1), u32(each.time), u16(4), ip(each.address)),
        join(
          u16(0xc00c, 15, 1),
          u32(each.time),
          u16(5 + each.sub.length),
          u16(each.preference),
          u8(each.sub.length),
          ascii(each.sub),
          u16(0xc00c),
        ),
        join(u16(0xc00c, 16, 1), u32(each.time), u16(each.sub.length + 1), u8(each.sub.length), ascii(each.sub)),
      ),
      each.packets,
    ),
  }));

/** Any valid frame, tagged or not. */
const frames = fc
  .record({ from: macs, to: macs, vlan: fc.option(word), content: fc.oneof(arps, icmps, udps, tcps, queries, answers) })
  .map(({ from, to, vlan, content }) =>
    vlan === null
      ? ethernet(content.type, content.bytes, from, to)
      : ethernet(0x8100, tag(vlan, content.type, content.bytes), from, to),
  );

describe("hostile frames", () => {
  it("of any bytes are decoded, and every field lies inside them", () => {
    const headed = fc
      .tuple(fc.constantFrom(0x800, 0x806, 0x8100), fc.uint8Array({ maxLength: 300 }))
      .map(([type, bytes]) => ethernet(type, bytes));
    const dns = fc.uint8Array({ maxLength: 300 }).map((bytes) => ethernet(0x800, udp(53, 53, bytes)));
    const random = fc.oneof(fc.uint8Array({ maxLength: 1600 }), headed, dns);
    const spoilt = fc
      .tuple(frames, fc.array(fc.tuple(fc.nat(400), byte), { maxLength: 6 }), fc.nat(400))
      .map(([frame, changes, cut]) => {
        const bytes = frame.slice(0, cut % 3 === 0 ? cut : undefined);
        for (const [at, to] of changes) if (at < bytes.length) bytes[at] = to;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(random, spoilt), (bytes) => {
        const before = bytes.slice();
        const decoded = decodeFrame(bytes);
        expect(decoded.layers.length).toBe(decoded.fields.length);
        expect(decoded.layers.every((line, at) => line.startsWith(decoded.fields[at]?.name ?? "?"))).toBe(true);
        expect(misplaced(decoded.fields, 0, bytes.length)).toEqual([]);
        expect(bytes).toEqual(before);
      }),
      { numRuns: 5000 },
    );
  });
});

/** What tshark calls a field, and where ours has the same; the layer by which we know that the frame has it. */
const SAME: readonly [string, string, (frame: Uint8Array) => string][] = [
  ["eth.src", "Ethernet", (frame) => value(frame, "Ethernet", "Source")],
  ["eth.dst", "Ethernet", (frame) => value(frame, "Ethernet", "Destination")],
  ["vlan.id", "802.1Q", (frame) => value(frame, "802.1Q", "Tag", "VLAN")],
  ["vlan.priority", "802.1Q", (frame) => value(frame, "802.1Q", "Tag", "Priority")],
  ["vlan.dei", "802.1Q", (frame) => (value(frame, "802.1Q", "Tag", "Drop eligible") === "yes" ? "1" : "0")],
  ["arp.opcode", "ARP", (frame) => value(frame, "ARP", "Operation").split(" ")[0] ?? ""],
  ["arp.src.hw_mac", "ARP", (frame) => value(frame, "ARP", "Sender's hardware address")],
  ["arp.src.proto_ipv4", "ARP", (frame) => value(frame, "ARP", "Sender's protocol address")],
  ["arp.dst.proto_ipv4", "ARP", (frame) => value(frame, "ARP", "Target's protocol address")],
  ["ip.src", "IPv4", (frame) => value(frame, "IPv4", "Source")],
  ["ip.dst", "IPv4", (frame) => value(frame, "IPv4", "Destination")],
  [
    "ip.hdr_len",
    "IPv4",
    (frame) => value(frame, "IPv4", "Version and header length", "Header length").replace(" bytes", ""),
  ],
  ["ip.len", "IPv4", (frame) => value(frame, "IPv4", "Total length")],
  ["ip.id", "IPv4", (frame) => value(frame, "IPv4", "Identification")],
  ["ip.ttl", "IPv4", (frame) => value(frame, "IPv4", "Time to live")],
  ["ip.dsfield.dscp", "IPv4", (frame) => value(frame, "IPv4", "Differentiated services", "DSCP")],
  [
    "ip.flags.df",
    "IPv4",
    (frame) => (value(frame, "IPv4", "Flags and fragment offset", "Don't fragment") === "yes" ? "1" : "0"),
  ],
  ["ip.checksum", "IPv4", (frame) => value(frame, "IPv4", "Header checksum")],
  ["ip.checksum.status", "IPv4", (frame) => (note(frame, "IPv4", "Header checksum") === "correct" ? "1" : "0")],
  ["icmp.type", "ICMP", (frame) => value(frame, "ICMP", "Type").split(" ")[0] ?? ""],
  ["icmp.ident", "ICMP", (frame) => /\((\d+)\)/.exec(value(frame, "ICMP", "Identifier"))?.[1] ?? ""],
  ["icmp.seq", "ICMP", (frame) => value(frame, "ICMP", "Sequence number")],
  ["icmp.checksum.status", "ICMP", (frame) => (note(frame, "ICMP", "Checksum") === "correct" ? "1" : "0")],
  ["udp.srcport", "UDP", (frame) => value(frame, "UDP", "Source port")],
  ["udp.dstport", "UDP", (frame) => value(frame, "UDP", "Destination port")],
  ["udp.length", "UDP", (frame) => value(frame, "UDP", "Length")],
  ["udp.checksum.status", "UDP", (frame) => (note(frame, "UDP", "Checksum") === "correct" ? "1" : "0")],
  ["tcp.srcport", "TCP", (frame) => value(frame, "TCP", "Source port")],
  ["tcp.seq_raw", "TCP", (frame) => value(frame, "TCP", "Sequence number")],
  ["tcp.ack_raw", "TCP", (frame) => value(frame, "TCP", "Acknowledgment number")],
  ["tcp.window_size_value", "TCP", (frame) => value(frame, "TCP", "Window")],
  ["tcp.urgent_pointer", "TCP", (frame) => value(frame, "TCP", "Urgent pointer")],
  ["tcp.hdr_len", "TCP", (frame) => value(frame, "TCP", "Data offset and flags", "Data offset").replace(" bytes", "")],
  ["tcp.checksum.status", "TCP", (frame) => (note(frame, "TCP", "Checksum") === "correct" ? "1" : "0")],
  ["dns.id", "DNS", (frame) => value(frame, "DNS", "Identification")],
  ["dns.flags.response", "DNS", (frame) => (value(frame, "DNS", "Flags", "Response") === "yes" ? "1" : "0")],
  ["dns.qry.name", "DNS", (frame) => value(frame, "DNS", "Question", "Name")],
  ["dns.qry.type", "DNS", (frame) => value(frame, "DNS", "Question", "Type").split(" ")[0] ?? ""],
];
const TCP_FLAGS = ["fin", "syn", "reset", "push", "ack", "urg", "ece", "cwr", "ae"];
const OUR_FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];

describe("tshark reads the same", () => {
  it("of a datagram on a source route, whose checksum covers where the route ends", () => {
    const routed = (pointer: number) => {
      const datagram = udp(61_000, 61_001, ascii("hello"), { destination: "10.0.0.9" }).subarray(20);
      return ethernet(
        0x800,
        ipv4(17, datagram, { options: join(u8(131, 11, pointer), ip("10.0.0.8"), ip("10.0.0.9"), u8(0)) }),
      );
    };
    const all = [routed(4), routed(12)];
    expect(tsharkFields(all, ["udp.checksum.status"]).map((row) => row["udp.checksum.status"])).toEqual(["1", "0"]);
    expect(all.map((frame) => note(frame, "UDP", "Checksum"))).toEqual(["correct", expect.stringContaining("wrong")]);
  });

  it("in random valid frames", () => {
    const all = fc.sample(frames, { numRuns: 600, seed: 1 });
    // Some with a bit turned behind the headers, so that checksums are wrong as well.
    for (const [at, frame] of all.entries()) {
      if (at % 5 === 0) frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 0x10;
    }
    const flagNames = TCP_FLAGS.map((flag) => `tcp.flags.${flag}`);
    const records = ["dns.a", "dns.mx.mail_exchange", "dns.mx.preference", "dns.txt"];
    const rows = tsharkFields(all, [...SAME.map(([theirs]) => theirs), ...flagNames, ...records]);
    const seen = new Set<string>();
    for (const [at, frame] of all.entries()) {
      const row = rows[at] ?? {};
      const { fields, layers } = decodeFrame(frame);
      for (const [theirs, layer, ours] of SAME) {
        const there = has(fields, layer);
        const expected = (row[theirs] ?? "").split(",")[0] ?? "";
        expect(there ? ours(frame) : "", `${theirs} of ${layers.join(" | ")}`).toBe(expected);
        if (there) seen.add(theirs);
      }
      if (has(fields, "TCP")) {
        const set = new Set(value(frame, "TCP", "Data offset and flags", "Flags").split(" "));
        expect(OUR_FLAGS.map((flag) => (set.has(flag) ? "1" : "0"))).toEqual(flagNames.map((flag) => row[flag]));
      }
      const said =
        field(fields, "Ethernet") &&
        fields.find((each) => each.name === "DNS")?.fields?.filter((each) => each.name === "Answer");
      if (said && said.length === 3) {
        const [address, mail, text] = said.map((each) => each.fields ?? []);
        seen.add("records");
        expect(field(address, "Address").value).toBe(row["dns.a"]);
        expect(field(mail, "Exchange").value).toBe(row["dns.mx.mail_exchange"]);
        expect(field(mail, "Preference").value).toBe(row["dns.mx.preference"]);
        if (at % 5 !== 0) expect(field(text, "Text").value).toBe(row["dns.txt"]);
      }
    }
    expect(SAME.map(([theirs]) => theirs).filter((theirs) => !seen.has(theirs))).toEqual([]);
    expect(seen).toContain("records");
  });
});
