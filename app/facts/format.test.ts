import { describe, expect, it } from "vitest";
import { bytes, bytesOf, count, endName, shortDigest, shortenDigests, splitError } from "./format.ts";

describe("format", () => {
  it("thousands are parted by a thin no-break space", () => {
    expect(count(1031)).toBe("1\u202f031");
    expect(count(999)).toBe("999");
    expect(count(1234567)).toBe("1\u202f234\u202f567");
  });

  it("digests are shown by their ends", () => {
    expect(shortDigest(`4f09${"0".repeat(56)}c4c2`)).toBe("4f09…c4c2");
    expect(shortenDigests(`is ${"ab".repeat(32)}, not ${"cd".repeat(31)}`)).toBe(
      `is abab…abab, not ${"cd".repeat(31)}`,
    );
  });

  it("bytes have the unit of the whole", () => {
    expect(bytes(412)).toBe("412 B");
    expect(bytes(151_552)).toBe("148 KiB");
    expect(bytesOf(3_250_586, 6_291_456)).toBe("3.1 of 6.0 MiB");
    expect(bytesOf(151_552, 217_088)).toBe("148 of 212 KiB");
  });

  it("ends are named as people name them", () => {
    expect(endName("alice/hello")).toBe("hello");
    expect(endName("alice/tvmm")).toBe("TVMM");
    expect(endName("alice/tvmm", 2)).toBe("TVMM alice");
    expect(endName("verifier")).toBe("verifier");
  });

  it("an error is its code and its sentence", () => {
    expect(splitError("closed-box: hello’s memory is not the owner’s")).toEqual({
      code: "closed-box",
      text: "hello’s memory is not the owner’s",
    });
    expect(splitError("TerraError: sealed: the key stays shut").code).toBe("sealed");
    expect(splitError("something else: no").code).toBe("internal");
  });
});
