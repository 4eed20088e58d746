/**
 * Issuing revocation lists (X.509 v2 CRLs, RFC 5280 chapter 5). A file of its own, since nothing that is measured issues any. A root
 * lists certificates of its own and no others.
 */
import { equalBytes, fromHex } from "./bytes.ts";
import { readCertificate } from "./certificate.ts";
import { bitString, contextTag, integer, octetString, oid, sequence, timeValue, tlv } from "./der.ts";
import { sign, verify } from "./ecdsa.ts";
import { badArgument, quoted } from "./errors.ts";
import { authorityKeyIdentifier } from "./extensions.ts";
import type { Issuer } from "./issue.ts";
import { OID } from "./oids.ts";
import { toPem } from "./pem.ts";

const MINUTE = 60_000;
/** thisUpdate lies back by this much, for verifiers whose clock is a little behind. */
const BACKDATING = 5 * MINUTE;
const LIFETIME = 30 * 24 * 60 * MINUTE;

/** The list as PEM, current from five minutes ago for 30 days on. */
export async function issueRevocationList(list: {
  /** A hardware or vendor's root. */
  issuer: Issuer;
  /** PEM, each issued by this root; "bad-argument" otherwise. */
  revoked: readonly string[];
  now?: number;
}): Promise<string> {
  const root = readCertificate(list.issuer.certificate, "the issuer's certificate");
  const now = list.now ?? Date.now();
  const serials = new Set<string>();
  for (const [index, pem] of list.revoked.entries()) {
    const what = `certificate ${index + 1} to be revoked`;
    const certificate = readCertificate(pem, what);
    const ours =
      equalBytes(certificate.issuer, root.subject) &&
      (await verify(root.publicKey, certificate.tbs, certificate.signature, "the issuer's key"));
    if (!ours) throw badArgument(`${what} was not issued by ${quoted(root.commonName ?? "this root")}`);
    serials.add(certificate.serial);
  }
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const entries = [...serials].map((serial) => sequence(integer(fromHex(serial)), timeValue(now)));
  const tbs = sequence(
    integer(1),
    algorithm,
    root.subject,
    timeValue(now - BACKDATING),
    timeValue(now + LIFETIME),
    // A list of nothing is left out (5.1.2.6).
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    tlv(
      contextTag(0, true),
      sequence(
        authorityKeyIdentifier(fromHex(root.subjectKeyIdentifier ?? "")),
        // Numbers only have to grow (5.2.3): the time does.
        sequence(oid(OID.crlNumber), octetString(integer(fromHex(now.toString(16).padStart(12, "0"))))),
      ),
    ),
  );
  return toPem(sequence(tbs, algorithm, bitString(await sign(list.issuer.key, tbs))), "X509 CRL");
}
