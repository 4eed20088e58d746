import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { evidenceBody, generateKeyPair, makeRequest, readOnePem, readPem } from "../../engine/attestation/index.ts";
import { DIGESTS, makeMachine, TRUST_ROOT } from "../../engine/attestation/testing/machine.ts";
import type { Message } from "../../engine/lab/api.ts";
import { type Document, documentsOf, noteCommands } from "./documents.ts";

const folder = mkdtempSync(path.join(tmpdir(), "terra-message-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const encoder = new TextEncoder();

const message = (fields: Partial<Message>): Message => ({
  sequence: 7,
  time: 1,
  from: "alice/hello",
  to: "alice/tvmm",
  kind: "endorse",
  summary: "",
  ...fields,
});

const opened = (fields: Partial<Message>) => documentsOf(message(fields));
const names = ({ fields }: Document) => fields.map(({ name }) => name);
const field = ({ fields }: Document, name: string) => fields.find((each) => each.name === name);

/** Fields lie one after the other within the bytes. */
function inOrder({ fields, bytes }: Document): boolean {
  let end = 0;
  for (const { offset, length } of fields) {
    if (offset < end || length <= 0) return false;
    end = offset + length;
  }
  return end <= bytes.length;
}

/** What the commands of the document print, with its file in an empty folder. */
function outputs({ file, commands }: Document): string[] {
  writeFileSync(path.join(folder, file.name), file.bytes);
  return commands.map(({ line }) =>
    execFileSync("sh", ["-ec", `${line} 2>&1`], { cwd: folder, encoding: "utf8", stdio: "pipe" }),
  );
}

/** Each command prints what stands under it; where that ends in an ellipsis, at least so far. */
function expectConfirmed(document: Document): void {
  expect(document.commands.length).toBeGreaterThan(0);
  for (const [index, output] of outputs(document).entries()) {
    const promised = document.commands[index]?.output ?? "";
    const words = promised.replace(/\s*…$/, "").split(/\s+/).filter(Boolean);
    expect(words.length).toBeGreaterThan(0);
    expect(output.replace(/\s+/g, " ")).toContain(words.join(" "));
  }
}

const number = (value: number, size: number) =>
  Array.from({ length: size }, (_, index) => (value >> (8 * (size - 1 - index))) & 0xff);

/** One record with a Certificate message (RFC 5246, 7.4.2). */
function flight(certificates: readonly Uint8Array[]): Uint8Array {
  const list = certificates.flatMap((der) => [...number(der.length, 3), ...der]);
  const body = [11, ...number(list.length + 3, 3), ...number(list.length, 3), ...list];
  return Uint8Array.of(22, 3, 3, ...number(body.length, 2), ...body);
}

const der = (pem: string) => readOnePem(pem, "a certificate");

describe("an ENDORSE reply opened", () => {
  it("is its certificates, each field where its bytes are, and all of it", async () => {
    const { chain, vendorCertificate } = await makeMachine();
    const documents = opened({ bytes: encoder.encode([...chain, vendorCertificate].join("")) });
    expect(documents.map(({ title }) => title)).toEqual([
      "box",
      "TVMM",
      "loader",
      "firmware",
      "chip",
      "box’s vendor",
      "whole",
    ]);
    const [box, , , , chip, vendor, whole] = documents;
    if (!box || !chip || !vendor || !whole) throw new Error("documents are missing");
    for (const document of documents) expect(inOrder(document)).toBe(true);
    expect(field(box, "Subject")?.value).toBe(DIGESTS.vm);
    expect(field(box, "Issuer")?.value).toBe(DIGESTS.tvmm);
    expect(field(box, "Disks")?.value).toBe(`trust ${TRUST_ROOT}`);
    // The digest stands in the subject's very bytes.
    const { offset, length } = field(box, "Subject") ?? { offset: 0, length: 0 };
    expect(new TextDecoder().decode(box.bytes.subarray(offset, offset + length))).toContain(DIGESTS.vm);
    expect(names(chip)).not.toContain("TcbInfo");
    expect(field(vendor, "TcbInfo")?.value).toMatch(/^vm, [0-9a-f]{64}, Terra Lab .+ \d+\.\d+\.\d+$/);
    expect(whole.fields).toHaveLength(6);
    for (const document of [box, chip, vendor, whole]) expectConfirmed(document);
  });

  it("with what is no certificate of ours says why", () => {
    const [first] = opened({ bytes: encoder.encode("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n") });
    expect(first?.fields).toEqual([]);
    expect(first?.error).toMatch(/certificate/);
    // Cut short, it has no certificate at all, and is still shown.
    expect(opened({ bytes: encoder.encode("-----BEGIN CERTIFICATE-----\nMAA") }).map(({ title }) => title)).toEqual([
      "whole",
    ]);
  });
});

describe("other messages opened", () => {
  it("a request: what it claims, its key, what it wants certified, and its signature", async () => {
    const bytes = await makeRequest(await generateKeyPair(), encoder.encode("evidence:test"));
    const [document] = opened({ bytes });
    if (!document) throw new Error("no document");
    expect(names(document)).toEqual(["Subject", "Public key", "Application", "Signature"]);
    expect(field(document, "Application")?.value).toBe("“evidence:test”");
    expect(inOrder(document)).toBe(true);
    expectConfirmed(document);
    // Bytes that only begin like one have no fields.
    expect(opened({ bytes: Uint8Array.of(0x30, 0x03, 1, 2, 3) })[0]?.fields).toEqual([]);
  });

  it("evidence: its signature, then its certificates", async () => {
    const { chain, vendorCertificate } = await makeMachine();
    const signature = Uint8Array.from({ length: 70 }, (_, index) => index);
    const bytes = evidenceBody({ chain, vendors: [vendorCertificate], signature });
    const [whole, box, ...others] = opened({ kind: "evidence", bytes });
    if (!whole || !box) throw new Error("no document");
    expect(others).toHaveLength(5);
    expect(inOrder(whole)).toBe(true);
    expect(field(whole, "Signature")).toMatchObject({ offset: 2, length: 70 });
    expect(box.bytes).toEqual(der(chain[0] ?? ""));
    expectConfirmed(whole);
  });

  it("a flight of TLS: its records, then the certificates that it shows", async () => {
    const { chain } = await makeMachine();
    const [sent, box, ...others] = opened({ kind: "tls", bytes: flight(chain.map(der)) });
    if (!sent || !box) throw new Error("no document");
    expect(others).toHaveLength(4);
    expect(field(box, "Subject")?.value).toBe(DIGESTS.vm);
    expect(readPem(new TextDecoder().decode(sent.file.bytes), "the file")).toEqual(chain.map(der));
    expectConfirmed(sent);
    expect(opened({ kind: "tls", bytes: flight([Uint8Array.of(0x30, 0x00)]) })[1]).toMatchObject({
      title: "certificate 1",
      fields: [],
    });
    const [encrypted, ...none] = opened({ kind: "tls", bytes: Uint8Array.of(23, 3, 3, 0, 1, 0) });
    expect(none).toEqual([]);
    if (encrypted) expectConfirmed(encrypted);
  });

  it("a frame: its layers, and a capture that says the same", () => {
    const frame = "ffffffffffff0250000000010806000108000604000102500000000100000a0000010000000000000a000002";
    const bytes = Uint8Array.from(frame.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
    const [document] = opened({ kind: "arp", bytes });
    expect(document && names(document)).toEqual(["Ethernet", "ARP"]);
    expect(opened({ kind: "other", bytes })[0]?.fields).toEqual(document?.fields);
    expect(document?.commands[0]?.output).toBe("44  02:50:00:00:00:01  ff:ff:ff:ff:ff:ff");
    if (document) expectConfirmed(document);
  });

  it("a nonce, a digest, and whatever else has bytes", () => {
    const [nonce] = opened({ kind: "challenge", bytes: new Uint8Array(32).fill(0x41) });
    expect(nonce?.fields).toMatchObject([{ name: "Nonce", value: "41".repeat(32), offset: 0, length: 32 }]);
    if (nonce) expectConfirmed(nonce);
    const [digest] = opened({ kind: "get-id", bytes: encoder.encode(`${"ab".repeat(32)}\n`) });
    expect(digest?.fields).toMatchObject([{ value: "ab".repeat(32) }]);
    if (digest) expectConfirmed(digest);
    expect(opened({ kind: "other", bytes: Uint8Array.of(1, 2) })[0]?.fields).toEqual([]);
  });

  it("one without bytes has none, and can be read again by a script", () => {
    expect(opened({})).toEqual([]);
    expect(opened({ kind: "get-id", bytes: new Uint8Array() })).toEqual([]);
    expect(noteCommands(message({ summary: "ON hello" }))).toEqual([
      { line: "(await terra.lab.messages({ since: 6 }))[0].summary", output: '"ON hello"' },
    ]);
  });
});
