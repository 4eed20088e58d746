/**
 * Measured code -> chip: extend the register, then (TVMM only) seal, unseal and count. The chip extends the firmware's digest
 * itself; firmware and loader extend the next layer's before starting it; the services open after the third digest and no
 * digest is taken after that. All services depend on the whole register (paper 4.1; identity.md "Chip").
 */
import { bytes, digest, fields, integer, oneOf } from "./checks.ts";

/** What may be sealed at once, in bytes. */
export const MAXIMUM_PLAINTEXT = 4096;
/** Magic, nonce and tag beside the plaintext. */
export const SEAL_OVERHEAD = 36;

export type RegisterRequest =
  /** digest: 64 hex digits. Reply: nothing. */
  | { op: "extend"; stage: "loader" | "tvmm"; digest: string; size: number }
  /** Reply: Uint8Array, opens under an equal register of this chip only. plaintext: at most 4096 bytes. */
  | { op: "seal"; plaintext: Uint8Array }
  /** Reply: Uint8Array, the plaintext. Code "sealed" if the register or the chip is another, or the blob was changed. */
  | { op: "unseal"; blob: Uint8Array }
  /** Secure counter of this register's value. Reply: number, 0 at first. */
  | { op: "counter" }
  /** Reply: the counter's new value, stored before it is told. */
  | { op: "increment" };

const OPERATIONS = ["extend", "seal", "unseal", "counter", "increment"] as const;

/** The chip's door for measured code. */
export function parseRegisterRequest(raw: unknown): RegisterRequest {
  const what = "the request";
  const op = oneOf(fields(raw, what, ["op", "stage", "digest", "size", "plaintext", "blob"]).op, "op", OPERATIONS);
  switch (op) {
    case "extend": {
      const from = fields(raw, what, ["op", "stage", "digest", "size"]);
      return {
        op,
        stage: oneOf(from.stage, "stage", ["loader", "tvmm"]),
        digest: digest(from.digest, "digest"),
        size: integer(from.size, "size", 0, 2 ** 30),
      };
    }
    case "seal":
      return { op, plaintext: bytes(fields(raw, what, ["op", "plaintext"]).plaintext, "plaintext", MAXIMUM_PLAINTEXT) };
    case "unseal":
      return { op, blob: bytes(fields(raw, what, ["op", "blob"]).blob, "blob", MAXIMUM_PLAINTEXT + SEAL_OVERHEAD) };
    default:
      fields(raw, what, ["op"]);
      return { op };
  }
}
