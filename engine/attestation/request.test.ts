/** ENDORSE's argument: what openssl makes is read, what we make openssl reads, and everything else is an error. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitString, contextTag, integer, octetString, oid, sequence, set, tlv, utf8String } from "./der.ts";
import { sign } from "./ecdsa.ts";
import { AttestationError, exportPublicKey, generateKeyPair, makeRequest, OID, readRequest } from "./index.ts";

let directory: string;
let keys: CryptoKeyPair;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "terra-request-"));
  keys = await generateKeyPair();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string) => join(directory, name);
const openssl = (...parameters: string[]) =>
  execFileSync("openssl", parameters, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const text = (value: string) => new TextEncoder().encode(value);

/** A request with these parts, signed by `signer` or its own key. */
async function request(parts: {
  attributes?: Uint8Array[];
  version?: Uint8Array;
  publicKey?: Uint8Array;
  signer?: CryptoKey;
  noAttributes?: boolean;
}): Promise<Uint8Array> {
  const info = sequence(
    parts.version ?? integer(0),
    sequence(set(sequence(oid(OID.commonName), utf8String("I am somebody else")))),
    parts.publicKey ?? (await exportPublicKey(keys.publicKey)),
    ...(parts.noAttributes ? [] : [tlv(contextTag(0, true), ...(parts.attributes ?? []))]),
  );
  const signature = await sign(parts.signer ?? keys.privateKey, info);
  return sequence(info, sequence(oid(OID.ecdsaWithSha256)), bitString(signature));
}

const data = (value: Uint8Array, copies = 1) =>
  sequence(oid(OID.applicationData), set(...Array.from({ length: copies }, () => octetString(value))));

describe("with openssl", () => {
  test("openssl reads and verifies our request, and prints its data", async () => {
    writeFileSync(file("ours.der"), await makeRequest(keys, text("evidence:from-us")));
    const printed = openssl("req", "-inform", "DER", "-in", "ours.der", "-noout", "-verify", "-text");
    expect(printed).toContain("prime256v1");
    expect(printed).toContain(OID.applicationData);
    expect(openssl("asn1parse", "-inform", "DER", "-in", "ours.der")).toContain("OCTET STRING      :evidence:from-us");
  });

  test("we read and verify openssl's request; subject and extensions that it asks for have no effect", async () => {
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "theirs.key");
    openssl(
      ...["req", "-new", "-key", "theirs.key", "-subj", "/CN=wishful", "-outform", "DER", "-out", "theirs.der"],
      ...["-addext", "basicConstraints=critical,CA:TRUE"],
    );
    openssl("pkey", "-in", "theirs.key", "-pubout", "-outform", "DER", "-out", "theirs.spki");
    const read = await readRequest(readFileSync(file("theirs.der")));
    expect(read).toEqual({ publicKey: Uint8Array.from(readFileSync(file("theirs.spki"))) });
  });

  test.each([["RSA:2048"], ["P-384"], ["secp256k1"]])("a request for a key of kind %s is refused", async (kind) => {
    const [algorithm, bits] = kind.split(":");
    const option = bits ? `rsa_keygen_bits:${bits}` : `ec_paramgen_curve:${algorithm}`;
    openssl("genpkey", "-algorithm", bits ? "RSA" : "EC", "-pkeyopt", option, "-out", "other.key");
    openssl("req", "-new", "-key", "other.key", "-subj", "/CN=x", "-outform", "DER", "-out", "other.der");
    await expect(readRequest(readFileSync(file("other.der")))).rejects.toThrow(AttestationError);
  });
});

describe("application data", () => {
  test("comes back unchanged, up to 4096 bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (value) => {
        const read = await readRequest(await makeRequest(keys, value));
        expect(read.applicationData).toEqual(value);
      }),
      { numRuns: 20 },
    );
    const largest = new Uint8Array(4096).fill(7);
    expect((await readRequest(await makeRequest(keys, largest))).applicationData).toEqual(largest);
    expect(await readRequest(await makeRequest(keys))).not.toHaveProperty("applicationData");
  });

  test("more than 4096 bytes are refused on both sides", async () => {
    const value = new Uint8Array(4097);
    await expect(makeRequest(keys, value)).rejects.toThrow(/4097 bytes/);
    await expect(readRequest(await request({ attributes: [data(value)] }))).rejects.toThrow(/4097 bytes; at most 4096/);
  });

  test("twice, or with two values or none, is refused", async () => {
    const once = data(text("a"));
    await expect(readRequest(await request({ attributes: [once, once] }))).rejects.toThrow(/twice/);
    await expect(readRequest(await request({ attributes: [data(text("a"), 2)] }))).rejects.toThrow(/2 values/);
    await expect(readRequest(await request({ attributes: [data(text("a"), 0)] }))).rejects.toThrow(/0 values/);
    expect((await readRequest(await request({ attributes: [once] }))).applicationData).toEqual(text("a"));
  });

  test("of another type is refused; attributes that are not ours are ignored", async () => {
    const wrong = sequence(oid(OID.applicationData), set(utf8String("a")));
    await expect(readRequest(await request({ attributes: [wrong] }))).rejects.toThrow(/not an OCTET STRING/);
    const other = sequence(oid("1.2.3.4"), set(utf8String("a")));
    expect(await readRequest(await request({ attributes: [other, other] }))).not.toHaveProperty("applicationData");
  });
});

describe("hostile requests", () => {
  test("signed by another key: refused", async () => {
    const signer = (await generateKeyPair()).privateKey;
    await expect(readRequest(await request({ signer }))).rejects.toThrow(/not signed by the key/);
    await expect(readRequest(await request({}))).resolves.toHaveProperty("publicKey");
  });

  test("another version, no attributes field, a point off the curve, a compressed point: refused", async () => {
    await expect(readRequest(await request({ version: integer(1) }))).rejects.toThrow(/version 1; 0/);
    await expect(readRequest(await request({ noAttributes: true }))).rejects.toThrow(/ends before its attributes/);
    const spki = await exportPublicKey(keys.publicKey);
    const offCurve = Uint8Array.from(spki).fill(0x11, 27);
    await expect(readRequest(await request({ publicKey: offCurve }))).rejects.toThrow(/not a point on the curve/);
    const identifier = sequence(oid(OID.ecPublicKey), oid(OID.p256));
    const compressed = sequence(identifier, bitString(Uint8Array.of(2, ...spki.subarray(27, 59))));
    await expect(readRequest(await request({ publicKey: compressed }))).rejects.toThrow(/not an uncompressed P-256/);
  });

  test("too large: refused before it is taken apart", async () => {
    await expect(readRequest(new Uint8Array(65537))).rejects.toThrow(/65537 bytes; at most 65536/);
  });

  test("truncated anywhere, lengthened, or random: an AttestationError", async () => {
    const good = await makeRequest(keys, text("evidence:"));
    for (let length = 0; length < good.length; length++) {
      await expect(readRequest(good.subarray(0, length))).rejects.toThrow(AttestationError);
    }
    await expect(readRequest(Uint8Array.of(...good, 0))).rejects.toThrow(AttestationError);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await expect(readRequest(bytes)).rejects.toThrow(AttestationError);
      }),
    );
  });

  test("any one bit flipped: an AttestationError, never a request accepted", async () => {
    const good = await makeRequest(keys, text("evidence:"));
    for (let bit = 0; bit < good.length * 8; bit++) {
      const flipped = Uint8Array.from(good);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(readRequest(flipped), `bit ${bit}`).rejects.toThrow(AttestationError);
    }
  });
});
