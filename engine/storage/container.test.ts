import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import { buildContainer, containerEntries, findEntry } from "./container.ts";

const name = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
const files = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 1500 })), {
  maxLength: 12,
  selector: ([each]) => each,
});

/** The container of a descriptor, stub and kernel, as the tests take it apart. */
const small = () =>
  buildContainer([
    ["a", new Uint8Array(700).fill(1)],
    ["b", new Uint8Array(3).fill(2)],
  ]);

function patched(at: number, ...values: number[]): Uint8Array {
  const container = small();
  container.set(values, at);
  return container;
}

describe("the container", () => {
  it("gives back what was put in, each file at a multiple of 512", () => {
    fc.assert(
      fc.property(files, (list) => {
        const container = buildContainer(list);
        expect(container.length % 512).toBe(0);
        const entries = containerEntries(container);
        expect(entries.map((entry) => entry.name)).toEqual(list.map(([each]) => each));
        for (const [each, bytes] of list) {
          const { offset, length } = findEntry(entries, each);
          expect(offset % 512).toBe(0);
          expect(container.slice(offset, offset + length)).toEqual(bytes);
        }
      }),
    );
  });

  it("has the layout that the image builder writes", () => {
    const container = small();
    const view = new DataView(container.buffer);
    expect(new TextDecoder().decode(container.subarray(0, 8))).toBe("TERRAPK1");
    expect(view.getUint32(8, true)).toBe(2);
    expect([container[12], container[13]]).toEqual(["a".charCodeAt(0), 0]);
    expect([view.getUint32(52, true), view.getUint32(56, true)]).toEqual([512, 700]);
    expect([view.getUint32(108, true), view.getUint32(112, true)]).toEqual([1536, 3]);
    expect(container.length).toBe(2048);
  });

  it("is refused, and never read beyond its end, whatever bytes are changed in it", () => {
    const change = fc.array(fc.tuple(fc.nat(140), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(change, fc.nat(2048), (changes, length) => {
        const container = small();
        for (const [at, value] of changes) container[at] = value;
        const cut = container.subarray(0, length);
        try {
          for (const { offset, length: bytes } of containerEntries(cut)) {
            expect(offset + bytes).toBeLessThanOrEqual(cut.length);
          }
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TerraError);
        }
      }),
    );
  });

  it.each([
    ["another magic", patched(0, 0x58), "begins with"],
    ["too many files", patched(8, 255), "255 files"],
    ["a table that is cut short", small().subarray(0, 100), "cut short"],
    ["no prefix", small().subarray(0, 11), "11 bytes"],
    ["an empty name", patched(12, 0), "not 1 to 40"],
    ["a zero inside a name", patched(12, 65, 0, 65), "not 1 to 40"],
    ["one name twice", patched(68, "a".charCodeAt(0)), "twice"],
    ["reserved bytes", patched(60, 1), "reserved"],
    ["an offset that is no multiple of 512", patched(52, 1), "no multiple"],
    ["an offset in the table", patched(52, 0, 0), "no multiple"],
    ["an entry beyond the end", patched(112, 0, 16), "ends at byte"],
    ["entries that overlap", patched(108, 0, 2), "overlap"],
  ])("refuses %s", (_what, container, message) => {
    expect(() => containerEntries(container)).toThrow(message);
  });

  it("does not put in what it could not give back", () => {
    const empty = new Uint8Array();
    expect(() => buildContainer([["", empty]])).toThrow("name");
    expect(() => buildContainer([["é", empty]])).toThrow("name");
    expect(() => buildContainer([["x".repeat(41), empty]])).toThrow("name");
    expect(() =>
      buildContainer([
        ["a", empty],
        ["a", empty],
      ]),
    ).toThrow("one name");
    expect(() => buildContainer(Array.from({ length: 65 }, (_, at) => [`f${at}`, empty] as const))).toThrow("65");
  });

  it("says what there is where something is missing", () => {
    expect(() => findEntry(containerEntries(small()), "tvmm.evil")).toThrow('no "tvmm.evil" here; here are: a, b');
  });
});
