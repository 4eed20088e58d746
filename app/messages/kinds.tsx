/** The sign of each kind of message; its word stands beside it. A lock is on what those on the wire cannot read, and on nothing else. */
import type { ReactNode } from "react";
import type { Message } from "../../engine/lab/api.ts";
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
  tls: <Arrows />,
  arp: <Ask />,
  icmp: <Echo />,
  dns: <Name />,
  udp: <Packet />,
  other: <Packet />,
  quake: <Packet />,
  tcp: <Arrows />,
};

type Said = Pick<Message, "kind" | "summary">;

/** Under TLS 1.2 both ends' hellos and certificates go in clear, and what follows them does not. */
export function isEncrypted({ kind, summary }: Said): boolean {
  if (kind === "esp" || kind === "openvpn") return true;
  return kind === "tls" && /^(ChangeCipherSpec|application data|encrypted)/.test(summary);
}

export function KindSign({ message }: { message: Said }) {
  const sign = isEncrypted(message) ? <Lock /> : SIGNS[message.kind];
  return sign === undefined ? null : <span className="kind-sign">{sign}</span>;
}

/** Kinds of which the bytes are an Ethernet frame. */
export const isFrame = (kind: string): boolean => ["arp", "icmp", "dns", "udp", "tcp", "quake"].includes(kind);
