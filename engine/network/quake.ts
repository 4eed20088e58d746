/**
 * Packets of QuakeWorld (protocol 28): those of a game, with the sequence numbers of its channel, and those outside any, by which
 * clients and servers find each other. Source: the Unofficial QuakeWorld Protocol Specification, version 28.
 */
import { CutShort, type Decoder, escaped, type Reader } from "./decoder.ts";
import { clientMessages } from "./quake-client.ts";
import { type Heard, readMessages } from "./quake-messages.ts";
import { serverMessages } from "./quake-server.ts";
import { info, long, word } from "./quake-values.ts";

/** Where servers listen. The first is the one that counts where both ends' ports stand here. */
export const QUAKE_PORTS: readonly number[] = [27500, 27501];

export interface Ports {
  source: number;
  destination: number;
}

/** Does a packet between these ports go to a server, or come from one? Undefined: no server's port is among them. */
export function isToServer({ source, destination }: Ports): boolean | undefined {
  const port = QUAKE_PORTS.find((each) => each === destination || each === source);
  return port === undefined ? undefined : port === destination;
}

export interface Packet {
  /** What it says, without its numbers. */
  said: string;
  /** Sequence numbers, or that it has none. */
  numbers: string;
  /** Does it say nothing but what comes with every packet of a game? */
  routine: boolean;
  heard: Heard[];
}

const OUTSIDE = 0xffffffff;
const RELIABLE = 0x80000000;

/** A number of the channel, whose highest bit is a flag of its own. */
function numbered(reader: Reader, name: string, flag: string): { number: number; flagged: boolean } {
  const value = long(reader, name, (both) => String(both & ~RELIABLE & 0x7fffffff));
  const flagged = (value & RELIABLE) !== 0;
  reader.bits(flag, flagged ? "yes" : "no");
  return { number: value & 0x7fffffff, flagged };
}

function game(reader: Reader, toServer: boolean): Packet {
  const { number, flagged } = numbered(reader, "Sequence number", "Reliable messages");
  const { number: acknowledged } = numbered(reader, "Acknowledges", "Of reliable messages, even or odd");
  if (toServer) word(reader, "Client's number");
  const { said, remark, routine, heard } = readMessages(reader, toServer ? clientMessages : serverMessages);
  const numbers = `${number}${flagged ? ", reliable" : ""}, acknowledges ${acknowledged}`;
  return { said: [said || "nothing", remark].filter(Boolean).join(", "), numbers, routine, heard };
}

/** What a server's answer begins with. */
const ANSWERS = new Map([
  ["c", "challenge"],
  ["j", "connected"],
  ["k", "ping"],
  ["l", "answer to a ping"],
  ["n", "print"],
  ["B", "command"],
  ["a", "heartbeat"],
]);

/** `connect VERSION NUMBER CHALLENGE "INFO"`: each word a field of its own. */
function connect(reader: Reader, words: RegExpExecArray): string {
  const [, command = "", version = "", number = "", challenge = "", about = ""] = words;
  reader.put("Command", command.trim(), command.length);
  reader.put("Version", version, version.length);
  reader.put("Space", "", 1);
  reader.put("Client's number", number, number.length);
  reader.put("Space", "", 1);
  reader.put("Challenge", challenge, challenge.length);
  reader.put("Quotation mark", "", 2);
  reader.put("Info", about, about.length);
  return `connect version ${version}, ${JSON.stringify(info(about).get("name") ?? "")}`;
}

const CONNECT = /^(connect +)(\d+) (\d+) (-?\d+) "([\x20-\x7e]*?)"/;

function outside(reader: Reader, toServer: boolean): Packet {
  reader.take("Marker", 4);
  const rest = reader.frame.subarray(reader.at, reader.end);
  const zero = rest.indexOf(0);
  const bytes = zero < 0 ? rest : rest.subarray(0, zero);
  const words = toServer && CONNECT.exec(String.fromCharCode(...bytes));
  const packet = (said: string): Packet => ({ said, numbers: "outside any game", routine: false, heard: [] });
  if (words) {
    const said = connect(reader, words);
    if (reader.left() > 0) reader.take("Rest", reader.left());
    return packet(said);
  }
  const letter = String.fromCharCode(bytes[0] ?? 0);
  const answer = toServer ? undefined : ANSWERS.get(letter);
  if (answer !== undefined) reader.put("Answer", answer, 1);
  const asText = escaped(bytes.subarray(answer === undefined ? 0 : 1)).replace(/\\010$/, "");
  const length = bytes.length - (answer === undefined ? 0 : 1);
  if (length > 0) reader.put("Text", asText, length);
  if (reader.left() > 0) reader.take("Rest", reader.left());
  return packet([answer, asText].filter(Boolean).join(" ") || "nothing");
}

/** Reads a whole datagram. Throws CutShort where it ends within its header. */
export function readPacket(reader: Reader, toServer: boolean): Packet {
  if (reader.left() < 4) throw new CutShort();
  const view = new DataView(reader.frame.buffer, reader.frame.byteOffset + reader.at, 4);
  return view.getUint32(0) === OUTSIDE ? outside(reader, toServer) : game(reader, toServer);
}

export const quake: Decoder = {
  name: "QuakeWorld",
  kind: "quake",
  read(reader, { ports }) {
    const toServer = (ports && isToServer(ports)) ?? true;
    const { said, numbers } = readPacket(reader, toServer);
    return { line: `${toServer ? "to" : "from"} a server, ${numbers}: ${said}`, summary: said };
  },
};
