/** Frames by chance: hostile ones harm nothing, and of valid ones tshark reads what the decoder reads. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame } from "./decode.ts";
import type { Field } from "./decoder.ts";
import {
  arp,
  ascii,
  bytesOf,
  ethernet,
  icmp,
  ip,
  ipv4,
  join,
  name,
  tag,
  tcp,
  u8,
  u16,
  u32,
  udp,
} from "./testing/build.ts";
import { field, note, value } from "./testing/fields.ts";
import { tsharkFields } from "./testing/tshark.ts";

const has = (fields: readonly Field[], layer: string) => fields.some((each) => each.name === layer);

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
