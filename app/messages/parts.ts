/**
 * What certificates, requests and evidence are made of, as fields over their bytes. Pure; it reads and never checks: whether a
 * certificate may be believed is the verifier's to say.
 */
import {
  commonNameOf,
  type DerNode,
  OID,
  readCertificate,
  readDer,
  readOnePem,
  toPem,
} from "../../engine/attestation/index.ts";
import { hex, shortDigest } from "../facts/format.ts";
import type { PartName } from "../texts-parts.ts";
import { asText } from "./rows.ts";

export interface Part {
  name: PartName;
  /** Digests in it are whole. */
  value: string;
  /** Bytes from the beginning of what it is part of. */
  offset: number;
  length: number;
}

const KEY_USES: readonly [bit: number, words: string][] = [
  [0x80, "sign"],
  [0x04, "sign certificates"],
  [0x02, "sign revocation lists"],
];

const PURPOSES: Readonly<Record<string, string>> = {
  [OID.evidence]: "evidence",
  [OID.vendorCertificate]: "a vendor’s word",
  [OID.serverAuth]: "TLS server",
  [OID.clientAuth]: "TLS client",
};

/** "2026-11-23 16:07:25" */
const moment = (time: number) => new Date(time).toISOString().slice(0, 19).replace("T", " ");

/** Application data is the box's own: text if it reads as such. */
const said = (data: Uint8Array) => {
  const text = asText(data);
  return text === null || text === "" ? `${data.length} bytes` : `“${text}”`;
};

/** Makes parts of what stands inside `whole`, in whose memory the nodes lie. */
const maker =
  (whole: Uint8Array) =>
  (name: PartName, value: string, node: DerNode): Part => ({
    name,
    value,
    offset: node.bytes.byteOffset - whole.byteOffset,
    length: node.bytes.length,
  });

type Certificate = ReturnType<typeof readCertificate>;

const nobody = (words: string | undefined) => words ?? "nobody by name";

/** Object identifiers as the DER of their values, so that an extension is found without another reader. */
function extensionWords(name: string, certificate: Certificate): [PartName, string] {
  const { basicConstraints, keyUsage, extendedKeyUsage, tcbInfo, secondaries, applicationData } = certificate;
  const { subjectKeyIdentifier, authorityKeyIdentifier } = certificate;
  switch (name) {
    case "basicConstraints":
      return [
        "ca",
        basicConstraints?.ca ? `yes, ${basicConstraints.pathLength ?? "any number of"} layers above the next` : "no",
      ];
    case "keyUsage": {
      const bits = keyUsage?.bits ?? 0;
      return ["usage", KEY_USES.flatMap(([bit, words]) => ((bits & bit) === 0 ? [] : [words])).join(", ")];
    }
    case "extendedKeyUsage":
      return ["purpose", (extendedKeyUsage ?? []).map((each) => PURPOSES[each] ?? each).join(", ")];
    case "tcbInfo": {
      const product = [tcbInfo?.vendor, tcbInfo?.product, tcbInfo?.version].filter(Boolean).join(" ");
      return ["tcb", `${tcbInfo?.layer}, ${tcbInfo?.digest}${product === "" ? "" : `, ${product}`}`];
    }
    case "secondaries":
      return ["disks", [...secondaries].map(([disk, root]) => `${disk} ${root}`).join(", ")];
    case "applicationData":
      return ["application", said(applicationData ?? new Uint8Array())];
    case "subjectKeyIdentifier":
      return ["keyId", subjectKeyIdentifier ?? ""];
    case "authorityKeyIdentifier":
      return ["issuerKeyId", authorityKeyIdentifier ?? ""];
    default:
      return ["extension", name];
  }
}

const NAMES = new Map(Object.entries(OID).map(([name, dotted]) => [dotted as string, name]));

