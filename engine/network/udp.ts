/** UDP (RFC 768). */
import { correction, pseudoHeader } from "./checksum.ts";
import { type Decoder, hex } from "./decoder.ts";
import { PROTOCOL } from "./names.ts";

const HEADER = 8;

export const udp: Decoder = {
  name: "UDP",
  kind: "udp",
  read(reader, { packet, source, destination }) {
    const from = reader.u16("Source port");
    const to = reader.u16("Destination port");
    const length = reader.u16("Length");
    const available = reader.end - reader.start;
    const remarks: string[] = [];
    if (length < HEADER) remarks.push(`a length of ${length} bytes cannot be`);
    else if (length > available && packet?.whole)
      remarks.push(`cut short: ${length} bytes announced, ${available} are there`);
    const checksum = reader.u16("Checksum", hex(4));
    if (checksum === 0) reader.note("none was made");
    else if (!packet?.whole || length < HEADER || length > available)
      reader.note("not verified: part of the datagram is missing");
    else {
      const datagram = reader.frame.subarray(reader.start, reader.start + length);
      const wrong = correction(checksum, pseudoHeader(packet, PROTOCOL.udp, length), datagram);
      // A sum of zero is sent as its other form, since zero says that there is none.
      reader.note(wrong === undefined ? "correct" : `wrong, should be ${hex(4)(wrong || 0xffff)}`);
      if (wrong !== undefined) remarks.push("wrong checksum");
    }
    const size = Math.max(0, length - HEADER);
    return {
      line: [`${from} → ${to}`, `${size} bytes`, ...remarks].join(", "),
      summary: `${size} bytes`,
      around: {
        source: `${source}:${from}`,
        destination: `${destination}:${to}`,
        ports: { source: from, destination: to },
      },
      ...(length >= HEADER
        ? { end: Math.min(reader.end, reader.start + length), carried: { by: "udpPort", keys: [to, from] } }
        : {}),
    };
  },
};
