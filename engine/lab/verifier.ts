/** Role: remote party. The lab's own policy, and appraisals against it or another. */
import { appraise } from "../attestation/index.ts";
import { TerraError } from "../protocol/errors.ts";
import type { Appraisal, AppraisalPolicy, Evidence } from "./api.ts";
import { options } from "./arguments.ts";
import type { LabDescription } from "./description.ts";
import type { Site } from "./site.ts";

/** What an open lab adds to what its verifier asks for. */
export interface Asked {
  /** Root of its boxes' trust disks, if any has one. */
  trust: string | undefined;
  /** PEM. */
  revocationLists: readonly string[];
}

/**
 * Accepts this site's firmware, loader and release TVMM by their vendors' word, and the lab's products from their versions on. All of
 * them must have the lab's trust disk, if there is one.
 */
export function defaultPolicy(site: Site, lab: LabDescription | undefined, asked?: Asked): AppraisalPolicy {
  const product = (name: string) => {
    const file = site.measured.files.find((each) => each.name === name);
    return file ? [{ product: file.product, minVersion: file.version }] : [];
  };
  const images = new Set(lab?.platforms.flatMap((platform) => platform.vms.map((vm) => vm.image)));
  const closed = site.images.images.filter((image) => image.kind === "closed" && images.has(image.id));
  const accepted = lab?.accept ?? closed.map(({ product, version }) => ({ product, minVersion: version }));
  const { vendors } = site.roots;
  return {
    hardwareRoots: [site.roots.hardware],
    vendorRoots: { firmware: [vendors.firmware], loader: [vendors.loader], tvmm: [vendors.tvmm], vm: [vendors.vm] },
    accept: { firmware: product("firmware"), loader: product("loader"), tvmm: product("tvmm.release"), vm: accepted },
    ...(asked?.trust === undefined ? {} : { requiredSecondary: { trust: asked.trust } }),
    ...(asked && asked.revocationLists.length > 0 ? { revocationLists: [...asked.revocationLists] } : {}),
  };
}

/** A script's policy over the lab's own: what it leaves out stays as the lab has it, layer by layer. */
export function mergedPolicy(own: AppraisalPolicy, policy: AppraisalPolicy | undefined): AppraisalPolicy {
  const given = options(policy, "the policy");
  options(given.vendorRoots, "the policy's vendorRoots");
  options(given.accept, "the policy's accept");
  return {
    ...own,
    ...given,
    vendorRoots: { ...own.vendorRoots, ...given.vendorRoots },
    accept: { ...own.accept, ...given.accept },
  };
}

function isEvidence(raw: unknown): raw is Evidence {
  if (typeof raw !== "object" || raw === null) return false;
  const { chain, vendors, signature } = raw as Partial<Evidence>;
  const texts = (list: unknown) => Array.isArray(list) && list.every((each) => typeof each === "string");
  return texts(chain) && texts(vendors) && signature instanceof Uint8Array;
}

/** Errors: "bad-argument" for what is no evidence, nonce or policy at all. Bad evidence is not an error but a verdict. */
export function check(evidence: unknown, nonce: unknown, policy: AppraisalPolicy): Promise<Appraisal> {
  if (!isEvidence(evidence)) {
    throw new TerraError(
      "bad-argument",
      "evidence should be { chain: string[], vendors: string[], signature: Uint8Array }",
    );
  }
  if (!(nonce instanceof Uint8Array))
    throw new TerraError("bad-argument", "the nonce should be a Uint8Array of 32 bytes");
  return appraise(evidence, nonce, policy);
}
