/**
 * What QuakeWorld's messages are made of (protocol 28): little-endian numbers, coordinates in eighths of a unit, angles in
 * parts of a turn, texts that end with a zero byte, and a player's command, told by what differs from the one before. Sources: the
 * Unofficial QuakeWorld Protocol Specification (version 28) and U. Girlich's QWD format specification.
 */
import { CutShort, escaped, type Reader } from "./decoder.ts";

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function number(
  reader: Reader,
  name: string,
  length: number,
  read: (view: DataView) => number,
  show: (value: number) => string,
): number {
  return read(viewOf(reader.take(name, length, (bytes) => show(read(viewOf(bytes))))));
}

/** At most three decimals, none that are zero. */
export const decimal = (value: number): string => String(Number(value.toFixed(3)));
export const degrees = (value: number): string => `${value.toFixed(1)}°`;

export const short = (reader: Reader, name: string, show: (value: number) => string = String): number =>
  number(reader, name, 2, (view) => view.getInt16(0, true), show);
export const word = (reader: Reader, name: string, show: (value: number) => string = String): number =>
  number(reader, name, 2, (view) => view.getUint16(0, true), show);
export const long = (reader: Reader, name: string, show: (value: number) => string = String): number =>
  number(reader, name, 4, (view) => view.getUint32(0, true), show);
export const signedLong = (reader: Reader, name: string): number =>
  number(reader, name, 4, (view) => view.getInt32(0, true), String);
export const float = (reader: Reader, name: string): number =>
  number(reader, name, 4, (view) => view.getFloat32(0, true), decimal);

const coordinate = (reader: Reader, name: string): number =>
  number(reader, name, 2, (view) => view.getInt16(0, true) / 8, decimal);

/** A turn in 256 parts. */
export const angle8 = (reader: Reader, name: string): number =>
  number(reader, name, 1, (view) => (view.getUint8(0) * 360) / 256, degrees);
/** A turn in 65536 parts; `signed`: from -180° on, as pitch and roll are read, else from 0°. */
const angle16 = (reader: Reader, name: string, signed: boolean): number =>
  number(
    reader,
    name,
    2,
    (view) => ((signed ? view.getInt16(0, true) : view.getUint16(0, true)) * 360) / 65536,
    degrees,
  );

/** In units of the map. */
export type Place = [x: number, y: number, z: number];

export const placeText = (place: Place): string => place.map((each) => each.toFixed(1)).join(" ");

export function place(reader: Reader, name: string): Place {
  const found: Place = [0, 0, 0];
  reader.group(name, (inner) => {
    found[0] = coordinate(inner, "x");
    found[1] = coordinate(inner, "y");
    found[2] = coordinate(inner, "z");
    return placeText(found);
  });
  return found;
}

export const eighths = coordinate;

/** Bytes up to the next zero, which is taken as well. */
function textBytes(reader: Reader, name: string, show: (bytes: Uint8Array) => string): Uint8Array {
  const end = reader.frame.subarray(reader.at, reader.end).indexOf(0);
  if (end < 0) throw new CutShort();
  return reader.take(name, end + 1, (bytes) => show(bytes.subarray(0, end))).subarray(0, end);
}

/** As people may read it: what does not print is written as its number. */
export const text = (reader: Reader, name: string): string => escaped(textBytes(reader, name, escaped));

/** `\key\value\key\value`, as users and servers describe themselves; one that comes again counts as it came last. */
export function info(said: string): Map<string, string> {
  const words = said.split("\\").slice(said.startsWith("\\") ? 1 : 0);
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) found.set(words[at] ?? "", words[at + 1] ?? "");
  return found;
}

/** An info text as it stands: its backslashes divide it. What does not print cannot be read. */
export function infoText(reader: Reader, name: string): string {
  const printable = (bytes: Uint8Array) =>
    Array.from(bytes, (byte) => (byte < 0x20 || byte > 0x7e ? "\ufffd" : String.fromCharCode(byte))).join("");
  return printable(textBytes(reader, name, printable));
}

/** What a player's keys and mouse say, for so many milliseconds. Degrees: pitch down, yaw to the left. */
export interface UserCommand {
  pitch: number;
  yaw: number;
  roll: number;
  forward: number;
  side: number;
  up: number;
  buttons: number;
  impulse: number;
  msec: number;
}

export const NO_COMMAND: UserCommand = {
  pitch: 0,
  yaw: 0,
  roll: 0,
  forward: 0,
  side: 0,
  up: 0,
  buttons: 0,
  impulse: 0,
  msec: 0,
};

const CHANGED = { pitch: 1, roll: 2, forward: 4, side: 8, up: 16, buttons: 32, impulse: 64, yaw: 128 } as const;
const BUTTONS = ["fire", "jump", "use"];

export function commandText({ pitch, yaw, forward, side, up, buttons, impulse, msec }: UserCommand): string {
  const ways = Object.entries({ forward, side, up }).flatMap(([name, speed]) =>
    speed === 0 ? [] : [`${name} ${speed}`],
  );
  const pressed = BUTTONS.filter((_, bit) => (buttons & (1 << bit)) !== 0);
  const chosen = impulse === 0 ? [] : [`impulse ${impulse}`];
  return [`pitch ${degrees(pitch)} yaw ${degrees(yaw)}`, ...ways, ...pressed, ...chosen, `${msec} ms`].join(", ");
}

/** A command, by what differs from `before`. */
export function command(reader: Reader, name: string, before: UserCommand): UserCommand {
  let found = before;
  reader.group(name, (inner) => {
    const bits = inner.u8("Changed", (value) => {
      const names = Object.entries(CHANGED).flatMap(([key, bit]) => ((value & bit) !== 0 ? [key] : []));
      return names.join(", ") || "nothing";
    });
    const read = (key: keyof typeof CHANGED, as: () => number) => ((bits & CHANGED[key]) !== 0 ? as() : before[key]);
    found = {
      pitch: read("pitch", () => angle16(inner, "Pitch", true)),
      yaw: read("yaw", () => angle16(inner, "Yaw", false)),
      roll: read("roll", () => angle16(inner, "Roll", true)),
      forward: read("forward", () => short(inner, "Forward")),
      side: read("side", () => short(inner, "Side")),
      up: read("up", () => short(inner, "Up")),
      buttons: read("buttons", () => inner.u8("Buttons", (value) => pressedText(value))),
      impulse: read("impulse", () => inner.u8("Impulse")),
      msec: inner.u8("Milliseconds"),
    };
    return commandText(found);
  });
  return found;
}

const pressedText = (buttons: number): string =>
  BUTTONS.filter((_, bit) => (buttons & (1 << bit)) !== 0).join(", ") || (buttons === 0 ? "none" : String(buttons));
