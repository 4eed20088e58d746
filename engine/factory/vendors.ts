/**
 * The hardware maker and the vendors: their keys, their roots, and what they certify. A vendor endorses only what the site's
 * own manifests list as released, in that vendor's layer; there is no function here that takes a digest from a caller.
 * Pure: keys are handed in, storing them is store.ts's matter.
 */
import {
  generateKeyPair,
  type Issuer,
  issueChip,
  issueHardwareRoot,
  issueRevocationList,
  issueVendorCertificate,
  issueVendorRoot,
  LAYERS,
  type Layer,
  readRequest,
} from "../attestation/index.ts";
import type { Roots } from "../protocol/factory.ts";
import type { ImageManifest, MeasuredManifest } from "../storage/index.ts";

const VENDOR = "Terra Lab";

/** All that is kept between visits: five keys that cannot be exported, and their roots. */
export interface Vendors {
  hardware: Issuer;
  layers: Record<Layer, Issuer>;
}

export async function makeVendors(): Promise<Vendors> {
  const hardware = await generateKeyPair();
  const vendor = async (layer: Layer): Promise<Issuer> => {
    const keyPair = await generateKeyPair();
    return { key: keyPair.privateKey, certificate: await issueVendorRoot({ keyPair, layer, vendor: VENDOR }) };
  };
  return {
    hardware: { key: hardware.privateKey, certificate: await issueHardwareRoot({ keyPair: hardware }) },
    layers: {
      firmware: await vendor("firmware"),
      loader: await vendor("loader"),
      tvmm: await vendor("tvmm"),
      vm: await vendor("vm"),
    },
  };
}

export function rootsOf({ hardware, layers }: Vendors): Roots {
  return {
    hardware: hardware.certificate,
    vendors: {
      firmware: layers.firmware.certificate,
      loader: layers.loader.certificate,
      tvmm: layers.tvmm.certificate,
      vm: layers.vm.certificate,
    },
  };
}

/** Certifies a chip's key. `request` is PKCS#10, DER; its own signature shows that the chip holds the private key. */
export async function certifyChip(vendors: Vendors, serial: string, request: Uint8Array): Promise<string> {
  const { publicKey } = await readRequest(request);
  return issueChip({ issuer: vendors.hardware, serial, publicKey });
}

/** The hardware root's revocation list, PEM, with the chips that have these certificates. */
export function revoke(vendors: Vendors, certificates: readonly string[]): Promise<string> {
  return issueRevocationList({ issuer: vendors.hardware, revoked: certificates });
}

export interface Release {
  layer: Layer;
  digest: string;
  product: string;
  version: string;
}

/** The bundles that vendors ever endorse. The debug TVMM is not among them, whatever a manifest says about it. */
const RELEASED_BUNDLES: ReadonlyMap<string, Layer> = new Map([
  ["firmware", "firmware"],
  ["loader", "loader"],
  ["tvmm.release", "tvmm"],
]);

export function releases(measured: MeasuredManifest, images: ImageManifest): Release[] {
  const bundles = measured.files.flatMap(({ name, sha256, product, version, endorsed }) => {
    const layer = RELEASED_BUNDLES.get(name);
    return layer && endorsed ? [{ layer, digest: sha256, product, version }] : [];
  });
  const boxes = images.images
    .filter(({ test }) => !test)
    .map(({ primary, product, version }) => ({ layer: "vm" as const, digest: primary, product, version }));
  return [...bundles, ...boxes];
}

/** Vendors' certificates, PEM, by digest. */
export async function endorse(vendors: Vendors, list: readonly Release[]): Promise<Record<string, string[]>> {
  const certificates = new Map<string, string[]>();
  for (const { layer, digest, product, version } of list) {
    const issuer = vendors.layers[layer];
    const certificate = await issueVendorCertificate({ issuer, layer, digest, vendor: VENDOR, product, version });
    certificates.set(digest, [...(certificates.get(digest) ?? []), certificate]);
  }
  return Object.fromEntries(certificates);
}

/** Whether a value that was stored is what makeVendors made: a store may hold what an older version of this page left. */
export function isVendors(value: unknown): value is Vendors {
  const issuer = (each: unknown): boolean => {
    const { key, certificate } = (each ?? {}) as Partial<Issuer>;
    return key instanceof CryptoKey && key.usages.includes("sign") && typeof certificate === "string";
  };
  const { hardware, layers } = (value ?? {}) as Partial<Vendors>;
  return issuer(hardware) && LAYERS.every((layer) => issuer(layers?.[layer]));
}
