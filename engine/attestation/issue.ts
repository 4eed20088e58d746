/**
 * Issuing certificates: the chain (chip, firmware, loader, TVMM, VM), the vendors' roots and the vendors' certificates. The
 * lower layer calls this with the digest that it computed itself; nothing here is ever taken from a certificate request but
 * the public key and the application data that request.ts returned. Keys are only used, never seen.
 *
 * Certificates go in and out as PEM, public keys as SubjectPublicKeyInfo DER, times as milliseconds since 1970.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, startsWithBytes, utf8 } from "./bytes.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { bitString, contextTag, integer, oid, sequence, set, timeValue, tlv, utf8String } from "./der.ts";
import { exportPublicKey, importPublicKey, sign, verify } from "./ecdsa.ts";
import { badArgument, quoted } from "./errors.ts";
import {
  applicationData,
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  KEY_USAGE,
  keyUsage,
  secondaries,
  subjectKeyIdentifier,
  tcbInfo,
} from "./extensions.ts";
import { CHIP_PATH_LENGTH, CHIP_SERIAL, type Layer, layerPathLength } from "./layers.ts";
import { OID } from "./oids.ts";
import { toPem } from "./pem.ts";
import { checkVersion } from "./version.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** notBefore lies back by this much, for verifiers whose clock is a little behind. */
const BACKDATING = 5 * MINUTE;
const LIFETIME = {
  root: 7305 * DAY,
  chip: 3652 * DAY,
  vendor: 3652 * DAY,
  firmware: 7 * DAY,
  loader: 7 * DAY,
  tvmm: DAY,
  vm: DAY,
};

export interface Issuer {
  /** Private key, ECDSA P-256, usage "sign". */
  key: CryptoKey;
  /** The certificate of that key, PEM. */
  certificate: string;
}

/** Makes the root that certifies chips. */
export function issueHardwareRoot(root: { keyPair: CryptoKeyPair; name?: string; now?: number }): Promise<string> {
  return issueRoot(root.keyPair, root.name ?? "Terra Lab hardware root", CHIP_PATH_LENGTH + 1, root.now);
}

/** Makes the root of a vendor for one layer; it vouches for nothing in another. */
export function issueVendorRoot(root: {
  keyPair: CryptoKeyPair;
  layer: Layer;
  vendor: string;
  now?: number;
}): Promise<string> {
  return issueRoot(root.keyPair, `${root.vendor} ${root.layer} root`, 0, root.now);
}

async function issueRoot(keyPair: CryptoKeyPair, name: string, pathLength: number, now?: number): Promise<string> {
  const publicKey = await exportPublicKey(keyPair.publicKey);
  const keyId = keyIdentifier(publicKey);
  const subject = commonName(name);
  return assemble(
    { key: keyPair.privateKey, publicKey, name: subject, keyId },
    { subject, publicKey, lifetime: LIFETIME.root, now },
    [basicConstraints(pathLength), keyUsage(KEY_USAGE.keyCertSign | KEY_USAGE.crlSign)],
  );
}

/** The hardware vendor certifies a chip: its serial number (1 to 40 letters, digits, `.`, `_`, `-`) and its public key. */
export async function issueChip(chip: {
  issuer: Issuer;
  serial: string;
  publicKey: Uint8Array;
  now?: number;
}): Promise<string> {
  if (!CHIP_SERIAL.test(chip.serial)) {
    throw badArgument(`the serial number ${quoted(chip.serial)} is not 1 to 40 letters, digits, ".", "_" or "-"`);
  }
  return assemble(
    authority(chip.issuer, CHIP_PATH_LENGTH + 1),
    { subject: commonName(chip.serial), publicKey: chip.publicKey, lifetime: LIFETIME.chip, now: chip.now },
    [basicConstraints(CHIP_PATH_LENGTH), keyUsage(KEY_USAGE.keyCertSign)],
  );
}

/** Chip, firmware or loader endorses the layer that it measured and started. */
export async function issueLayer(subject: {
  layer: Exclude<Layer, "vm">;
  issuer: Issuer;
  /** SHA-256 of the very bytes that were started. */
  digest: string;
  publicKey: Uint8Array;
  applicationData?: Uint8Array;
  now?: number;
}): Promise<string> {
  const pathLength = layerPathLength(subject.layer);
  return assemble(
    authority(subject.issuer, pathLength + 1),
    {
      subject: commonName(subject.digest),
      publicKey: subject.publicKey,
      lifetime: LIFETIME[subject.layer],
      now: subject.now,
    },
    [
      basicConstraints(pathLength),
      keyUsage(KEY_USAGE.keyCertSign),
      tcbInfo({ layer: subject.layer, digest: subject.digest }),
      ...(subject.applicationData ? [applicationData(subject.applicationData)] : []),
    ],
  );
}

