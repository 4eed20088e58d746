/** ICMP (RFC 792; RFC 1122, 1191 and 1812 for later codes). */
import { correction } from "./checksum.ts";
import { type Decoder, hex, ipv4Text, type Reader } from "./decoder.ts";
import { ipv4 } from "./ipv4.ts";
import { PROTOCOL } from "./names.ts";

const TYPES = new Map([
  [0, "echo reply"],
  [3, "destination unreachable"],
  [4, "source quench"],
  [5, "redirect"],
  [8, "echo request"],
  [9, "router advertisement"],
  [10, "router solicitation"],
  [11, "time exceeded"],
  [12, "parameter problem"],
  [13, "timestamp request"],
  [14, "timestamp reply"],
]);

/** Codes of types that have several, in order from 0. */
const CODES = new Map([
  [
    3,
    [
      "network unreachable",
      "host unreachable",
      "protocol unreachable",
      "port unreachable",
      "fragmentation needed",
      "source route failed",
      "network unknown",
      "host unknown",
      "source host isolated",
      "network prohibited",
      "host prohibited",
      "network unreachable for this service",
      "host unreachable for this service",
      "communication prohibited",
      "host precedence violation",
      "precedence cutoff",
    ],
  ],
  [5, ["for the network", "for the host", "for network and service", "for host and service"]],
  [11, ["on its way", "putting fragments together"]],
]);

const FRAGMENTATION_NEEDED = 4;
const typeName = (type: number) => TYPES.get(type) ?? `type ${type}`;

/** The packet that an error is about: its IPv4 header and as much as the sender put behind it. */
function quote(reader: Reader): string {
  let value = "";
  reader.group("Quoted packet", (inner) => {
    const { summary, around, carried } = ipv4.read(inner, { source: "", destination: "" });
    value = `${around?.source} → ${around?.destination} ${summary}`;
    const ports = carried?.keys.some((protocol) => protocol === PROTOCOL.udp || protocol === PROTOCOL.tcp);
    if (ports && inner.left() >= 4) value += ` ${inner.u16("Source port")} → ${inner.u16("Destination port")}`;
    if (inner.left() > 0) inner.take("Rest of the quote", inner.left());
    return value;
  });
  return value;
}

export const icmp: Decoder = {
  name: "ICMP",
  kind: "icmp",
  read(reader, around) {
    const type = reader.u8("Type", (value) => `${value} ${typeName(value)}`);
    const code = reader.u8("Code", (value) => `${value} ${CODES.get(type)?.[value] ?? ""}`.trim());
    const checksum = reader.u16("Checksum", hex(4));
    let remark = "";
    if (around.packet?.whole) {
      const wrong = correction(checksum, reader.frame.subarray(reader.start, reader.end));
      reader.note(wrong === undefined ? "correct" : `wrong, should be ${hex(4)(wrong)}`);
      if (wrong !== undefined) remark = ", wrong checksum";
    } else reader.note("not verified: part of the message is missing");

    const codeName = CODES.get(type)?.[code];
    let summary = `${typeName(type)}${codeName ? ` (${codeName})` : code > 0 ? ` (code ${code})` : ""}`;
    switch (type) {
      case 0:
      case 8: {
        const identifier = reader.u16("Identifier", (value) => `${hex(4)(value)} (${value})`);
        const sequence = reader.u16("Sequence number");
        summary += `, id ${identifier}, seq ${sequence}`;
        break;
      }
      case 3:
        reader.u16("Unused", hex(4));
        if (code === FRAGMENTATION_NEEDED) summary += `, next hop takes ${reader.u16("Next hop's MTU")} bytes`;
        else reader.u16("Unused", hex(4));
        break;
      case 5:
        summary += `, to ${ipv4Text(reader.take("Gateway", 4, ipv4Text))}`;
        break;
      case 12:
        summary += `, at byte ${reader.u8("Pointer")}`;
        reader.take("Unused", 3);
        break;
      case 4:
      case 11:
        reader.take("Unused", 4);
        break;
      case 13:
      case 14: {
        const identifier = reader.u16("Identifier", (value) => `${hex(4)(value)} (${value})`);
        const sequence = reader.u16("Sequence number");
        for (const name of ["Originated", "Received", "Sent"])
          reader.u32(name, (value) => `${value} ms after midnight UTC`);
        summary += `, id ${identifier}, seq ${sequence}`;
        break;
      }
    }
    const isError = [3, 4, 5, 11, 12].includes(type);
    const quoted = isError && reader.left() > 0 ? `: ${quote(reader)}` : "";
    return { line: `${summary}${remark}`, summary: `${summary}${quoted}` };
  },
};
