import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TerraError } from "./errors.ts";
import { parseOwnerRequest } from "./owner.ts";
import { parsePersonRequest } from "./person.ts";

const HEX = "ab".repeat(32);
const owner: unknown[] = [
  {
    op: "create-device",
    device: { type: "disk", medium: "m", class: "attested", root: HEX, salt: "", slot: 0, serial: "x" },
  },
  { op: "create-device", device: { type: "disk", medium: "m", class: "raw", counter: true } },
  { op: "create-device", device: { type: "nic", role: "lan", mac: "52:54:00:12:34:56" } },
  { op: "create-device", device: { type: "serial", purpose: "console" } },
  {
    op: "create-vm",
    config: {
      name: "a-1",
      medium: "m",
      image: "i",
      asOpen: true,
      checking: "none",
      vendorCertificates: ["x"],
      cpuShare: 0.5,
    },
  },
  { op: "attach", vm: "vm1", device: "dev1" },
  { op: "on", vm: "vm1" },
  { op: "connect", a: "dev1", b: "dev2" },
  { op: "list-vms" },
  { op: "measurements", vm: "vm1", options: { path: ["chip"], depth: 1, from: 0, count: 3 } },
  { op: "challenge", vm: "vm1", nonce: new Uint8Array(32) },
  { op: "console-write", vm: "vm1", bytes: new Uint8Array(3) },
];
const person: unknown[] = [
  { op: "focused" },
  { op: "focus", vm: "vm1" },
  { op: "type", text: "ls\n" },
  { op: "scancodes", codes: [0, 255] },
  { op: "mouse", dx: -2048, dy: 2047, wheel: -1, buttons: 7 },
  { op: "sign" },
  { op: "choose-sign", word: "kestrel", glyph: "bird" },
  { op: "resize", vm: "vm1", size: { width: 1, height: 1, scale: 2 }, theme: "dark" },
];

const parsers = [
  { name: "owner", parse: parseOwnerRequest as (raw: unknown) => unknown, good: owner },
  { name: "person", parse: parsePersonRequest as (raw: unknown) => unknown, good: person },
];

for (const { name, parse, good } of parsers) {
  describe(`the ${name}'s door`, () => {
    it("lets right requests through as they are", () => {
      for (const request of good) expect(parse(request)).toEqual(request);
    });

    it("refuses any request with a field spoilt, added or taken away, or lets through an equal one", () => {
      const spoilt = fc.anything({ withNullPrototype: true, withTypedArray: true });
      fc.assert(
        fc.property(fc.constantFrom(...good), fc.nat(20), spoilt, (request, which, value) => {
          const copy = structuredClone(request) as Record<string, unknown>;
          const parts = [copy.device, copy.config, copy.options, copy];
          const inner = parts.find((each) => typeof each === "object") as Record<string, unknown>;
          const keys = [...Object.keys(inner), "extra", "op"];
          inner[keys[which % keys.length] ?? "op"] = value;
          let parsed: unknown;
          try {
            parsed = parse(copy);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(TerraError);
            expect(["malformed", "bad-argument"]).toContain((thrown as TerraError).code);
            expect((thrown as TerraError).message.length).toBeLessThan(400);
            return;
          }
          expect(copy).toMatchObject(parsed as object);
        }),
        { numRuns: 2000 },
      );
    });

    it("refuses what is no object at all", () => {
      fc.assert(
        fc.property(fc.anything(), (raw) => {
          if (typeof raw === "object" && raw !== null && "op" in raw) return;
          expect(() => parse(raw)).toThrow(TerraError);
        }),
      );
    });
  });
}

describe("bytes", () => {
  it("are copied, and shared memory is refused", () => {
    const nonce = new Uint8Array(32);
    const parsed = parseOwnerRequest({ op: "challenge", vm: "vm1", nonce });
    nonce[0] = 1;
    expect(parsed).toEqual({ op: "challenge", vm: "vm1", nonce: new Uint8Array(32) });
    const shared = new Uint8Array(new SharedArrayBuffer(32));
    expect(() => parseOwnerRequest({ op: "challenge", vm: "vm1", nonce: shared })).toThrow(/^malformed: nonce/);
  });

  it("a nonce has 32 of them", () => {
    for (const length of [0, 31, 33]) {
      const request = { op: "challenge", vm: "vm1", nonce: new Uint8Array(length) };
      expect(() => parseOwnerRequest(request)).toThrow(/^bad-argument: nonce/);
    }
  });
});

it("a canvas is a canvas", () => {
  const request = { op: "surface", vm: "vm1", canvas: {}, size: { width: 1, height: 1, scale: 1 }, theme: "dark" };
  expect(() => parsePersonRequest(request)).toThrow(/^malformed: canvas/);
});

it("a card's address is one address in either case", () => {
  const device = { type: "nic", mac: "02:00:00:00:00:AB" };
  const parsed = parseOwnerRequest({ op: "create-device", device });
  expect(parsed).toEqual({ op: "create-device", device: { type: "nic", mac: "02:00:00:00:00:ab" } });
});
