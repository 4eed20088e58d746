/**
 * The chain's profile: exactly five certificates, chip at the bottom, VM on top, each link signed and each certificate made
 * as its place demands. Nothing is tolerated that the issuing side does not produce: a chain that is merely unusual has not
 * been made by the layers that it names. Whether the hardware and the digests are trusted is decided elsewhere.
 */
import { equalBytes, isDigest, shortDigest } from "./bytes.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { verify } from "./ecdsa.ts";
import { malformed, quoted } from "./errors.ts";
import { type Extensions, KEY_USAGE } from "./extensions.ts";
import { CHIP_PATH_LENGTH, CHIP_SERIAL, type Layer, layerPathLength } from "./layers.ts";
import { OID } from "./oids.ts";

export interface Chain {
  readonly chip: Certificate;
  readonly digests: Readonly<Record<Layer, string>>;
  readonly secondaries: ReadonlyMap<string, string>;
}

const NAMES = { chip: "chip", firmware: "firmware", loader: "loader", tvmm: "TVMM", vm: "VM" } as const;
const possessive = (place: keyof typeof NAMES): string => `the ${NAMES[place]}'s certificate`;

/** Checks the chain, PEM, leaf first, at `time`. Throws an AttestationError that names the first certificate at fault. */
export async function checkChain(pems: readonly string[], time: number): Promise<Chain> {
  const [vm, tvmm, loader, firmware, chip, ...more] = pems;
  if (
    vm === undefined ||
    tvmm === undefined ||
    loader === undefined ||
    firmware === undefined ||
    chip === undefined ||
    more.length > 0
  ) {
    throw malformed(
      `the chain has ${pems.length} certificates; exactly five belong to it: VM, TVMM, loader, firmware, chip`,
    );
  }
  const chipCertificate = readCertificate(chip, possessive("chip"));
  checkChip(chipCertificate);
  checkValidity(chipCertificate, time, possessive("chip"));

  const digests: Partial<Record<Layer, string>> = {};
  let issuer = chipCertificate;
  let issuerName = possessive("chip");
  for (const [layer, pem] of [
    ["firmware", firmware],
    ["loader", loader],
    ["tvmm", tvmm],
    ["vm", vm],
  ] as const) {
    const what = possessive(layer);
    const certificate = readCertificate(pem, what);
    digests[layer] = checkLayer(certificate, layer);
    checkValidity(certificate, time, what);
    await checkLink(certificate, issuer, what, issuerName);
    issuer = certificate;
    issuerName = what;
  }
  return { chip: chipCertificate, digests: complete(digests), secondaries: issuer.secondaries };
}

function complete(digests: Partial<Record<Layer, string>>): Record<Layer, string> {
  const { firmware = "", loader = "", tvmm = "", vm = "" } = digests;
  return { firmware, loader, tvmm, vm };
}

function checkChip(chip: Certificate): void {
  const what = possessive("chip");
  checkUse(chip, { pathLength: CHIP_PATH_LENGTH, usages: undefined }, what);
  if (chip.tcbInfo || chip.secondaries.size > 0) throw malformed(`${what} has measurements; a chip is not measured`);
  if (chip.commonName === undefined || !CHIP_SERIAL.test(chip.commonName)) {
    throw malformed(`${what} does not have a serial number as its only name`);
  }
}

/** Returns the digest that the certificate states, in its name and in its TcbInfo. */
function checkLayer(certificate: Certificate, layer: Layer): string {
  const what = possessive(layer);
  if (layer === "vm") checkUse(certificate, { pathLength: undefined, usages: [OID.evidence] }, what);
  else checkUse(certificate, { pathLength: layerPathLength(layer), usages: undefined }, what);
  const { tcbInfo, commonName, secondaries } = certificate;
  if (!tcbInfo) throw malformed(`${what} has no TcbInfo, so it states no measurement`);
  if (tcbInfo.layer !== layer) throw malformed(`${what} was issued for the layer ${tcbInfo.layer}`);
  if (commonName === undefined) throw malformed(`${what} is not named by a common name and nothing else`);
  const { length } = commonName;
  if (!isDigest(commonName)) {
    throw malformed(
      `${what} is named ${quoted(commonName)}, ${length} characters; exactly 64 lower-case hexadecimal digits belong there`,
    );
  }
  if (commonName !== tcbInfo.digest) {
    throw malformed(`${what} is named ${shortDigest(commonName)} but its TcbInfo says ${shortDigest(tcbInfo.digest)}`);
  }
  if (layer !== "vm" && secondaries.size > 0) throw malformed(`${what} has secondary identities; only a VM has those`);
  return commonName;
}

