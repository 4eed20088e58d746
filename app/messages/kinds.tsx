/** The sign of each kind of message; its word stands beside it. */
import type { ReactNode } from "react";
import { Arrows, Ask, Echo, Eye, Halt, Lock, Name, Packet, Power, Shield, Sliders } from "../icons/icons.tsx";

const SIGNS: Record<string, ReactNode> = {
  endorse: <Shield />,
  certificate: <Shield />,
  "get-id": <Shield />,
  challenge: <Shield />,
  evidence: <Shield />,
  appraisal: <Shield />,
  management: <Sliders />,
  inspection: <Eye />,
  power: <Power />,
  halt: <Halt />,
  tls: <Lock />,
  openvpn: <Lock />,
  esp: <Lock />,
  arp: <Ask />,
  icmp: <Echo />,
  dns: <Name />,
  udp: <Packet />,
  other: <Packet />,
  quake: <Packet />,
  tcp: <Arrows />,
};

export function KindSign({ kind }: { kind: string }) {
  const sign = SIGNS[kind];
  return sign === undefined ? null : <span className="kind-sign">{sign}</span>;
}

/** Kinds of which the bytes are an Ethernet frame. */
export const isFrame = (kind: string): boolean => ["arp", "icmp", "dns", "udp", "tcp", "quake"].includes(kind);