/** The TVMM endorses a key of a closed box. The usage follows from how the application data begins. */
export async function issueVm(vm: {
  issuer: Issuer;
  /** SHA-256 of the descriptor. */
  primary: string;
  /** dm-verity roots of further attested disks, by the name of their slot. */
  secondaries?: Readonly<Record<string, string>>;
  publicKey: Uint8Array;
  applicationData?: Uint8Array;
  now?: number;
}): Promise<string> {
  const data = vm.applicationData;
  const usages = data === undefined ? [] : usagesFor(data);
  return assemble(
    authority(vm.issuer, 0),
    { subject: commonName(vm.primary), publicKey: vm.publicKey, lifetime: LIFETIME.vm, now: vm.now },
    [
      basicConstraints("not a CA"),
      keyUsage(KEY_USAGE.digitalSignature),
      ...(usages.length > 0 ? [extendedKeyUsage(...usages)] : []),
      tcbInfo({ layer: "vm", digest: vm.primary }),
      ...(vm.secondaries && Object.keys(vm.secondaries).length > 0 ? [secondaries(vm.secondaries)] : []),
      ...(data === undefined ? [] : [applicationData(data)]),
    ],
  );
}

function usagesFor(data: Uint8Array): string[] {
  if (startsWithBytes(data, utf8("tls:"))) return [OID.serverAuth, OID.clientAuth];
  if (startsWithBytes(data, utf8("evidence:"))) return [OID.evidence];
  return [];
}

/** A vendor says: this digest is product P, version V. The key in it is made here and thrown away: it is used for nothing. */
export async function issueVendorCertificate(statement: {
  /** The vendor's root for this layer. */
  issuer: Issuer;
  layer: Layer;
  digest: string;
  vendor: string;
  product: string;
  /** Numbers with dots between them, as 1.0.0. */
  version: string;
  now?: number;
}): Promise<string> {
  const { layer, digest, vendor, product, version } = statement;
  checkVersion(version, badArgument);
  const unused = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  return assemble(
    authority(statement.issuer, 0),
    {
      // For readers only: nobody decides by it, so it may be cut where X.509 ends.
      subject: commonName(`${product} ${version}`.slice(0, 64)),
      publicKey: await exportPublicKey(unused.publicKey),
      lifetime: LIFETIME.vendor,
      now: statement.now,
    },
    [
      basicConstraints("not a CA"),
      keyUsage(KEY_USAGE.digitalSignature),
      extendedKeyUsage(OID.vendorCertificate),
      tcbInfo({ layer, digest, vendor, product, version }),
    ],
  );
}

interface Authority {
  key: CryptoKey;
  publicKey: Uint8Array;
  /** Name, DER. */
  name: Uint8Array;
  keyId: Uint8Array;
}

/** Holds an issuer to its place in the chain, so that a key handed to the wrong call is found out here. */
function authority(issuer: Issuer, pathLength: number): Authority {
  const certificate: Certificate = readCertificate(issuer.certificate, "the issuer's certificate");
  const constraints = certificate.basicConstraints;
  if (constraints?.pathLength !== pathLength) {
    const found = constraints?.ca ? `a CA with path length ${constraints.pathLength ?? "unlimited"}` : "no CA";
    throw badArgument(`the issuer is ${found}; a CA with path length ${pathLength} was expected`);
  }
  return {
    key: issuer.key,
    publicKey: certificate.publicKey,
    name: certificate.subject,
    keyId: keyIdentifier(certificate.publicKey),
  };
}

/** RFC 7093, method 1: the leftmost 160 bits of the SHA-256 of the public key's octets. */
function keyIdentifier(spki: Uint8Array): Uint8Array {
  return sha256(spki.subarray(26)).subarray(0, 20);
}

function commonName(name: string): Bytes {
  if (name.length === 0 || name.length > 64) {
    throw badArgument(
      `the common name ${quoted(name)} has ${name.length} characters; 1 to 64 fit (RFC 5280, ub-common-name)`,
    );
  }
  return sequence(set(sequence(oid(OID.commonName), utf8String(name))));
}

async function assemble(
  issuer: Authority,
  subject: { subject: Bytes; publicKey: Uint8Array; lifetime: number; now: number | undefined },
  extensions: Bytes[],
): Promise<string> {
  await importPublicKey(subject.publicKey, "the public key to be certified");
  const now = subject.now ?? Date.now();
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const serial = crypto.getRandomValues(new Uint8Array(16));
  // Positive and of one length, and never zero.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const tbs = sequence(
    tlv(contextTag(0, true), integer(2)),
    integer(serial),
    algorithm,
    issuer.name,
    sequence(timeValue(now - BACKDATING), timeValue(now + subject.lifetime)),
    subject.subject,
    subject.publicKey,
    tlv(
      contextTag(3, true),
      sequence(
        ...extensions,
        subjectKeyIdentifier(keyIdentifier(subject.publicKey)),
        authorityKeyIdentifier(issuer.keyId),
      ),
    ),
  );
  const signature = await sign(issuer.key, tbs);
  if (!(await verify(issuer.publicKey, tbs, signature, "the issuer's key"))) {
    throw badArgument("the issuer's private key does not belong to the issuer's certificate");
  }
  return toPem(sequence(tbs, algorithm, bitString(signature)));
}
