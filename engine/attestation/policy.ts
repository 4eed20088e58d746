/**
 * Reading a verifier's policy. It comes from the verifier's own side, so whatever is not well formed in it is a mistake to be
 * told, code "bad-argument", and never something to be guessed at: an appraisal under a policy half understood is worthless.
 */
import { isDigest } from "./bytes.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { type RevocationList, readRevocationList } from "./crl.ts";
import { importPublicKey } from "./ecdsa.ts";
import { AttestationError, badArgument, quoted } from "./errors.ts";
import { KEY_USAGE } from "./extensions.ts";
import { CHIP_PATH_LENGTH, isLayer, LAYERS, type Layer } from "./layers.ts";
import type { Acceptable, AppraisalPolicy } from "./types.ts";
import { checkVersion } from "./version.ts";

const MAX_ENTRIES = 1024;

export interface CheckedPolicy {
  readonly hardwareRoots: readonly Certificate[];
  readonly vendorRoots: Readonly<Record<Layer, readonly Certificate[]>>;
  readonly accept: Readonly<Record<Layer, readonly Acceptable[]>>;
  readonly requiredSecondary: ReadonlyMap<string, string>;
  readonly revocationLists: readonly RevocationList[];
  readonly time: number;
}

const KEYS: readonly string[] = [
  "hardwareRoots",
  "vendorRoots",
  "accept",
  "requiredSecondary",
  "revocationLists",
  "time",
] satisfies (keyof AppraisalPolicy)[];

export async function readPolicy(policy: AppraisalPolicy): Promise<CheckedPolicy> {
  const raw = record(policy, "the policy");
  for (const key of Object.keys(raw)) {
    if (!KEYS.includes(key)) throw badArgument(`the policy has ${quoted(key)}, which is none of ${KEYS.join(", ")}`);
  }
  const vendorRoots = byLayer(raw.vendorRoots, "vendorRoots");
  const accept = byLayer(raw.accept, "accept");
  const roots = (value: unknown, where: string, leastPathLength: number) =>
    Promise.all(list(value, where).map((pem, index) => readRoot(pem, `${where}[${index}]`, leastPathLength)));
  return {
    hardwareRoots: await roots(raw.hardwareRoots, "hardwareRoots", CHIP_PATH_LENGTH + 1),
    vendorRoots: {
      firmware: await roots(vendorRoots.firmware, "vendorRoots.firmware", 0),
      loader: await roots(vendorRoots.loader, "vendorRoots.loader", 0),
      tvmm: await roots(vendorRoots.tvmm, "vendorRoots.tvmm", 0),
      vm: await roots(vendorRoots.vm, "vendorRoots.vm", 0),
    },
    accept: {
      firmware: readAcceptables(accept.firmware, "accept.firmware"),
      loader: readAcceptables(accept.loader, "accept.loader"),
      tvmm: readAcceptables(accept.tvmm, "accept.tvmm"),
      vm: readAcceptables(accept.vm, "accept.vm"),
    },
    requiredSecondary: readRequiredSecondary(raw.requiredSecondary),
    revocationLists: list(raw.revocationLists, "revocationLists").map((pem, index) =>
      ours(() => readRevocationList(text(pem, `revocationLists[${index}]`), `revocationLists[${index}]`)),
    ),
    time: readMoment(raw.time),
  };
}

async function readRoot(pem: unknown, where: string, leastPathLength: number): Promise<Certificate> {
  const root = ours(() => readCertificate(text(pem, where), where));
  const constraints = root.basicConstraints;
  if (!constraints?.ca || ((root.keyUsage?.bits ?? 0) & KEY_USAGE.keyCertSign) === 0) {
    throw badArgument(`${where} is not a CA that may sign certificates`);
  }
  if (root.subjectKeyIdentifier === undefined) throw badArgument(`${where} has no subjectKeyIdentifier`);
  if (constraints.pathLength !== undefined && constraints.pathLength < leastPathLength) {
    throw badArgument(`${where} has path length ${constraints.pathLength}; at least ${leastPathLength} is needed`);
  }
  try {
    await importPublicKey(root.publicKey, `the key of ${where}`);
  } catch (error) {
    throw asBadArgument(error);
  }
  return root;
}

function readAcceptables(value: unknown, where: string): Acceptable[] {
  return list(value, where).map((entry, index) => {
    const at = `${where}[${index}]`;
    const { digest, product, minVersion, ...others } = record(entry, at);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      throw badArgument(`${at} has ${quoted(unknown)}, which is none of digest, product, minVersion`);
    if (digest !== undefined) {
      if (product !== undefined || minVersion !== undefined) throw badArgument(`${at} has both a digest and a product`);
      if (!isDigest(digest)) {
        throw badArgument(`${at}.digest, ${quoted(String(digest))}, is not 64 lower-case hexadecimal digits`);
      }
      return { digest };
    }
    if (typeof product !== "string" || product === "") throw badArgument(`${at} has neither a digest nor a product`);
    if (minVersion === undefined) return { product };
    const version = text(minVersion, `${at}.minVersion`);
    checkVersion(version, (sentence) => badArgument(`${at}.minVersion: ${sentence}`));
    return { product, minVersion: version };
  });
}

function readRequiredSecondary(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  const roots = new Map<string, string>();
  for (const [name, root] of Object.entries(record(value, "requiredSecondary"))) {
    if (!isDigest(root)) {
      throw badArgument(
        `requiredSecondary ${quoted(name)}, ${quoted(String(root))}, is not 64 lower-case hexadecimal digits`,
      );
    }
    roots.set(name, root);
  }
  return roots;
}

function readMoment(value: unknown): number {
  if (value === undefined) return Date.now();
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0 || value > 8.64e15) {
    throw badArgument(`the policy's time, ${quoted(String(value))}, is not a number of milliseconds since 1970`);
  }
  return value;
}

function byLayer(value: unknown, where: string): Partial<Record<Layer, unknown>> {
  if (value === undefined) return {};
  const layers = record(value, where);
  for (const key of Object.keys(layers)) {
    if (!isLayer(key)) throw badArgument(`${where} has ${quoted(key)}, which is none of ${LAYERS.join(", ")}`);
  }
  return layers;
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badArgument(`${where} is not an object`);
  return value as Record<string, unknown>;
}

function list(value: unknown, where: string): unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badArgument(`${where} is not a list`);
  if (value.length > MAX_ENTRIES)
    throw badArgument(`${where} has ${value.length} entries; at most ${MAX_ENTRIES} are read`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== "string") throw badArgument(`${where} is not text`);
  return value;
}

/** What is malformed in a policy is our own caller's mistake. */
export function ours<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw asBadArgument(error);
  }
}

const asBadArgument = (error: unknown): unknown =>
  error instanceof AttestationError ? badArgument(`in the policy, ${error.sentence}`) : error;
