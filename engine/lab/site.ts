/**
 * The realms that all machines share: the factory, and the physical world. Started once a page, before its content
 * policy is tightened: they alone fetch.
 */
import { type Client, connect } from "../protocol/channel.ts";
import type { FactoryRequest, Roots } from "../protocol/factory.ts";
import type { PhysicalEvent, PhysicalRequest } from "../protocol/media.ts";
import type { ImageManifest, MeasuredManifest } from "../storage/index.ts";
import type { Image } from "./api.ts";

export interface Site {
  factory: Client<FactoryRequest>;
  physical: Client<PhysicalRequest, PhysicalEvent>;
  roots: Roots;
  images: ImageManifest;
  measured: MeasuredManifest;
  /** Vendors' certificates (PEM) by the digest that they endorse. */
  vendorCertificates: Record<string, string[]>;
  /** The chip realm's bundle, as a URL that hands the page's content policy on to what it starts. */
  chipUrl: string;
}

export interface SiteOptions {
  /** Where images/ and measured/ lie. */
  base: string;
  /** Called once the page itself needs no connection and no script any more; nothing measured starts before it is done. */
  lockDown(): void | Promise<void>;
}

export async function startSite(options: SiteOptions): Promise<Site> {
  const factoryWorker = new Worker(new URL("../factory/main.ts", import.meta.url), { type: "module", name: "factory" });
  const physicalWorker = new Worker(new URL("../physical/main.ts", import.meta.url), {
    type: "module",
    name: "physical",
  });
  const factory = connect<FactoryRequest>(factoryWorker);
  const physical = connect<PhysicalRequest, PhysicalEvent>(physicalWorker);
  const base = new URL(".", options.base).href;
  const [manifests] = (await Promise.all([
    physical.call({ op: "init", base }),
    factory.call({ op: "init", base }),
  ])) as [{ images: ImageManifest; measured: MeasuredManifest }, unknown];
  const chipFile = manifests.measured.files.find((file) => file.name === "chip");
  if (!chipFile) throw new Error("measured/manifest.json lists no chip");
  const [roots, vendorCertificates, chip] = (await Promise.all([
    factory.call({ op: "roots" }),
    factory.call({ op: "vendor-certificates" }),
    physical.call({ op: "file", path: `measured/${chipFile.path}` }),
  ])) as [Roots, Record<string, string[]>, Uint8Array<ArrayBuffer>];
  await options.lockDown();
  const chipUrl = URL.createObjectURL(new Blob([chip], { type: "text/javascript" }));
  return { factory, physical, roots, ...manifests, vendorCertificates, chipUrl };
}

/** The catalogue as scripts see it; test images are left out of teaching lists but can be asked for. */
export async function catalogueImages(site: Site): Promise<Image[]> {
  return Promise.all(
    site.images.images.map(async (image) => ({
      id: image.id,
      kind: image.kind,
      product: image.product,
      version: image.version,
      primary: image.primary,
      descriptor: (await site.physical.call({ op: "file", path: `images/${image.descriptor.path}` })) as Uint8Array,
      vendorCertificates: site.vendorCertificates[image.primary] ?? [],
    })),
  );
}
