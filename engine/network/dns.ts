/**
 * DNS messages over UDP (RFC 1035; RFC 2782 for SRV, 3596 for AAAA, 6891 for OPT). A compressed name may only point to before
 * where it, or the piece that it was reached by, begins: that is what "prior occurrence" (4.1.4) means, and nothing can go round.
 */
import { CutShort, type Decoder, escaped, hex, ipv4Text, type Reader } from "./decoder.ts";

const TYPES = new Map([
  [1, "A"],
  [2, "NS"],
  [5, "CNAME"],
  [6, "SOA"],
  [12, "PTR"],
  [13, "HINFO"],
  [15, "MX"],
  [16, "TXT"],
  [28, "AAAA"],
  [33, "SRV"],
  [41, "OPT"],
  [252, "AXFR"],
  [255, "ANY"],
]);
const CLASSES = new Map([
  [1, "IN"],
  [3, "CH"],
  [4, "HS"],
  [255, "ANY"],
]);
const OPCODES = ["query", "inverse query", "status", "opcode 3", "notify", "update"];
const RESPONSE_CODES = ["no error", "format error", "server failure", "no such name", "not implemented", "refused"];
/** Bits of the flags word that are yes or no. */
const FLAGS: readonly [number, string][] = [
  [0x0400, "Authoritative"],
  [0x0200, "Truncated"],
  [0x0100, "Recursion desired"],
  [0x0080, "Recursion available"],
  [0x0020, "Authentic data"],
  [0x0010, "Checking disabled"],
];
const OPT = 41;
/** Octets of a name with its lengths (RFC 1035, 2.3.4), so labels in it, so pointers that lead to one each. */
const MAX_NAME = 255;
const MAX_POINTERS = 127;

const typeName = (type: number) => TYPES.get(type) ?? `type ${type}`;
const className = (value: number) => CLASSES.get(value) ?? `class ${value}`;

/** What is wrong with a name; ends the message, since nobody knows where the name ends. */
class BadName extends Error {}

/** The name at `from` and where it ends; `start` is where the message begins, to which pointers count. */
function readName(frame: Uint8Array, start: number, from: number, end: number): { text: string; after: number } {
  const labels: string[] = [];
  let at = from;
  let after: number | undefined;
  let before = from;
  let octets = 1;
  let pointers = 0;
  for (;;) {
    const length = at < end ? frame[at] : undefined;
    if (length === undefined) throw new CutShort();
    if (length >= 0xc0) {
      const low = at + 1 < end ? frame[at + 1] : undefined;
      if (low === undefined) throw new CutShort();
      after ??= at + 2;
      const target = start + (((length & 0x3f) << 8) | low);
      if (target >= before)
        throw new BadName(`a name at byte ${from - start} points forward, to byte ${target - start}`);
      if (++pointers > MAX_POINTERS) throw new BadName(`a name at byte ${from - start} has too many pointers`);
      at = before = target;
      continue;
    }
    if (length > 63) throw new BadName(`a label at byte ${at - start} has the unknown type ${length >> 6}`);
    if (length === 0) return { text: labels.join(".") || ".", after: after ?? at + 1 };
    if (at + 1 + length > end) throw new CutShort();
    octets += length + 1;
    if (octets > MAX_NAME) throw new BadName(`a name at byte ${from - start} is longer than ${MAX_NAME} bytes`);
    labels.push(escaped(frame.subarray(at + 1, at + 1 + length), "."));
    at += 1 + length;
  }
}

/** `start`: where the message begins. */
function takeName(reader: Reader, start: number, field: string, end = reader.end): string {
  const { text, after } = readName(reader.frame, start, reader.at, end);
  reader.put(field, text, after - reader.at);
  return text;
}

/** RFC 5952: lower case, the longest run of at least two zero groups as ::, the first of equally long ones. */
export function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0));
  let best = { at: 0, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const text = groups.map((group) => group.toString(16));
  if (best.length < 2) return text.join(":");
  return `${text.slice(0, best.at).join(":")}::${text.slice(best.at + best.length).join(":")}`;
}

