/** Address resolution (RFC 826), with the meanings that RFC 5227 gives to requests for one's own address. */
import { type Decoder, hex, hexBytes, ipv4Text, macText } from "./decoder.ts";
import { ETHER_TYPE, etherTypeName } from "./names.ts";

const ETHERNET_HARDWARE = 1;
const OPERATIONS = new Map([
  [1, "request"],
  [2, "reply"],
  [3, "reverse request"],
  [4, "reverse reply"],
]);

const operationName = (operation: number) => OPERATIONS.get(operation) ?? `operation ${operation}`;

export const arp: Decoder = {
  name: "ARP",
  kind: "arp",
  read(reader) {
    const hardware = reader.u16("Hardware type", (value) =>
      value === ETHERNET_HARDWARE ? "1 Ethernet" : String(value),
    );
    const protocol = reader.u16("Protocol type", (value) => `${hex(4)(value)} ${etherTypeName(value)}`);
    const hardwareSize = reader.u8("Hardware address size");
    const protocolSize = reader.u8("Protocol address size");
    const operation = reader.u16("Operation", (value) => `${value} ${operationName(value)}`);
    const showHardware = hardware === ETHERNET_HARDWARE && hardwareSize === 6 ? macText : hexBytes;
    const showProtocol = protocol === ETHER_TYPE.ipv4 && protocolSize === 4 ? ipv4Text : hexBytes;
    const senderHardware = showHardware(reader.take("Sender's hardware address", hardwareSize, showHardware));
    const senderBytes = reader.take("Sender's protocol address", protocolSize, showProtocol);
    reader.take("Target's hardware address", hardwareSize, showHardware);
    const target = showProtocol(reader.take("Target's protocol address", protocolSize, showProtocol));
    const sender = showProtocol(senderBytes);

    let summary = `${operationName(operation)} from ${sender} to ${target}`;
    if (operation === 1 && sender === target) summary = `announcement: ${sender} is at ${senderHardware}`;
    else if (operation === 1 && senderBytes.every((byte) => byte === 0)) summary = `probe: who has ${target}?`;
    else if (operation === 1) summary = `who has ${target}? tell ${sender}`;
    else if (operation === 2) summary = `${sender} is at ${senderHardware}`;
    return { line: `${operationName(operation)}, ${summary}`, summary, end: reader.at };
  },
};
