/**
 * Checks at the door: a message of a less trusted realm becomes a checked value or a TerraError that names the field and
 * what stood there. Nothing is repaired, nothing unknown is passed on, and bytes are copied, so that the sender cannot
 * change them afterwards.
 */
import { TerraError } from "./errors.ts";

export type Fields = Record<string, unknown>;

/** What stood there, in a few words; never long, and never by running anything of the sender's. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "number") {
    return String(value);
  }
  if (typeof value === "string") {
    const text = JSON.stringify(value.slice(0, 60)).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "?");
    return value.length > 60 ? `${text.slice(0, -1)}…" (${value.length} characters)` : text;
  }
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

export function malformed(field: string, value: unknown, expected: string): TerraError {
  return new TerraError("malformed", `${field} is ${shown(value)}; expected ${expected}`);
}

export function badArgument(field: string, value: unknown, expected: string): TerraError {
  return new TerraError("bad-argument", `${field} is ${shown(value)}; expected ${expected}`);
}

/** A plain object with no fields besides those named. */
export function fields(value: unknown, field: string, known: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw malformed(field, value, "an object");
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new TerraError("malformed", `${field} has the unknown field ${shown(key)}; known: ${known.join(", ")}`);
    }
  }
  return value as Fields;
}

export function text(value: unknown, field: string, maxLength: number): string {
  if (typeof value !== "string") throw malformed(field, value, "text");
  if (value.length > maxLength) throw badArgument(field, value, `at most ${maxLength} characters`);
  return value;
}

export function textLike(value: unknown, field: string, pattern: RegExp, expected: string): string {
  if (typeof value !== "string") throw malformed(field, value, expected);
  if (!pattern.test(value)) throw badArgument(field, value, expected);
  return value;
}

export function integer(value: unknown, field: string, min: number, max: number): number {
  if (typeof value !== "number") throw malformed(field, value, "a number");
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw badArgument(field, value, `a whole number from ${min} to ${max}`);
  }
  return value;
}

export function boolean(value: unknown, field: string): boolean {
  if (typeof value !== "boolean") throw malformed(field, value, "true or false");
  return value;
}

export function oneOf<const Choice extends string>(value: unknown, field: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    const expected = `one of ${choices.map((choice) => `"${choice}"`).join(", ")}`;
    throw typeof value === "string" ? badArgument(field, value, expected) : malformed(field, value, expected);
  }
  return found;
}

/** A private copy. Memory that is shared with its sender is refused: it could change after it was checked. */
export function bytes(value: unknown, field: string, maxLength: number): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) {
    throw malformed(field, value, "a Uint8Array that is not shared");
  }
  if (value.length > maxLength) throw badArgument(field, value, `at most ${maxLength} bytes`);
  return Uint8Array.from(value);
}

export function list<Item>(
  value: unknown,
  field: string,
  maxLength: number,
  item: (each: unknown, field: string) => Item,
): Item[] {
  if (!Array.isArray(value)) throw malformed(field, value, "a list");
  if (value.length > maxLength) throw badArgument(field, value, `at most ${maxLength} entries`);
  return Array.from({ length: value.length }, (_, index) => item(value[index], `${field}[${index}]`));
}

/** `{ [key]: read(value) }` if the field is there, `{}` if it is left out: optional fields stay absent. */
export function optional<const Key extends string, Value>(
  from: Fields,
  key: Key,
  read: (value: unknown) => Value,
): { [K in Key]?: Value } {
  const value = from[key];
  return value === undefined ? {} : ({ [key]: read(value) } as { [K in Key]?: Value });
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function digest(value: unknown, field: string): string {
  return textLike(value, field, /^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");
}

/** A name that may become part of a key or a message. */
export function name(value: unknown, field: string): string {
  return textLike(value, field, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 letters, digits, '.', '_' or '-'");
}

export function port(value: unknown, field: string): MessagePort {
  if (!(value instanceof MessagePort)) throw malformed(field, value, "a MessagePort");
  return value;
}
