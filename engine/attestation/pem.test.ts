import fc from "fast-check";
import { expect, test } from "vitest";
import { AttestationError } from "./errors.ts";
import { readOnePem, readPem, toPem } from "./pem.ts";

test("any bytes come back, one block or several", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 5 }), (ders) => {
      expect(readPem(ders.map((der) => toPem(der)).join("\n"), "text")).toEqual(ders);
    }),
  );
});

test("lines have 64 characters, as openssl writes them", () => {
  const lines = toPem(new Uint8Array(96)).split("\n");
  expect(lines.map(({ length }) => length)).toEqual([27, 64, 64, 25, 0]);
});

const good = toPem(Uint8Array.of(1, 2, 3, 4));
test.each([
  ["text before it", `hello\n${good}`],
  ["text after it", `${good}bye\n`],
  ["no end", good.split("-----END")[0] ?? ""],
  ["another kind", good.replaceAll("CERTIFICATE", "PRIVATE KEY")],
  ["no contents", good.replace(/AQ.*\n/, "")],
  ["a character that is not base64", good.replace("AQ", "A!")],
  ["a missing character", good.replace("AQ", "A")],
  ["bits after the last byte", good.replace("BA==", "BB==")],
  ["spaces in a line", good.replace("AQ", "A Q ")],
])("%s is refused", (_, text) => {
  expect(good).toContain("AQIDBA==");
  expect(text).not.toBe(good);
  expect(() => readPem(text, "the text")).toThrow(AttestationError);
});

test("line ends of Windows are line ends", () => {
  expect(readPem(good.replaceAll("\n", "\r\n"), "the text")).toEqual([Uint8Array.of(1, 2, 3, 4)]);
});

test("exactly one block where one is wanted", () => {
  expect(() => readOnePem(good + good, "the text")).toThrow(/2 PEM blocks; exactly one/);
  expect(() => readOnePem("", "the text")).toThrow(/0 PEM blocks/);
});

test("size and number of blocks are bounded", () => {
  expect(() => readPem("A".repeat(65537), "the text")).toThrow(/65537 characters/);
  expect(() => readPem(good.repeat(65), "the text")).toThrow(/more than 64/);
});
