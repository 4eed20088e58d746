import { describe, expect, it } from "vitest";
import type { Message } from "../../engine/lab/api.ts";
import { confirmations } from "./confirm.ts";
import { lifelines, placeOf } from "./lifelines.ts";
import { asText, filtered, kinds, words } from "./rows.ts";

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

  it("are filtered by kind and outcome, and counted by kind", () => {
    const all = [message({}), message({ kind: "power", outcome: "refused" }), message({ outcome: "accepted" })];
    expect(filtered(all, { kind: "power", outcome: null })).toHaveLength(1);
    expect(filtered(all, { kind: null, outcome: "accepted" })).toEqual([all[2]]);
    expect(filtered(all, { kind: "power", outcome: "accepted" })).toEqual([]);
    expect(filtered(all, { kind: null, outcome: null })).toHaveLength(3);
    expect(kinds(all)).toEqual([
      ["endorse", 2],
      ["power", 1],
    ]);
  });

  it("only text is shown as text", () => {
    expect(asText(new TextEncoder().encode("OK\n"))).toBe("OK\n");
    expect(asText(Uint8Array.of(0x30, 0x82, 0xff))).toBeNull();
    expect(asText(Uint8Array.of(0x41, 0x00))).toBeNull();
  });
});

describe("commands beside a message", () => {
  it("fit what it holds", () => {
    const request = confirmations(message({ bytes: Uint8Array.of(0x30, 0x82) }));
    expect(request.commands[0]?.line).toBe("openssl req -inform DER -in message-7.der -noout -verify");
    const pem = new TextEncoder().encode("-----BEGIN CERTIFICATE-----\n");
    expect(confirmations(message({ bytes: pem })).file).toBe("message-7.pem");
    expect(confirmations(message({})).commands).toEqual([]);
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
