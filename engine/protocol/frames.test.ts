import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_BATCH, MAX_FRAME, MIN_FRAME, readFrames } from "./frames.ts";

const frame = (length: number) => Uint8Array.from({ length }, (_, at) => at & 255);

describe("a batch of frames", () => {
  it("keeps what can be a frame, and no more of it than a batch holds", () => {
    const right = [frame(MIN_FRAME), frame(MAX_FRAME)];
    const frames = [right[0], frame(MIN_FRAME - 1), "x", null, new ArrayBuffer(60), frame(MAX_FRAME + 1), right[1]];
    expect(readFrames({ frames })).toEqual(right);
    expect(readFrames({ frames: Array.from({ length: MAX_BATCH + 9 }, () => frame(60)) })).toHaveLength(MAX_BATCH);
    for (const raw of [null, 7, [], {}, { frames: {} }, { frames: "x" }]) expect(readFrames(raw)).toEqual([]);
  });

  it("leaves shared memory out, which its sender could change later", () => {
    expect(readFrames({ frames: [new Uint8Array(new SharedArrayBuffer(60))] })).toEqual([]);
  });

  it("copies a frame only where its buffer is not its own", () => {
    const own = frame(60);
    const piece = frame(200).subarray(100, 160);
    const resizable: ArrayBuffer = Reflect.construct(ArrayBuffer, [60, { maxByteLength: 1 << 20 }]);
    const growing = new Uint8Array(resizable);
    const [kept, again, cut, fixed] = readFrames({ frames: [own, own, piece, growing] });
    expect(kept).toBe(own);
    expect(again).toEqual(own);
    expect(again?.buffer).not.toBe(own.buffer);
    expect(cut).toEqual(piece);
    expect(cut?.buffer.byteLength).toBe(60);
    expect(resizable).toHaveProperty("resizable", true);
    expect(fixed?.buffer).toHaveProperty("resizable", false);
  });

  it("can always be handed on by transfer", () => {
    const buffers = [60, 60, 200].map((length) => new ArrayBuffer(length));
    const view = fc.record({ of: fc.nat(2), from: fc.nat(70), length: fc.nat(70) });
    fc.assert(
      fc.property(fc.array(view, { maxLength: 12 }), (views) => {
        const frames = views.map(({ of, from, length }) => {
          const buffer = buffers[of] ?? new ArrayBuffer(0);
          const start = Math.min(from, buffer.byteLength);
          return new Uint8Array(buffer, start, Math.min(length, buffer.byteLength - start));
        });
        const kept = readFrames(structuredClone({ frames }));
        expect(kept).toHaveLength(frames.filter(({ length }) => length >= MIN_FRAME).length);
        structuredClone(kept, { transfer: kept.map(({ buffer }) => buffer) });
        expect(kept.every(({ length }) => length === 0)).toBe(true);
      }),
    );
  });
});
