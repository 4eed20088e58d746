/**
 * What can be seen of a message: all of it, and each certificate in it by itself; each with its fields, the file that the page
 * saves, and the commands that show the same outside the page with what they print. Pure.
 */
import type { Message } from "../../engine/lab/api.ts";
import { decodeFrame, decodeTls, pcapng } from "../../engine/network/index.ts";
import { hex, messageOf } from "../facts/format.ts";
import { texts } from "../texts.ts";
import { PARTS } from "../texts-parts.ts";
import type { Field } from "../wire/fields.ts";
import { isFrame } from "./kinds.tsx";
import {
  certificateParts,
  evidenceParts,
  type NamedCertificate,
  named,
  type Part,
  pemCertificates,
  pemOf,
  pemParts,
  requestParts,
  wholePart,
} from "./parts.ts";
import { asText } from "./rows.ts";

const WORDS = texts.messages.documents;

export interface Command {
  line: string;
  /** What it must print, or the first lines of that. */
  output?: string;
}

export interface SavedFile {
  name: string;
  bytes: Uint8Array;
}

export interface Document {
  title: string;
  bytes: Uint8Array;
  fields: readonly Field[];
  /** Have the outermost fields names of their own, rather than saying in their values what they are, as a frame's layers do? */
  named: boolean;
  /** Why there are no fields where one would expect them. */
  error?: string;
  file: SavedFile;
  commands: readonly Command[];
}

const encoder = new TextEncoder();

/** Addresses and type: no frame is shorter. */
const ETHERNET = 14;

/** The sentence of a part goes along as its field's `why`. */
const fieldsOf = (parts: readonly Part[]): Field[] =>
  parts.map(({ name, ...rest }) => ({ ...rest, name: PARTS[name].name, why: PARTS[name].why }));

function titleOf({ layer, vendor }: NamedCertificate, index: number): string {
  if (layer === undefined) return WORDS.certificate(index + 1);
  const words = WORDS.layers[layer] ?? layer;
  return vendor ? WORDS.vendor(words) : words;
}

function certificateDocument(base: string, certificate: NamedCertificate, index: number): Document {
  const { layer, vendor, subject, der } = certificate;
  const file = `${base}-${layer === undefined ? index + 1 : vendor ? `vendor-${layer}` : layer}.pem`;
  const head = { title: titleOf(certificate, index), bytes: der, named: true };
  const saved = { name: file, bytes: encoder.encode(pemOf([der])) };
  try {
    const parts = certificateParts(der);
    const serial = parts.find(({ name }) => name === "serial")?.value ?? "";
    return {
      ...head,
      fields: fieldsOf(parts),
      file: saved,
      commands: [
        vendor
          ? { line: `openssl x509 -in ${file} -noout -serial`, output: `serial=${serial.toUpperCase()}` }
          : {
              line: `openssl x509 -in ${file} -noout -subject -nameopt RFC2253`,
              ...(subject === undefined ? {} : { output: `subject=CN=${subject}` }),
            },
        { line: `openssl x509 -in ${file} -noout -text`, output: "Certificate: …" },
      ],
    };
  } catch (error) {
    return { ...head, fields: [], error: messageOf(error), file: saved, commands: [] };
  }
}

function requestDocument(base: string, bytes: Uint8Array): Document {
  const file = `${base}.der`;
  return {
    title: WORDS.whole,
    bytes,
    named: true,
    fields: fieldsOf(requestParts(bytes)),
    file: { name: file, bytes },
    commands: [
      {
        line: `openssl req -inform DER -in ${file} -noout -verify`,
        output: "Certificate request self-signature verify OK",
      },
      {
        line: `openssl asn1parse -inform DER -in ${file}`,
        output: `    0:d=0  hl=3 l= ${bytes.length - 3} cons: SEQUENCE …`,
      },
    ],
  };
}

const total = (number: number) => `Total found: ${number}`;

function withCertificates(base: string, bytes: Uint8Array): Document[] {
  const certificates = pemCertificates(bytes);
  const file = `${base}.pem`;
  const whole: Document = {
    title: WORDS.whole,
    bytes,
    named: true,
    fields: fieldsOf(pemParts(bytes)),
    file: { name: file, bytes },
    commands: [{ line: `openssl storeutl -noout -certs ${file}`, output: total(certificates.length) }],
  };
  return [...certificates.map((each, index) => certificateDocument(base, each, index)), whole];
}

