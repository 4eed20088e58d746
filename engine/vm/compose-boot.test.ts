import { expect, test } from "vitest";
import { composeBoot } from "./compose-boot.ts";

test("stub and kernel follow each other unchanged", () => {
  const stub = new Uint8Array(4096).map((_, index) => index % 251);
  const kernel = Uint8Array.of(1, 2, 3);
  const image = composeBoot(stub, kernel);
  expect(image.subarray(0, 4096)).toEqual(stub);
  expect(image.subarray(4096)).toEqual(kernel);
  expect(image.byteOffset).toBe(0);
  expect(image.buffer.byteLength).toBe(4099);
});

test("a stub that is not one page is refused, with its size", () => {
  expect(() => composeBoot(new Uint8Array(4095), Uint8Array.of(1))).toThrow("4095");
});

test("an empty kernel is refused", () => {
  expect(() => composeBoot(new Uint8Array(4096), new Uint8Array(0))).toThrow("empty");
});
