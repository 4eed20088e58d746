/**
 * The manifests of the site's two folders of files, `images/` and `measured/`: what is there, how large, with which digest.
 * They come from the network: a wrong one must be named, never half believed. No digest here is trusted by measured code.
 */
import { badArgument, boolean, digest, integer, list, malformed, oneOf, text } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";

/** A compressed file below `images/`. */
export interface ImageFile {
  /** `blobs/<sha256 of the plain bytes>.gz` */
  path: string;
  /** Plain bytes. */
  size: number;
  /** Of the plain bytes. */
  sha256: string;
  /** Bytes as they travel. */
  compressed: number;
}

export interface CatalogueImage {
  id: string;
  kind: "open" | "closed";
  product: string;
  version: string;
  /** Primary identity: the descriptor's SHA-256. */
  primary: string;
  /** For tests only, not to be shown. */
  test: boolean;
  descriptor: ImageFile;
  stub: ImageFile;
  kernel: ImageFile;
  /** File system and tree. */
  boot: ImageFile;
}

export interface ImageManifest {
  format: "terra-images-1";
  images: CatalogueImage[];
}

/** A bundle below `measured/`, or v86.wasm. */
export interface MeasuredFile {
  name: string;
  path: string;
  size: number;
  sha256: string;
  product: string;
  version: string;
  /** Whether the vendors certify it. */
  endorsed: boolean;
}

export interface MeasuredManifest {
  format: "terra-measured-1";
  version: string;
  files: MeasuredFile[];
}

const MAXIMUM_SIZE = 2 ** 30;

/** Unlike a message between realms, a manifest may have fields that are for others. */
function record(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(field, value, "an object");
  return value as Record<string, unknown>;
}

/** A path below the manifest's folder: no way up, no address of elsewhere. */
function pathField(value: unknown, field: string): string {
  const path = text(value, field, 200);
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(path)) {
    throw badArgument(field, path, "a path below the manifest's folder");
  }
  return path;
}

function unique<T>(rows: T[], key: (row: T) => string, what: string): T[] {
  const keys = rows.map(key);
  const twice = keys.find((each, at) => keys.indexOf(each) !== at);
  if (twice !== undefined) throw new TerraError("malformed", `${what} names "${twice}" twice`);
  return rows;
}

function imageFile(value: unknown, field: string): ImageFile {
  const { path, size, sha256, compressed } = record(value, field);
  return {
    path: pathField(path, `${field}.path`),
    size: integer(size, `${field}.size`, 0, MAXIMUM_SIZE),
    sha256: digest(sha256, `${field}.sha256`),
    compressed: integer(compressed, `${field}.compressed`, 0, MAXIMUM_SIZE),
  };
}

function image(value: unknown, field: string): CatalogueImage {
  const row = record(value, field);
  const descriptor = imageFile(row.descriptor, `${field}.descriptor`);
  const primary = digest(row.primary, `${field}.primary`);
  if (primary !== descriptor.sha256) {
    throw new TerraError("malformed", `${field}.primary is not the digest of its descriptor`);
  }
  return {
    id: text(row.id, `${field}.id`, 200),
    kind: oneOf(row.kind, `${field}.kind`, ["open", "closed"]),
    product: text(row.product, `${field}.product`, 200),
    version: text(row.version, `${field}.version`, 200),
    primary,
    test: boolean(row.test, `${field}.test`),
    descriptor,
    stub: imageFile(row.stub, `${field}.stub`),
    kernel: imageFile(row.kernel, `${field}.kernel`),
    boot: imageFile(row.boot, `${field}.boot`),
  };
}

/** `images/manifest.json`, parsed from JSON. */
export function parseImageManifest(json: unknown): ImageManifest {
  const fields = record(json, "images/manifest.json");
  const format = oneOf(fields.format, "images/manifest.json: format", ["terra-images-1"]);
  const images = list(fields.images, "images", 200, image);
  return { format, images: unique(images, (row) => row.id, "images/manifest.json") };
}

/** `measured/manifest.json`, parsed from JSON. */
export function parseMeasuredManifest(json: unknown): MeasuredManifest {
  const fields = record(json, "measured/manifest.json");
  const format = oneOf(fields.format, "measured/manifest.json: format", ["terra-measured-1"]);
  const files = list(fields.files, "files", 200, (value, field): MeasuredFile => {
    const row = record(value, field);
    return {
      name: text(row.name, `${field}.name`, 40),
      path: pathField(row.path, `${field}.path`),
      size: integer(row.size, `${field}.size`, 0, MAXIMUM_SIZE),
      sha256: digest(row.sha256, `${field}.sha256`),
      product: text(row.product, `${field}.product`, 200),
      version: text(row.version, `${field}.version`, 200),
      endorsed: boolean(row.endorsed, `${field}.endorsed`),
    };
  });
  return {
    format,
    version: text(fields.version, "measured/manifest.json: version", 200),
    files: unique(files, (row) => row.name, "measured/manifest.json"),
  };
}
