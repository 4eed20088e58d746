/**
 * The site's files: fetched once in a page's life, decompressed, held against the digest in the manifest, and kept. What does
 * not have that digest is never handed on. This guards against broken transfers, not attackers: they write to media.
 */
import { TerraError } from "../protocol/errors.ts";
import type { PhysicalEvent } from "../protocol/media.ts";
import {
  type Bytes,
  type CatalogueImage,
  concatBytes,
  digest,
  type ImageManifest,
  type MeasuredManifest,
  parseImageManifest,
  parseMeasuredManifest,
} from "../storage/index.ts";

export interface Library {
  readonly images: ImageManifest;
  readonly measured: MeasuredManifest;
  /** SHA-256 of measured/manifest.json: which release of the site this is. */
  readonly release: string;
  /** Plain bytes, the same object for each caller: nobody may change them. */
  file(path: string): Promise<Bytes>;
  /** "unknown-image" if the catalogue has no such image. */
  image(id: string): CatalogueImage;
}

interface Row {
  size: number;
  sha256: string;
  /** Bytes as they travel. */
  travels: number;
}

/** base: address of the folder that holds images/ and measured/; fetching: `fetch`, or what a test puts in its place. */
export async function openLibrary(
  base: string,
  progress: (event: PhysicalEvent) => void,
  fetching: typeof fetch = fetch,
): Promise<Library> {
  const [imagesBytes, measuredBytes] = await Promise.all(
    ["images/manifest.json", "measured/manifest.json"].map((path) => download(fetching, base, path, () => {})),
  );
  const images = parseImageManifest(json("images/manifest.json", imagesBytes));
  const measured = parseMeasuredManifest(json("measured/manifest.json", measuredBytes));
  const release = await digest(measuredBytes ?? new Uint8Array());

  const rows = new Map<string, Row>();
  for (const { descriptor, stub, kernel, boot } of images.images) {
    for (const { path, size, sha256, compressed } of [descriptor, stub, kernel, boot]) {
      rows.set(`images/${path}`, { size, sha256, travels: compressed });
    }
  }
  for (const { path, size, sha256 } of measured.files) rows.set(`measured/${path}`, { size, sha256, travels: size });

  async function load(path: string): Promise<Bytes> {
    const row = rows.get(path);
    if (!row) throw new TerraError("bad-argument", `${JSON.stringify(path)} is in neither manifest`);
    const total = row.travels;
    const raw = await download(fetching, base, path, (loaded) =>
      progress({ type: "progress", path, loaded: Math.min(loaded, total), total }),
    );
    const plain = path.endsWith(".gz") ? await decompress(raw, row.size, path) : raw;
    const found = await digest(plain);
    if (found !== row.sha256) {
      throw new TerraError("integrity", `${path} should have the SHA-256 ${row.sha256} and has ${found}`);
    }
    return plain;
  }

  const loading = new Map<string, Promise<Bytes>>();
  return {
    images,
    measured,
    release,
    file(path) {
      const known = loading.get(path);
      if (known) return known;
      const started = load(path);
      loading.set(path, started);
      // What failed may be tried again.
      started.catch(() => loading.delete(path));
      return started;
    },
    image(id) {
      const found = images.images.find((each) => each.id === id);
      if (found) return found;
      const ids = images.images.map((each) => each.id).join(", ");
      throw new TerraError("unknown-image", `there is no image ${JSON.stringify(id)}; the catalogue has ${ids}`);
    },
  };
}

function json(path: string, bytes: Bytes | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (thrown) {
    throw new TerraError("malformed", `${path} is not JSON: ${String(thrown)}`);
  }
}

async function download(
  fetching: typeof fetch,
  base: string,
  path: string,
  loaded: (bytes: number) => void,
): Promise<Bytes> {
  // Only blobs are named by their content: whatever else is in the browser's cache may be of another release.
  const cache = path.startsWith("images/blobs/") ? "default" : "no-cache";
  try {
    const response = await fetching(new URL(path, base), { cache });
    if (!response.ok) throw new TerraError("unavailable", `${path}: the server answers ${response.status}`);
    return await collect(response.body, Number.MAX_SAFE_INTEGER, loaded);
  } catch (thrown) {
    if (thrown instanceof TerraError) throw thrown;
    throw new TerraError("unavailable", `${path} cannot be fetched: ${String(thrown)}`);
  }
}

/** Everything in a stream; stops soon after `limit` bytes, so that the caller sees it is too long. */
async function collect(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
  loaded: (bytes: number) => void,
): Promise<Bytes> {
  const reader = stream?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    parts.push(part.value);
    length += part.value.length;
    loaded(length);
    if (length > limit) {
      await reader?.cancel();
      break;
    }
  }
  return concatBytes(...parts);
}

/** Some servers send a .gz file as compressed transfer of its content: then it arrives decompressed. */
async function decompress(raw: Bytes, size: number, path: string): Promise<Bytes> {
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return raw;
  try {
    return await collect(new Blob([raw]).stream().pipeThrough(new DecompressionStream("gzip")), size, () => {});
  } catch (thrown) {
    throw new TerraError("integrity", `${path} cannot be decompressed: ${String(thrown)}`);
  }
}
