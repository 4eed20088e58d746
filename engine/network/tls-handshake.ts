/**
 * Handshake messages of TLS (RFC 5246, 7.4; RFC 8446, 4; RFC 8422 for elliptic curves), as far as they are sent in clear: in 1.2 all
 * but the last, in 1.3 the hellos. They are a stranger's bytes: what does not fit is said to be unreadable, and read no further.
 */
import { type DerNode, readDer } from "../attestation/der.ts";
import { CutShort, escaped, type Field, hexBytes, type Reader, reader } from "./decoder.ts";
import {
  certificateTypeName,
  cipherSuiteName,
  EXTENSION,
  extensionName,
  groupName,
  HANDSHAKE,
  handshakeName,
  signatureName,
  versionName,
} from "./tls-names.ts";

export interface HandshakeMessage {
  type: number;
  /** What it says, in a few words: "Certificate: 5 certificates, leaf 3fa2c01b…". */
  summary: string;
  /** Its value is the summary; type and length are its first parts. Offsets are those of the bytes that it was read from. */
  field: Field;
  /** DER, leaf first, of a Certificate message. */
  certificates: Uint8Array[];
}

export const HANDSHAKE_HEADER = 4;

/** What a ServerHello has in the place of its random when it is a HelloRetryRequest (RFC 8446, 4.1.3). */
const RETRY = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
const NAMED_CURVE = 3;

/** Reads the message that takes all of `bytes` from `start` to `end`; its header is known to be there. */
export function readHandshake(bytes: Uint8Array, start: number, end: number): HandshakeMessage {
  const message = reader(bytes, start, end);
  const type = message.u8("Type", handshakeName);
  const certificates: Uint8Array[] = [];
  number24(message, "Length");
  let summary = handshakeName(type);
  try {
    summary = BODIES.get(type)?.(message, certificates) ?? summary;
    if (message.left() > 0) message.take("Data", message.left());
  } catch (thrown) {
    if (!(thrown instanceof CutShort)) throw thrown;
    summary += ", unreadable";
    if (message.left() > 0) message.take("Unreadable", message.left());
  }
  const fields = [...message.fields];
  const field = { name: handshakeName(type), value: summary, offset: start, length: end - start, fields };
  return { type, summary, field, certificates };
}

function number24(from: Reader, name: string): number {
  const value = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return value(from.take(name, 3, (bytes) => String(value(bytes))));
}

/** The next `length` bytes are one field, with what `read` finds in them as its parts and what it returns as its value. */
function part(outer: Reader, name: string, length: number, read: (inner: Reader) => string): void {
  const start = outer.at;
  outer.put(name, "", length);
  const field = outer.fields.at(-1);
  if (!field) return;
  const inner = reader(outer.frame, start, start + length);
  try {
    field.value = read(inner);
  } catch (thrown) {
    if (!(thrown instanceof CutShort)) throw thrown;
    field.value = "unreadable";
    field.note = "its parts do not fit into it";
  }
  if (inner.left() > 0) inner.take("Data", inner.left());
  if (inner.fields.length > 0) field.fields = [...inner.fields];
}

/** A vector: its length in so many bytes, and as many bytes as that says. */
function vector(outer: Reader, name: string, size: 1 | 2 | 3, read: (inner: Reader) => string): void {
  const label = `${name} length`;
  const length = size === 1 ? outer.u8(label) : size === 2 ? outer.u16(label) : number24(outer, label);
  part(outer, name, length, read);
}

const opaque = (inner: Reader): string => {
  const bytes = inner.frame.subarray(inner.at, inner.end);
  inner.take("Bytes", inner.left());
  return bytes.length === 0 ? "none" : hexBytes(bytes);
};

/** A list of numbers of one or two bytes, each by its name. */
const numbers =
  (name: string, size: 1 | 2, show: (value: number) => string, seen: number[] = []) =>
  (inner: Reader): string => {
    while (inner.left() > 0) seen.push(size === 1 ? inner.u8(name, show) : inner.u16(name, show));
    return seen.length === 0 ? "none" : seen.map(show).join(", ");
  };

interface Extensions {
  /** supported_versions: of a ClientHello all, of a ServerHello the one. */
  versions: number[];
}

function extensions(from: Reader, ofServer: boolean): Extensions {
  const found: Extensions = { versions: [] };
  if (from.left() === 0) return found;
  vector(from, "Extensions", 2, (inner) => {
    const names: string[] = [];
    while (inner.left() > 0) {
      inner.group("Extension", (one) => {
        const type = one.u16("Type", extensionName);
        const name = extensionName(type);
        names.push(name);
        let said = "";
        vector(one, "Content", 2, (content) => {
          said = extension(type, content, ofServer, found);
          return said;
        });
        return said === "" ? name : `${name}: ${said}`;
      });
    }
    return names.join(", ");
  });
  return found;
}

function extension(type: number, content: Reader, ofServer: boolean, found: Extensions): string {
  switch (type) {
    case EXTENSION.supportedVersions:
      if (ofServer) found.versions.push(content.u16("Version", versionName));
      else vector(content, "Versions", 1, numbers("Version", 2, versionName, found.versions));
      return found.versions.map(versionName).join(", ");
    case EXTENSION.supportedGroups:
      return list(content, "Groups", numbers("Group", 2, groupName));
    case EXTENSION.signatureAlgorithms:
      return list(content, "Algorithms", numbers("Algorithm", 2, signatureName));
    case EXTENSION.keyShare: {
      const groups: string[] = [];
      const share = (from: Reader) => {
        const group = from.u16("Group", groupName);
        groups.push(groupName(group));
        // A HelloRetryRequest names the group alone.
        if (from.left() > 0) vector(from, "Key", 2, opaque);
        return groupName(group);
      };
      if (ofServer) share(content);
      else
        vector(content, "Shares", 2, (shares) => {
          while (shares.left() > 0) shares.group("Share", share);
          return groups.join(", ");
        });
      return groups.join(", ");
    }
    default:
      return content.left() > 0 ? opaque(content) : "";
  }
}

