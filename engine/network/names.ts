/** Numbers that IANA and the IEEE gave to protocols, and their names: those that are likely here, decoded or not. */
import { hex } from "./decoder.ts";

export const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, serviceVlan: 0x88a8 } as const;
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 } as const;

const ETHER_TYPES: ReadonlyMap<number, string> = new Map([
  [ETHER_TYPE.ipv4, "IPv4"],
  [ETHER_TYPE.arp, "ARP"],
  [0x0842, "Wake-on-LAN"],
  [0x8035, "RARP"],
  [ETHER_TYPE.vlan, "802.1Q"],
  [0x86dd, "IPv6"],
  [0x8863, "PPPoE discovery"],
  [0x8864, "PPPoE"],
  [0x888e, "802.1X"],
  [ETHER_TYPE.serviceVlan, "802.1ad"],
  [0x88cc, "LLDP"],
  [0x88e5, "MACsec"],
]);

const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [PROTOCOL.icmp, "ICMP"],
  [2, "IGMP"],
  [4, "IPv4"],
  [PROTOCOL.tcp, "TCP"],
  [PROTOCOL.udp, "UDP"],
  [41, "IPv6"],
  [47, "GRE"],
  [50, "ESP"],
  [51, "AH"],
  [58, "ICMPv6"],
  [89, "OSPF"],
  [103, "PIM"],
  [132, "SCTP"],
]);

const ETHERNET_HEX = hex(4);
/** "IPv4", or "type 0x1234" if nobody knows it. */
export const etherTypeName = (type: number): string => ETHER_TYPES.get(type) ?? `type ${ETHERNET_HEX(type)}`;
/** "UDP", or "protocol 200". */
export const protocolName = (protocol: number): string => PROTOCOLS.get(protocol) ?? `protocol ${protocol}`;
