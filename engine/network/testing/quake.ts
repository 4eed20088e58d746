/** QuakeWorld packets put together by hand: what its decoder, the radar and the list of messages are tried with. */
import { ascii, ethernet, join, u8, udp } from "./build.ts";

export const SERVER = { ip: "10.0.0.1", port: 27500 };
export const BLUE = { ip: "10.0.0.2", port: 27001 };
export const RED = { ip: "10.0.0.3", port: 27002 };

export type End = typeof SERVER;

export const le16 = (...values: number[]) => u8(...values.flatMap((value) => [value & 0xff, (value >> 8) & 0xff]));
export const le32 = (...values: number[]) => join(...values.map((value) => le16(value & 0xffff, value >>> 16)));
export const le32f = (...values: number[]) => new Uint8Array(new Float32Array(values).buffer);
export const zero = (text: string) => join(ascii(text), u8(0));
export const place = (...axes: number[]) => le16(...axes.map((axis) => Math.round(axis * 8)));
export const angle16 = (degrees: number) => le16(Math.round((degrees * 65536) / 360));

export const datagram = (from: End, to: End, payload: Uint8Array) =>
  ethernet(0x800, udp(from.port, to.port, payload, { source: from.ip, destination: to.ip }));

export const outside = (from: End, to: End, text: string | Uint8Array) =>
  datagram(from, to, join(u8(255, 255, 255, 255), typeof text === "string" ? ascii(text) : text));

export interface Numbers {
  sequence?: number;
  acknowledges?: number;
  qport?: number;
}

const RELIABLE = 0x80000000;

export const toServer = (client: End, numbers: Numbers & { reliable?: boolean }, ...messages: Uint8Array[]) =>
  datagram(
    client,
    SERVER,
    join(
      le32(((numbers.sequence ?? 1) | (numbers.reliable ? RELIABLE : 0)) >>> 0, numbers.acknowledges ?? 0),
      le16(numbers.qport ?? 7),
      ...messages,
    ),
  );

export const toClient = (client: End, numbers: Numbers & { reliable?: boolean }, ...messages: Uint8Array[]) =>
  datagram(
    SERVER,
    client,
    join(
      le32(((numbers.sequence ?? 1) | (numbers.reliable ? RELIABLE : 0)) >>> 0, numbers.acknowledges ?? 0),
      ...messages,
    ),
  );

/** A command of which everything differs from the one before that is given. */
export function command(changes: {
  pitch?: number;
  yaw?: number;
  forward?: number;
  side?: number;
  buttons?: number;
  msec: number;
}) {
  const { pitch, yaw, forward, side, buttons, msec } = changes;
  const parts: [number, Uint8Array | undefined][] = [
    [1, pitch === undefined ? undefined : angle16(pitch)],
    [128, yaw === undefined ? undefined : angle16(yaw)],
    [4, forward === undefined ? undefined : le16(forward)],
    [8, side === undefined ? undefined : le16(side)],
    [32, buttons === undefined ? undefined : u8(buttons)],
  ];
  const there = parts.flatMap(([bit, bytes]) => (bytes ? [{ bit, bytes }] : []));
  const bits = there.reduce((all, { bit }) => all | bit, 0);
  return join(u8(bits), ...there.map(({ bytes }) => bytes), u8(msec));
}

export const move = (...commands: Uint8Array[]) => join(u8(3, 0x5a, 2), ...commands);

/** Another player, with what he does. */
export const playerWith = (number: number, at: number[], does: Uint8Array, flags = 0) =>
  join(u8(42, number), le16(3 | flags), place(...at), u8(6, 20), does);
/** The client's own player. */
export const self = (number: number, at: number[], flags = 0) => join(u8(42, number), le16(flags), place(...at), u8(6));

export const serverData = (player: number, level = "The Culvert") =>
  join(u8(11), le32(28, 1), zero("culvert"), u8(player), zero(level), le32f(800, 100, 320, 500, 10, 0.7, 4, 4, 1, 1));
export const userInfo = (player: number, info: string) => join(u8(40, player), le32(player + 10), zero(info));
