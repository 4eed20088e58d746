/** IPv4 (RFC 791; RFC 2474 and 3168 for the second byte). Fragments are said to be fragments and not put together. */
import { correction } from "./checksum.ts";
import { type Decoder, hex, ipv4Text, type Reader } from "./decoder.ts";
import { protocolName } from "./names.ts";

const MIN_HEADER = 20;
const ECN = ["not ECN-capable", "ECT(1)", "ECT(0)", "congestion experienced"];

/** Options of one byte, and options whose second byte is their length (RFC 791, 3.1; RFC 2113). */
const END = 0;
const NOP = 1;
const OPTIONS = new Map([
  [7, "record route"],
  [68, "timestamps"],
  [130, "security"],
  [131, "loose source route"],
  [136, "stream"],
  [137, "strict source route"],
  [148, "router alert"],
]);
const ROUTES: readonly number[] = [7, 131, 137];
const SOURCE_ROUTES: readonly number[] = [131, 137];

function addresses(bytes: Uint8Array): string {
  const list: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) list.push(ipv4Text(bytes.subarray(at, at + 4)));
  return list.join(", ");
}

/** Options up to `end`, which lies inside the reader. Where a source route still leads on: its end, which checksums cover. */
function options(reader: Reader, end: number): Uint8Array | undefined {
  let final: Uint8Array | undefined;
  while (reader.at < end) {
    const type = reader.frame[reader.at] ?? END;
    if (type === END) {
      reader.put("Option", "end of options", 1);
      if (reader.at < end) reader.put("Padding", `${end - reader.at} bytes`, end - reader.at);
      return final;
    }
    if (type === NOP) {
      reader.put("Option", "no operation", 1);
      continue;
    }
    const name = OPTIONS.get(type) ?? `option ${type}`;
    const length = reader.frame[reader.at + 1] ?? 0;
    if (reader.at + 2 > end || length < 2 || length > end - reader.at) {
      reader.put("Option", name, end - reader.at);
      reader.note("its length does not fit into the header");
      return final;
    }
    reader.group("Option", (option) => {
      option.put("Type", name, 1);
      option.put("Length", String(length), 1);
      if (ROUTES.includes(type) && length >= 3) {
        const pointer = option.u8("Pointer");
        const route = option.take("Addresses", length - 3, addresses);
        if (SOURCE_ROUTES.includes(type) && pointer <= length && route.length >= 4) final = route.slice(-4);
        return `${name}: ${addresses(route)}`;
      }
      if (length > 2) option.take("Content", length - 2);
      return name;
    });
  }
  return final;
}

export const ipv4: Decoder = {
  name: "IPv4",
  read(reader) {
    const first = reader.u8("Version and header length", hex(2));
    const version = first >> 4;
    const headerLength = (first & 15) * 4;
    reader.bits("Version", String(version));
    reader.bits("Header length", `${headerLength} bytes`);
    if (version !== 4) {
      reader.note("not version 4");
      const line = `version ${version} where 4 was announced`;
      return { line, summary: line };
    }
    const service = reader.u8("Differentiated services", hex(2));
    reader.bits("DSCP", String(service >> 2));
    reader.bits("ECN", ECN[service & 3] ?? "");
    const totalLength = reader.u16("Total length");
    const identification = reader.u16("Identification", hex(4));
    const flags = reader.u16("Flags and fragment offset", hex(4));
    const fragmentOffset = (flags & 0x1fff) * 8;
    const moreFragments = (flags & 0x2000) !== 0;
    if ((flags & 0x8000) !== 0) reader.bits("Reserved bit", "set");
    reader.bits("Don't fragment", (flags & 0x4000) !== 0 ? "yes" : "no");
    reader.bits("More fragments", moreFragments ? "yes" : "no");
    reader.bits("Fragment offset", `${fragmentOffset} bytes`);
    const ttl = reader.u8("Time to live");
    const protocol = reader.u8("Protocol", (value) => `${value} ${protocolName(value)}`);
    const checksum = reader.u16("Header checksum", hex(4));
    const checksumField = reader.fields.at(-1);
    const sourceBytes = reader.take("Source", 4, ipv4Text);
    const destinationBytes = reader.take("Destination", 4, ipv4Text);
    const [source, destination] = [ipv4Text(sourceBytes), ipv4Text(destinationBytes)];

    const remarks: string[] = [];
    let final = destinationBytes;
    const headerEnd = reader.start + headerLength;
    if (headerLength < MIN_HEADER) remarks.push(`a header of ${headerLength} bytes cannot be`);
    else if (headerEnd > reader.end) remarks.push(`cut short inside its header of ${headerLength} bytes`);
    else {
      const wrong = correction(checksum, reader.frame.subarray(reader.start, headerEnd));
      if (checksumField) checksumField.note = wrong === undefined ? "correct" : `wrong, should be ${hex(4)(wrong)}`;
      if (wrong !== undefined) remarks.push("wrong header checksum");
      final = options(reader, headerEnd) ?? destinationBytes;
      if (totalLength < headerLength) remarks.push(`a total length of ${totalLength} bytes cannot be`);
    }
    const announced = reader.start + totalLength;
    const sound = headerLength >= MIN_HEADER && totalLength >= headerLength && headerEnd <= reader.end;
    if (sound && announced > reader.end)
      remarks.push(`cut short: ${totalLength} bytes announced, ${reader.end - reader.start} are there`);
    const fragment = moreFragments || fragmentOffset > 0;
    if (fragment)
      remarks.unshift(`fragment ${hex(4)(identification)} at ${fragmentOffset}${moreFragments ? "" : ", the last"}`);

    return {
      line: [`${source} → ${destination}`, protocolName(protocol), `TTL ${ttl}`, ...remarks].join(", "),
      summary: fragment ? `fragment of ${protocolName(protocol)} at ${fragmentOffset}` : protocolName(protocol),
      around: {
        source,
        destination,
        packet: { source: sourceBytes, destination: final, whole: !fragment && announced <= reader.end },
      },
      ...(sound ? { end: Math.min(announced, reader.end) } : {}),
      ...(sound && fragmentOffset === 0 ? { carried: { by: "protocol" as const, keys: [protocol] } } : {}),
    };
  },
};
