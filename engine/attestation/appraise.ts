/**
 * Appraisal: may this box be believed to be what it says? Nine checks in a fixed order (paper, section 4.3; its three checks
 * are hardware, layers and VM here); the first that fails ends it. Evidence is hostile until checked. Nothing here keeps
 * state, talks to a network or knows a default policy: what the policy does not name is not accepted.
 */
import { equalBytes, shortDigest } from "./bytes.ts";
import { type Certificate, readCertificateFrame } from "./certificate.ts";
import { type Chain, checkChain, findRoot, moment } from "./chain.ts";
import { listSigner, type RevocationList } from "./crl.ts";
import { verify } from "./ecdsa.ts";
import { AttestationError, badArgument, malformed, quoted } from "./errors.ts";
import { evidenceBytes, MAX_SIGNATURE, MAX_VENDORS, NONCE_LENGTH } from "./evidence.ts";
import { LAYERS, type Layer } from "./layers.ts";
import { readOnePem } from "./pem.ts";
import { type CheckedPolicy, readPolicy } from "./policy.ts";
import type { Acceptable, Appraisal, AppraisalPolicy, CheckName, Evidence } from "./types.ts";
import { type Vouching, vouchingsFor } from "./vendor.ts";
import { compareVersions } from "./version.ts";

export const CHECKS: readonly CheckName[] = ["freshness", "chain", "hardware", "revocation", ...LAYERS, "secondary"];

/** A chain of more entries than this is not even looked at. */
const MAX_CHAIN = 16;

/**
 * Appraises evidence for a nonce of 32 bytes that the verifier made. Evidence that is malformed is refused, in the result; a
 * policy or nonce that is not well formed rejects with an AttestationError, code "bad-argument".
 */
export async function appraise(evidence: Evidence, nonce: Uint8Array, policy: AppraisalPolicy): Promise<Appraisal> {
  if (!(nonce instanceof Uint8Array) || nonce.length !== NONCE_LENGTH) {
    throw badArgument(`the nonce is not ${NONCE_LENGTH} bytes`);
  }
  const checked = await readPolicy(policy);
  const checks: Appraisal["checks"] = [];
  const layers: Appraisal["layers"] = [];
  const run = runner(evidence, nonce, checked, layers);
  let failed = false;
  for (const name of CHECKS) {
    if (failed) {
      checks.push({ name, passed: false, detail: "not reached" });
      continue;
    }
    try {
      checks.push({ name, passed: true, detail: await run(name) });
    } catch (error) {
      if (!(error instanceof AttestationError)) throw error;
      failed = true;
      checks.push({ name, passed: false, detail: error.sentence });
    }
  }
  return { accepted: !failed, checks, layers };
}

/** Runs one check after the other; each returns what it found, or throws an AttestationError that says what is wrong. */
function runner(untrusted: Evidence, nonce: Uint8Array, policy: CheckedPolicy, layers: Appraisal["layers"]) {
  let evidence: Evidence;
  let chain: Chain;
  let root: Certificate;
  let lists: { list: RevocationList; signer: Certificate }[] = [];

  const isRevoked = (certificate: Certificate, issuer: Certificate): boolean =>
    lists.some(({ list, signer }) => sameIssuer(signer, issuer) && list.revoked.has(certificate.serial));

  return async (name: CheckName): Promise<string> => {
    switch (name) {
      case "freshness":
        evidence = checkForm(untrusted);
        return checkFreshness(evidence, nonce);
      case "chain":
        chain = await checkChain(evidence.chain, policy.time);
        for (const layer of LAYERS) layers.push({ layer, digest: chain.digests[layer] });
        return "five certificates from the chip to the VM, each signed by the one below it, each made as its place demands";
      case "hardware":
        root = await findRoot(
          chain.chip,
          policy.hardwareRoots,
          policy.time,
          `the certificate of chip ${chain.chip.commonName}`,
          "hardware root",
        );
        return `chip ${chain.chip.commonName} is certified by ${quoted(root.commonName ?? "a root that I trust")}`;
      case "revocation":
        lists = await checkLists(policy);
        return checkRevocation(chain.chip, root, lists);
      case "secondary":
        return checkSecondaries(chain.secondaries, policy.requiredSecondary);
      default: {
        const digest = chain.digests[name];
        const { believed, refused } = await vouchingsFor(name, digest, evidence.vendors, policy, isRevoked);
        const verdict = judge(name, digest, believed, refused, policy.accept[name]);
        const shown = verdict.vouching ?? believed[0];
        const entry = layers.find(({ layer }) => layer === name);
        if (entry && shown) Object.assign(entry, shown);
        if (!verdict.accepted) throw malformed(verdict.detail);
        return verdict.detail;
      }
    }
  };
}

/** The evidence may be any value at all: it came from outside. */
function checkForm(untrusted: unknown): Evidence {
  const { chain, vendors, signature } = (
    typeof untrusted === "object" && untrusted !== null ? untrusted : {}
  ) as Record<string, unknown>;
  const texts = (value: unknown, limit: number, what: string): string[] => {
    if (!Array.isArray(value) || !value.every((each): each is string => typeof each === "string")) {
      throw malformed(`the evidence is malformed: its ${what} is not a list of certificates in PEM`);
    }
    if (value.length > limit)
      throw malformed(`the evidence has ${value.length} certificates in its ${what}; at most ${limit} are read`);
    return [...value];
  };
  if (!(signature instanceof Uint8Array)) throw malformed("the evidence is malformed: its signature is not bytes");
  if (signature.length > MAX_SIGNATURE) {
    throw malformed(`the evidence has a signature of ${signature.length} bytes; at most ${MAX_SIGNATURE} are possible`);
  }
  return {
    chain: texts(chain, MAX_CHAIN, "chain"),
    vendors: texts(vendors, MAX_VENDORS, "vendors"),
    signature: Uint8Array.from(signature),
  };
}

