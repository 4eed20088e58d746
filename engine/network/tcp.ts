/** TCP segments (RFC 9293; RFC 2018 and 7323 for options), each by itself: streams are not put together. */
import { correction, pseudoHeader } from "./checksum.ts";
import { type Decoder, hex, type Reader } from "./decoder.ts";
import { PROTOCOL } from "./names.ts";

const MIN_HEADER = 20;
/** From the lowest bit up. AE is the bit that RFC 3540 called NS. */
const FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];

const END = 0;
const NOP = 1;
/** The option's name, and how its content is read, where it has the length that it must have. */
const OPTIONS = new Map<
  number,
  { name: string; fits(content: number): boolean; read(reader: Reader, content: number): string }
>([
  [2, { name: "maximum segment size", fits: (content) => content === 2, read: (reader) => String(reader.u16("Size")) }],
  [3, { name: "window scale", fits: (content) => content === 1, read: (reader) => String(reader.u8("Shift")) }],
  [4, { name: "SACK permitted", fits: (content) => content === 0, read: () => "" }],
  [
    5,
    {
      name: "SACK",
      fits: (content) => content > 0 && content % 8 === 0,
      read(reader, content) {
        const blocks: string[] = [];
        for (let at = 0; at < content; at += 8) blocks.push(`${reader.u32("Left edge")}-${reader.u32("Right edge")}`);
        return blocks.join(", ");
      },
    },
  ],
  [
    8,
    {
      name: "timestamps",
      fits: (content) => content === 8,
      read: (reader) => `${reader.u32("Value")}, echo ${reader.u32("Echo reply")}`,
    },
  ],
]);

function options(reader: Reader, end: number): void {
  while (reader.at < end) {
    const kind = reader.frame[reader.at] ?? END;
    if (kind === END) {
      reader.put("Option", "end of options", 1);
      if (reader.at < end) reader.put("Padding", `${end - reader.at} bytes`, end - reader.at);
      return;
    }
    if (kind === NOP) {
      reader.put("Option", "no operation", 1);
      continue;
    }
    const known = OPTIONS.get(kind);
    const name = known?.name ?? `option ${kind}`;
    const length = reader.frame[reader.at + 1] ?? 0;
    if (reader.at + 2 > end || length < 2 || length > end - reader.at) {
      reader.put("Option", name, end - reader.at);
      reader.note("its length does not fit into the header");
      return;
    }
    reader.group("Option", (option) => {
      option.put("Kind", name, 1);
      option.put("Length", String(length), 1);
      const content = length - 2;
      if (known?.fits(content)) return `${name} ${known.read(option, content)}`.trim();
      if (content > 0) option.take("Content", content);
      return known ? `${name}, of a wrong length` : name;
    });
  }
}

export const tcp: Decoder = {
  name: "TCP",
  kind: "tcp",
  read(reader, { packet, source, destination }) {
    const from = reader.u16("Source port");
    const to = reader.u16("Destination port");
    const sequence = reader.u32("Sequence number");
    const acknowledgment = reader.u32("Acknowledgment number");
    const control = reader.u16("Data offset and flags", hex(4));
    const headerLength = (control >> 12) * 4;
    const flags = FLAGS.filter((_, bit) => (control & (1 << bit)) !== 0);
    reader.bits("Data offset", `${headerLength} bytes`);
    reader.bits("Flags", flags.join(" ") || "none");
    const window = reader.u16("Window");
    const checksum = reader.u16("Checksum", hex(4));
    const remarks: string[] = [];
    if (!packet?.whole) reader.note("not verified: part of the segment is missing");
    else {
      const segment = reader.frame.subarray(reader.start, reader.end);
      const wrong = correction(checksum, pseudoHeader(packet, PROTOCOL.tcp, segment.length), segment);
      reader.note(wrong === undefined ? "correct" : `wrong, should be ${hex(4)(wrong)}`);
      if (wrong !== undefined) remarks.push("wrong checksum");
    }
    reader.u16("Urgent pointer");
    const headerEnd = reader.start + headerLength;
    const sound = headerLength >= MIN_HEADER && headerEnd <= reader.end;
    if (sound) options(reader, headerEnd);
    else if (headerLength < MIN_HEADER) remarks.push(`a header of ${headerLength} bytes cannot be`);
    else remarks.push(`cut short inside its header of ${headerLength} bytes`);
    const size = sound ? reader.end - headerEnd : 0;
    const acknowledges = flags.includes("ACK") ? [`ack ${acknowledgment}`] : [];
    const said = [flags.join(" ") || "no flags", `seq ${sequence}`, ...acknowledges, `win ${window}`, `${size} bytes`];
    return {
      line: [`${from} → ${to}`, ...said, ...remarks].join(", "),
      summary: [flags.join(" ") || "no flags", `${size} bytes`].join(", "),
      around: { source: `${source}:${from}`, destination: `${destination}:${to}` },
      ...(sound && size > 0 ? { carried: { by: "tcpPort", keys: [to, from] } } : {}),
    };
  },
};