function list(from: Reader, name: string, read: (inner: Reader) => string): string {
  let said = "";
  vector(from, name, 2, (inner) => {
    said = read(inner);
    return said;
  });
  return said;
}

type Body = (message: Reader, certificates: Uint8Array[]) => string;

const BODIES: ReadonlyMap<number, Body> = new Map<number, Body>([
  [
    HANDSHAKE.clientHello,
    (message) => {
      const version = message.u16("Version", versionName);
      message.take("Random", 32);
      vector(message, "Session id", 1, opaque);
      vector(message, "Cipher suites", 2, numbers("Cipher suite", 2, cipherSuiteName));
      vector(
        message,
        "Compression methods",
        1,
        numbers("Method", 1, (method) => (method === 0 ? "none" : `${method}`)),
      );
      const { versions } = extensions(message, false);
      return `ClientHello (up to ${versionName(Math.max(version, ...versions.filter(isVersion)))})`;
    },
  ],
  [
    HANDSHAKE.serverHello,
    (message) => {
      const version = message.u16("Version", versionName);
      const random = message.take("Random", 32);
      vector(message, "Session id", 1, opaque);
      const suite = message.u16("Cipher suite", cipherSuiteName);
      message.u8("Compression method", (method) => (method === 0 ? "none" : `${method}`));
      const { versions } = extensions(message, true);
      const name = hexBytes(random) === RETRY ? "HelloRetryRequest" : "ServerHello";
      return `${name} (${versionName(versions[0] ?? version)}, ${cipherSuiteName(suite)})`;
    },
  ],
  [
    HANDSHAKE.certificate,
    (message, certificates) => {
      vector(message, "Certificates", 3, (inner) => {
        while (inner.left() > 0) {
          const length = number24(inner, "Certificate length");
          part(inner, `Certificate ${certificates.length + 1}`, length, (one) => {
            const der = one.frame.subarray(one.at, one.end);
            one.take("DER", one.left());
            certificates.push(der);
            return subjectOf(der);
          });
        }
        return counted(certificates.length, "certificate");
      });
      const [leaf] = certificates;
      return `Certificate: ${counted(certificates.length, "certificate")}${leaf ? `, leaf ${subjectOf(leaf)}` : ""}`;
    },
  ],
  [
    HANDSHAKE.serverKeyExchange,
    (message) => {
      // Which form it has follows from the cipher suite; of those in use only the one with curves begins so.
      if (message.frame[message.at] !== NAMED_CURVE) return "ServerKeyExchange";
      message.u8("Curve type", () => "named curve");
      const group = message.u16("Group", groupName);
      vector(message, "Public key", 1, opaque);
      signature(message);
      return `ServerKeyExchange (${groupName(group)})`;
    },
  ],
  [
    HANDSHAKE.certificateRequest,
    (message) => {
      vector(message, "Certificate types", 1, numbers("Type", 1, certificateTypeName));
      vector(message, "Signature algorithms", 2, numbers("Algorithm", 2, signatureName));
      vector(message, "Authorities", 2, (inner) => {
        let count = 0;
        for (; inner.left() > 0; count++) vector(inner, "Name", 2, opaque);
        return counted(count, "authority", "authorities");
      });
      return "CertificateRequest";
    },
  ],
  [
    HANDSHAKE.certificateVerify,
    (message) => {
      signature(message);
      return "CertificateVerify";
    },
  ],
  [
    HANDSHAKE.clientKeyExchange,
    (message) => {
      const [length] = message.frame.subarray(message.at, message.end);
      if (length === message.left() - 1) vector(message, "Public key", 1, opaque);
      return "ClientKeyExchange";
    },
  ],
  [
    HANDSHAKE.newSessionTicket,
    (message) => {
      const lifetime = message.u32("Lifetime", (seconds) => `${seconds} s`);
      vector(message, "Ticket", 2, opaque);
      return `NewSessionTicket (${lifetime} s)`;
    },
  ],
]);

/** RFC 8701: whoever offers these numbers wants to see that nobody minds numbers that he does not know. */
const isVersion = (version: number) => (version & 0x0f0f) !== 0x0a0a;

function signature(from: Reader): void {
  from.u16("Signature algorithm", signatureName);
  vector(from, "Signature", 2, opaque);
}

const counted = (count: number, one: string, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;

const COMMON_NAME = "550403";

/** A certificate's common name as people read it: of a digest the first eight digits. */
function subjectOf(der: Uint8Array): string {
  const name = commonName(der);
  if (name === undefined) return "without a name that can be read";
  const text = escaped(name);
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 8)}…`;
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}

function commonName(der: Uint8Array): Uint8Array | undefined {
  let tbs: DerNode | undefined;
  try {
    tbs = readDer(der, "a certificate").children[0];
  } catch {
    return undefined;
  }
  // Version (left out in X.509v1), serial number, algorithm, issuer, validity, subject.
  const [first] = tbs?.children ?? [];
  const subject = tbs?.children[first?.tag === 0xa0 ? 5 : 4];
  for (const { children } of subject?.children ?? []) {
    const [type, value] = children[0]?.children ?? [];
    if (type && hexBytes(type.content) === COMMON_NAME) return value?.content;
  }
  return undefined;
}
