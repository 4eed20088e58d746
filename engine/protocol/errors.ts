/**
 * The one error that crosses realms: a code for programs, a sentence for people. The message begins with `CODE: ` so that
 * it survives every boundary that keeps only text.
 */

const CODES = [
  "bad-argument",
  "bad-state",
  "busy",
  "closed-box",
  "integrity",
  "internal",
  "malformed",
  "no-console",
  "open-box",
  "out-of-memory",
  "refused",
  "sealed",
  "silent",
  "timeout",
  "unavailable",
  "unknown-device",
  "unknown-disk",
  "unknown-image",
  "unknown-lab",
  "unknown-platform",
  "unknown-scenario",
  "unknown-vm",
  "unsupported",
] as const;

export type ErrorCode = (typeof CODES)[number];

export class TerraError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, sentence: string) {
    super(`${code}: ${sentence}`);
    this.name = "TerraError";
    this.code = code;
  }
}

/** What is left of an error on the wire between realms. */
export interface WireError {
  readonly code: ErrorCode;
  readonly sentence: string;
}

/** Anything thrown becomes a WireError; what was not a TerraError is a fault of ours and says so. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof TerraError) {
    return { code: thrown.code, sentence: thrown.message.slice(thrown.code.length + 2) };
  }
  return { code: "internal", sentence: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown) };
}

/** What came over the wire may be anything: the sender can be hostile. An unknown code becomes "internal". */
export function fromWireError(raw: unknown): TerraError {
  const { code, sentence } = (raw ?? {}) as Partial<Record<keyof WireError, unknown>>;
  const known = CODES.find((each) => each === code) ?? "internal";
  return new TerraError(known, typeof sentence === "string" ? sentence.slice(0, 4000) : "an error without a sentence");
}