/** The parts of a certificate, in the order of its bytes. Throws an AttestationError for what is none of Terra Lab's form. */
export function certificateParts(der: Uint8Array): Part[] {
  const certificate = readCertificate(der);
  const part = maker(der);
  const [tbs, , signature] = readDer(der, "the certificate").children;
  const [, serial, , issuer, validity, subject, key, wrapped] = tbs?.children ?? [];
  if (!serial || !issuer || !validity || !subject || !key || !signature) return [];
  const extensions = (wrapped?.children[0]?.children ?? []).flatMap((node, index) => {
    const id = certificate.rawExtensions[index]?.oid;
    return id === undefined ? [] : [part(...extensionWords(NAMES.get(id) ?? id, certificate), node)];
  });
  return [
    part("serial", certificate.serial, serial),
    part("issuer", nobody(commonNameOf(certificate.issuer, "the issuer")), issuer),
    part("valid", `${moment(certificate.notBefore)} to ${moment(certificate.notAfter)} UTC`, validity),
    part("subject", nobody(certificate.commonName), subject),
    part("key", "P-256", key),
    ...extensions,
    part("signature", `ECDSA, SHA-256, ${certificate.signature.length} bytes`, signature),
  ];
}

/** The parts of a certificate request; none if it is not one. */
export function requestParts(der: Uint8Array): Part[] {
  try {
    const part = maker(der);
    const [info, , signature] = readDer(der, "the request", { bytes: 65536, nodes: 1024 }).children;
    const [, subject, key, attributes] = info?.children ?? [];
    if (!subject || !key || !signature) return [];
    // An attribute is its type and the set of its values; ours has one, an octet string.
    const application = (attributes?.children ?? []).map((node) =>
      part("application", said(node.children[1]?.children[0]?.content ?? new Uint8Array()), node),
    );
    return [
      part("requestSubject", subject.content.length === 0 ? "empty" : `${subject.content.length} bytes`, subject),
      part("key", "P-256", key),
      ...application,
      part("requestSignature", `ECDSA, SHA-256, ${signature.content.length - 1} bytes`, signature),
    ];
  } catch {
    return [];
  }
}

export interface NamedCertificate {
  /** The layer that it is for: "vm"; "chip". Undefined: it cannot be read. */
  layer: string | undefined;
  /** Did a vendor sign it, rather than the layer below? */
  vendor: boolean;
  /** What it names itself: a digest, a chip. */
  subject: string | undefined;
  der: Uint8Array;
}

export function named(der: Uint8Array): NamedCertificate {
  try {
    const { tcbInfo, extendedKeyUsage, commonName } = readCertificate(der);
    const vendor = extendedKeyUsage?.includes(OID.vendorCertificate) ?? false;
    return { layer: tcbInfo?.layer ?? "chip", vendor, subject: vendor ? tcbInfo?.digest : commonName, der };
  } catch {
    return { layer: undefined, vendor: false, subject: undefined, der };
  }
}

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----\n";

/** Certificates in PEM within other bytes, each with its place. */
export function pemCertificates(bytes: Uint8Array): (NamedCertificate & { offset: number; length: number })[] {
  // PEM is ASCII: one character a byte.
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const found: (NamedCertificate & { offset: number; length: number })[] = [];
  for (let from = text.indexOf(BEGIN); from >= 0; from = text.indexOf(BEGIN, from + 1)) {
    const end = text.indexOf(END, from);
    if (end < 0) break;
    const pem = text.slice(from, end + END.length);
    try {
      found.push({ ...named(readOnePem(pem, "a certificate")), offset: from, length: pem.length });
    } catch {
      // What looks like one and is none has no fields to show.
    }
  }
  return found;
}

/** PEM's places as parts. */
export const pemParts = (bytes: Uint8Array): Part[] =>
  pemCertificates(bytes).map(({ layer, vendor, subject, offset, length }) => ({
    name: "certificate",
    value: `${layer ?? "unreadable"}${vendor ? ", its vendor’s word" : ""}${subject === undefined ? "" : `, ${shortDigest(subject)}`}`,
    offset,
    length,
  }));

/** A box's answer to a challenge: the length of its signature, the signature, and certificates as PEM. */
export function evidenceParts(bytes: Uint8Array): Part[] {
  const length = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  return [
    { name: "signatureLength", value: `${length} bytes`, offset: 0, length: 2 },
    { name: "evidenceSignature", value: `ECDSA, SHA-256, ${length} bytes`, offset: 2, length },
    ...pemParts(bytes),
  ];
}

/** A part that is all there is. */
export const wholePart = (name: PartName, bytes: Uint8Array): Part => ({
  name,
  value: name === "nonce" ? hex(bytes) : (asText(bytes) ?? "").trim(),
  offset: 0,
  length: bytes.length,
});

/** For files of other tools. */
export const pemOf = (certificates: readonly Uint8Array[]): string => certificates.map((der) => toPem(der)).join("");
