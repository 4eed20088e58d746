/**
 * The error of this folder. Whatever bytes come in, from a guest, a peer or a policy, the only thing that is ever thrown is
 * an AttestationError whose sentence says what was wrong and what would be right.
 */
import { TerraError } from "../protocol/errors.ts";

/** "malformed": bytes or text of somebody else. "bad-argument": what our own caller gave (keys, policies, nonces). */
export type AttestationErrorCode = "malformed" | "bad-argument";

export class AttestationError extends TerraError {
  constructor(code: AttestationErrorCode, sentence: string) {
    super(code, sentence);
    this.name = "AttestationError";
  }

  /** The message without its code, for a detail that a person reads. */
  get sentence(): string {
    return this.message.slice(this.code.length + 2);
  }
}

export const malformed = (sentence: string): AttestationError => new AttestationError("malformed", sentence);
export const badArgument = (sentence: string): AttestationError => new AttestationError("bad-argument", sentence);

/** What somebody else wrote, shortened and made printable, for use inside a message. */
export function quoted(text: string, limit = 80): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must go
  const printable = text.slice(0, limit).replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "?");
  return `"${printable}${text.length > limit ? "…" : ""}"`;
}
