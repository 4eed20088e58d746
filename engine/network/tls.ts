/**
 * TLS records (RFC 5246, 6.2; RFC 8446, 5) and what is in them: handshake messages opened into their fields, over as many records as
 * they take, alerts, and what is encrypted, which is told by its length alone. Pure; whatever the bytes are, it answers.
 */

import { concatBytes } from "../attestation/bytes.ts";
import type { Decoder, Field } from "./decoder.ts";
import { HANDSHAKE_HEADER, type HandshakeMessage, readHandshake } from "./tls-handshake.ts";
import { alertName, CONTENT, contentName, HANDSHAKE, handshakeName, isHandshake, versionName } from "./tls-names.ts";

export const RECORD_HEADER = 5;
/** RFC 5246, 6.2.3: 2^14 bytes, and what encryption may add. */
const MAX_RECORD = 2 ** 14 + 2048;
/** A chain of certificates as long as anybody sends. */
const MAX_HANDSHAKE = 2 ** 18;

export interface DecodedTls {
  /** "ServerHello (TLS 1.2, …), Certificate: 5 certificates, leaf 3fa2c01b…"; "application data, 213 bytes". */
  summary: string;
  /** One for each record, with its messages inside. */
  fields: Field[];
  /** DER, as they were sent, leaf first. */
  certificates: Uint8Array[];
}

export interface RecordHeader {
  type: number;
  version: number;
  /** Bytes behind the header. */
  length: number;
}

/** What stands in a record's header; undefined if it is none, whatever follows. As many bytes as are there must fit. */
export function recordHeader(bytes: Uint8Array, at: number): RecordHeader | undefined {
  const [type = CONTENT.handshake, major = 3, minor = 1, high = 0, low = 1] = bytes.subarray(at, at + RECORD_HEADER);
  const length = high * 256 + low;
  const known = type >= CONTENT.changeCipherSpec && type <= CONTENT.applicationData;
  if (!known || major !== 3 || minor > 4 || length > MAX_RECORD || length === 0) return undefined;
  return { type, version: major * 256 + minor, length };
}

interface TlsRecord extends RecordHeader {
  start: number;
  /** Where its content ends, as far as it is there. */
  end: number;
  whole: boolean;
}

function records(bytes: Uint8Array, start: number, end: number): TlsRecord[] {
  const found: TlsRecord[] = [];
  for (let at = start; at < end; ) {
    const header = end - at < RECORD_HEADER ? undefined : recordHeader(bytes, at);
    if (!header) break;
    const wanted = at + RECORD_HEADER + header.length;
    found.push({ ...header, start: at, end: Math.min(wanted, end), whole: wanted <= end });
    at = wanted;
  }
  return found;
}

/**
 * What one side says from `start` on, where a record begins. `ciphered`: it has said before that it encrypts from here on. Without
 * knowing, an encrypted handshake message is told by that it makes no sense.
 */
export function decodeTls(
  bytes: Uint8Array,
  options: { start?: number; end?: number; ciphered?: boolean } = {},
): DecodedTls {
  const { start = 0, end = bytes.length } = options;
  const found = records(bytes, start, end);
  const said = sayings();
  const fields: Field[] = [];
  const certificates: Uint8Array[] = [];
  let ciphered = options.ciphered ?? false;
  /** What comes next as data may be a handshake message of TLS 1.3: in 1.2 one would have come encrypted, by its own content type. */
  let announced = false;

  for (let at = 0; at < found.length; ) {
    const record = found[at] as TlsRecord;
    if (record.type === CONTENT.handshake) {
      const run = found.slice(at, runEnd(found, at));
      const hello = isWholeHello(bytes.subarray(record.start, record.end));
      const messages = ciphered && !hello ? undefined : readMessages(bytes, run);
      // Encrypted records are not put together: each holds what it holds.
      const taken = messages ? run : [record];
      const own = taken.map((each) => recordField(each, bytes));
      if (!messages) {
        announced = false;
        said.plain("encrypted handshake message");
        encrypted(own[0], record);
      }
      for (const { type, field, summary, certificates: sent } of messages ?? []) {
        // In 1.2 no data come before a ChangeCipherSpec; in 1.3 everything behind this is encrypted.
        announced ||= type === HANDSHAKE.serverHello;
        own.findLast(({ offset }) => offset <= field.offset)?.fields?.push(field);
        said.plain(summary);
        certificates.push(...sent);
      }
      fields.push(...own);
      at += taken.length;
      continue;
    }
    const field = recordField(record, bytes);
    fields.push(field);
    at += 1;
    const content = bytes.subarray(record.start + RECORD_HEADER, record.end);
    const place = { offset: record.start + RECORD_HEADER, length: content.length };
    if (record.type === CONTENT.changeCipherSpec) {
      field.fields?.push({ name: "Message", value: "what follows is encrypted", ...place });
      said.plain("ChangeCipherSpec");
      ciphered = true;
      announced = true;
    } else if (record.type === CONTENT.alert) {
      const [level = 0, description = 0] = content;
      if (content.length === 2) {
        const severity = level === 1 ? "warning" : level === 2 ? "fatal" : `level ${level}`;
        field.fields?.push(
          { name: "Level", value: severity, offset: place.offset, length: 1 },
          { name: "Description", value: alertName(description), offset: place.offset + 1, length: 1 },
        );
        said.plain(`alert: ${severity}, ${alertName(description)}`);
      } else {
        encrypted(field, record);
        said.plain("encrypted alert");
      }
    } else {
      encrypted(field, record);
      said.data(announced ? "encrypted" : "application data", record.length);
    }
  }
  const stop = found.at(-1)?.end ?? start;
  if (stop < end) {
    fields.push({ name: "No record", value: `${end - stop} bytes`, offset: stop, length: end - stop });
    said.plain(`${end - stop} bytes that are no record`);
  }
  const last = found.at(-1);
  if (last && !last.whole && last.type !== CONTENT.handshake) said.plain("cut short");
  return { summary: said.all(), fields, certificates };
}

