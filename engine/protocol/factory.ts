/**
 * Page -> factory: the hardware maker and the vendors, played by one realm. It endorses what it reads itself in the manifests
 * of this site and nothing that anybody asks it to; no request can name a digest. Envelopes: channel.ts. Revocation will be
 * a request of its own.
 */
import { TerraError } from "./errors.ts";

/** All certificates PEM, all digests 64 lower-case hexadecimal digits. */
export type FactoryRequest =
  /** Once, first: the page's base URL, below which measured/ and images/ lie. Reads both manifests; makes the roots at the first
   *  visit of this browser profile. Reply: nothing. */
  | { op: "init"; base: string }
  /** Reply: Roots. */
  | { op: "roots" }
  /** A chip's key. `request`: PKCS#10, DER; `serial`: 1 to 40 letters, digits, ".", "_", "-". Reply: the certificate. */
  | { op: "certify-chip"; serial: string; request: Uint8Array }
  /** Reply: Record<digest, certificates> for everything that this site's manifests say is endorsed. */
  | { op: "vendor-certificates" };

export interface Roots {
  hardware: string;
  vendors: Record<"firmware" | "loader" | "tvmm" | "vm", string>;
}

export const MAX_CHIP_REQUEST = 65536;

/** The check at the factory's door. Throws a TerraError, code "malformed", for what is no request of this file. */
export function parseFactoryRequest(raw: unknown): FactoryRequest {
  const { op, base, serial, request } = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  switch (op) {
    case "init":
      if (typeof base !== "string" || !/^https?:\/\/[^?#]*\/$/.test(base)) {
        throw new TerraError("malformed", `init: base ${JSON.stringify(base)} is not an http(s) URL that ends with "/"`);
      }
      return { op, base };
    case "roots":
    case "vendor-certificates":
      return { op };
    case "certify-chip":
      if (typeof serial !== "string" || serial.length > 40) {
        throw new TerraError("malformed", "certify-chip: serial is not text of at most 40 characters");
      }
      if (!(request instanceof Uint8Array) || request.length > MAX_CHIP_REQUEST) {
        throw new TerraError("malformed", `certify-chip: request is not at most ${MAX_CHIP_REQUEST} bytes`);
      }
      return { op, serial, request: Uint8Array.from(request) };
    default:
      throw new TerraError(
        "malformed",
        `the factory knows init, roots, certify-chip and vendor-certificates, but not ${JSON.stringify(op)?.slice(0, 40)}`,
      );
  }
}
