/**
 * The contents of X.509 extensions in our profile, each written and read. Reading must refuse what the profile does not
 * know, since two appraisers that skip different things reach different verdicts.
 */
import { type Bytes, fromHex, isDigest, toHex, utf8 } from "./bytes.ts";
import {
  bitString,
  boolean,
  contextTag,
  type DerNode,
  Fields,
  integer,
  octetString,
  oid,
  readBoolean,
  readDer,
  readOid,
  readSmallInteger,
  readText,
  sequence,
  TAG,
  tlv,
  utf8String,
} from "./der.ts";
import { badArgument, malformed, quoted } from "./errors.ts";
import { isLayer, type Layer, layerNumber } from "./layers.ts";
import { OID } from "./oids.ts";

export const MAX_APPLICATION_DATA = 4096;
export const MAX_SECONDARIES = 16;

export interface RawExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** What a certificate says about a layer: TCG DICE Attestation Architecture, DiceTcbInfo. */
export interface TcbInfo {
  layer: Layer;
  /** SHA-256 of the layer's attestable parts, 64 hexadecimal digits. */
  digest: string;
  /** In vendors' certificates only; `product` is DICE's `model`. */
  vendor?: string;
  product?: string;
  version?: string;
}

/** Bits of KeyUsage (RFC 5280, 4.2.1.3), bit 0 being the first one sent. */
export const KEY_USAGE = { digitalSignature: 0x80, keyCertSign: 0x04, crlSign: 0x02 } as const;

export interface Extensions {
  readonly basicConstraints?: { critical: boolean; ca: boolean; pathLength?: number };
  /** The first octet of the bit string: KEY_USAGE added up. */
  readonly keyUsage?: { critical: boolean; bits: number };
  readonly extendedKeyUsage?: readonly string[];
  /** Hexadecimal digits. */
  readonly subjectKeyIdentifier?: string;
  readonly authorityKeyIdentifier?: string;
  readonly tcbInfo?: TcbInfo;
  readonly secondaries: ReadonlyMap<string, string>;
  readonly applicationData?: Uint8Array;
}

const extension = (id: string, critical: boolean, value: Uint8Array): Bytes =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));

export function basicConstraints(pathLength: number | "not a CA"): Bytes {
  const value = pathLength === "not a CA" ? sequence() : sequence(boolean(true), integer(pathLength));
  return extension(OID.basicConstraints, true, value);
}

export function keyUsage(bits: number): Bytes {
  let unused = 0;
  while (unused < 7 && (bits & (1 << unused)) === 0) unused++;
  return extension(OID.keyUsage, true, bitString(Uint8Array.of(bits), unused));
}

export const extendedKeyUsage = (...usages: string[]): Bytes =>
  extension(OID.extendedKeyUsage, false, sequence(...usages.map(oid)));

export const subjectKeyIdentifier = (keyId: Uint8Array): Bytes =>
  extension(OID.subjectKeyIdentifier, false, octetString(keyId));

export const authorityKeyIdentifier = (keyId: Uint8Array): Bytes =>
  extension(OID.authorityKeyIdentifier, false, sequence(tlv(contextTag(0), keyId)));

export function tcbInfo(info: TcbInfo): Bytes {
  if (!isDigest(info.digest)) {
    throw badArgument(`the digest ${quoted(String(info.digest))} is not 64 lower-case hexadecimal digits`);
  }
  const text = (number: number, value: string | undefined) =>
    value === undefined ? [] : [tlv(contextTag(number), utf8(value))];
  return extension(
    OID.tcbInfo,
    false,
    sequence(
      ...text(0, info.vendor),
      ...text(1, info.product),
      ...text(2, info.version),
      integer(layerNumber(info.layer), contextTag(4)),
      tlv(contextTag(6, true), sequence(oid(OID.sha256), octetString(fromHex(info.digest)))),
      ...text(9, info.layer),
    ),
  );
}

