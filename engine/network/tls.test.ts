import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPem, toPem } from "../attestation/index.ts";
import { decodeFrame } from "./decode.ts";
import type { Field } from "./decoder.ts";
import { bytesOf, join, u8, u16 } from "./testing/build.ts";
import { type Certificates, dialogue, frames, makeCertificates, type Said } from "./testing/dialogue.ts";
import { tsharkFields, tsharkText } from "./testing/tshark.ts";
import { decodeTls } from "./tls.ts";
import { observeTls } from "./tls-flights.ts";

let certificates: Certificates;
/** Dialogues of openssl with itself: what makes them differ. */
const DIALOGUES: [string, string[], Parameters<typeof dialogue>[2]?][] = [
  ["TLS 1.2", ["-tls1_2"]],
  ["TLS 1.2 in small records", ["-tls1_2", "-max_send_frag", "512"]],
  ["TLS 1.2 with a client that nobody knows", ["-tls1_2"], { trusts: false }],
  ["TLS 1.3", ["-tls1_3"]],
  ["TLS 1.3 at the second attempt", ["-tls1_3"], { server: ["-groups", "P-384"], client: ["-groups", "X25519:P-384"] }],
  ["whatever both can", []],
];
const said = new Map<string, Said[]>();
const saidIn = (name: string) => said.get(name) ?? [];
beforeAll(async () => {
  certificates = makeCertificates();
  for (const [name, options, more] of DIALOGUES) said.set(name, await dialogue(certificates, options, more));
});
afterAll(() => certificates.remove());

function flightsOf(name: string, segment?: number) {
  const observer = observeTls();
  return frames(saidIn(name), segment).flatMap(({ by, bytes }) => observer.push({ at: 7, from: by, bytes }, 7).flights);
}

/** Every field, outer ones first. */
const all = (fields: readonly Field[]): Field[] => fields.flatMap((each) => [each, ...all(each.fields ?? [])]);
const values = (fields: readonly Field[], name: string) =>
  all(fields).flatMap((each) => (each.name === name ? [each.value] : []));

describe("what is said over TLS", () => {
  const CHAIN = "Certificate: 5 certificates, leaf 3fa2c01b…";
  const SUITE = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
  const HELLO = [
    ["client", "ClientHello (up to TLS 1.2)"],
    [
      "server",
      `ServerHello (TLS 1.2, ${SUITE}), ${CHAIN}, ServerKeyExchange (x25519), CertificateRequest, ServerHelloDone`,
    ],
    ["client", `${CHAIN}, ClientKeyExchange, CertificateVerify, ChangeCipherSpec, encrypted handshake message`],
  ];
  const ACCEPTED = [
    ...HELLO,
    ["server", "NewSessionTicket (7200 s), ChangeCipherSpec, encrypted handshake message"],
    ["client", "application data, 32 bytes"],
    ["server", "application data, 32 bytes"],
    ["client", "encrypted alert"],
  ];

  it.each([
    ["TLS 1.2", ACCEPTED],
    ["TLS 1.2 in small records", ACCEPTED],
    ["TLS 1.2 with a client that nobody knows", [...HELLO, ["server", "alert: fatal, unknown CA"]]],
  ])("is told by flight: %s", (name, expected) => {
    expect(flightsOf(name).map(({ from, summary }) => [from, summary])).toEqual(expected);
  });

  it("is told as far as it is to be seen in TLS 1.3", () => {
    const numbersOut = (text: string) => text.replace(/\d+ records, \d+ bytes|\d+ bytes/g, "…");
    const told = (name: string) => flightsOf(name).map(({ from, summary }) => [from, numbersOut(summary)]);
    const server = ["server", "ServerHello (TLS 1.3, TLS_AES_256_GCM_SHA384), ChangeCipherSpec, encrypted, …"];
    const client = ["client", "ClientHello (up to TLS 1.3)"];
    // Whether the server's tickets come before the client's first word or behind it is a race; that nothing of either can be read is none.
    const unread = /^(ChangeCipherSpec, )?(encrypted|application data), …(, application data, …)?$/;
    const plain = told("TLS 1.3");
    expect(plain.slice(0, 2)).toEqual([client, server]);
    expect(plain.length).toBeGreaterThan(3);
    for (const [, summary] of plain.slice(2)) expect(summary).toMatch(unread);
    const again = told("TLS 1.3 at the second attempt");
    expect(again.slice(0, 4)).toEqual([
      client,
      ["server", "HelloRetryRequest (TLS 1.3, TLS_AES_256_GCM_SHA384), ChangeCipherSpec"],
      ["client", "ChangeCipherSpec, ClientHello (up to TLS 1.3)"],
      ["server", "ServerHello (TLS 1.3, TLS_AES_256_GCM_SHA384), encrypted, …"],
    ]);
    for (const [, summary] of again.slice(4)) expect(summary).toMatch(unread);
  });

  it("has the certificates in it, which openssl verifies", () => {
    const sent = flightsOf("TLS 1.2").map(({ from, bytes }) => ({ from, chain: decodeTls(bytes).certificates }));
    for (const by of ["server", "client"]) {
      const chain = sent.filter(({ from }) => from === by).flatMap((each) => each.chain);
      expect(chain).toEqual(certificates.chain.flatMap((pem) => readPem(pem, "a certificate")));
      const [leaf = "", ...upper] = chain.map((der) => toPem(der));
      for (const [name, text] of [
        ["captured.pem", leaf],
        ["captured-upper.pem", upper.join("")],
      ] as const) {
        writeFileSync(path.join(certificates.folder, name), text);
      }
      const command = ["verify", "-CAfile", "root.pem", "-untrusted", "captured-upper.pem", "captured.pem"];
      expect(execFileSync("openssl", command, { cwd: certificates.folder }).toString()).toBe("captured.pem: OK\n");
    }
  });
});

