/**
 * Bytes, hexadecimal digits and text. No secrets pass through here: comparisons are not constant in time.
 */

/** What WebCrypto takes: a view of an ArrayBuffer of our own, never of shared memory that changes under our hands. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function copyBytes(bytes: Uint8Array): Bytes {
  return Uint8Array.from(bytes);
}

export function concatBytes(...parts: Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export function startsWithBytes(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && equalBytes(bytes.subarray(0, prefix.length), prefix);
}

/** Lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** An even number of hexadecimal digits that the caller has checked already. */
export function fromHex(digits: string): Bytes {
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

/** A SHA-256 digest as it is written everywhere in Terra Lab. */
export function isDigest(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** First and last four digits: enough to tell digests apart in a sentence. */
export function shortDigest(digest: string): string {
  return digest.length > 12 ? `${digest.slice(0, 4)}…${digest.slice(-4)}` : digest;
}

export function utf8(text: string): Bytes {
  return copyBytes(new TextEncoder().encode(text));
}
