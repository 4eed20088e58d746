/**
 * Vendors' certificates: "this digest is product P, version V" (paper, section 4.3). They come with the evidence and are
 * untrusted until one of the policy's vendor roots of that very layer is found to have signed them. One that is not believed
 * counts as absent, and says why.
 */
import { type Certificate, readCertificate } from "./certificate.ts";
import { checkValidity, checkVendorUse, findRoot } from "./chain.ts";
import { AttestationError, malformed, quoted } from "./errors.ts";
import type { Layer } from "./layers.ts";
import type { CheckedPolicy } from "./policy.ts";
import { checkVersion, compareVersions } from "./version.ts";

export interface Vouching {
  vendor: string;
  product: string;
  version: string;
}

export interface Vouchings {
  /** Believed, latest version first. */
  believed: Vouching[];
  /** Why each of the others that could have been meant for this layer was not. */
  refused: string[];
}

/** `isRevoked` answers for a certificate and the root that issued it. */
export async function vouchingsFor(
  layer: Layer,
  digest: string,
  vendors: readonly string[],
  policy: CheckedPolicy,
  isRevoked: (certificate: Certificate, root: Certificate) => boolean,
): Promise<Vouchings> {
  const believed: Vouching[] = [];
  const refused: string[] = [];
  for (const [index, pem] of vendors.entries()) {
    const what = `vendor's certificate ${index + 1}`;
    try {
      const certificate = readCertificate(pem, what);
      const info = certificate.tcbInfo;
      if (!info) throw malformed(`${what} has no TcbInfo, so it vouches for nothing`);
      if (info.digest !== digest) {
        if (info.layer === layer) refused.push(`${what} vouches for another ${layer}`);
        continue;
      }
      if (info.layer !== layer) throw malformed(`${what} vouches for it as ${info.layer}, not as ${layer}`);
      const vouching = readVouching(info, what);
      checkVendorUse(certificate, what);
      checkValidity(certificate, policy.time, what);
      const root = await findRoot(
        certificate,
        policy.vendorRoots[layer],
        policy.time,
        what,
        `vendor's root for ${layer}`,
      );
      if (isRevoked(certificate, root)) throw malformed(`${what} has been revoked`);
      believed.push(vouching);
    } catch (error) {
      if (!(error instanceof AttestationError)) throw error;
      refused.push(error.sentence);
    }
  }
  believed.sort((left, right) => compareVersions(right.version, left.version));
  return { believed, refused };
}

function readVouching(info: { vendor?: string; product?: string; version?: string }, what: string): Vouching {
  const { vendor, product, version } = info;
  if (!vendor || !product || !version) throw malformed(`${what} lacks vendor, product or version`);
  for (const text of [vendor, product]) {
    if (text.length > 64)
      throw malformed(`${what} has a name of ${text.length} characters, ${quoted(text)}; at most 64 are read`);
  }
  checkVersion(version, (sentence) => malformed(`in ${what}, ${sentence}`));
  return { vendor, product, version };
}
