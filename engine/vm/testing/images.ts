/** The images that guests/build made, as the TVMM would hand them to a machine. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { type Descriptor, parseDescriptor } from "../../storage/descriptor.ts";
import { type ImageFile, parseImageManifest } from "../../storage/manifest.ts";
import { verifyTree } from "../../storage/verity.ts";

const FOLDER = fileURLToPath(new URL("../../../public/images/", import.meta.url));

export const imagesBuilt = existsSync(`${FOLDER}manifest.json`);

export interface BuiltImage {
  descriptor: Descriptor;
  stub: Uint8Array;
  kernel: Uint8Array;
  /** The boot disk as the guest sees it. */
  disk: Uint8Array<ArrayBuffer>;
  leaves: Uint8Array;
}

export function builtImage(id: string): BuiltImage {
  const manifest = parseImageManifest(JSON.parse(readFileSync(`${FOLDER}manifest.json`, "utf8")));
  const image = manifest.images.find((each) => each.id === id);
  if (!image) throw new Error(`public/images has no image "${id}"`);
  const bytes = (file: ImageFile) => new Uint8Array(gunzipSync(readFileSync(FOLDER + file.path)));
  const descriptor = parseDescriptor(bytes(image.descriptor));
  const { size, salt, root } = descriptor.boot;
  const medium = bytes(image.boot);
  const disk = medium.slice(0, size);
  const { leaves } = verifyTree(medium.subarray(size), size / 4096, salt, root);
  return { descriptor, stub: bytes(image.stub), kernel: bytes(image.kernel), disk, leaves };
}
