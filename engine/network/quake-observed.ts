/**
 * QuakeWorld as somebody on the line hears it: whole datagrams, read where they are, so that what is routine can be counted and what
 * is told of players be put together (quake-log.ts, quake-radar.ts).
 */
import { CutShort, ipv4Text, reader } from "./decoder.ts";
import { ETHER_TYPE, PROTOCOL } from "./names.ts";
import { isToServer, type Packet, readPacket } from "./quake.ts";

export interface QuakePacket extends Packet {
  /** "10.0.0.2:27001". */
  source: string;
  destination: string;
  toServer: boolean;
}

const ETHERNET = 14;
const UDP_HEADER = 8;

/** The packet in a frame; undefined where there is none, or none that is whole. */
export function readQuake(frame: Uint8Array): QuakePacket | undefined {
  if (frame.length < ETHERNET + 28) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint16(12) !== ETHER_TYPE.ipv4 || (view.getUint8(ETHERNET) & 0xf0) !== 0x40) return undefined;
  const udp = ETHERNET + (view.getUint8(ETHERNET) & 0x0f) * 4;
  const fragment = (view.getUint16(ETHERNET + 6) & 0x3fff) !== 0;
  if (fragment || view.getUint8(ETHERNET + 9) !== PROTOCOL.udp) return undefined;
  if (udp < ETHERNET + 20 || udp + UDP_HEADER > frame.length) return undefined;
  const end = udp + view.getUint16(udp + 4);
  const ports = { source: view.getUint16(udp), destination: view.getUint16(udp + 2) };
  const toServer = isToServer(ports);
  if (toServer === undefined || end < udp + UDP_HEADER || end > frame.length) return undefined;
  const address = (at: number) => ipv4Text(frame.subarray(ETHERNET + at, ETHERNET + at + 4));
  try {
    return {
      source: `${address(12)}:${ports.source}`,
      destination: `${address(16)}:${ports.destination}`,
      toServer,
      ...readPacket(reader(frame, udp + UDP_HEADER, end), toServer),
    };
  } catch (thrown) {
    if (thrown instanceof CutShort) return undefined;
    throw thrown;
  }
}
