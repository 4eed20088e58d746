/** Descriptors, hash trees, containers and manifests: formats of what lies on disks and on the site. Pure; never fetches. */
export {
  type Bytes,
  concatBytes,
  digest,
  digestSync,
  equalBytes,
  fromHex,
  toHex,
  unshared,
} from "./bytes.ts";
export {
  buildContainer,
  type ContainerEntry,
  containerEntries,
  findEntry,
  PREFIX_LENGTH,
  parseDirectory,
  tableLength,
} from "./container.ts";
export {
  bootMediumSize,
  type DescribedDisk,
  type DescribedFile,
  type DescribedNic,
  type Descriptor,
  type DiskClass,
  MAXIMUM_DESCRIPTOR,
  parseDescriptor,
  primaryIdentity,
} from "./descriptor.ts";
export {
  type CatalogueImage,
  type ImageFile,
  type ImageManifest,
  type MeasuredFile,
  type MeasuredManifest,
  parseImageManifest,
  parseMeasuredManifest,
} from "./manifest.ts";
export {
  BLOCK_SIZE,
  blockDigester,
  computeTree,
  DIGEST_SIZE,
  DIGESTS_PER_BLOCK,
  dataSizeOf,
  hashBlockCount,
  type TreeLevel,
  type VerifiedTree,
  verifyTree,
} from "./verity.ts";
