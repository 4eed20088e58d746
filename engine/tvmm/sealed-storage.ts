/**
 * The TVMM's storage key: 32 random bytes under which keys of disks are kept. It lies outside the chip as a blob that the chip
 * opens for this very TVMM on this very machine only (paper 4.1, sealed storage). A blob that does not open is left exactly
 * as it is: another TVMM, or another machine, may still need it.
 *
 * Medium `sealed`: 8 bytes "TERRASL1", u32le length of the blob, the blob, zeros. All zeros: nothing was sealed yet.
 */
import { connect } from "../protocol/channel.ts";
import { TerraError, toWireError } from "../protocol/errors.ts";
import type { RegisterRequest } from "../protocol/register.ts";
import { START_MS, within } from "./in-time.ts";
import type { Media } from "./media.ts";
import type { Messages } from "./messages.ts";

const MAGIC = new TextEncoder().encode("TERRASL1");
const HEADER = MAGIC.length + 4;
const KEY_LENGTH = 32;
const MAX_BLOB = 16384;

/** The key, or undefined if the blob stays shut; either way a message of kind "power" says so. */
export async function storageKey(
  register: MessagePort,
  media: Media,
  messages: Messages,
): Promise<Uint8Array | undefined> {
  const chip = connect<RegisterRequest>(register);
  const tell = (outcome: "accepted" | "refused", summary: string) =>
    messages.tell({ from: "tvmm", to: "owner", kind: "power", outcome, summary: `sealed: ${summary}` });
  const inTime = within(START_MS);
  try {
    const medium = await inTime(sealedMedium(media), "the list of media");
    const blob = await inTime(readBlob(media, medium), `the medium ${medium.id}`);
    if (blob) {
      const key = await chip.call({ op: "unseal", blob });
      if (!(key instanceof Uint8Array) || key.length !== KEY_LENGTH) {
        throw new TerraError("sealed", "what was sealed is not a storage key");
      }
      tell("accepted", "the storage key opened for this TVMM");
      return key.slice();
    }
    const key = crypto.getRandomValues(new Uint8Array(KEY_LENGTH));
    const sealed = await chip.call({ op: "seal", plaintext: key });
    if (!(sealed instanceof Uint8Array) || HEADER + sealed.length > medium.size) {
      throw new TerraError("sealed", `the blob does not fit into the medium of ${medium.size} bytes`);
    }
    await inTime(writeBlob(media, medium.id, sealed), `the medium ${medium.id}`);
    tell("accepted", "a storage key was made and sealed to this TVMM on this machine");
    return key;
  } catch (thrown) {
    tell("refused", `this TVMM has no storage key: ${toWireError(thrown).sentence}`);
    return undefined;
  }
}

async function sealedMedium(media: Media): Promise<{ id: string; size: number }> {
  const info = (await media.list()).find(({ kind }) => kind === "sealed");
  if (!info) throw new TerraError("unknown-disk", "this machine has no medium for sealed blobs");
  if (info.size < HEADER)
    throw new TerraError("bad-argument", `the medium ${info.id} has ${info.size} bytes; ${HEADER} are needed`);
  return info;
}

async function readBlob(media: Media, { id, size }: { id: string; size: number }): Promise<Uint8Array | undefined> {
  const header = await media.read(id, 0, HEADER);
  if (header.every((byte) => byte === 0)) return undefined;
  const length = new DataView(header.buffer).getUint32(MAGIC.length, true);
  const right = MAGIC.every((byte, index) => byte === header[index]);
  if (!right || length === 0 || length > Math.min(MAX_BLOB, size - HEADER)) {
    throw new TerraError("sealed", `what lies in the medium ${id} is not a sealed blob`);
  }
  return media.read(id, HEADER, length);
}

async function writeBlob(media: Media, medium: string, blob: Uint8Array): Promise<void> {
  const frame = new Uint8Array(HEADER + blob.length);
  frame.set(MAGIC);
  new DataView(frame.buffer).setUint32(MAGIC.length, blob.length, true);
  frame.set(blob, HEADER);
  await media.write(medium, 0, frame);
}
