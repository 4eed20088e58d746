import fc from "fast-check";
import { expect, it } from "vitest";
import { TerraError } from "../protocol/errors.ts";
import type { VmEvent } from "../protocol/vm.ts";
import { parseVmEvent } from "./vm-event.ts";

const good: VmEvent[] = [
  { type: "serial", line: 2, bytes: new Uint8Array(3) },
  { type: "dtr", line: 3, high: false, opening: 2 },
  { type: "blocks", device: "dev1", verified: [1, 2], failed: [] },
  {
    type: "halt",
    halt: { reason: "integrity", disk: "dev1", block: 3, expected: "a".repeat(64), found: "b".repeat(64) },
  },
  { type: "halt", halt: { reason: "panic" } },
  { type: "text", strip: "s", screen: "x" },
  { type: "shape", shape: { kind: "picture", width: 320, height: 200 } },
];

it("lets right events through as copies", () => {
  for (const event of good) expect(parseVmEvent(event)).toEqual(event);
  const bytes = new Uint8Array(1);
  const parsed = parseVmEvent({ type: "serial", line: 1, bytes });
  bytes[0] = 9;
  expect(parsed).toMatchObject({ bytes: new Uint8Array(1) });
});

it("refuses everything else with a TerraError, and lets nothing through that it did not check", () => {
  fc.assert(
    fc.property(fc.constantFrom(...good), fc.nat(6), fc.anything({ withTypedArray: true }), (event, which, value) => {
      const copy = structuredClone(event) as unknown as Record<string, unknown>;
      const keys = [...Object.keys(copy), "extra"];
      copy[keys[which % keys.length] ?? "type"] = value;
      let parsed: unknown;
      try {
        parsed = parseVmEvent(copy);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(TerraError);
        return;
      }
      expect(copy).toMatchObject(parsed as object);
    }),
    { numRuns: 2000 },
  );
});

it("cuts off what is too long for anybody to fear", () => {
  for (const event of [
    { type: "serial", line: 1, bytes: new Uint8Array(2 ** 20 + 1) },
    { type: "text", strip: "s", screen: "x".repeat(65537) },
    { type: "shape", shape: { kind: "film", width: 320, height: 200 } },
    { type: "shape", shape: { kind: "picture", width: 65536, height: 200 } },
    { type: "halt", halt: { reason: "panic", disk: "d".repeat(65) } },
  ]) {
    expect(() => parseVmEvent(event)).toThrow(/^bad-argument: /);
  }
});

it("a broken worker does not choose the words in which its halt is told, which stand in the strip", () => {
  for (const halt of [
    { reason: "bank-client · closed · 1a2b…3c4d" },
    { reason: "panic\u202e" },
    { reason: "integrity", expected: "what it should be" },
    { reason: "integrity", found: "what it is" },
  ]) {
    expect(() => parseVmEvent({ type: "halt", halt })).toThrow(/^bad-argument: halt\./);
  }
});
