/**
 * Page -> factory: the hardware maker and the vendors, played by one realm. It endorses what it reads itself in the manifests
 * of this site and nothing that anybody asks it to; no request can name a digest. It takes back what it certified for anybody
 * who asks: that only makes chips count for less. Envelopes: channel.ts.
 */
import { bytes, fields, list, oneOf, text, textLike } from "./checks.ts";

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
  | { op: "vendor-certificates" }
  /** Chips that the hardware maker takes back, all of them: it keeps no list. `certificates`: theirs, at most 256. Reply: the
   *  revocation list of the hardware root (X.509 CRL, PEM), with their serial numbers. "bad-argument" for what is none of its chips. */
  | { op: "revocation-list"; certificates: string[] };

export interface Roots {
  hardware: string;
  vendors: Record<"firmware" | "loader" | "tvmm" | "vm", string>;
}

const MAX_CHIP_REQUEST = 65536;
const MAX_REVOKED = 256;
const MAX_CERTIFICATE_TEXT = 32768;
const SERIAL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** The check at the factory's door. Throws a TerraError, code "malformed" or "bad-argument". */
export function parseFactoryRequest(raw: unknown): FactoryRequest {
  const request = fields(raw, "the request to the factory", ["op", "base", "serial", "request", "certificates"]);
  const op = oneOf(request.op, "op", ["init", "roots", "certify-chip", "vendor-certificates", "revocation-list"]);
  switch (op) {
    case "init": {
      const { base } = fields(raw, op, ["op", "base"]);
      return {
        op,
        base: textLike(base, "init: base", /^https?:\/\/[^?#]{1,2000}\/$/, "an http(s) URL that ends with /"),
      };
    }
    case "certify-chip": {
      const { serial, request: der } = fields(raw, op, ["op", "serial", "request"]);
      return {
        op,
        serial: textLike(serial, "certify-chip: serial", SERIAL, "1 to 40 letters, digits, '.', '_' or '-'"),
        request: bytes(der, "certify-chip: request", MAX_CHIP_REQUEST),
      };
    }
    case "revocation-list": {
      const { certificates } = fields(raw, op, ["op", "certificates"]);
      const pem = (each: unknown, field: string) => text(each, field, MAX_CERTIFICATE_TEXT);
      return { op, certificates: list(certificates, "revocation-list: certificates", MAX_REVOKED, pem) };
    }
    default:
      fields(raw, op, ["op"]);
      return { op };
  }
}
