/** Which decoder reads what: a protocol is added by an entry here and a file of its own. */
import { arp } from "./arp.ts";
import type { Carried, Decoder } from "./decoder.ts";
import { dns } from "./dns.ts";
import { vlan } from "./ethernet.ts";
import { icmp } from "./icmp.ts";
import { ipv4 } from "./ipv4.ts";
import { ETHER_TYPE, PROTOCOL } from "./names.ts";
import { QUAKE_PORTS, quake } from "./quake.ts";
import { tcp } from "./tcp.ts";
import { tls } from "./tls.ts";
import { udp } from "./udp.ts";

type Table = ReadonlyMap<number, Decoder>;

const TABLES: Record<Carried["by"], Table> = {
  etherType: new Map([
    [ETHER_TYPE.ipv4, ipv4],
    [ETHER_TYPE.arp, arp],
    [ETHER_TYPE.vlan, vlan],
    [ETHER_TYPE.serviceVlan, vlan],
  ]),
  protocol: new Map([
    [PROTOCOL.icmp, icmp],
    [PROTOCOL.tcp, tcp],
    [PROTOCOL.udp, udp],
  ]),
  udpPort: new Map([[53, dns], ...QUAKE_PORTS.map((port): [number, Decoder] => [port, quake])]),
  tcpPort: new Map([
    [443, tls],
    [4433, tls],
  ]),
};

/** The decoder for what a layer carries; of several keys the first that has one. */
export function decoderOf({ by, keys }: Carried): Decoder | undefined {
  for (const key of keys) {
    const found = TABLES[by].get(key);
    if (found) return found;
  }
  return undefined;
}
