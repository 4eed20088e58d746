/**
 * Certificate requests (PKCS#10, RFC 2986): the argument of ENDORSE. A request comes from a less trusted layer. All that is
 * ever taken from it is its public key and one octet string of application data, after its own signature was checked; its
 * subject, its extensions and other attributes are read as far as needed to be well formed, and have no effect.
 */
import { type Bytes, copyBytes } from "./bytes.ts";
import { checkSignatureAlgorithm } from "./certificate.ts";
import {
  bitString,
  contextTag,
  Fields,
  integer,
  octetString,
  oid,
  readBitOctets,
  readDer,
  readOid,
  readSmallInteger,
  sequence,
  set,
  TAG,
  tlv,
} from "./der.ts";
import { checkPublicKeyForm, exportPublicKey, sign, verify } from "./ecdsa.ts";
import { badArgument, malformed } from "./errors.ts";
import { MAX_APPLICATION_DATA, readApplicationData } from "./extensions.ts";
import { OID } from "./oids.ts";

const MAX_REQUEST = 65536;

export interface CertificateRequest {
  /** SubjectPublicKeyInfo, DER, a P-256 key whose private half signed the request. */
  readonly publicKey: Bytes;
  /** At most 4096 bytes; absent if the request has no such attribute. */
  readonly applicationData?: Bytes;
}

/** Reads and verifies a request, DER. Throws an AttestationError, code "malformed", for everything else. */
export async function readRequest(der: Uint8Array): Promise<CertificateRequest> {
  const what = "the certificate request";
  // A copy: the sender might share the memory and change it between our looks.
  const fields = new Fields(readDer(copyBytes(der), what, { bytes: MAX_REQUEST, nodes: 1024 }), what);
  const infoNode = fields.take("certificationRequestInfo", TAG.sequence);
  checkSignatureAlgorithm(fields.take("signatureAlgorithm"), what);
  const signature = readBitOctets(fields.take("signature"), `the signature of ${what}`);
  fields.end();

  const info = new Fields(infoNode, what);
  const version = readSmallInteger(info.take("version"), `the version of ${what}`);
  if (version !== 0) throw malformed(`${what} has version ${version}; 0 was expected (RFC 2986)`);
  info.take("subject", TAG.sequence);
  const publicKey = copyBytes(info.take("subjectPKInfo").bytes);
  checkPublicKeyForm(publicKey, `the public key of ${what}`);
  const attributes = info.take("attributes", contextTag(0, true));
  info.end();

  let applicationData: Bytes | undefined;
  for (const node of attributes.children) {
    const attribute = new Fields(node, `an attribute of ${what}`);
    const type = readOid(attribute.take("type"), `an attribute of ${what}`);
    const values = attribute.take("values", TAG.set).children;
    attribute.end();
    if (type !== OID.applicationData) continue;
    const [value, ...more] = values;
    if (applicationData) throw malformed(`${what} has application data twice`);
    if (!value || more.length > 0) {
      throw malformed(`${what} has ${values.length} values of application data; exactly one was expected`);
    }
    applicationData = copyBytes(readApplicationData(value, `the application data of ${what}`));
  }
  if (!(await verify(publicKey, infoNode.bytes, signature, `the public key of ${what}`))) {
    throw malformed(`${what} is not signed by the key that it asks a certificate for`);
  }
  return applicationData ? { publicKey, applicationData } : { publicKey };
}

/** A request for a layer's own key, DER, with an empty subject: the issuer sets the name, whatever is asked for. */
export async function makeRequest(keyPair: CryptoKeyPair, applicationData?: Uint8Array): Promise<Bytes> {
  if (applicationData && applicationData.length > MAX_APPLICATION_DATA) {
    throw badArgument(
      `${applicationData.length} bytes of application data; at most ${MAX_APPLICATION_DATA} are certified`,
    );
  }
  const attributes = applicationData ? [sequence(oid(OID.applicationData), set(octetString(applicationData)))] : [];
  const info = sequence(
    integer(0),
    sequence(),
    await exportPublicKey(keyPair.publicKey),
    tlv(contextTag(0, true), ...attributes),
  );
  const signature = await sign(keyPair.privateKey, info);
  return sequence(info, sequence(oid(OID.ecdsaWithSha256)), bitString(signature));
}
