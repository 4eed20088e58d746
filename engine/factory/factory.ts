/**
 * Answers the factory's requests. It reads the manifests itself, from where it was told at init and once only, so that no
 * later request can make it endorse anything else.
 */
import { TerraError } from "../protocol/errors.ts";
import type { FactoryRequest } from "../protocol/factory.ts";
import { parseImageManifest, parseMeasuredManifest } from "../storage/index.ts";
import { certifyChip, endorse, releases, revoke, rootsOf, type Vendors } from "./vendors.ts";

export interface Surroundings {
  /** The vendors of this browser profile, made at its first visit. */
  loadVendors(): Promise<Vendors>;
  /** Parsed JSON of a file of the site; rejects with a TerraError that names it. */
  fetchJson(url: string): Promise<unknown>;
}

interface Shop {
  vendors: Vendors;
  certificates: Record<string, string[]>;
}

/** Returns the handler of requests that were parsed at the door. */
export function createFactory(surroundings: Surroundings): (request: FactoryRequest) => Promise<unknown> {
  let shop: Promise<Shop> | undefined;

  async function open(base: string): Promise<Shop> {
    const [vendors, measured, images] = await Promise.all([
      surroundings.loadVendors(),
      surroundings.fetchJson(`${base}measured/manifest.json`),
      surroundings.fetchJson(`${base}images/manifest.json`),
    ]);
    const released = releases(parseMeasuredManifest(measured), parseImageManifest(images));
    return { vendors, certificates: await endorse(vendors, released) };
  }

  return async (request) => {
    if (request.op === "init") {
      if (shop) throw new TerraError("bad-state", "the factory has been opened already");
      shop = open(request.base);
      try {
        await shop;
      } catch (error) {
        // A failed fetch may be tried again.
        shop = undefined;
        throw error;
      }
      return undefined;
    }
    if (!shop)
      throw new TerraError("bad-state", `the factory was asked for "${request.op}" before it was opened with init`);
    const { vendors, certificates } = await shop;
    switch (request.op) {
      case "roots":
        return rootsOf(vendors);
      case "certify-chip":
        return certifyChip(vendors, request.serial, request.request);
      case "vendor-certificates":
        return certificates;
      case "revocation-list":
        return revoke(vendors, request.certificates);
    }
  };
}
