/**
 * The TVMM's storage key: 32 random bytes under which keys of disks are kept. It lies outside the chip as a blob that the chip
 * opens for this very TVMM on this very machine only (paper 4.1, sealed storage). A blob that does not open is left exactly
 * as it is: another TVMM, or another machine, may still need it.
 */
import type { Client } from "../protocol/channel.ts";
import { TerraError, toWireError } from "../protocol/errors.ts";
import type { RegisterRequest } from "../protocol/register.ts";
import type { Media } from "./media.ts";
import type { Messages } from "./messages.ts";
import { PLACES, sealedPlace } from "./sealed-medium.ts";

const KEY_LENGTH = 32;

/** The key, or undefined if the blob stays shut; either way a message of kind "power" says so. */
export async function storageKey(
  chip: Client<RegisterRequest>,
  media: Media,
  messages: Messages,
): Promise<Uint8Array | undefined> {
  const tell = (outcome: "accepted" | "refused", summary: string) =>
    messages.tell({ from: "tvmm", to: "owner", kind: "power", outcome, summary: `sealed: ${summary}` });
  const place = sealedPlace(media, PLACES.key);
  try {
    const blob = await place.read();
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
    if (!(sealed instanceof Uint8Array)) throw new TerraError("sealed", "the chip has sealed nothing");
    await place.write(sealed);
    tell("accepted", "a storage key was made and sealed to this TVMM on this machine");
    return key;
  } catch (thrown) {
    tell("refused", `this TVMM has no storage key: ${toWireError(thrown).sentence}`);
    return undefined;
  }
}
