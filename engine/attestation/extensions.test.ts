/** Contents of extensions that are well-formed DER and still not what the profile knows: each is refused, by name. */
import { describe, expect, test } from "vitest";
import { fromHex, utf8 } from "./bytes.ts";
import { bitString, boolean, contextTag, integer, octetString, oid, sequence, tlv, utf8String } from "./der.ts";
import { AttestationError } from "./errors.ts";
import { readExtensions } from "./extensions.ts";
import { OID } from "./oids.ts";

const DIGEST = fromHex("ab".repeat(32));
const read = (id: string, value: Uint8Array) =>
  readExtensions([{ oid: id, critical: false, value }], "the certificate");

const fwid = (algorithm: string = OID.sha256, digest: Uint8Array = DIGEST) =>
  sequence(oid(algorithm), octetString(digest));
const tcb = (number: number, name: string, ...fwids: Uint8Array[]) =>
  sequence(integer(number, contextTag(4)), tlv(contextTag(6, true), ...fwids), tlv(contextTag(9), utf8(name)));
const disk = (name: string, root: Uint8Array = DIGEST) => sequence(utf8String(name), octetString(root));

test("the controls are read", () => {
  expect(read(OID.tcbInfo, tcb(4, "vm", fwid())).tcbInfo).toEqual({ layer: "vm", digest: "ab".repeat(32) });
  expect(read(OID.secondaries, sequence(disk("trust"))).secondaries.get("trust")).toBe("ab".repeat(32));
  expect(read(OID.keyUsage, bitString(Uint8Array.of(0x80), 7)).keyUsage?.bits).toBe(0x80);
  expect(read(OID.basicConstraints, sequence(boolean(true), integer(3))).basicConstraints?.pathLength).toBe(3);
});

describe("refused", () => {
  test.each<[string, string, Uint8Array, RegExp]>([
    ["CA:FALSE written out", OID.basicConstraints, sequence(boolean(false)), /CA:FALSE, which is the default/],
    ["a path length without CA", OID.basicConstraints, sequence(integer(0)), /path length but is no CA/],
    [
      "a huge path length",
      OID.basicConstraints,
      sequence(boolean(true), integer(fromHex("ff".repeat(9)))),
      /not a small/,
    ],
    ["a key usage of no bits", OID.keyUsage, bitString(new Uint8Array(0)), /trailing zero bits/],
    ["a key usage with trailing zeros", OID.keyUsage, bitString(Uint8Array.of(0x80), 0), /trailing zero bits/],
    ["decipherOnly", OID.keyUsage, bitString(Uint8Array.of(0x08, 0x80), 7), /decipherOnly/],
    ["ten bits of key usage", OID.keyUsage, bitString(Uint8Array.of(0x08, 0x40), 6), /at most nine bits/],
    ["a key usage that is no bit string", OID.keyUsage, octetString(Uint8Array.of(0x80)), /at most nine bits/],
    ["an empty list of usages", OID.extendedKeyUsage, sequence(), /not a list of usages/],
    ["a usage by itself", OID.extendedKeyUsage, oid(OID.evidence), /not a list of usages/],
    ["an empty key identifier", OID.subjectKeyIdentifier, octetString(new Uint8Array(0)), /1 to 32 octets/],
    ["a long key identifier", OID.subjectKeyIdentifier, octetString(new Uint8Array(33)), /1 to 32 octets/],
    ["an empty issuer's identifier", OID.authorityKeyIdentifier, sequence(tlv(contextTag(0))), /1 to 32 octets/],
    ["an issuer by name", OID.authorityKeyIdentifier, sequence(tlv(contextTag(1, true))), /keyIdentifier/],
    ["a layer that does not exist", OID.tcbInfo, tcb(4, "kernel", fwid()), /"kernel", which does not exist/],
    ["a layer misnumbered", OID.tcbInfo, tcb(3, "vm", fwid()), /layer vm but numbers it 3/],
    ["no digest", OID.tcbInfo, tcb(4, "vm"), /ends before its FWID/],
    ["two digests", OID.tcbInfo, tcb(4, "vm", fwid(), fwid()), /1 field\(s\) that do not belong/],
    ["another algorithm", OID.tcbInfo, tcb(4, "vm", fwid("1.3.14.3.2.26")), /not SHA-256/],
    ["a digest of 31 bytes", OID.tcbInfo, tcb(4, "vm", fwid(OID.sha256, DIGEST.subarray(1))), /not SHA-256/],
    ["secondaries that are no list", OID.secondaries, octetString(DIGEST), /not a list/],
    [
      "seventeen secondaries",
      OID.secondaries,
      sequence(...Array.from({ length: 17 }, (_, n) => disk(`d${n}`))),
      /more than 16/,
    ],
    ["a secondary without a name", OID.secondaries, sequence(disk("")), /1 to 20 visible ASCII/],
    ["a secondary with a long name", OID.secondaries, sequence(disk("x".repeat(21))), /1 to 20 visible ASCII/],
    ["a secondary twice", OID.secondaries, sequence(disk("trust"), disk("trust")), /trust twice/],
    ["a short root", OID.secondaries, sequence(disk("trust", DIGEST.subarray(1))), /31 bytes for trust/],
    ["application data that is text", OID.applicationData, utf8String("evidence:"), /not an OCTET STRING/],
    ["too much application data", OID.applicationData, octetString(new Uint8Array(4097)), /4097 bytes/],
    ["nothing at all", OID.tcbInfo, new Uint8Array(0), /truncated/],
  ])("%s", (_, id, value, message) => {
    expect(() => read(id, value)).toThrow(AttestationError);
    expect(() => read(id, value)).toThrow(message);
  });

  test("an unknown extension only if it is critical, and any extension twice", () => {
    const unknown = { oid: "1.2.3.4", critical: false, value: Uint8Array.of(1, 2, 3) };
    expect(readExtensions([unknown], "the certificate").secondaries.size).toBe(0);
    expect(() => readExtensions([{ ...unknown, critical: true }], "the certificate")).toThrow(
      /critical extension 1.2.3.4/,
    );
    expect(() => readExtensions([unknown, unknown], "the certificate")).toThrow(/1.2.3.4 twice/);
  });
});
