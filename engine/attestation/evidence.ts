/**
 * Evidence: what a box signs when it is challenged, and how its answer travels. The answer comes from a machine that nobody
 * trusts yet, so reading it must end in evidence of bounded size or in an error, and must never believe any of it.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concatBytes, copyBytes, utf8 } from "./bytes.ts";
import { sign } from "./ecdsa.ts";
import { badArgument, malformed } from "./errors.ts";
import { MAX_PEM_TEXT, readPem, toPem } from "./pem.ts";
import type { Evidence } from "./types.ts";

export const NONCE_LENGTH = 32;
export const CHAIN_LENGTH = 5;
export const MAX_VENDORS = 32;
/** Two INTEGERs of 33 octets at most, each with its header, in a SEQUENCE. */
export const MAX_SIGNATURE = 72;

const CONTEXT = utf8("terra-evidence-v1\0");

/** The bytes that a box's evidence key signs: context, nonce, SHA-256 of the leaf certificate's DER. 82 bytes. */
export function evidenceBytes(nonce: Uint8Array, leafDer: Uint8Array): Bytes {
  if (nonce.length !== NONCE_LENGTH) {
    throw badArgument(`the nonce has ${nonce.length} bytes; exactly ${NONCE_LENGTH} are signed`);
  }
  return concatBytes(CONTEXT, nonce, sha256(leafDer));
}

/** Answers a challenge, as attestd does inside a guest. `leafDer` is the certificate of `key`. */
export function signEvidence(key: CryptoKey, nonce: Uint8Array, leafDer: Uint8Array): Promise<Bytes> {
  return sign(key, evidenceBytes(nonce, leafDer));
}

/**
 * Reads the body of a guest's answer: length of the signature (2 bytes, big-endian), the signature, then the PEM text of an
 * ENDORSE reply: five certificates of the chain, leaf first, then vendors' certificates. Throws an AttestationError.
 */
export function readEvidenceBody(body: Uint8Array): Evidence {
  if (body.length < 2) throw malformed(`the evidence has ${body.length} bytes; the length of its signature is missing`);
  const length = (body[0] ?? 0) * 256 + (body[1] ?? 0);
  if (length === 0 || length > MAX_SIGNATURE) {
    throw malformed(`the evidence announces a signature of ${length} bytes; 1 to ${MAX_SIGNATURE} were expected`);
  }
  if (body.length < 2 + length) throw malformed(`the evidence ends inside its signature of ${length} bytes`);
  if (body.length > 2 + length + MAX_PEM_TEXT)
    throw malformed(`the evidence has ${body.length} bytes, which is too many`);
  const text = latin1(body.subarray(2 + length));
  return { ...splitReply(text, "the evidence"), signature: copyBytes(body.subarray(2, 2 + length)) };
}

/** The PEM text of an ENDORSE reply as chain (the first five) and vendors' certificates (the rest), each PEM. */
export function splitReply(text: string, what = "the ENDORSE reply"): { chain: string[]; vendors: string[] } {
  const certificates = readPem(text, what).map((der) => toPem(der));
  if (certificates.length < CHAIN_LENGTH || certificates.length > CHAIN_LENGTH + MAX_VENDORS) {
    throw malformed(
      `${what} has ${certificates.length} certificates; ${CHAIN_LENGTH} of the chain and at most ${MAX_VENDORS} of vendors were expected`,
    );
  }
  return { chain: certificates.slice(0, CHAIN_LENGTH), vendors: certificates.slice(CHAIN_LENGTH) };
}

/** What readEvidenceBody reads. */
export function evidenceBody(evidence: Evidence): Bytes {
  const { signature, chain, vendors } = evidence;
  return concatBytes(
    Uint8Array.of(signature.length >> 8, signature.length),
    signature,
    utf8([...chain, ...vendors].join("")),
  );
}

/** PEM is ASCII; any other byte becomes a character that PEM does not have. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
