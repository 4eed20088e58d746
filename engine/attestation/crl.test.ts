/** Reading revocation lists. The corpus has lists of openssl; here are those that openssl would not make. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readCertificate } from "./certificate.ts";
import { listSigner, readRevocationList } from "./crl.ts";
import { bitString, boolean, contextTag, integer, octetString, oid, sequence, timeValue, tlv } from "./der.ts";
import { sign } from "./ecdsa.ts";
import { AttestationError, appraise, generateKeyPair, issueHardwareRoot, OID, toPem } from "./index.ts";
import { makeMachine } from "./testing/machine.ts";

const NOW = Date.parse("2026-11-23T17:00:00Z");
const ALGORITHM = sequence(oid(OID.ecdsaWithSha256));
let keys: CryptoKeyPair;
let root: string;
beforeAll(async () => {
  keys = await generateKeyPair();
  root = await issueHardwareRoot({ keyPair: keys, now: NOW });
});

const entry = (serial: number, ...extensions: Uint8Array[]) =>
  sequence(integer(serial), timeValue(NOW), ...(extensions.length > 0 ? [sequence(...extensions)] : []));
const critical = (id: string) => sequence(oid(id), boolean(true), octetString(Uint8Array.of(5, 0)));

interface Parts {
  version?: Uint8Array[];
  times?: Uint8Array[];
  entries?: Uint8Array[];
  extensions?: Uint8Array[];
}
async function list(parts: Parts = {}): Promise<string> {
  const tbs = sequence(
    ...(parts.version ?? [integer(1)]),
    ALGORITHM,
    readCertificate(root).subject,
    ...(parts.times ?? [timeValue(NOW), timeValue(NOW + 1000)]),
    ...(parts.entries ? [sequence(...parts.entries)] : []),
    ...(parts.extensions ? [tlv(contextTag(0, true), sequence(...parts.extensions))] : []),
  );
  return toPem(sequence(tbs, ALGORITHM, bitString(await sign(keys.privateKey, tbs))), "X509 CRL");
}

test("serial numbers, times and signer are read", async () => {
  const read = readRevocationList(await list({ entries: [entry(1), entry(0x80)], extensions: [] }), "the list");
  expect([...read.revoked]).toEqual(["01", "0080"]);
  expect([read.thisUpdate, read.nextUpdate]).toEqual([NOW, NOW + 1000]);
  expect((await listSigner(read, [readCertificate(root)]))?.commonName).toBe("Terra Lab hardware root");
  const other = await issueHardwareRoot({ keyPair: await generateKeyPair(), now: NOW });
  expect(await listSigner(read, [readCertificate(other)])).toBeUndefined();
});

describe("refused", () => {
  test.each<[string, Parts, RegExp]>([
    ["a v1 list", { version: [] }, /tag 0x30; 0x02/],
    ["a v3 list", { version: [integer(2)] }, /not a v2 CRL/],
    ["a list without an end", { times: [timeValue(NOW)] }, /nextUpdate/],
    [
      "a delta list, by its critical indicator",
      { extensions: [critical("2.5.29.27")] },
      /critical extension 2.5.29.27/,
    ],
    ["an indirect entry", { entries: [entry(1, critical("2.5.29.29"))] }, /critical extension 2.5.29.29/],
    ["an entry without a date", { entries: [sequence(integer(1))] }, /revocation date/],
  ])("%s", async (_, parts, message) => {
    const pem = await list(parts);
    expect(() => readRevocationList(pem, "the list")).toThrow(AttestationError);
    expect(() => readRevocationList(pem, "the list")).toThrow(message);
  });

  test("a certificate in its place, and any bytes", () => {
    expect(() => readRevocationList(root, "the list")).toThrow(/BEGIN X509 CRL/);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        expect(() => readRevocationList(toPem(bytes, "X509 CRL"), "the list")).toThrow(AttestationError);
      }),
    );
  });
});

describe("a root that stands in a policy for two layers", () => {
  async function signed(issuer: string, keyPair: CryptoKeyPair, serials: string[]): Promise<string> {
    const entries = serials.map((serial) => sequence(integer(Buffer.from(serial, "hex")), timeValue(NOW)));
    const tbs = sequence(
      integer(1),
      ALGORITHM,
      readCertificate(issuer).subject,
      timeValue(NOW),
      timeValue(NOW + 60_000),
      ...(entries.length > 0 ? [sequence(...entries)] : []),
    );
    return toPem(sequence(tbs, ALGORITHM, bitString(await sign(keyPair.privateKey, tbs))), "X509 CRL");
  }

  test.each([true, false])("its list counts for both: revoked %s", async (revoked) => {
    const machine = await makeMachine(NOW);
    const { serial } = readCertificate(machine.vendorCertificate);
    const nonce = new Uint8Array(32).fill(7);
    const { checks } = await appraise(await machine.answer(nonce), nonce, {
      ...machine.policy,
      vendorRoots: { tvmm: [machine.vendorRoot], vm: [machine.vendorRoot] },
      revocationLists: [
        await signed(machine.hardwareRoot, machine.keys.hardware, []),
        await signed(machine.vendorRoot, machine.keys.vendor, revoked ? [serial] : []),
      ],
    });
    expect(checks.find(({ name }) => name === "vm")).toMatchObject({
      passed: !revoked,
      detail: expect.stringMatching(revoked ? /has been revoked/ : /says its vendor/),
    });
  });
});