/** Root by name of disk, ordered by name so that the same set always gives the same bytes. */
export function secondaries(roots: Readonly<Record<string, string>>): Bytes {
  const names = Object.keys(roots).sort();
  if (names.length > MAX_SECONDARIES) {
    throw badArgument(`${names.length} secondary identities; at most ${MAX_SECONDARIES} fit into a certificate`);
  }
  const entries = names.map((name) => {
    const root = roots[name];
    checkSecondaryName(name, badArgument);
    if (!isDigest(root)) {
      throw badArgument(
        `the root of disk ${quoted(name)}, ${quoted(String(root))}, is not 64 lower-case hexadecimal digits`,
      );
    }
    return sequence(utf8String(name), octetString(fromHex(root)));
  });
  return extension(OID.secondaries, false, sequence(...entries));
}

/** A slot's name is also the disk's virtio serial: 1 to 20 visible ASCII characters. */
function checkSecondaryName(name: string, error: (sentence: string) => Error): void {
  if (!/^[\x21-\x7e]{1,20}$/.test(name)) {
    throw error(`the name of a secondary identity, ${quoted(name)}, is not 1 to 20 visible ASCII characters`);
  }
}

export function applicationData(data: Uint8Array): Bytes {
  if (data.length > MAX_APPLICATION_DATA) {
    throw badArgument(`${data.length} bytes of application data; at most ${MAX_APPLICATION_DATA} are certified`);
  }
  return extension(OID.applicationData, false, octetString(data));
}

/** Reads the extensions of one certificate. Duplicates and critical extensions that nobody here knows are refused. */
export function readExtensions(raw: readonly RawExtension[], what: string): Extensions {
  const found: { -readonly [Key in keyof Extensions]: Extensions[Key] } = { secondaries: new Map() };
  const seen = new Set<string>();
  for (const { oid: id, critical, value } of raw) {
    if (seen.has(id)) throw malformed(`${what} has the extension ${id} twice`);
    seen.add(id);
    const read = <Value>(reader: (node: DerNode, name: string) => Value, name: string): Value =>
      reader(readDer(value, `${name} of ${what}`), `${name} of ${what}`);
    switch (id) {
      case OID.basicConstraints:
        found.basicConstraints = { critical, ...read(readBasicConstraints, "basicConstraints") };
        break;
      case OID.keyUsage:
        found.keyUsage = { critical, bits: read(readKeyUsage, "keyUsage") };
        break;
      case OID.extendedKeyUsage:
        found.extendedKeyUsage = read(readExtendedKeyUsage, "extendedKeyUsage");
        break;
      case OID.subjectKeyIdentifier:
        found.subjectKeyIdentifier = read(readKeyIdentifier, "subjectKeyIdentifier");
        break;
      case OID.authorityKeyIdentifier:
        found.authorityKeyIdentifier = read(readAuthorityKeyIdentifier, "authorityKeyIdentifier");
        break;
      case OID.tcbInfo:
        found.tcbInfo = read(readTcbInfo, "TcbInfo");
        break;
      case OID.secondaries:
        found.secondaries = read(readSecondaries, "secondaries");
        break;
      case OID.applicationData:
        found.applicationData = read(readApplicationData, "application data");
        break;
      default:
        if (critical) throw malformed(`${what} has the critical extension ${id}, which this profile does not know`);
    }
  }
  return found;
}

function readBasicConstraints(node: DerNode, what: string): { ca: boolean; pathLength?: number } {
  const fields = new Fields(node, what);
  const flag = fields.maybe(TAG.boolean);
  const ca = flag !== undefined && readBoolean(flag, what);
  if (flag && !ca) throw malformed(`${what} writes out CA:FALSE, which is the default and is left out in DER`);
  const length = fields.maybe(TAG.integer);
  fields.end();
  if (!length) return { ca };
  if (!ca) throw malformed(`${what} has a path length but is no CA`);
  return { ca, pathLength: readSmallInteger(length, what) };
}

