/**
 * Revocation lists (X.509 v2 CRLs, RFC 5280 chapter 5). A list is part of a policy, so one that cannot be read is the
 * verifier's own mistake. Whether it is current and who signed it is decided at each appraisal. No delta lists.
 */
import { equalBytes, toHex } from "./bytes.ts";
import { type Certificate, checkSignatureAlgorithm, readExtensionList, readExtensionSequence } from "./certificate.ts";
import { contextTag, Fields, readBitOctets, readDer, readSmallInteger, readTime, TAG } from "./der.ts";
import { verify } from "./ecdsa.ts";
import { malformed } from "./errors.ts";
import { KEY_USAGE, type RawExtension } from "./extensions.ts";
import { OID } from "./oids.ts";
import { readOnePem } from "./pem.ts";

const MAX_TEXT = 2 ** 21;
const LIMITS = { bytes: 2 ** 20, nodes: 100_000 };

export interface RevocationList {
  readonly issuer: Uint8Array;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Serial numbers, hexadecimal digits of their octets. */
  readonly revoked: ReadonlySet<string>;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
}

export function readRevocationList(pem: string, what: string): RevocationList {
  const list = new Fields(readDer(readOnePem(pem, what, "X509 CRL", MAX_TEXT), what, LIMITS), what);
  const tbsNode = list.take("tbsCertList", TAG.sequence);
  checkSignatureAlgorithm(list.take("signatureAlgorithm"), what);
  const signature = readBitOctets(list.take("signature"), `the signature of ${what}`);
  list.end();

  const tbs = new Fields(tbsNode, what);
  if (readSmallInteger(tbs.take("version"), `the version of ${what}`) !== 1) throw malformed(`${what} is not a v2 CRL`);
  checkSignatureAlgorithm(tbs.take("signature"), what);
  const issuer = tbs.take("issuer", TAG.sequence).bytes;
  const thisUpdate = readTime(tbs.take("thisUpdate"), `thisUpdate of ${what}`);
  const nextUpdate = readTime(tbs.take("nextUpdate"), `nextUpdate of ${what}`);
  const entries = tbs.maybe(TAG.sequence);
  const extensions = tbs.maybe(contextTag(0, true));
  tbs.end();
  if (extensions) refuseCritical(readExtensionList(extensions, what), what);

  const revoked = new Set<string>();
  for (const child of entries?.children ?? []) {
    const entry = new Fields(child, `an entry of ${what}`);
    revoked.add(toHex(entry.take("serial number", TAG.integer).content));
    readTime(entry.take("revocation date"), `a revocation date of ${what}`);
    const entryExtensions = entry.maybe(TAG.sequence);
    entry.end();
    if (entryExtensions) refuseCritical(readExtensionSequence(entryExtensions, what), what);
  }
  return { issuer, thisUpdate, nextUpdate, revoked, tbs: tbsNode.bytes, signature };
}

/** Also refuses delta lists and indirect lists: what makes them so is critical. */
function refuseCritical(extensions: RawExtension[], what: string): void {
  for (const { oid, critical } of extensions) {
    if (critical && oid !== OID.crlNumber)
      throw malformed(`${what} has the critical extension ${oid}, which is not known here`);
  }
}

/** Which of these roots signed the list. */
export async function listSigner(
  list: RevocationList,
  roots: readonly Certificate[],
): Promise<Certificate | undefined> {
  for (const root of roots) {
    if (((root.keyUsage?.bits ?? 0) & KEY_USAGE.crlSign) === 0 || !equalBytes(root.subject, list.issuer)) continue;
    if (await verify(root.publicKey, list.tbs, list.signature, "the root's key")) return root;
  }
  return undefined;
}
