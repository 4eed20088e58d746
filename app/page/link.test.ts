import { describe, expect, it } from "vitest";
import { parsePlace, placeHash } from "./link.ts";

describe("address of a place", () => {
  it("opens the first lab when it names none, and no lab when it says so", () => {
    for (const empty of ["", "#", "#/", "#//"]) expect(parsePlace(empty)).toEqual({ lab: "hello", step: null });
    expect(parsePlace("#lab=none")).toEqual({ lab: "none", step: null });
  });

  it("finds lab and step again, whatever is in their names", () => {
    for (const place of [
      { lab: "hello", step: "boot-disk" },
      { lab: "a/b #?%", step: "ü &" },
      { lab: "banking", step: null },
    ])
      expect(parsePlace(placeHash(place))).toEqual(place);
    expect(placeHash({ lab: "hello", step: "boot" })).toBe("#/hello/boot");
  });

  it("reads fields as well, and an encoding that is none as it stands", () => {
    expect(parsePlace("#lab=owner&step=wire")).toEqual({ lab: "owner", step: "wire" });
    expect(parsePlace("#/%E0%A4/x")).toEqual({ lab: "%E0%A4", step: "x" });
  });
});
