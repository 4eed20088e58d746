/**
 * What the TVMM keeps in the medium `sealed`: blobs that the chip seals for this very TVMM on this very machine (paper 4.1, sealed
 * storage), each at a place of its own. Nothing here looks into a blob. A place whose content is no blob is left as it is.
 *
 * A place: 8 bytes "TERRASL1", u32le length of the blob, the blob. All zeros before the blob's first byte: nothing was sealed yet.
 */
import { TerraError } from "../protocol/errors.ts";
import { START_MS, within } from "./in-time.ts";
import type { Media } from "./media.ts";

const MAGIC = new TextEncoder().encode("TERRASL1");
const HEADER = MAGIC.length + 4;
const MAX_BLOB = 16384;

/** Where each blob lies, in bytes; they never overlap. */
export const PLACES = { key: 0, sign: 32768 } as const;

export interface SealedPlace {
  /** The blob, or undefined if nothing was sealed yet. Codes: "sealed", "unknown-disk", "timeout". */
  read(): Promise<Uint8Array | undefined>;
  write(blob: Uint8Array): Promise<void>;
}

export function sealedPlace(media: Media, at: number): SealedPlace {
  async function medium(): Promise<{ id: string; size: number }> {
    const info = (await media.list()).find(({ kind }) => kind === "sealed");
    if (!info) throw new TerraError("unknown-disk", "this machine has no medium for sealed blobs");
    if (info.size < at + HEADER) {
      throw new TerraError("bad-argument", `the medium ${info.id} has ${info.size} bytes; ${at + HEADER} are needed`);
    }
    return info;
  }

  return {
    async read() {
      const inTime = within(START_MS);
      const { id, size } = await inTime(medium(), "the list of media");
      const header = await inTime(media.read(id, at, HEADER), `the medium ${id}`);
      if (header.every((byte) => byte === 0)) return undefined;
      const length = new DataView(header.buffer).getUint32(MAGIC.length, true);
      const right = MAGIC.every((byte, index) => byte === header[index]);
      if (!right || length === 0 || length > Math.min(MAX_BLOB, size - at - HEADER)) {
        throw new TerraError("sealed", `what lies in the medium ${id} is not a sealed blob`);
      }
      return inTime(media.read(id, at + HEADER, length), `the medium ${id}`);
    },
    async write(blob) {
      const inTime = within(START_MS);
      const { id, size } = await inTime(medium(), "the list of media");
      if (blob.length > MAX_BLOB || at + HEADER + blob.length > size) {
        throw new TerraError("sealed", `the blob does not fit into the medium of ${size} bytes`);
      }
      const frame = new Uint8Array(HEADER + blob.length);
      frame.set(MAGIC);
      new DataView(frame.buffer).setUint32(MAGIC.length, blob.length, true);
      frame.set(blob, HEADER);
      await inTime(media.write(id, at, frame), `the medium ${id}`);
    },
  };
}
