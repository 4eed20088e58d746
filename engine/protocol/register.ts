/**
 * Measured code -> chip: extend the register, then (TVMM only) seal, unseal and count. The chip extends the firmware's digest
 * itself; firmware and loader extend the next layer's before starting it; the services open after the third digest and no
 * digest is taken after that. All services depend on the whole register (paper 4.1; identity.md "Chip").
 */
export type RegisterRequest =
  /** digest: 64 hex digits. Reply: nothing. */
  | { op: "extend"; stage: "loader" | "tvmm"; digest: string; size: number }
  /** Reply: Uint8Array, opens under an equal register of this chip only. plaintext: at most 4096 bytes. */
  | { op: "seal"; plaintext: Uint8Array }
  /** Reply: Uint8Array, the plaintext. Code "sealed" if the register or the chip is another, or the blob was changed. */
  | { op: "unseal"; blob: Uint8Array }
  /** Secure counter of this register's value. Reply: number. */
  | { op: "counter" }
  | { op: "increment" };
