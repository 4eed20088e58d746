import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexRow, parseHex, parseNumber, places } from "./hex.ts";

describe("bytes as digits", () => {
  it("a row shows each byte as digits and, if it is printable, as a character", () => {
    const row = hexRow(Uint8Array.of(0x41, 0x00, 0x7e, 0x7f), 0, 16);
    expect(row).toEqual({ offset: 0, hex: "41 00 7e 7f", text: "A·~·" });
  });

  it("digits with and without gaps are bytes, anything else is none", () => {
    expect(parseHex("de ad\nBE:EF")).toEqual(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
    expect(parseHex("0x00")).toEqual(Uint8Array.of(0));
    expect(parseHex("abc")).toBeNull();
    expect(parseHex("zz")).toBeNull();
  });

  it("numbers are decimal, hexadecimal or with a unit", () => {
    expect(["4096", "0x1000", "4K", "1 MiB"].map(parseNumber)).toEqual([4096, 4096, 4096, 2 ** 20]);
    expect(parseNumber("four")).toBeNaN();
    expect(parseNumber("-1")).toBeNaN();
  });
});

describe("places of bytes in bytes", () => {
  it("are all there are, overlapping ones too", () => {
    expect(places(Uint8Array.of(1, 1, 1, 2), Uint8Array.of(1, 1))).toEqual([0, 1]);
    expect(places(Uint8Array.of(1, 2), Uint8Array.of(2, 3))).toEqual([]);
    expect(places(Uint8Array.of(1), new Uint8Array())).toEqual([]);
  });

  it("are those that a slow search finds", () => {
    const few = fc.uint8Array({ maxLength: 40, max: 2 });
    const slow = (bytes: Uint8Array, wanted: Uint8Array) =>
      Array.from(bytes, (_, at) => at).filter(
        (at) => at + wanted.length <= bytes.length && wanted.every((byte, index) => bytes[at + index] === byte),
      );
    fc.assert(
      fc.property(few, fc.uint8Array({ minLength: 1, maxLength: 3, max: 2 }), (bytes, wanted) => {
        expect(places(bytes, wanted)).toEqual(slow(bytes, wanted));
      }),
    );
  });
});
