/**
 * Object identifiers in use, in dotted form.
 *
 * Ours lie below 2.25.UUID (ITU-T X.667), UUID 7ad457b0-5a9c-428f-8b6d-3e01172777f5:
 *   .1  application data    PKCS#10 attribute and certificate extension; value: one OCTET STRING
 *   .2  secondaries         extension; SEQUENCE OF SEQUENCE { name UTF8String, root OCTET STRING (SIZE (32)) }
 *   .3  evidence            extended key usage: this key signs evidence and nothing else
 *   .4  vendor certificate  extended key usage: this certificate vouches for a digest and does nothing else
 */
const ARC = "2.25.163268360961603797793263191242266081269";

export const OID = {
  applicationData: `${ARC}.1`,
  secondaries: `${ARC}.2`,
  evidence: `${ARC}.3`,
  vendorCertificate: `${ARC}.4`,

  /** TCG DICE Attestation Architecture, DiceTcbInfo. */
  tcbInfo: "2.23.133.5.4.1",

  /** RFC 5480 */
  ecPublicKey: "1.2.840.10045.2.1",
  p256: "1.2.840.10045.3.1.7",
  /** RFC 5758 */
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  /** NIST */
  sha256: "2.16.840.1.101.3.4.2.1",

  /** RFC 5280 */
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  crlNumber: "2.5.29.20",
  crlReason: "2.5.29.21",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;