/** Collects what was said; records of data that follow each other are one. */
function sayings() {
  const parts: string[] = [];
  let data: { name: string; bytes: number; records: number } | undefined;
  const close = () => {
    if (data) parts.push(`${data.name}, ${data.records > 1 ? `${data.records} records, ` : ""}${data.bytes} bytes`);
    data = undefined;
  };
  return {
    plain(text: string) {
      close();
      parts.push(text);
    },
    data(name: string, bytes: number) {
      if (data?.name !== name) close();
      data ??= { name, bytes: 0, records: 0 };
      data.bytes += bytes;
      data.records += 1;
    },
    all() {
      close();
      return parts.join(", ");
    },
  };
}

/** Where the handshake records that begin at `at` end. */
function runEnd(found: readonly TlsRecord[], at: number): number {
  const end = found.findIndex((each, index) => index > at && each.type !== CONTENT.handshake);
  return end < 0 ? found.length : end;
}

function recordField({ type, version, length, start, end, whole }: TlsRecord, bytes: Uint8Array): Field {
  const value = `${contentName(type)}, ${versionName(version)}, ${length} bytes`;
  return {
    name: "Record",
    value: whole ? value : `${value}, ${end - start - RECORD_HEADER} of them here`,
    offset: start,
    length: end - start,
    fields: [
      { name: "Content type", value: contentName(bytes[start] ?? 0), offset: start, length: 1 },
      { name: "Version", value: versionName(version), offset: start + 1, length: 2 },
      { name: "Length", value: String(length), offset: start + 3, length: 2 },
    ],
  };
}

function encrypted(field: Field | undefined, { start, end }: TlsRecord): void {
  const length = end - start - RECORD_HEADER;
  field?.fields?.push({ name: "Encrypted", value: `${length} bytes`, offset: start + RECORD_HEADER, length });
}

/** Is this record one whole hello in clear: after a ChangeCipherSpec that TLS 1.3 sends for show, one may follow (RFC 8446, D.4). */
export function isWholeHello(record: Uint8Array): boolean {
  const [type, high = 0, middle = 0, low = 0] = record.subarray(RECORD_HEADER);
  const hello = type === HANDSHAKE.clientHello || type === HANDSHAKE.serverHello;
  return hello && (high << 16) + (middle << 8) + low === record.length - RECORD_HEADER - HANDSHAKE_HEADER;
}

/** The messages in these records, put together; undefined if there is no sense in them, which is what encrypted ones look like. */
function readMessages(bytes: Uint8Array, run: readonly TlsRecord[]): HandshakeMessage[] | undefined {
  const plain = concatBytes(...run.map(({ start, end }) => bytes.subarray(start + RECORD_HEADER, end)));
  const place = placing(run);
  const messages: HandshakeMessage[] = [];
  for (let at = 0; at < plain.length; ) {
    const [type = 0, high = 0, middle = 0, low = 0] = plain.subarray(at, at + HANDSHAKE_HEADER);
    const length = (high << 16) + (middle << 8) + low;
    const alone = type !== HANDSHAKE.helloRequest || plain.length === HANDSHAKE_HEADER;
    if (!isHandshake(type) || !alone || length > MAX_HANDSHAKE) return undefined;
    const end = at + HANDSHAKE_HEADER + length;
    if (end > plain.length) {
      const summary = `the beginning of ${handshakeName(type)}`;
      const there = plain.length - at;
      const field = { name: handshakeName(type), value: summary, offset: at, length: there };
      messages.push({ type, field: placed(field, place), summary, certificates: [] });
      break;
    }
    const message = readHandshake(plain, at, end);
    messages.push({ ...message, field: placed(message.field, place) });
    at = end;
  }
  return messages;
}

/** Where a byte of the records' content stands among the records. */
function placing(run: readonly TlsRecord[]): (at: number) => number {
  return (at) => {
    let before = 0;
    for (const { start, end } of run) {
      const length = end - start - RECORD_HEADER;
      if (at < before + length) return start + RECORD_HEADER + at - before;
      before += length;
    }
    return run.at(-1)?.end ?? 0;
  };
}

/** A field that goes on in the next record has the header between in it; one of no bytes stands behind the one before. */
function placed(field: Field, place: (at: number) => number): Field {
  const offset = field.length === 0 && field.offset > 0 ? place(field.offset - 1) + 1 : place(field.offset);
  const length = field.length === 0 ? 0 : place(field.offset + field.length - 1) + 1 - offset;
  const fields = field.fields?.map((each) => placed(each, place));
  return { ...field, offset, length, ...(fields ? { fields } : {}) };
}

/** A single segment: nothing is known of those around it. */
export const tls: Decoder = {
  name: "TLS",
  kind: "tls",
  read(reader) {
    const { frame, start, end } = reader;
    if (end - start < RECORD_HEADER || !recordHeader(frame, start)) {
      reader.put("Part of a record", `${end - start} bytes`, end - start);
      const line = `${end - start} bytes of a record that began before`;
      return { line, summary: line };
    }
    const { fields, summary } = decodeTls(frame, { start, end });
    for (const { name, value, length, fields: inner } of fields) {
      reader.put(name, value, length);
      const field = reader.fields.at(-1);
      if (field && inner) field.fields = inner;
    }
    return { line: summary, summary };
  },
};
