/** Ethernet II and 802.3 headers, and 802.1Q tags. Source: IEEE 802.3-2018, 3.2; IEEE 802.1Q-2018, 9.6. */
import { type Decoded, type Decoder, hex, macText, type Reader } from "./decoder.ts";
import { etherTypeName } from "./names.ts";

/** From here on the two bytes are a type, up to 1500 a length (IEEE 802.3, 3.2.6). */
const FIRST_TYPE = 0x0600;
const MAX_LENGTH = 1500;

function address(reader: Reader, name: string): string {
  const bytes = reader.take(name, 6, macText);
  const [first = 0] = bytes;
  if (bytes.every((byte) => byte === 0xff)) reader.note("broadcast");
  else if ((first & 1) !== 0) reader.note("group address");
  else if ((first & 2) !== 0) reader.note("locally administered");
  return macText(bytes);
}

/** What the two bytes behind the addresses, or behind a tag, say of the rest. */
function content(reader: Reader, before: string): Decoded {
  const type = reader.u16("Type", (value) =>
    `${hex(4)(value)} ${value >= FIRST_TYPE ? etherTypeName(value) : ""}`.trim(),
  );
  if (type >= FIRST_TYPE) {
    const name = etherTypeName(type);
    return { line: `${before}, ${name}`, summary: name, carried: { by: "etherType", keys: [type] } };
  }
  if (type > MAX_LENGTH) {
    reader.note("neither a length nor a type");
    const summary = `type ${hex(4)(type)}, which is neither length nor type`;
    return { line: `${before}, ${summary}`, summary };
  }
  reader.note("a length: 802.3 frame");
  const left = reader.left();
  const summary = `802.3 frame of ${type} bytes${type > left ? `, of which ${left} are there` : ""}`;
  return {
    line: `${before}, ${summary}`,
    summary,
    end: Math.min(reader.end, reader.at + type),
  };
}

export const ethernet: Decoder = {
  name: "Ethernet",
  read(reader) {
    const destination = address(reader, "Destination");
    const source = address(reader, "Source");
    return { ...content(reader, `${source} → ${destination}`), around: { source, destination } };
  },
};

export const vlan: Decoder = {
  name: "802.1Q",
  read(reader) {
    const tag = reader.u16("Tag", hex(4));
    const id = tag & 0xfff;
    reader.bits("Priority", String(tag >> 13));
    reader.bits("Drop eligible", (tag & 0x1000) !== 0 ? "yes" : "no");
    reader.bits("VLAN", String(id));
    return content(reader, `VLAN ${id}, priority ${tag >> 13}`);
  },
};
