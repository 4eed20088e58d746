/**
 * Digests, and hexadecimal text that strangers wrote, beside the plain helpers of attestation/bytes.ts. It must never log
 * or keep what it is given.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, fromHex as fromCheckedHex, toHex } from "../attestation/bytes.ts";

export { type Bytes, concatBytes, equalBytes, isDigest, toHex } from "../attestation/bytes.ts";

/** Lower-case hexadecimal digits, an even number of them; anything else is undefined. */
export function fromHex(text: string): Bytes | undefined {
  return text.length % 2 === 0 && /^[0-9a-f]*$/.test(text) ? fromCheckedHex(text) : undefined;
}

/** The same bytes where they have a buffer of one owner, else a copy (a SharedArrayBuffer may change while it is hashed). */
export function unshared(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes);
}

/** SHA-256 of something small, at once. */
export function digestSync(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** SHA-256 of something large: WebCrypto is ten times as fast at a megabyte, and slower at a block of 4 KiB. */
export async function digest(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", unshared(bytes))));
}