/** What a record says, for types whose content has a form. Reads up to `end`, or leaves the rest to the caller. */
function content(reader: Reader, start: number, type: number, end: number): string {
  const size = end - reader.at;
  switch (typeName(type)) {
    case "A":
      return size === 4 ? ipv4Text(reader.take("Address", 4, ipv4Text)) : "";
    case "AAAA":
      return size === 16 ? ipv6Text(reader.take("Address", 16, ipv6Text)) : "";
    case "NS":
    case "CNAME":
    case "PTR":
      return takeName(reader, start, "Name", end);
    case "MX":
      return size > 2 ? `${reader.u16("Preference")} ${takeName(reader, start, "Exchange", end)}` : "";
    case "SRV": {
      if (size <= 6) return "";
      const numbers = [reader.u16("Priority"), reader.u16("Weight"), reader.u16("Port")];
      return `${numbers.join(" ")} ${takeName(reader, start, "Target", end)}`;
    }
    case "SOA": {
      const names = [takeName(reader, start, "Primary server", end), takeName(reader, start, "Mailbox", end)];
      if (end - reader.at < 20) return names.join(" ");
      const numbers = ["Serial", "Refresh", "Retry", "Expire", "Minimum"].map((name) => reader.u32(name));
      return [...names, ...numbers].join(" ");
    }
    case "TXT": {
      const texts: string[] = [];
      while (reader.at < end) {
        const length = reader.frame[reader.at] ?? 0;
        if (length + 1 > end - reader.at) break;
        reader.put("Length", String(length), 1);
        texts.push(JSON.stringify(escaped(reader.take("Text", length, escaped))));
      }
      return texts.join(" ");
    }
    default:
      return "";
  }
}

function question(message: Reader, said: string[]): void {
  const { start } = message;
  message.group("Question", (reader) => {
    const name = takeName(reader, start, "Name");
    const type = reader.u16("Type", (value) => `${value} ${typeName(value)}`);
    const kind = reader.u16("Class", (value) => `${value} ${className(value)}`);
    said.push(`${typeName(type)} ${name}`);
    return `${name} ${className(kind)} ${typeName(type)}`;
  });
}

function record(message: Reader, field: string, said: string[]): void {
  const { start } = message;
  message.group(field, (reader) => {
    const name = takeName(reader, start, "Name");
    const type = reader.u16("Type", (value) => `${value} ${typeName(value)}`);
    if (type === OPT) {
      reader.u16("Payload size");
      reader.u32("Extended code and flags", hex(8));
    } else {
      reader.u16("Class", (value) => `${value} ${className(value)}`);
      reader.u32("Time to live", (value) => `${value} s`);
    }
    const length = reader.u16("Length");
    if (length > reader.left()) throw new CutShort();
    const end = reader.at + length;
    const value = content(reader, start, type, end);
    if (reader.at < end) reader.take("Content", end - reader.at);
    said.push(`${typeName(type)} ${value}`.trim());
    return `${name} ${typeName(type)} ${value}`.trim();
  });
}

/** How many records a line names before it counts the others. */
const MAX_SAID = 4;
const listed = (said: string[]) =>
  said.length > MAX_SAID ? `${said.slice(0, MAX_SAID).join(", ")} and ${said.length - MAX_SAID} more` : said.join(", ");

export const dns: Decoder = {
  name: "DNS",
  kind: "dns",
  read(reader) {
    const id = reader.u16("Identification", hex(4));
    const flags = reader.u16("Flags", hex(4));
    const response = (flags & 0x8000) !== 0;
    const opcode = (flags >> 11) & 15;
    const code = flags & 15;
    const opcodeName = OPCODES[opcode] ?? `opcode ${opcode}`;
    const codeName = RESPONSE_CODES[code] ?? `response code ${code}`;
    reader.bits("Response", response ? "yes" : "no");
    reader.bits("Opcode", `${opcode} ${opcodeName}`);
    for (const [mask, name] of FLAGS) reader.bits(name, (flags & mask) !== 0 ? "yes" : "no");
    if (response) reader.bits("Response code", `${code} ${codeName}`);
    const questions = reader.u16("Questions");
    const sections = ["Answer", "Authority", "Additional"].map(
      (name) => [name, reader.u16(`${name} records`)] as const,
    );
    const asked: string[] = [];
    const answered: string[] = [];
    let remark = "";
    try {
      for (let at = 0; at < questions; at++) question(reader, asked);
      for (const [name, count] of sections) {
        for (let at = 0; at < count; at++) record(reader, name, name === "Answer" ? answered : []);
      }
    } catch (thrown) {
      if (!(thrown instanceof BadName) && !(thrown instanceof CutShort)) throw thrown;
      remark = thrown instanceof BadName ? thrown.message : "cut short";
    }
    const result = response && code !== 0 ? codeName : response ? listed(answered) : "";
    const what = response ? (opcode === 0 ? "response" : `${opcodeName} response`) : opcodeName;
    const rest = [listed(asked), result].filter(Boolean).join(": ");
    return {
      line: [`${what} ${hex(4)(id)}`, rest, remark].filter(Boolean).join(", "),
      summary: [`${what} ${rest}`.trim(), remark].filter(Boolean).join(", "),
    };
  },
};