/** Needs no more of the leaf than its public key; all else about it is the next check's. */
async function checkFreshness(evidence: Evidence, nonce: Uint8Array): Promise<string> {
  const [leaf] = evidence.chain;
  if (leaf === undefined)
    throw malformed("the evidence has no certificate, so there is no key to check its signature with");
  const der = readOnePem(leaf, "the leaf certificate");
  const { publicKey } = readCertificateFrame(der, "the leaf certificate");
  if (!(await verify(publicKey, evidenceBytes(nonce, der), evidence.signature, "the leaf's key"))) {
    throw malformed(
      "the signature does not fit this nonce and the leaf certificate: the evidence is an old one, was changed, or was signed with another key",
    );
  }
  return "the key of the leaf certificate signed my nonce";
}

async function checkLists(policy: CheckedPolicy): Promise<{ list: RevocationList; signer: Certificate }[]> {
  const roots = [...policy.hardwareRoots, ...LAYERS.flatMap((layer) => policy.vendorRoots[layer])];
  return Promise.all(
    policy.revocationLists.map(async (list, index) => {
      const what = `revocation list ${index + 1}`;
      const signer = await listSigner(list, roots);
      if (!signer) throw malformed(`${what} is not signed by any root that I trust`);
      if (policy.time < list.thisUpdate)
        throw malformed(`${what} is of the future: it was issued at ${moment(list.thisUpdate)}`);
      if (policy.time >= list.nextUpdate + 1000) {
        throw malformed(
          `${what} is too old: the next one was due at ${moment(list.nextUpdate)}; it is ${moment(policy.time)}`,
        );
      }
      return { list, signer };
    }),
  );
}

function checkRevocation(
  chip: Certificate,
  root: Certificate,
  lists: readonly { list: RevocationList; signer: Certificate }[],
): string {
  if (lists.length === 0) return "my policy has no revocation lists, so none was consulted";
  const relevant = lists.filter(({ signer }) => sameIssuer(signer, root));
  if (relevant.length === 0) {
    throw malformed(
      `none of my ${lists.length} revocation list(s) is of the root that certified chip ${chip.commonName}`,
    );
  }
  if (relevant.some(({ list }) => list.revoked.has(chip.serial))) {
    throw malformed(`the certificate of chip ${chip.commonName} has been revoked by the root that issued it`);
  }
  return `chip ${chip.commonName} is on none of my ${relevant.length} revocation list(s) of its root`;
}

/** One root may stand in a policy more than once, for two layers or renewed: its name and key make it the same issuer. */
function sameIssuer(left: Certificate, right: Certificate): boolean {
  return equalBytes(left.subject, right.subject) && equalBytes(left.publicKey, right.publicKey);
}

interface Verdict {
  accepted: boolean;
  detail: string;
  vouching?: Vouching;
}

function judge(
  layer: Layer,
  digest: string,
  believed: readonly Vouching[],
  refused: readonly string[],
  accept: readonly Acceptable[],
): Verdict {
  const name = `${layer} ${shortDigest(digest)}`;
  for (const entry of accept) {
    if ("digest" in entry) {
      if (entry.digest === digest) return { accepted: true, detail: `${name} is on my list` };
      continue;
    }
    const vouching = believed.find(
      ({ product, version }) =>
        product === entry.product &&
        (entry.minVersion === undefined || compareVersions(version, entry.minVersion) >= 0),
    );
    if (!vouching) continue;
    const from = entry.minVersion === undefined ? "in any version" : `from version ${entry.minVersion} on`;
    return {
      accepted: true,
      detail: `${name} is ${quoted(vouching.product)} ${vouching.version}, says its vendor ${quoted(vouching.vendor)}; I accept it ${from}`,
      vouching,
    };
  }
  return { accepted: false, detail: refusal(name, layer, believed, refused, accept) };
}

function refusal(
  name: string,
  layer: Layer,
  believed: readonly Vouching[],
  refused: readonly string[],
  accept: readonly Acceptable[],
): string {
  if (accept.length === 0) return `${name}: my policy accepts no ${layer} at all`;
  if (believed.length === 0) {
    const reasons = refused.length > 0 ? ` (${refused.slice(0, 4).join("; ")}${refused.length > 4 ? "; …" : ""})` : "";
    return `${name} is not on my list, and no vendor vouches for it${reasons}`;
  }
  const products = believed.map(({ product, version }) => {
    const known = accept.find((entry) => "product" in entry && entry.product === product);
    return known && "product" in known
      ? `${quoted(product)} ${version}, which is older than ${known.minVersion}`
      : `${quoted(product)} ${version}, which is none of the products that I accept`;
  });
  return `${name} is not on my list; its vendor says that it is ${products.join(", or ")}`;
}

function checkSecondaries(found: ReadonlyMap<string, string>, required: ReadonlyMap<string, string>): string {
  for (const [disk, root] of required) {
    const actual = found.get(disk);
    if (actual === undefined)
      throw malformed(`the VM has no attested disk ${quoted(disk)}; ${shortDigest(root)} is required there`);
    if (actual !== root) {
      throw malformed(
        `the VM's attested disk ${quoted(disk)} is ${shortDigest(actual)}; ${shortDigest(root)} is required`,
      );
    }
  }
  const listed = [...found].map(([disk, root]) => `${disk} ${shortDigest(root)}`).join(", ") || "none";
  return `required attested disks: ${required.size}, all as required; present: ${listed}`;
}
