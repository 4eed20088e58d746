/**
 * A medium at the other end of a port. It lies outside the chip, so it may be taken away or stop answering at any moment: every
 * request ends, if need be with an error, so that a guest sees a broken disk and never waits for ever.
 */
import { type Client, connect } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { MediaRequest } from "../protocol/media.ts";

export type Medium = Pick<Client<MediaRequest>, "call">;

/** A disk that has not answered for this long does not answer any more. */
const PATIENCE_MS = 30_000;

export function mediumAt(port: MessagePort, id: string): Medium {
  const client = connect<MediaRequest>(port);
  // Browsers say so when the other end is gone; those that do not yet, run into the time limit.
  port.addEventListener("close", () => client.close(new TerraError("unavailable", `the medium ${id} is gone`)));
  return {
    call(request, transfer) {
      return new Promise((resolve, reject) => {
        const late = new TerraError("timeout", `the medium ${id} has not answered for ${PATIENCE_MS / 1000} s`);
        const timer = setTimeout(reject, PATIENCE_MS, late);
        client
          .call(request, transfer)
          .then(resolve, reject)
          .finally(() => clearTimeout(timer));
      });
    },
  };
}
