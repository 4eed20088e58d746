/**
 * The register: what was started on this machine since power-on, in order, in one value (identity.md "Chip"; paper 4.1). It
 * starts at zero, each measurement is folded in, and nothing takes one out again. It must never accept a digest after the
 * TVMM's: from then on its value is what sealed data depends on.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { TerraError } from "../protocol/errors.ts";
import type { BootStage } from "../protocol/measured-boot.ts";
import { concatBytes, fromHex } from "../storage/index.ts";

const ORDER: readonly BootStage[] = ["firmware", "loader", "tvmm"];

export interface Register {
  /** value' = SHA-256(value, digest); digest in hex. "bad-state" for a stage out of turn. */
  extend(stage: BootStage, digest: string): void;
  /** The whole boot's value, 32 bytes; "bad-state" before the TVMM's digest is in it. */
  complete(): Uint8Array<ArrayBuffer>;
}

/** A register as it is at power-on. */
export function createRegister(): Register {
  let value = new Uint8Array(32);
  let extended = 0;
  return {
    extend(stage, digest) {
      const next = ORDER[extended];
      if (stage !== next) {
        const expected = next ? `the ${next}'s is next` : "all three are in";
        throw new TerraError("bad-state", `the register takes no digest of the ${stage} now: ${expected}`);
      }
      const bytes = fromHex(digest);
      if (bytes?.length !== 32) throw new TerraError("bad-argument", `${digest} is no SHA-256 digest`);
      value = new Uint8Array(sha256(concatBytes(value, bytes)));
      extended++;
    },
    complete() {
      const missing = ORDER[extended];
      if (missing)
        throw new TerraError("bad-state", `the chip serves a TVMM only: the ${missing} was not measured yet`);
      return value.slice();
    },
  };
}
