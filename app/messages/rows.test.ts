import { describe, expect, it } from "vitest";
import type { Message } from "../../engine/lab/api.ts";
import { lifelines, placeOf } from "./lifelines.ts";
import { asText, counts, type Filter, filtered, filterKey, indexOf, lost, NO_FILTER, words } from "./rows.ts";

const message = (fields: Partial<Message>): Message => ({
  sequence: 7,
  time: 0,
  from: "alice/hello",
  to: "alice/tvmm",
  kind: "endorse",
  summary: "",
  ...fields,
});

describe("message rows", () => {
  it("say the kind once, in the summary's own words where it begins with it", () => {
    expect(words(message({ summary: "ENDORSE, 234 bytes" }))).toEqual({ head: "ENDORSE", rest: "234 bytes" });
    expect(words(message({ kind: "get-id", summary: "hello is it" }))).toEqual({ head: "get-id", rest: "hello is it" });
  });

  it("are filtered by kind, outcome, end and text, and counted by each", () => {
    const all = [
      message({ from: "alice/tvmm", to: "alice/hello" }),
      message({ kind: "power", outcome: "refused", from: "alice/owner", to: "alice/pc" }),
      message({ outcome: "accepted", summary: "a key of HELLO is endorsed" }),
    ];
    const shown = (filter: Partial<Filter>) =>
      filtered(all, { ...NO_FILTER, ...filter }).map((each) => all.indexOf(each));
    expect(shown({ kind: "power" })).toEqual([1]);
    expect(shown({ outcome: "accepted" })).toEqual([2]);
    expect(shown({ kind: "power", outcome: "accepted" })).toEqual([]);
    // At either end.
    expect(shown({ end: "alice/tvmm" })).toEqual([0, 2]);
    expect(shown({ text: " Hello IS " })).toEqual([2]);
    expect(shown({ text: "alice/pc" })).toEqual([1]);
    expect(shown({ text: "hello", outcome: "refused" })).toEqual([]);
    expect(shown({})).toEqual([0, 1, 2]);
    expect(counts(all)).toEqual({
      kinds: [
        ["endorse", 2],
        ["power", 1],
      ],
      ends: [
        ["alice/tvmm", 2],
        ["alice/hello", 2],
        ["alice/owner", 1],
        ["alice/pc", 1],
      ],
      accepted: 1,
      refused: 1,
    });
    // Who speaks to himself speaks once.
    expect(counts([message({ from: "verifier", to: "verifier" })]).ends).toEqual([["verifier", 1]]);
  });

  it("of the same filter are the same view", () => {
    expect(filterKey({ ...NO_FILTER, text: " TLS" })).toBe(filterKey({ ...NO_FILTER, text: "tls " }));
    expect(filterKey({ ...NO_FILTER, kind: "tls" })).not.toBe(filterKey({ ...NO_FILTER, end: "tls" }));
  });

  it("are found by number, and those that gave way at the front are counted", () => {
    const numbered = (...numbers: number[]) => numbers.map((sequence) => message({ sequence }));
    const older = numbered(3, 4, 7, 9);
    expect([3, 4, 5, 9, 10, null].map((sequence) => indexOf(older, sequence))).toEqual([0, 1, -1, 3, -1, -1]);
    expect(lost(older, numbered(7, 9, 12))).toBe(2);
    expect(lost(older, numbered(3, 4, 7, 9, 11))).toBe(0);
    expect(lost(older, numbered(20, 21))).toBe(4);
    expect(lost(older, [])).toBe(0);
  });

  it("only text is shown as text", () => {
    expect(asText(new TextEncoder().encode("OK\n"))).toBe("OK\n");
    expect(asText(Uint8Array.of(0x30, 0x82, 0xff))).toBeNull();
    expect(asText(Uint8Array.of(0x41, 0x00))).toBeNull();
  });
});

describe("lifelines", () => {
  it("fall from boxes' middles, from the machine's edge for its TVMM, and leave out what does not speak", () => {
    const place = (left: number, right: number) => ({ left, right, top: 0, bottom: 1 });
    const anchors = {
      alice: place(10, 600),
      "alice/hello": place(300, 500),
      "alice/tvmm": place(20, 590),
      "alice/chip": place(20, 100),
      verifier: place(700, 900),
    };
    const lines = lifelines(anchors, new Set(["verifier"]));
    expect(lines.map(({ end, x }) => [end, x])).toEqual([
      ["alice/hello", 400],
      ["alice/tvmm", 600],
      ["verifier", 800],
    ]);
    expect(lifelines(anchors, new Set(["alice/owner"])).some(({ end }) => end === "alice/owner")).toBe(true);
  });

  it("stand at even distances where the boxes’ tags take several lines", () => {
    const tag = (left: number, top: number) => ({ left, right: left + 60, top, bottom: top + 30 });
    const anchors = { "alice/pc": tag(20, 10), "alice/second": tag(90, 10), "bob/pc": tag(20, 50) };
    const lines = lifelines(anchors, new Set(["verifier"]), 440);
    expect(lines.map(({ end, x }) => [end, x])).toEqual([
      ["alice/pc", 100],
      ["alice/second", 200],
      ["bob/pc", 300],
      ["verifier", 400],
    ]);
  });

  it("stand between two machines for their wires, and at the edges that face each other for their TVMMs", () => {
    const place = (left: number, right: number) => ({ left, right, top: 0, bottom: 1 });
    const anchors = {
      alice: place(10, 600),
      "alice/pc": place(20, 160),
      "alice/tvmm": place(20, 590),
      "wire:lan": place(600, 712),
      "device:alice/dev1": place(90, 90),
      bob: place(712, 930),
      "bob/pc": place(720, 920),
      "bob/tvmm": place(720, 920),
    };
    const ends = new Set(["lan", "alice/owner", "bob/owner", "verifier", "attacker"]);
    const lines = lifelines(anchors, ends, 976);
    expect(Object.fromEntries(lines.map(({ end, x }) => [end, x]))).toEqual({
      "alice/pc": 90,
      "alice/tvmm": 600,
      // The first box stands where the owner would: he stands behind it.
      "alice/owner": 164,
      lan: 656,
      "bob/pc": 820,
      "bob/tvmm": 712,
      "bob/owner": 766,
      verifier: 936,
    });
    expect(placeOf("bob/eth0", lines, anchors)).toBe(712);
    expect(placeOf("alice/eth0", lines, anchors)).toBe(600);
    expect(placeOf("attacker", lines, anchors)).toBe(656);
    expect(placeOf("alice/gone", lines, anchors)).toBeUndefined();
  });
});
