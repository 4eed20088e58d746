import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSegment, tcpStream } from "./tcp-stream.ts";
import { ascii, ethernet, ipv4, join, tcp, u8, udp } from "./testing/build.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("a segment", () => {
  const frame = ethernet(0x800, tcp({ from: 40000, to: 443, sequence: 0xfffffff0, flags: 0x19 }, ascii("hello")));

  it("is read from its frame, without what fills the frame up", () => {
    expect(readSegment(join(frame, new Uint8Array(6)))).toEqual({
      source: "10.0.0.1:40000",
      destination: "10.0.0.11:443",
      sequence: 0xfffffff0,
      syn: false,
      over: true,
      payload: ascii("hello"),
    });
    const options = ethernet(0x800, tcp({ flags: 2, options: u8(2, 4, 5, 180) }, u8()));
    expect(readSegment(options)).toMatchObject({ syn: true, over: false, payload: u8() });
    expect(readSegment(ethernet(0x800, tcp({ flags: 4 }, u8())))).toMatchObject({ syn: false, over: true });
  });

  const altered = (at: number, value: number) => {
    const bytes = frame.slice();
    bytes[at] = value;
    return bytes;
  };
  it.each<[string, Uint8Array]>([
    ["of nothing", u8()],
    ["cut short", frame.subarray(0, 58)],
    ["that was damaged on its way", altered(56, 0x69)],
    ["of another protocol", ethernet(0x800, udp(1, 443, ascii("hello, hello, hello, hello")))],
    ["of no IPv4", ethernet(0x86dd, frame.subarray(14))],
    ["with a header that cannot be", altered(14, 0x44)],
    ["that ends before its header does", altered(46, 0xf0)],
    ["in a fragment", ethernet(0x800, ipv4(6, frame.subarray(34), { fragment: 0x2000 }))],
  ])("is none: a frame %s", (_, bytes) => {
    expect(readSegment(bytes)).toBeUndefined();
  });
});

describe("what one end sends", () => {
  const whole = ascii("abcdefghijklmnopqrstuvwxyz0123456789");
  const START = 0xffff_fff4;
  const piece = (from: number, to: number) => ({
    sequence: (START + from) >>> 0,
    payload: whole.subarray(from, to),
  });

  it("is in order whatever the order, and once however often it comes", () => {
    const cut = fc.uniqueArray(fc.nat({ max: whole.length }), { maxLength: 8 }).map((cuts) => {
      const at = [0, ...cuts.sort((left, right) => left - right), whole.length];
      return at.slice(1).map((end, index): [number, number] => [at[index] ?? 0, end]);
    });
    const plan = cut.chain((parts) =>
      fc.tuple(
        fc.shuffledSubarray(parts, { minLength: parts.length }),
        fc.array(fc.tuple(fc.nat({ max: whole.length }), fc.nat({ max: whole.length })), { maxLength: 5 }),
      ),
    );
    fc.assert(
      fc.property(plan, ([order, again]) => {
        const stream = tcpStream(START);
        const more = again.map(([from, to]): [number, number] => [Math.min(from, to), Math.max(from, to)]);
        const pieces = [...order, ...more, ...order].flatMap(([from, to]) => stream.push(piece(from, to)));
        expect(text(join(...pieces.map(({ bytes }) => bytes)))).toBe(text(whole));
        expect(pieces.every(({ missing }) => missing === 0)).toBe(true);
        expect(stream.waiting).toBe(false);
      }),
    );
  });

  it("begins with what comes first, if its beginning was not seen", () => {
    const stream = tcpStream();
    expect(stream.push(piece(5, 8)).map(({ bytes }) => text(bytes))).toEqual(["fgh"]);
    expect(stream.push(piece(0, 5))).toEqual([]);
    expect(stream.push(piece(6, 10)).map(({ bytes }) => text(bytes))).toEqual(["ij"]);
  });

  it("counts as it came first, whatever comes in its place later", () => {
    const stream = tcpStream(0);
    stream.push({ sequence: 3, payload: ascii("DEF") });
    const pieces = [
      ...stream.push({ sequence: 0, payload: ascii("abc") }),
      ...stream.push({ sequence: 0, payload: ascii("xxxxxxg") }),
    ];
    expect(text(join(...pieces.map(({ bytes }) => bytes)))).toBe("abcDEFg");
  });

  it("has a gap only when it is given up, or too much waits behind it", () => {
    const stream = tcpStream(START);
    expect(stream.push(piece(10, 12))).toEqual([]);
    expect(stream.push(piece(20, 22))).toEqual([]);
    expect(stream.waiting).toBe(true);
    expect(stream.giveUp().map(({ bytes, missing }) => [text(bytes), missing])).toEqual([["kl", 10]]);
    expect(stream.giveUp().map(({ bytes, missing }) => [text(bytes), missing])).toEqual([["uv", 8]]);
    expect(stream.giveUp()).toEqual([]);

    const many = tcpStream(0);
    let told = 0;
    for (let at = 1; told === 0 && at < 1000; at++) told = many.push({ sequence: 2 * at, payload: u8(1) }).length;
    expect(told).toBe(1);
    const large = tcpStream(0);
    const sizes = [1, 2, 3].map((at) => large.push({ sequence: at * 40_000, payload: new Uint8Array(39_999) }).length);
    expect(sizes).toEqual([0, 1, 1]);
  });

  it("has no part in what is far ahead of it", () => {
    const stream = tcpStream(0);
    expect(stream.push({ sequence: 0x7000_0000, payload: u8(1) })).toEqual([]);
    expect(stream.waiting).toBe(false);
  });
});
