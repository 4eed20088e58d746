/** The DER reader and writer: against asn1js as an independent reader, and against whatever bytes there are. */
import * as asn1js from "asn1js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes, fromHex, toHex } from "./bytes.ts";
import {
  bitString,
  boolean,
  contextTag,
  type DerNode,
  integer,
  octetString,
  oid,
  readBoolean,
  readDer,
  readOid,
  readSmallInteger,
  readText,
  readTime,
  sequence,
  set,
  TAG,
  timeValue,
  tlv,
  utf8String,
} from "./der.ts";
import { AttestationError } from "./errors.ts";
import { OID } from "./oids.ts";

const read = (hex: string): DerNode => readDer(fromHex(hex), "the test value");

describe("reading", () => {
  test.each([
    ["nothing", ""],
    ["an identifier alone", "30"],
    ["a content that is too short", "3003020101ff".slice(0, 8)],
    ["bytes after the element", "020101ff"],
    ["an indefinite length", "308002010100 00".replace(" ", "")],
    ["a length in the long form that fits the short one", "0481020000"],
    ["a length with a leading zero octet", `04820080${"00".repeat(128)}`],
    ["a length of four octets", "048400000001ff"],
    ["a tag number above 30", "1f810100"],
    ["an end-of-contents marker", "30020000"],
    ["a constructed OCTET STRING", "2403040100"],
    ["a primitive SEQUENCE", "1000"],
    ["BOOLEAN 01", "010101"],
    ["BOOLEAN of two octets", "0102ffff"],
    ["an empty INTEGER", "0200"],
    ["a padded INTEGER", "02020001"],
    ["a padded negative INTEGER", "0202ff80"],
    ["a BIT STRING with unused bits set", "030201ff"],
    ["a BIT STRING without its first octet", "0300"],
    ["a BIT STRING with 8 unused bits", "03020800"],
    ["a NULL with contents", "050100"],
    ["an empty OID", "0600"],
    ["a padded OID", "06032a8001"],
    ["a truncated OID", "06022a80"],
  ])("%s is refused", (_, hex) => {
    expect(() => read(hex)).toThrow(AttestationError);
  });

  test("nesting and number of parts are bounded", () => {
    let deep = fromHex("0500");
    for (let level = 0; level < 40; level++) deep = sequence(deep);
    expect(() => readDer(deep, "the deep one")).toThrow(/deeper than 16/);
    const wide = sequence(...Array.from({ length: 2000 }, () => fromHex("0500")));
    expect(() => readDer(wide, "the wide one")).toThrow(/too many parts/);
    expect(() => readDer(new Uint8Array(20_000), "the long one")).toThrow(/20000 bytes; at most 16384/);
  });

  test("any bytes end in a tree that covers them, or in an AttestationError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const node = readDer(bytes, "random bytes");
          expect(node.bytes).toEqual(bytes);
          if (node.children.length > 0) {
            expect(concatBytes(...node.children.map((child) => child.bytes))).toEqual(Uint8Array.from(node.content));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(AttestationError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** Any DER at all, as bytes, made of what the writer offers. */
const derValue: fc.Arbitrary<Uint8Array> = fc.letrec<{ value: Uint8Array }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.boolean().map(boolean),
    fc.nat(2 ** 31 - 1).map((value) => integer(value)),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((octets) => integer(octets)),
    fc.uint8Array({ maxLength: 300 }).map(octetString),
    fc.uint8Array({ maxLength: 40 }).map((octets) => bitString(octets)),
    fc.string().map(utf8String),
    fc.array(tie("value"), { maxLength: 5 }).map((parts) => sequence(...parts)),
    tie("value").map((part) => tlv(contextTag(3, true), part)),
    tie("value").map((part) => set(part)),
  ),
})).value;

describe("writing", () => {
  test("what is written is read again, by us and by asn1js", () => {
    fc.assert(
      fc.property(derValue, (der) => {
        expect(readDer(der, "written", { bytes: 2 ** 20, nodes: 5000 }).bytes).toEqual(der);
        const judged = asn1js.fromBER(Uint8Array.from(der));
        expect(judged.offset).toBe(der.length);
      }),
    );
  });

  test("integers", () => {
    expect(toHex(integer(0))).toBe("020100");
    expect(toHex(integer(127))).toBe("02017f");
    expect(toHex(integer(128))).toBe("02020080");
    expect(toHex(integer(fromHex("000000ff")))).toBe("020200ff");
    expect(toHex(integer(fromHex("0000")))).toBe("020100");
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (value) => {
        expect(readSmallInteger(readDer(integer(value), "n"), "n")).toBe(value);
      }),
    );
  });

  test("OIDs, also those whose arcs are larger than 64 bits", () => {
    // X.667: the arc below 2.25 is the UUID 7ad457b0-5a9c-428f-8b6d-3e01172777f5 as a number.
    const uuid = BigInt("0x7ad457b05a9c428f8b6d3e01172777f5");
    expect(OID.applicationData).toBe(`2.25.${uuid}.1`);
    for (const dotted of Object.values(OID)) {
      const der = oid(dotted);
      expect(readOid(readDer(der, "an OID"), "an OID")).toBe(dotted);
    }
    expect(toHex(oid(OID.ecdsaWithSha256))).toBe("06082a8648ce3d040302");
    const judged = asn1js.fromBER(oid(OID.tcbInfo)).result;
    expect(judged).toBeInstanceOf(asn1js.ObjectIdentifier);
    expect((judged as asn1js.ObjectIdentifier).getValue()).toBe("2.23.133.5.4.1");
  });

  test("text and truth", () => {
    expect(readText(readDer(utf8String("Zürich"), "text"), "text")).toBe("Zürich");
    expect(() => readText(read("0c02c328"), "text")).toThrow(/not UTF-8/);
    expect(readBoolean(readDer(boolean(true), "b"), "b")).toBe(true);
    expect(() => readBoolean(read("0500"), "b")).toThrow(/tag 0x05; 0x01/);
  });
});

