/** What the decoder says of a frame, layer by layer: what is there, what does not fit, and names in DNS. */
import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode.ts";
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
import { field, note, value } from "./testing/fields.ts";

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
