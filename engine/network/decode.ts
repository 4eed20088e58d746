/**
 * From a frame's bytes to what it says, layer by layer. Whatever the bytes are, it answers and never throws; what does not
 * fit is said in words, not guessed at.
 */
import { type Around, CutShort, type Decoded, type Decoder, type Field, type FrameKind, reader } from "./decoder.ts";
import { ethernet } from "./ethernet.ts";
import { decoderOf } from "./tables.ts";

export interface DecodedFrame {
  /** One line per layer, outermost first; each begins with its protocol's name. */
  layers: string[];
  kind: FrameKind;
  /** Who to whom, and what: one line. */
  summary: string;
  /** MAC addresses; empty if the frame ends before them. */
  source: string;
  destination: string;
  /** One field per layer, named as its protocol, with its line as value and its header's fields inside. */
  fields: Field[];
}

/** Tags in tags fill a frame with hundreds of layers; nobody sends more than a few. */
const MAX_LAYERS = 16;

function pad(layer: Field | undefined, name: string, offset: number, end: number): void {
  if (offset < end) layer?.fields?.push({ name, value: `${end - offset} bytes`, offset, length: end - offset });
}

export function decodeFrame(bytes: Uint8Array): DecodedFrame {
  const fields: Field[] = [];
  let around: Around = { source: "", destination: "" };
  let macs = around;
  let kind: FrameKind = "other";
  let said = "";
  let decoder: Decoder | undefined = ethernet;
  let start = 0;
  let end = bytes.length;

  while (decoder) {
    if (fields.length === MAX_LAYERS) {
      pad(fields.at(-1), `More than ${MAX_LAYERS} layers`, start, end);
      break;
    }
    const layer = reader(bytes, start, end);
    const { name }: Decoder = decoder;
    let decoded: Decoded;
    let whole = true;
    try {
      decoded = decoder.read(layer, around);
    } catch (thrown) {
      if (!(thrown instanceof CutShort)) throw thrown;
      whole = false;
      decoded = { line: `cut short: the frame ends ${end - start} bytes into it`, summary: "cut short" };
    }
    const inner = decoded.end ?? end;
    // What the layer around this one carries beyond this one's end: Ethernet fills short frames up.
    pad(fields.at(-1), "Padding", inner, end);
    const field: Field = {
      name,
      value: `${name}, ${decoded.line}`,
      offset: start,
      length: layer.at - start,
      fields: [...layer.fields],
    };
    fields.push(field);
    around = { ...around, ...decoded.around };
    if (fields.length === 1) macs = around;
    kind = decoder.kind ?? kind;
    said = decoded.summary;
    const next: Decoder | undefined = decoded.carried && decoderOf(decoded.carried);
    if (!next) {
      pad(field, whole ? "Data" : "Cut short", layer.at, inner);
      field.length = Math.max(field.length, inner - start);
    }
    decoder = next;
    start = layer.at;
    end = inner;
  }
  const protocol = fields.at(-1)?.name ?? "";
  const ends = around.source === "" ? "" : `${around.source} → ${around.destination} `;
  return {
    layers: fields.map(({ value }) => value),
    kind,
    summary: `${ends}${protocol} ${said}`,
    source: macs.source,
    destination: macs.destination,
    fields,
  };
}