describe("times", () => {
  const at = (iso: string) => Date.parse(iso);
  const text = (der: Uint8Array) => String.fromCharCode(...der.subarray(2));

  test("UTCTime until 2049, GeneralizedTime from 2050 on", () => {
    expect(text(timeValue(at("2026-11-23T17:04:05.999Z")))).toBe("261123170405Z");
    expect(text(timeValue(at("2049-12-31T23:59:59Z")))).toBe("491231235959Z");
    expect(text(timeValue(at("2050-01-01T00:00:00Z")))).toBe("20500101000000Z");
    expect(timeValue(at("2049-12-31T23:59:59Z"))[0]).toBe(TAG.utcTime);
    expect(timeValue(at("2050-01-01T00:00:00Z"))[0]).toBe(TAG.generalizedTime);
  });

  test("each second from 1950 to 2199 comes back", () => {
    const seconds = fc.integer({ min: at("1950-01-01T00:00:00Z") / 1000, max: at("2199-12-31T23:59:59Z") / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(readTime(readDer(timeValue(second * 1000), "t"), "t")).toBe(second * 1000);
      }),
    );
  });

  test.each([
    ["a day that does not exist", TAG.utcTime, "260229000000Z"],
    ["hour 24", TAG.utcTime, "260101240000Z"],
    ["no seconds", TAG.utcTime, "2601010000Z"],
    ["a time zone", TAG.utcTime, "260101000000+0100"],
    ["GeneralizedTime before 2050", TAG.generalizedTime, "20490101000000Z"],
    ["fractions of a second", TAG.generalizedTime, "20500101000000.5Z"],
    ["text", TAG.utf8String, "260101000000Z"],
  ])("%s is refused", (_, tag, value) => {
    expect(() => readTime(readDer(tlv(tag, new TextEncoder().encode(value)), "t"), "t")).toThrow(AttestationError);
  });
});
