import { describe, expect, it } from "vitest";
import { frame } from "./colours.ts";

describe("a box's frame", () => {
  it("has the colour that the TVMM gave the box, whatever was destroyed since", () => {
    expect([1, 2, 3, 4, 5, 6].map((made) => frame(`vm${made}`))).toEqual([
      "var(--frame-blue)",
      "var(--frame-violet)",
      "var(--frame-brown)",
      "var(--frame-plum)",
      "var(--frame-teal)",
      "var(--frame-blue)",
    ]);
  });
});
