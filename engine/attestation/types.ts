/** What goes into an appraisal and comes out of it. The scripting API publishes the same types under the same names. */
import type { Layer } from "./layers.ts";

export interface Evidence {
  /** PEM, leaf first: VM, TVMM, loader, firmware, chip. */
  chain: string[];
  /** Vendors' certificates, PEM, in any order. */
  vendors: string[];
  /** ECDSA over "terra-evidence-v1", 0x00, nonce, SHA-256 of the leaf's DER; DER encoded. */
  signature: Uint8Array;
}

export type Acceptable = { digest: string } | { product: string; minVersion?: string };

export interface AppraisalPolicy {
  /** PEM. Left out: no hardware is trusted, and nothing is accepted. */
  hardwareRoots?: string[];
  /** PEM, for each layer. */
  vendorRoots?: Partial<Record<Layer, string[]>>;
  /** One entry that fits is enough for a layer. A layer without entries accepts nothing: what nobody listed is not trusted. */
  accept?: Partial<Record<Layer, Acceptable[]>>;
  /** Root of an attested disk by the name of its slot. */
  requiredSecondary?: Record<string, string>;
  /**
   * PEM (X.509 CRLs) of hardware and vendors' roots. If there are any, there must be a current one of the root that
   * certified the chip: a policy that asks for revocation is not satisfied by silence.
   */
  revocationLists?: string[];
  /** Milliseconds since 1970; the present if left out. */
  time?: number;
}

export type CheckName = "freshness" | "chain" | "hardware" | "revocation" | Layer | "secondary";

export interface Appraisal {
  accepted: boolean;
  /** Always all nine, in order; the first that failed says why, those after it "not reached" (passed: false). */
  checks: { name: CheckName; passed: boolean; detail: string }[];
  /** The four layers once the chain has been checked, before that none: an unchecked chain says nothing. */
  layers: { layer: Layer; digest: string; vendor?: string; product?: string; version?: string }[];
}
