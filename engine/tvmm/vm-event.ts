/**
 * The door for what a vm worker says unasked. Its code was measured, but a guest inside it may have broken it: everything is
 * checked and copied like a stranger's message, and texts are cut to a size that nobody has to fear.
 */
import {
  boolean,
  bytes,
  digest,
  type Fields,
  fields,
  integer,
  list,
  oneOf,
  optional,
  text,
} from "../protocol/checks.ts";
import type { Halt } from "../protocol/owner.ts";
import type { ScreenShape } from "../protocol/person.ts";
import type { VmEvent } from "../protocol/vm.ts";

const MAX_SERIAL = 2 ** 20;
const MAX_BLOCKS = 2 ** 18;
export const MAX_SCREEN = 65536;
/** Of a screen, in cells or pixels. */
const MAX_SIDE = 65535;
/** Why a box halts, as its worker says it (vm.ts). The strip repeats it: these words and no others. */
const REASONS = ["integrity", "panic", "reset", "shutdown", "fault"] as const;

/** The event, or "malformed" / "bad-argument" naming the field. */
export function parseVmEvent(raw: unknown): VmEvent {
  const from = fields(raw, "the event", [
    "type",
    "line",
    "bytes",
    "high",
    "opening",
    "device",
    "verified",
    "failed",
    "halt",
    "strip",
    "screen",
    "shape",
  ]);
  const type = oneOf(from.type, "type", ["serial", "dtr", "blocks", "halt", "text", "shape"]);
  switch (type) {
    case "serial":
      return {
        type,
        line: integer(from.line, "line", 1, 3) as 1 | 2 | 3,
        bytes: bytes(from.bytes, "bytes", MAX_SERIAL),
      };
    case "dtr":
      return {
        type,
        line: integer(from.line, "line", 2, 3) as 2 | 3,
        high: boolean(from.high, "high"),
        opening: integer(from.opening, "opening", 0, Number.MAX_SAFE_INTEGER),
      };
    case "blocks":
      return {
        type,
        device: text(from.device, "device", 64),
        verified: blocks(from, "verified"),
        failed: blocks(from, "failed"),
      };
    case "halt":
      return { type, halt: halt(from.halt) };
    case "text":
      return { type, ...screenText({ strip: from.strip, screen: from.screen }) };
    case "shape":
      return { type, shape: shape(from.shape) };
  }
}

function shape(raw: unknown): ScreenShape {
  const from = fields(raw, "shape", ["kind", "width", "height"]);
  return {
    kind: oneOf(from.kind, "shape.kind", ["text", "picture"]),
    width: integer(from.width, "shape.width", 0, MAX_SIDE),
    height: integer(from.height, "shape.height", 0, MAX_SIDE),
  };
}

/** Reply to "text". */
export function screenText(raw: unknown): { strip: string; screen: string } {
  const from = fields(raw, "the text", ["strip", "screen"]);
  return { strip: text(from.strip, "strip", 1024), screen: text(from.screen, "screen", MAX_SCREEN) };
}

function blocks(from: Fields, field: "verified" | "failed"): number[] {
  return list(from[field], field, MAX_BLOCKS, (each, name) => integer(each, name, 0, 2 ** 32));
}

function halt(raw: unknown): Halt {
  const from = fields(raw, "halt", ["reason", "disk", "block", "expected", "found"]);
  return {
    reason: oneOf(from.reason, "halt.reason", REASONS),
    ...optional(from, "disk", (value) => text(value, "halt.disk", 64)),
    ...optional(from, "block", (value) => integer(value, "halt.block", 0, 2 ** 32)),
    ...optional(from, "expected", (value) => digest(value, "halt.expected")),
    ...optional(from, "found", (value) => digest(value, "halt.found")),
  };
}
