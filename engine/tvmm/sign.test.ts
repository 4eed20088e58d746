import { describe, expect, it } from "vitest";
import type { SignStatus } from "../protocol/sign.ts";
import { PLACES } from "./sealed-medium.ts";
import type { Bench } from "./testing/bench.ts";
import { benches } from "./testing/benches.ts";
import { workerOf } from "./testing/guest.ts";

const bench = benches();

const signOf = async (tb: Bench) => (await tb.person({ op: "sign" })) as SignStatus;
const medium = (tb: Bench) => tb.disks.media.get("sealed")?.bytes ?? new Uint8Array();
const isBlank = (bytes: Uint8Array) => bytes.subarray(PLACES.sign).every((byte) => byte === 0);
const stripOf = async (tb: Bench) => ((await tb.person({ op: "focused" })) as { strip: string } | null)?.strip;

describe("the person's sign", () => {
  it("is drawn by lot, then chosen, and found again at each power-on", async () => {
    const first = await bench();
    const lot = await signOf(first);
    expect(lot).toEqual({
      sign: { word: expect.stringMatching(/^[a-z]{3,12}$/), glyph: expect.any(String) },
      chosen: false,
    });
    const again = await bench({ sealed: medium(first) });
    expect(await signOf(again)).toEqual(lot);
    await again.person({ op: "choose-sign", word: "Kürbis", glyph: "moon" });
    const third = await bench({ sealed: medium(again) });
    expect(await signOf(third)).toEqual({ sign: { word: "Kürbis", glyph: "moon" }, chosen: true });
  });

  it("is in every strip from the moment it is chosen, and in nothing that the owner is told", async () => {
    const tb = await bench();
    await tb.person({ op: "choose-sign", word: "quokka", glyph: "star" });
    const pc = await tb.box("pc", { kind: "open" });
    const hello = await tb.box("hello");
    await tb.ask({ op: "on", vm: pc.vm });
    const pcWorker = workerOf(tb);
    await tb.ask({ op: "on", vm: hello.vm });
    const helloWorker = workerOf(tb);
    for (const { init } of [pcWorker, helloWorker]) expect(init.strip.sign).toEqual({ word: "quokka", glyph: "star" });
    expect(await stripOf(tb)).toMatch(/ · quokka \(star\)$/);
    await tb.person({ op: "choose-sign", word: "zebra", glyph: "leaf" });
    for (const { requests } of [pcWorker, helloWorker]) {
      expect(requests).toContainEqual({ op: "sign", sign: { word: "zebra", glyph: "leaf" } });
    }
    expect(await stripOf(tb)).toMatch(/ · zebra \(leaf\)$/);
    expect(tb.personEvents.at(-1)).toMatchObject({ type: "focus", strip: expect.stringMatching(/ · zebra \(leaf\)$/) });
    await tb.ask({ op: "list-vms" });
    expect(JSON.stringify(tb.events)).not.toMatch(/quokka|zebra/);
  });

  it("stays shut for another TVMM, which leaves it alone until the person chooses under that one", async () => {
    const first = await bench();
    await first.person({ op: "choose-sign", word: "quokka", glyph: "star" });
    const sealed = medium(first);
    const before = sealed.slice();
    const other = await bench({ sealed, register: 2 });
    expect(await signOf(other)).toEqual({
      sign: null,
      chosen: false,
      why: "the sign stays sealed: the register is another",
    });
    await other.box("pc", { kind: "open" });
    expect(await stripOf(other)).toMatch(/ · no sign$/);
    expect(medium(other)).toEqual(before);
    await other.person({ op: "choose-sign", word: "zebra", glyph: "leaf" });
    expect(await stripOf(other)).toMatch(/ · zebra \(leaf\)$/);
    expect((await signOf(await bench({ sealed }))).sign).toBeNull();
  });

  it("is none of the debug TVMM's: it draws none, and takes none", async () => {
    const tb = await bench({ debug: true });
    expect(await signOf(tb)).toMatchObject({ sign: null, why: expect.stringMatching(/^the debug TVMM /) });
    await expect(tb.person({ op: "choose-sign", word: "quokka", glyph: "star" })).rejects.toThrow(
      /^refused: the debug TVMM /,
    );
    expect(isBlank(medium(tb))).toBe(true);
  });

  it("is a word of 3 to 12 letters and one of twelve pictures; what else is asked for says what is right", async () => {
    const tb = await bench();
    const before = await signOf(tb);
    for (const word of ["", "ab", "kestrel kite", "kestrel1", "abcdefghijklm", "кот\u200b", 7]) {
      await expect(tb.personRaw({ op: "choose-sign", word, glyph: "star" })).rejects.toThrow(
        /sign\.word is .*; expected one word of 3 to 12 letters/,
      );
    }
    await expect(tb.personRaw({ op: "choose-sign", word: "kestrel", glyph: "skull" })).rejects.toThrow(
      /^bad-argument: sign\.glyph is "skull"; expected one of "bird", /,
    );
    expect(await signOf(tb)).toEqual(before);
  });

  it("that cannot be kept is not taken: the one before stays", async () => {
    const tb = await bench({ media: {} });
    const before = await signOf(tb);
    tb.disks.media.delete("sealed");
    await expect(tb.person({ op: "choose-sign", word: "kestrel", glyph: "star" })).rejects.toThrow(/^unknown-disk: /);
    expect(await signOf(tb)).toEqual(before);
  });

  it("a blob that opens and holds no sign is no sign", async () => {
    const sealed = new Uint8Array(65536);
    const blob = [1, ...new TextEncoder().encode('{"sign":{"word":"<b>","glyph":"star"},"chosen":true}')];
    sealed.set([...new TextEncoder().encode("TERRASL1"), blob.length, 0, 0, 0, ...blob], PLACES.sign);
    const tb = await bench({ sealed });
    expect(await signOf(tb)).toMatchObject({ sign: null, why: "the sign stays sealed: what was sealed is not a sign" });
  });
});
