import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { toHex } from "../storage/index.ts";
import { createRegister } from "./register.ts";

const [first, second, third] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];

describe("the register", () => {
  it("holds SHA-256 over its value and each digest in turn, from zero on", () => {
    const register = createRegister();
    register.extend("firmware", first);
    register.extend("loader", second);
    register.extend("tvmm", third);
    let expected = Buffer.alloc(32);
    for (const digest of [first, second, third]) {
      expected = createHash("sha256").update(expected).update(Buffer.from(digest, "hex")).digest();
    }
    expect(toHex(register.complete())).toBe(expected.toString("hex"));
  });

  it("takes each stage once and in order, and nothing after the TVMM", () => {
    const register = createRegister();
    expect(() => register.extend("loader", first)).toThrow("bad-state");
    register.extend("firmware", first);
    expect(() => register.extend("firmware", first)).toThrow("the loader's is next");
    expect(() => register.extend("tvmm", first)).toThrow("the loader's is next");
    register.extend("loader", second);
    register.extend("tvmm", third);
    const value = register.complete();
    for (const stage of ["firmware", "loader", "tvmm"] as const) {
      expect(() => register.extend(stage, first)).toThrow("all three are in");
    }
    expect(register.complete()).toEqual(value);
  });

  it("is not for use before the TVMM was measured", () => {
    const register = createRegister();
    expect(() => register.complete()).toThrow("the firmware was not measured");
    register.extend("firmware", first);
    register.extend("loader", second);
    expect(() => register.complete()).toThrow("the tvmm was not measured");
  });

  it("refuses what is no digest and stays as it was", () => {
    const register = createRegister();
    expect(() => register.extend("firmware", "ab")).toThrow("bad-argument");
    expect(() => register.extend("firmware", first.toUpperCase())).toThrow("bad-argument");
    register.extend("firmware", first);
  });

  it("cannot be changed through the value it gave", () => {
    const register = createRegister();
    register.extend("firmware", first);
    register.extend("loader", second);
    register.extend("tvmm", third);
    const value = register.complete();
    register.complete().fill(0);
    expect(register.complete()).toEqual(value);
  });
});