function readKeyUsage(node: DerNode, what: string): number {
  const [unused = 0, first = 0, second, ...more] = node.tag === TAG.bitString ? node.content : [];
  if (node.tag !== TAG.bitString || more.length > 0 || (second !== undefined && second !== 0x80)) {
    throw malformed(`${what} is not a bit string of at most nine bits`);
  }
  if (second !== undefined) throw malformed(`${what} has decipherOnly set, which this profile does not know`);
  if (first === 0 || (first & (1 << unused)) === 0) throw malformed(`${what} has trailing zero bits`);
  return first;
}

function readExtendedKeyUsage(node: DerNode, what: string): string[] {
  if (node.tag !== TAG.sequence || node.children.length === 0) throw malformed(`${what} is not a list of usages`);
  return node.children.map((child) => readOid(child, what));
}

function readKeyIdentifier(node: DerNode, what: string): string {
  if (node.tag !== TAG.octetString || node.content.length === 0 || node.content.length > 32) {
    throw malformed(`${what} is not an octet string of 1 to 32 octets`);
  }
  return toHex(node.content);
}

function readAuthorityKeyIdentifier(node: DerNode, what: string): string {
  const fields = new Fields(node, what);
  const keyId = fields.take("keyIdentifier", contextTag(0)).content;
  fields.end();
  if (keyId.length === 0 || keyId.length > 32) throw malformed(`${what} is not 1 to 32 octets`);
  return toHex(keyId);
}

function readTcbInfo(node: DerNode, what: string): TcbInfo {
  const fields = new Fields(node, what);
  const text = (number: number) => {
    const field = fields.maybe(contextTag(number));
    return field && readText(field, `[${number}] of ${what}`, contextTag(number));
  };
  const [vendor, product, version] = [text(0), text(1), text(2)];
  const number = readSmallInteger(fields.take("layer", contextTag(4)), `layer of ${what}`, contextTag(4));
  const list = new Fields(fields.take("fwids", contextTag(6, true)), `fwids of ${what}`, contextTag(6, true));
  const fwid = new Fields(list.take("FWID"), `FWID of ${what}`);
  list.end();
  const algorithm = readOid(fwid.take("hashAlg"), `hashAlg of ${what}`);
  const digest = fwid.take("digest", TAG.octetString).content;
  fwid.end();
  const layer = readText(fields.take("type", contextTag(9)), `type of ${what}`, contextTag(9));
  fields.end();
  if (algorithm !== OID.sha256 || digest.length !== 32) throw malformed(`${what} has a digest that is not SHA-256`);
  if (!isLayer(layer)) throw malformed(`${what} names the layer ${quoted(layer)}, which does not exist`);
  if (layerNumber(layer) !== number) throw malformed(`${what} names the layer ${layer} but numbers it ${number}`);
  return {
    layer,
    digest: toHex(digest),
    ...(vendor !== undefined && { vendor }),
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
  };
}

function readSecondaries(node: DerNode, what: string): Map<string, string> {
  if (node.tag !== TAG.sequence) throw malformed(`${what} is not a list`);
  if (node.children.length > MAX_SECONDARIES) throw malformed(`${what} has more than ${MAX_SECONDARIES} entries`);
  const roots = new Map<string, string>();
  for (const child of node.children) {
    const fields = new Fields(child, what);
    const name = readText(fields.take("name", TAG.utf8String), `name of ${what}`);
    const root = fields.take("root", TAG.octetString).content;
    fields.end();
    checkSecondaryName(name, malformed);
    if (root.length !== 32) throw malformed(`${what} has a root of ${root.length} bytes for ${name}; 32 were expected`);
    if (roots.has(name)) throw malformed(`${what} names ${name} twice`);
    roots.set(name, toHex(root));
  }
  return roots;
}

/** The one OCTET STRING that is both the request's attribute and the certificate's extension. */
export function readApplicationData(node: DerNode, what: string): Uint8Array {
  if (node.tag !== TAG.octetString) throw malformed(`${what} is not an OCTET STRING`);
  if (node.content.length > MAX_APPLICATION_DATA) {
    throw malformed(`${what} has ${node.content.length} bytes; at most ${MAX_APPLICATION_DATA} are certified`);
  }
  return node.content;
}
