/**
 * ECDSA with P-256 and SHA-256, the only signature in Terra Lab. X.509 and evidence carry ECDSA-Sig-Value in DER (RFC 3279,
 * 2.2.3), WebCrypto wants r and s of 32 bytes each: the two are converted here. Private keys are only ever used, never read.
 */
import { type Bytes, concatBytes, copyBytes, fromHex, startsWithBytes } from "./bytes.ts";
import { Fields, integer, readDer, sequence, TAG } from "./der.ts";
import { badArgument, malformed } from "./errors.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;

/** SubjectPublicKeyInfo of an uncompressed P-256 point up to the point's coordinates: it has one form only (RFC 5480). */
const SPKI_PREFIX = fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const SPKI_LENGTH = SPKI_PREFIX.length + 64;

/** A key pair whose private half WebCrypto keeps: it signs, and cannot be exported. */
export async function generateKeyPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
}

/** SubjectPublicKeyInfo, 91 bytes of DER. */
export async function exportPublicKey(key: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("spki", key));
}

export function checkPublicKeyForm(spki: Uint8Array, what: string): void {
  if (spki.length !== SPKI_LENGTH || !startsWithBytes(spki, SPKI_PREFIX)) {
    throw malformed(`${what} is not an uncompressed P-256 point in a SubjectPublicKeyInfo`);
  }
}

/** Imports a public key; a point that is not on the curve is refused. */
export async function importPublicKey(spki: Uint8Array, what: string): Promise<CryptoKey> {
  checkPublicKeyForm(spki, what);
  try {
    return await crypto.subtle.importKey("spki", copyBytes(spki), ALGORITHM, true, ["verify"]);
  } catch {
    throw malformed(`${what} is not a point on the curve P-256`);
  }
}

/** DER signature. */
export async function sign(key: CryptoKey, message: Uint8Array): Promise<Bytes> {
  let raw: Uint8Array;
  try {
    raw = new Uint8Array(await crypto.subtle.sign(SIGNING, key, copyBytes(message)));
  } catch (cause) {
    throw badArgument(`this key cannot sign with ECDSA P-256: ${String(cause)}`);
  }
  return sequence(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
}

/** False for a wrong signature and for a malformed one; throws only if the public key, named `whose`, is not one. */
export async function verify(
  spki: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  whose: string,
): Promise<boolean> {
  const key = await importPublicKey(spki, whose);
  let raw: Bytes;
  try {
    raw = rawSignature(signature);
  } catch {
    return false;
  }
  return crypto.subtle.verify(SIGNING, key, raw, copyBytes(message));
}

/** Two positive INTEGERs of at most 256 bits each, as r || s. */
export function rawSignature(signature: Uint8Array): Bytes {
  const fields = new Fields(readDer(signature, "the signature", { bytes: 72, nodes: 3 }), "the signature");
  const parts = ["r", "s"].map((name) => {
    const octets = fields.take(name, TAG.integer).content;
    const [first = 0x80] = octets;
    if (first >= 0x80 || octets.length > 33 || (octets.length === 33 && first !== 0)) {
      throw malformed(`${name} of the signature is not a positive number of at most 256 bits`);
    }
    const magnitude = octets.length === 33 ? octets.subarray(1) : octets;
    return concatBytes(new Uint8Array(32 - magnitude.length), magnitude);
  });
  fields.end();
  return concatBytes(...parts);
}
