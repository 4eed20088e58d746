/**
 * Reading an X.509v3 certificate (RFC 5280) as far as Terra Lab's profile goes: ECDSA P-256 with SHA-256 throughout. What is
 * read here is well formed and nothing more: whether it may be believed is decided in chain.ts and vendor.ts.
 */
import { toHex } from "./bytes.ts";
import {
  contextTag,
  type DerNode,
  Fields,
  readBitOctets,
  readBoolean,
  readDer,
  readOid,
  readSmallInteger,
  readText,
  readTime,
  TAG,
} from "./der.ts";
import { checkPublicKeyForm } from "./ecdsa.ts";
import { malformed } from "./errors.ts";
import { type Extensions, type RawExtension, readExtensions } from "./extensions.ts";
import { OID } from "./oids.ts";
import { readOnePem } from "./pem.ts";

/** A certificate whose frame was read and whose extensions were not yet. */
export interface CertificateFrame {
  readonly der: Uint8Array;
  /** What is signed. */
  readonly tbs: Uint8Array;
  /** ECDSA-Sig-Value, DER; unchecked. */
  readonly signature: Uint8Array;
  /** Hexadecimal digits of the serial number's octets. */
  readonly serial: string;
  /** Names as DER: they are compared octet by octet. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** The subject's common name if the subject consists of nothing else. */
  readonly commonName: string | undefined;
  /** Milliseconds since 1970, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo, DER, of the right form; not yet known to be on the curve. */
  readonly publicKey: Uint8Array;
  readonly rawExtensions: readonly RawExtension[];
}

export interface Certificate extends CertificateFrame, Extensions {}

/** `what` names the certificate in errors, as "the loader's certificate". */
export function readCertificateFrame(der: Uint8Array, what: string): CertificateFrame {
  const fields = new Fields(readDer(der, what), what);
  const tbsNode = fields.take("tbsCertificate", TAG.sequence);
  const outerAlgorithm = fields.take("signatureAlgorithm");
  const signature = readBitOctets(fields.take("signature"), `the signature of ${what}`);
  fields.end();
  checkSignatureAlgorithm(outerAlgorithm, what);

  const tbs = new Fields(tbsNode, what);
  const version = new Fields(tbs.take("version", contextTag(0, true)), `the version of ${what}`, contextTag(0, true));
  if (readSmallInteger(version.take("number"), `the version of ${what}`) !== 2)
    throw malformed(`${what} is not X.509v3`);
  version.end();
  const serial = tbs.take("serialNumber", TAG.integer).content;
  if ((serial[0] ?? 0x80) >= 0x80 || serial.length > 20 || (serial.length === 1 && serial[0] === 0)) {
    throw malformed(`the serial number of ${what} is not a positive number of at most 20 octets`);
  }
  checkSignatureAlgorithm(tbs.take("signature"), what);
  const issuer = tbs.take("issuer", TAG.sequence);
  const validity = new Fields(tbs.take("validity"), `the validity of ${what}`);
  const notBefore = readTime(validity.take("notBefore"), `notBefore of ${what}`);
  const notAfter = readTime(validity.take("notAfter"), `notAfter of ${what}`);
  validity.end();
  const subject = tbs.take("subject", TAG.sequence);
  const publicKey = tbs.take("subjectPublicKeyInfo").bytes;
  checkPublicKeyForm(publicKey, `the public key of ${what}`);
  const wrapped = tbs.maybe(contextTag(3, true));
  tbs.end();
  return {
    der,
    tbs: tbsNode.bytes,
    signature,
    serial: toHex(serial),
    issuer: issuer.bytes,
    subject: subject.bytes,
    commonName: readCommonName(subject, what),
    notBefore,
    notAfter,
    publicKey,
    rawExtensions: wrapped ? readExtensionList(wrapped, what) : [],
  };
}

export function completeCertificate(frame: CertificateFrame, what: string): Certificate {
  return { ...frame, ...readExtensions(frame.rawExtensions, what) };
}

/** Reads DER or PEM; throws an AttestationError for whatever is not a certificate of our profile's form. */
export function readCertificate(encoded: Uint8Array | string, what = "the certificate"): Certificate {
  const der = typeof encoded === "string" ? readOnePem(encoded, what) : encoded;
  return completeCertificate(readCertificateFrame(der, what), what);
}

/** The common name in a name in DER, if it consists of nothing else. For people: names are compared octet by octet. */
export const commonNameOf = (name: Uint8Array, what: string): string | undefined =>
  readCommonName(readDer(name, what), what);

/** [n] EXPLICIT SEQUENCE OF Extension: of certificates, lists and their entries. */
export function readExtensionList(wrapped: DerNode, what: string): RawExtension[] {
  const outer = new Fields(wrapped, `the extensions of ${what}`, wrapped.tag);
  const list = outer.take("list", TAG.sequence);
  outer.end();
  return readExtensionSequence(list, what);
}

export function readExtensionSequence(list: DerNode, what: string): RawExtension[] {
  return list.children.map((child) => {
    const fields = new Fields(child, `an extension of ${what}`);
    const id = readOid(fields.take("extnID"), `an extension of ${what}`);
    const flag = fields.maybe(TAG.boolean);
    const critical = flag !== undefined && readBoolean(flag, what);
    if (flag && !critical) throw malformed(`the extension ${id} of ${what} writes out critical FALSE, the default`);
    const value = fields.take("extnValue", TAG.octetString).content;
    fields.end();
    return { oid: id, critical, value };
  });
}

/** ecdsa-with-SHA256 without parameters (RFC 5758, 3.2). */
export function checkSignatureAlgorithm(node: DerNode, what: string): void {
  const fields = new Fields(node, `the signature algorithm of ${what}`);
  const algorithm = readOid(fields.take("algorithm"), `the signature algorithm of ${what}`);
  fields.end();
  if (algorithm !== OID.ecdsaWithSha256) {
    throw malformed(`${what} is signed with algorithm ${algorithm}; ecdsa-with-SHA256 was expected`);
  }
}

function readCommonName(subject: DerNode, what: string): string | undefined {
  const [rdn, ...otherRdns] = subject.children;
  const [attribute, ...otherAttributes] = rdn?.tag === TAG.set ? rdn.children : [];
  if (!attribute || otherRdns.length > 0 || otherAttributes.length > 0) return undefined;
  const fields = new Fields(attribute, `the subject of ${what}`);
  if (readOid(fields.take("type"), `the subject of ${what}`) !== OID.commonName) return undefined;
  const value = fields.take("value");
  fields.end();
  return value.tag === TAG.utf8String || value.tag === TAG.printableString
    ? readText(value, `the common name of ${what}`)
    : undefined;
}
