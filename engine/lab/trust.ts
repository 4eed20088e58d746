/**
 * What a lab's boxes trust, as text on a small attested disk: the site's roots, and for each role what it accepts. All boxes of a
 * lab have the same disk, so that each finds its own root in the other's certificate.
 */
import { AttestationError, LAYERS, trustDisk, writeTrust } from "../attestation/index.ts";
import { readPolicy } from "../attestation/policy.ts";
import { TerraError } from "../protocol/errors.ts";
import { computeTree, concatBytes } from "../storage/index.ts";
import type { AppraisalPolicy, Trust, TrustDisk, TrustPolicy } from "./api.ts";
import type { LabDescription } from "./description.ts";

/** A trust disk is salted with nothing. */
export const TRUST_SALT = "";

/** What a lab's trust disks say at first. `own`: the policy of the lab's own verifier; `images`: ids of those that have such a disk. */
export function describedTrust(own: AppraisalPolicy, { trust }: LabDescription, images: readonly string[]): Trust {
  const roles = trust?.roles ?? {};
  const told = LAYERS.filter((layer) => Object.values(roles).some(({ accept }) => accept?.[layer] !== undefined));
  const accept: NonNullable<AppraisalPolicy["accept"]> = {};
  for (const layer of LAYERS) {
    // What is accepted from all roles cannot be taken back for one: a layer that roles speak of has nothing in common unless told.
    accept[layer] = trust?.accept?.[layer] ?? (told.includes(layer) ? [] : (own.accept?.[layer] ?? []));
  }
  const { hardwareRoots = [], vendorRoots = {} } = own;
  const { requiredSecondary = {} } = trust ?? {};
  return {
    common: { hardwareRoots, vendorRoots, accept, requiredSecondary },
    // An image's role has its name, unless its maker says otherwise: then the description has to name it.
    roles: { ...Object.fromEntries(images.map((image): [string, TrustPolicy] => [image, {}])), ...roles },
  };
}

/** The disk: text, zeros up to a whole block, hash tree. Error: "bad-argument", for what cannot be said on one. */
export async function buildTrustDisk(trust: Trust): Promise<TrustDisk> {
  try {
    for (const { time, ...policy } of policies(trust)) {
      if (time !== undefined) throw wrong("a time cannot stand on a disk: it is the reader's own");
      await readPolicy(policy);
    }
    const data = trustDisk(await writeTrust(trust));
    const { tree, root } = computeTree(data, TRUST_SALT);
    return { bytes: concatBytes(data, tree), root };
  } catch (error) {
    // Whatever is malformed in it came from our own caller.
    if (error instanceof AttestationError) throw wrong(error.sentence);
    throw error;
  }
}

const wrong = (sentence: string) => new TerraError("bad-argument", `of a trust disk: ${sentence}`);

function policies(trust: Trust): AppraisalPolicy[] {
  const { common = {}, roles = {}, ...others } = record(trust, "what is to stand on it");
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(`it has ${JSON.stringify(unknown)}, which is none of common, roles`);
  return [
    record(common, "common"),
    ...Object.entries(record(roles, "roles")).map(([name, role]) => record(role, name)),
  ];
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(`${what} is ${String(value)}; it should be an object`);
}