/** A path length, or undefined for what is no CA; extended usages, or undefined for none. */
interface Use {
  pathLength: number | undefined;
  usages: readonly string[] | undefined;
}

function checkUse(certificate: Extensions, use: Use, what: string): void {
  const { basicConstraints, keyUsage, extendedKeyUsage, subjectKeyIdentifier, authorityKeyIdentifier } = certificate;
  if (!basicConstraints?.critical) throw malformed(`${what} has no critical basicConstraints`);
  const ca = use.pathLength !== undefined;
  if (basicConstraints.ca !== ca)
    throw malformed(`${what} is ${ca ? "no CA, and must be one" : "a CA, and must not be one"}`);
  if (basicConstraints.pathLength !== use.pathLength) {
    throw malformed(
      `${what} has path length ${basicConstraints.pathLength ?? "unlimited"}; ${use.pathLength} belongs there`,
    );
  }
  const bits = ca ? KEY_USAGE.keyCertSign : KEY_USAGE.digitalSignature;
  if (!keyUsage?.critical || keyUsage.bits !== bits) {
    throw malformed(
      `${what} does not have the critical key usage ${ca ? "keyCertSign" : "digitalSignature"} and no other`,
    );
  }
  if (!sameList(extendedKeyUsage, use.usages)) {
    const wanted = use.usages?.map(usageName).join(" and ") ?? "none";
    throw malformed(
      `${what} has the usage ${extendedKeyUsage?.map(usageName).join(" and ") ?? "none"}; ${wanted} belongs there`,
    );
  }
  if (subjectKeyIdentifier === undefined || authorityKeyIdentifier === undefined) {
    throw malformed(`${what} lacks a key identifier: its own or its issuer's`);
  }
}

function sameList(left: readonly string[] | undefined, right: readonly string[] | undefined): boolean {
  return left?.join() === right?.join();
}

function usageName(oid: string): string {
  switch (oid) {
    case OID.evidence:
      return "evidence";
    case OID.vendorCertificate:
      return "vendor's certificate";
    case OID.serverAuth:
      return "TLS server";
    case OID.clientAuth:
      return "TLS client";
    default:
      return oid;
  }
}

/** A vendor's certificate: no CA, and of a usage that fits nothing else. */
export function checkVendorUse(certificate: Certificate, what: string): void {
  checkUse(certificate, { pathLength: undefined, usages: [OID.vendorCertificate] }, what);
}

export function checkValidity(certificate: Certificate, time: number, what: string): void {
  const { notBefore, notAfter } = certificate;
  if (time < notBefore) throw malformed(`${what} is not valid before ${moment(notBefore)}; it is ${moment(time)}`);
  // notAfter is written in whole seconds and is itself still valid.
  if (time >= notAfter + 1000) throw malformed(`${what} has expired at ${moment(notAfter)}; it is ${moment(time)}`);
}

export const moment = (time: number): string =>
  new Date(time).toISOString().slice(0, 19).replace("T", " ").concat(" UTC");

function namesIssuer(issuer: Certificate, subject: Certificate): boolean {
  return equalBytes(subject.issuer, issuer.subject) && subject.authorityKeyIdentifier === issuer.subjectKeyIdentifier;
}

async function checkLink(subject: Certificate, issuer: Certificate, what: string, issuerName: string): Promise<void> {
  if (!equalBytes(subject.issuer, issuer.subject))
    throw malformed(`${what} names an issuer that is not the subject of ${issuerName}`);
  if (!namesIssuer(issuer, subject))
    throw malformed(`${what} names an issuer's key that is not the key of ${issuerName}`);
  if (!(await verify(issuer.publicKey, subject.tbs, subject.signature, `the key of ${issuerName}`))) {
    throw malformed(`${what} is not signed by the key of ${issuerName}`);
  }
}

/** The root among `roots`, valid at `time`, that signed the certificate; or an error that says why there is none. */
export async function findRoot(
  subject: Certificate,
  roots: readonly Certificate[],
  time: number,
  what: string,
  kind: string,
): Promise<Certificate> {
  for (const root of roots) {
    if (
      !namesIssuer(root, subject) ||
      !(await verify(root.publicKey, subject.tbs, subject.signature, `the key of the ${kind}`))
    ) {
      continue;
    }
    checkValidity(root, time, `the ${kind} that signed ${what}`);
    return root;
  }
  throw malformed(`${what} is not signed by any ${kind} that I trust (${roots.length} known)`);
}