describe("tshark", () => {
  const FIELDS = [
    "tls.record.content_type",
    "tls.record.opaque_type",
    "tls.record.length",
    "tls.handshake.type",
    "tls.handshake.length",
    "tls.handshake.random",
    "tls.handshake.certificate",
    "tls.alert_message.desc",
  ] as const;

  it.each(DIALOGUES.map(([name]) => name))("finds the same in it: %s", (name) => {
    const rows = tsharkFields(
      frames(saidIn(name)).map(({ bytes }) => bytes),
      FIELDS,
    );
    const seen = (field: (typeof FIELDS)[number]) =>
      rows.flatMap((row) => (row[field] === "" ? [] : row[field].split(",")));
    const fields = flightsOf(name).map(({ bytes }) => ({ bytes, fields: decodeTls(bytes).fields }));
    const found = (...names: string[]) =>
      fields.flatMap((each) => all(each.fields).filter((one) => names.includes(one.name)));
    const contents = ["change cipher spec", "alert", "handshake", "application data"];

    const types = found("Record").map(({ fields: parts }) => String(20 + contents.indexOf(parts?.[0]?.value ?? "")));
    const opaque = seen("tls.record.opaque_type");
    expect(types.filter((type) => type !== "23" || opaque.length === 0)).toEqual(seen("tls.record.content_type"));
    expect(found("Record").map(({ fields: parts }) => parts?.[2]?.value)).toEqual(seen("tls.record.length"));

    const messages = found("Record").flatMap(({ fields: parts }) => parts?.filter((one) => one.fields) ?? []);
    const length = ({ fields: parts }: Field) => parts?.find((one) => one.name === "Length")?.value;
    expect(messages).toHaveLength(seen("tls.handshake.type").length);
    expect(messages.map(length)).toEqual(seen("tls.handshake.length"));
    expect(seen("tls.handshake.type").length).toBeGreaterThan(1);

    const bytesIn = (name: string) =>
      fields.flatMap(({ bytes, fields: parts }) =>
        all(parts)
          .filter((one) => one.name === name)
          .map(({ offset, length }) => Buffer.from(bytes.subarray(offset, offset + length)).toString("hex")),
      );
    expect(bytesIn("Random")).toEqual(seen("tls.handshake.random"));
    // In small records a certificate has their headers in it.
    if (!name.includes("small")) expect(bytesIn("DER")).toEqual(seen("tls.handshake.certificate"));
  });

  it.each(DIALOGUES.map(([name]) => name))("calls everything by the same name: %s", (name) => {
    const text = tsharkText(frames(saidIn(name)).map(({ bytes }) => bytes));
    const fields = flightsOf(name).flatMap(({ bytes }) => decodeTls(bytes).fields);
    const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, first = ""]) => first);
    expect(values(fields, "Cipher suite")).toEqual(named(/Cipher Suite: (\S+) \(0x/g));
    expect(values(fields, "Group").sort()).toEqual(
      named(/(?:Supported Group| Group|Named Curve): ([a-zA-Z]\S+) \((?:0x|\d)/g).sort(),
    );
    const algorithms = [...values(fields, "Algorithm"), ...values(fields, "Signature algorithm")];
    expect(algorithms.sort()).toEqual(
      named(/Signature Algorithm: (.+?) \(0x/g)
        .map((each) =>
          each
            .replace(/^SHA(\d+) DSA$/, "dsa_sha$1")
            .replace(/^SHA(\d+) ECDSA$/, "ecdsa_sha$1")
            .replace(/^SHA(\d+) RSA$/, "rsa_pkcs1_sha$1"),
        )
        .sort(),
    );
    const extensions = all(fields)
      .filter(({ name: each }) => each === "Extension")
      .map(({ value }) => value.split(":")[0]);
    expect(extensions).toEqual(named(/Extension: (\S+) \(len=/g));
    if (name.includes("nobody")) expect(text).toContain("Description: Unknown CA (48)");
  });
});

describe("fields", () => {
  it.each(DIALOGUES.map(([name]) => name))("lie where they are, inside what they are a part of: %s", (name) => {
    for (const { bytes } of flightsOf(name)) {
      const { fields } = decodeTls(bytes);
      // Records take everything, each behind the one before.
      let at = 0;
      for (const { offset, length } of fields) {
        expect(offset).toBe(at);
        at += length;
      }
      expect(at).toBe(bytes.length);
      const inside = (outer: Field) => {
        for (const one of outer.fields ?? []) {
          expect(one.offset).toBeGreaterThanOrEqual(outer.offset);
          // A message may go on in the next record.
          if (outer.name !== "Record") expect(one.offset + one.length).toBeLessThanOrEqual(outer.offset + outer.length);
          inside(one);
        }
      };
      fields.forEach(inside);
    }
  });

  it("of a frame are its own, as far as they are in it", () => {
    const decoded = frames(saidIn("TLS 1.2")).map(({ bytes }) => decodeFrame(bytes));
    expect(decoded.map(({ kind }) => kind).filter((kind) => kind === "tls").length).toBeGreaterThan(7);
    const lines = decoded.flatMap(({ layers }) => layers.slice(3));
    expect(lines[0]).toBe("TLS, ClientHello (up to TLS 1.2)");
    expect(lines[1]).toMatch(/^TLS, ServerHello \(.*\), the beginning of Certificate$/);
    expect(lines[2]).toMatch(/^TLS, \d+ bytes of a record that began before$/);
    const [hello] = decoded.filter(({ kind }) => kind === "tls");
    const random = all(hello?.fields ?? []).find(({ name }) => name === "Random");
    expect(random?.offset).toBe(14 + 20 + 20 + 5 + 4 + 2);
  });
});

describe("bytes of a stranger", () => {
  const record = (type: number, content: Uint8Array, version = 0x0303) =>
    join(u8(type), u16(version, content.length), content);

  it.each<[string, Uint8Array, string]>([
    ["nothing", u8(), ""],
    ["no record", bytesOf("0102030405 06"), "6 bytes that are no record"],
    ["a header alone", bytesOf("16030300"), "4 bytes that are no record"],
    ["a record of nothing", record(22, u8()), "5 bytes that are no record"],
    ["a record too long", join(u8(22), u16(0x0303, 20000)), "5 bytes that are no record"],
    [
      "a record and then something",
      join(record(21, u8(1, 0)), u8(9)),
      "alert: warning, close notify, 1 bytes that are no record",
    ],
    ["an alert that nobody knows", record(21, u8(3, 77)), "alert: level 3, alert 77"],
    ["an alert of the wrong length", record(21, u8(1)), "encrypted alert"],
    ["a message that nobody knows", record(22, bytesOf("2a000000")), "encrypted handshake message"],
    ["nonsense after a message", record(22, bytesOf("0e000000 63000000")), "encrypted handshake message"],
    ["a hello that ends too early", record(22, bytesOf("01000002 0303")), "ClientHello, unreadable"],
    ["a list that is too long", record(22, bytesOf("0b000003 000100")), "Certificate, unreadable"],
    [
      "a certificate that is none",
      record(22, bytesOf("0b000007 000004 000001 00")),
      "Certificate: 1 certificate, leaf without a name that can be read",
    ],
    ["no certificate", record(22, bytesOf("0b000003 000000")), "Certificate: 0 certificates"],
    ["a message in two records", join(record(22, bytesOf("0e00")), record(22, bytesOf("0000"))), "ServerHelloDone"],
    ["a message without its end", record(22, bytesOf("0100000a 00")), "the beginning of ClientHello"],
    ["data without its end", record(23, new Uint8Array(10)).subarray(0, 9), "application data, 10 bytes, cut short"],
    [
      "what is encrypted",
      join(record(20, u8(1)), record(22, bytesOf("0e000000"))),
      "ChangeCipherSpec, encrypted handshake message",
    ],
    ["data in several records", join(record(23, u8(1)), record(23, u8(1, 2))), "application data, 2 records, 3 bytes"],
  ])("are told for what they are: %s", (_, bytes, summary) => {
    expect(decodeTls(bytes).summary).toBe(summary);
  });

  it("are never more than can be told", () => {
    const start = fc.constantFrom(22, 22, 22, 20, 21, 23, 1);
    const content = fc.tuple(fc.constantFrom(1, 2, 4, 11, 12, 13, 16, 99), fc.uint8Array({ maxLength: 60 }));
    const message = content.map(([type, body]) => join(u8(type, 0, 0, body.length), body));
    const one = fc
      .tuple(start, fc.oneof(message, fc.uint8Array({ maxLength: 80 })))
      .map(([type, body]) => record(type, body));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 5 }), fc.nat(), fc.boolean(), (parts, cut, ciphered) => {
        const bytes = join(...parts);
        const { fields } = decodeTls(bytes.subarray(0, bytes.length - (cut % 7)), { ciphered });
        for (const { offset, length } of all(fields)) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
