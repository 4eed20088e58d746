/**
 * PEM text (RFC 7468), read strictly: blocks of one kind, one after the other, and nothing else but line ends around them.
 */
import { type Bytes, concatBytes } from "./bytes.ts";
import { malformed, quoted } from "./errors.ts";

export type PemLabel = "CERTIFICATE" | "X509 CRL";

/** An evidence body and an ENDORSE reply have at most this many characters (COM2's limit, see docs). */
export const MAX_PEM_TEXT = 65536;
const MAX_BLOCKS = 64;

export function toPem(der: Uint8Array, label: PemLabel = "CERTIFICATE"): string {
  let binary = "";
  for (const byte of der) binary += String.fromCharCode(byte);
  const lines = btoa(binary).replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** DER of each block, in order. Errors name `what`. */
export function readPem(
  text: string,
  what: string,
  label: PemLabel = "CERTIFICATE",
  maxText: number = MAX_PEM_TEXT,
): Bytes[] {
  if (text.length > maxText) throw malformed(`${what} has ${text.length} characters; at most ${maxText} are accepted`);
  const blocks: Bytes[] = [];
  let inside: string[] | undefined;
  for (const raw of text.split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (inside === undefined) {
      if (line === "") continue;
      if (line !== `-----BEGIN ${label}-----`) {
        throw malformed(`${what} has ${quoted(line)} where a line "-----BEGIN ${label}-----" was expected`);
      }
      if (blocks.length === MAX_BLOCKS) throw malformed(`${what} has more than ${MAX_BLOCKS} PEM blocks`);
      inside = [];
    } else if (line === `-----END ${label}-----`) {
      blocks.push(decodeBase64(inside, what));
      inside = undefined;
    } else inside.push(line);
  }
  if (inside !== undefined) throw malformed(`${what} ends inside a PEM block: "-----END ${label}-----" is missing`);
  return blocks;
}

/** DER of text that holds exactly one block. */
export function readOnePem(text: string, what: string, label: PemLabel = "CERTIFICATE", maxText?: number): Bytes {
  const [block, ...more] = readPem(text, what, label, maxText);
  if (!block || more.length > 0) {
    throw malformed(`${what} has ${block ? more.length + 1 : 0} PEM blocks; exactly one was expected`);
  }
  return block;
}

function decodeBase64(lines: string[], what: string): Bytes {
  const text = lines.join("");
  if (text === "" || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw malformed(`${what} has a PEM block that is not base64`);
  }
  const der = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  // atob ignores stray bits in the last character; two texts for the same bytes are not wanted here.
  if (btoa(String.fromCharCode(...der.subarray(der.length - (der.length % 3 || 3)))) !== text.slice(-4)) {
    throw malformed(`${what} has a PEM block whose last base64 group is not canonical`);
  }
  return concatBytes(der);
}
