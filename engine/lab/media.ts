/** The media of one machine: what lies in it, images put into it once, and the builds on its flash. */
import { shown } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import type { MediumInfo } from "../protocol/media.ts";
import { containerEntries, findEntry } from "../storage/index.ts";
import { asArgument } from "./arguments.ts";
import { mediaName } from "./connections.ts";
import type { Site } from "./site.ts";

export interface Media {
  list(): Promise<MediumInfo[]>;
  /** As of the last list() or insertion: only the page puts media in or takes them out. */
  find(id: string): MediumInfo;
  has(id: string): boolean;
  /** Everything on it. */
  whole(id: string): Promise<Uint8Array>;
  write(id: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** The two media of a catalogue image, put in if they are not there yet; `copy` 2 and up are the pairs named "ID.2" and so on. */
  image(id: string, copy?: number): Promise<{ firmware: string; boot: string }>;
  /** Always a new pair of media. */
  insertImage(id: string): Promise<{ firmware: string; boot: string }>;
  /** A new disk; `wanted` names it. */
  insert(bytes: Uint8Array, wanted?: string): Promise<string>;
  /** Takes a disk out; resolves to its handle. */
  take(id: string): Promise<string>;
  /** Puts a disk in that was taken out, here or elsewhere. */
  put(handle: string): Promise<string>;
  /** Bytes of one part of the flash or of a firmware medium, as they lie there now. */
  part(medium: string, entry: string): Promise<Uint8Array>;
  tvmmBuilds(): Promise<string[]>;
}

export function createMedia(site: Site, platform: string): Media {
  const { physical } = site;
  let known: MediumInfo[] = [];

  async function list(): Promise<MediumInfo[]> {
    known = (await physical.call({ op: "list", platform })) as MediumInfo[];
    return known;
  }

  async function whole(medium: string): Promise<Uint8Array> {
    const { size } = media.find(medium);
    return (await physical.call({ op: "read", platform, medium, offset: 0, length: size })) as Uint8Array;
  }

  async function insertImage(id: string): Promise<{ firmware: string; boot: string }> {
    if (!site.images.images.some((image) => image.id === id)) {
      const known = site.images.images.filter((image) => !image.test).map((image) => image.id);
      throw new TerraError("unknown-image", `there is no image ${shown(id)}; the catalogue has ${known.join(", ")}`);
    }
    const pair = (await physical.call({ op: "insert-image", platform, image: id })) as {
      firmware: string;
      boot: string;
    };
    await list();
    return pair;
  }

  const media: Media = {
    list,
    insertImage,
    whole,
    async write(medium, offset, bytes) {
      await physical.call({ op: "write", platform, medium, offset, bytes });
    },
    has: (id) => known.some((medium) => medium.id === id),
    find(id) {
      const found = known.find((medium) => medium.id === id);
      if (found) return found;
      const ids = known.map((medium) => medium.id).join(", ");
      throw new TerraError("unknown-disk", `${platform} has no medium ${shown(id)}; it has ${ids}`);
    },
    async image(id, copy = 1) {
      const present = new Set((await list()).map((medium) => medium.id));
      const name = mediaName(id, copy);
      const pair = { firmware: `${name}.firmware`, boot: `${name}.boot` };
      return present.has(pair.firmware) && present.has(pair.boot) ? pair : insertImage(id);
    },
    async insert(bytes, wanted) {
      const named = wanted === undefined ? {} : { id: wanted };
      const id = (await physical.call({ op: "insert", platform, bytes, ...named })) as string;
      await list();
      return id;
    },
    async take(id) {
      const handle = (await asArgument(physical.call({ op: "take", platform, medium: id }))) as string;
      await list();
      return handle;
    },
    async put(handle) {
      const id = (await asArgument(physical.call({ op: "put", platform, handle }))) as string;
      await list();
      return id;
    },
    async part(medium, entry) {
      const bytes = await whole(medium);
      const { offset, length } = findEntry(containerEntries(bytes), entry);
      return bytes.subarray(offset, offset + length);
    },
    async tvmmBuilds() {
      const names = containerEntries(await whole("flash")).map((entry) => entry.name);
      return names.filter((name) => /^tvmm\.[^.]+$/.test(name)).map((name) => name.slice("tvmm.".length));
    },
  };
  return media;
}
