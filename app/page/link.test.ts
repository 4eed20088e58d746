import { describe, expect, it } from "vitest";
import { parsePlace, placeHash } from "./link.ts";

describe("address of a place", () => {
  it("opens the first lab when it names none, and no lab when it says so", () => {
    expect(parsePlace("")).toEqual({ lab: "hello", step: null });
    expect(parsePlace("#lab=none")).toEqual({ lab: "none", step: null });
  });

  it("finds lab and step again", () => {
    const place = { lab: "hello", step: "boot-disk" };
    expect(parsePlace(placeHash(place))).toEqual(place);
  });
});
