/**
 * Sealed storage (paper 4.2): bytes that only this chip opens, and only while its register has the value under which they were
 * sealed. The master key cannot be read, not even by this code: a register's key is derived from it by HMAC-SHA-256 used as a
 * key derivation function in counter mode (NIST SP 800-108, one block). Blob: "TERRASL1", 12 bytes of nonce, AES-256-GCM.
 */
import { TerraError } from "../protocol/errors.ts";
import { MAXIMUM_PLAINTEXT, SEAL_OVERHEAD } from "../protocol/register.ts";
import { type Bytes, concatBytes, equalBytes, unshared } from "../storage/index.ts";

const MAGIC = new TextEncoder().encode("TERRASL1");
const PURPOSE = new TextEncoder().encode("\u0001terra-seal-v1\u0000");
const NONCE = 12;
const TAG = 16;

export const SEALED =
  "made under another TVMM, firmware or loader, or on another machine, or changed since it was sealed";

/** The chip's secret for sealing. It is stored as it is and never leaves WebCrypto. */
export function makeSealingMaster(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
}

async function keyFor(master: CryptoKey, register: Bytes): Promise<CryptoKey> {
  const derived = await crypto.subtle.sign("HMAC", master, concatBytes(PURPOSE, register));
  return crypto.subtle.importKey("raw", derived, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const parameters = (nonce: Bytes) => ({ name: "AES-GCM", iv: nonce, additionalData: MAGIC, tagLength: 8 * TAG });

/** plaintext: at most 4096 bytes. The blob is 36 bytes longer. */
export async function seal(master: CryptoKey, register: Bytes, plaintext: Uint8Array): Promise<Bytes> {
  if (plaintext.length > MAXIMUM_PLAINTEXT) {
    throw new TerraError("bad-argument", `at most ${MAXIMUM_PLAINTEXT} bytes are sealed, not ${plaintext.length}`);
  }
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const key = await keyFor(master, register);
  const sealed = await crypto.subtle.encrypt(parameters(nonce), key, unshared(plaintext));
  return concatBytes(MAGIC, nonce, new Uint8Array(sealed));
}

/** Code "sealed" whenever it does not open: which of the reasons it was, only the one who sealed it could tell. */
export async function unseal(master: CryptoKey, register: Bytes, blob: Uint8Array): Promise<Bytes> {
  if (blob.length < SEAL_OVERHEAD || !equalBytes(blob.subarray(0, MAGIC.length), MAGIC)) {
    throw new TerraError("sealed", `these ${blob.length} bytes are nothing that a chip has sealed`);
  }
  const nonce = blob.slice(MAGIC.length, MAGIC.length + NONCE);
  const key = await keyFor(master, register);
  try {
    const sealed = unshared(blob.slice(MAGIC.length + NONCE));
    return new Uint8Array(await crypto.subtle.decrypt(parameters(new Uint8Array(nonce)), key, sealed));
  } catch {
    throw new TerraError("sealed", SEALED);
  }
}
