/**
 * The certificates that one end of a TLS connection shows in a flight, as people read them. Pure; nothing is checked but their form:
 * whether one may be believed is for the other end to judge.
 */
import { commonNameOf, readCertificate, toPem } from "../../engine/attestation/index.ts";
import { decodeTls } from "../../engine/network/index.ts";
import { messageOf } from "../facts/format.ts";

interface ShownCertificate {
  /** Common names; undefined if the name is anything else. */
  subject: string | undefined;
  issuer: string | undefined;
  /** What it says of a layer, of its product too if a vendor signed it. */
  layer?: { name: string; digest: string; product?: string };
  /** Names and roots of attested disks. */
  disks: readonly (readonly [name: string, root: string])[];
}

/** A sentence where a certificate is none of the form that Terra Lab's have. */
export type Shown = ShownCertificate | { error: string };

function shown(der: Uint8Array): Shown {
  try {
    const { commonName, issuer, tcbInfo, secondaries } = readCertificate(der);
    const { vendor, product: model, version } = tcbInfo ?? {};
    const product = [vendor, [model, version].filter(Boolean).join(" ")].filter(Boolean).join(", ");
    return {
      subject: commonName,
      issuer: commonNameOf(issuer, "the issuer's name"),
      ...(tcbInfo
        ? { layer: { name: tcbInfo.layer, digest: tcbInfo.digest, ...(product === "" ? {} : { product }) } }
        : {}),
      disks: [...secondaries],
    };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** In the order in which they were sent, leaf first. */
export const certificatesIn = (flight: Uint8Array): Shown[] => decodeTls(flight).certificates.map(shown);

/** All of them, for other tools; null if there are none. */
export function pemOf(flight: Uint8Array): string | null {
  const { certificates } = decodeTls(flight);
  return certificates.length === 0 ? null : certificates.map((der) => toPem(der)).join("");
}