function evidenceDocuments(base: string, bytes: Uint8Array): Document[] {
  const certificates = pemCertificates(bytes);
  const file = `${base}.bin`;
  const length = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  const whole: Document = {
    title: WORDS.whole,
    bytes,
    named: true,
    fields: fieldsOf(evidenceParts(bytes)),
    file: { name: file, bytes },
    commands: [
      {
        line: `tail -c +3 ${file} | head -c ${length} | xxd -p -c 80`,
        output: hex(bytes.subarray(2, 2 + length)),
      },
      {
        line: `tail -c +${length + 3} ${file} > chain.pem; openssl storeutl -noout -certs chain.pem`,
        output: total(certificates.length),
      },
    ],
  };
  return [whole, ...certificates.map((each, index) => certificateDocument(base, each, index))];
}

function frameDocument(base: string, { bytes: given, time }: Message): Document {
  const bytes = given ?? new Uint8Array();
  const file = `${base}.pcapng`;
  const address = (at: number) => hex(bytes.subarray(at, at + 6)).replace(/(..)(?=.)/g, "$1:");
  const capture = pcapng({ interfaces: [{ name: "wire" }], frames: [{ interface: 0, at: time, bytes }] });
  return {
    title: WORDS.whole,
    bytes,
    named: false,
    fields: decodeFrame(bytes).fields,
    file: { name: file, bytes: capture },
    commands: [
      {
        line: `tshark -r ${file} -T fields -e frame.len -e eth.src -e eth.dst`,
        output: [bytes.length, address(6), address(0)].join("  "),
      },
      { line: `tshark -r ${file} -V`, output: "Frame 1: …" },
    ],
  };
}

function flightDocuments(base: string, bytes: Uint8Array): Document[] {
  const { fields, certificates } = decodeTls(bytes);
  const all = `${base}.pem`;
  const flight: Document = {
    title: WORDS.flight,
    bytes,
    named: false,
    fields,
    file:
      certificates.length > 0
        ? { name: all, bytes: encoder.encode(pemOf(certificates)) }
        : { name: `${base}.bin`, bytes },
    commands:
      certificates.length > 0
        ? [{ line: `openssl storeutl -noout -certs ${all}`, output: total(certificates.length) }]
        : [{ line: `head -c 5 ${base}.bin | xxd -p`, output: hex(bytes.subarray(0, 5)) }],
  };
  return [flight, ...certificates.map((der, index) => certificateDocument(base, named(der), index))];
}

function plainDocument(base: string, bytes: Uint8Array, part: Part | null): Document {
  const text = asText(bytes);
  const file = text === null || part?.name === "nonce" ? `${base}.bin` : `${base}.txt`;
  const digits = hex(bytes.subarray(0, 32));
  return {
    title: WORDS.whole,
    bytes,
    named: true,
    fields: part ? fieldsOf([part]) : [],
    file: { name: file, bytes },
    commands: [
      file.endsWith(".txt")
        ? { line: `head -n 1 ${file}`, output: text?.split("\n")[0] ?? "" }
        : { line: `xxd -p -c 32 ${file} | head -n 1`, output: digits },
    ],
  };
}

/** What it is opened with comes first; none if it has no bytes. */
export function documentsOf(message: Message): Document[] {
  const { kind, sequence, bytes } = message;
  if (!bytes || bytes.length === 0) return [];
  const base = `message-${sequence}`;
  // A certificate request in DER begins with SEQUENCE.
  if (kind === "endorse" && bytes[0] === 0x30) return [requestDocument(base, bytes)];
  if (kind === "evidence") return evidenceDocuments(base, bytes);
  if (kind === "tls") return flightDocuments(base, bytes);
  // What nobody has a name for is a frame all the same.
  if (isFrame(kind) || (kind === "other" && bytes.length >= ETHERNET)) return [frameDocument(base, message)];
  if (asText(bytes)?.includes("-----BEGIN CERTIFICATE-----")) return withCertificates(base, bytes);
  const part = kind === "challenge" ? "nonce" : kind === "get-id" ? "digest" : null;
  return [plainDocument(base, bytes, part === null ? null : wholePart(part, bytes))];
}

/** A message that was noted, not sent, can be read again where scripts run. */
export function noteCommands({ sequence, summary }: Message): Command[] {
  return [
    { line: `(await terra.lab.messages({ since: ${sequence - 1} }))[0].summary`, output: JSON.stringify(summary) },
  ];
}
