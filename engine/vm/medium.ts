/**
 * A medium at the other end of a port. It lies outside the chip, so it may be taken away or stop answering at any moment: every
 * request ends, if need be with an error, so that a guest sees a broken disk and never waits for ever.
 */
import { type Client, connect } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { MediaRequest } from "../protocol/media.ts";

export type Medium = Pick<Client<MediaRequest>, "call">;

/** A disk that has not answered for this long is taken for broken. Until it answers again, the second span is all it gets. */
const PATIENCE_MS = 10_000;
const LAST_CHANCE_MS = 500;

export function mediumAt(port: MessagePort, id: string): Medium {
  const client = connect<MediaRequest>(port);
  // The HTML standard has this event, and Node; Chromium 156 has not, and there the time limit tells.
  port.addEventListener("close", () => client.close(new TerraError("unavailable", `the medium ${id} is gone`)));
  let silent = false;
  return {
    call(request, transfer) {
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          silent = true;
          reject(new TerraError("timeout", `the medium ${id} does not answer`));
        };
        const lastChance = () => {
          timer = setTimeout(giveUp, LAST_CHANCE_MS);
        };
        // Two spans, since a computer that slept wakes up with both the answer and a timer due, in whatever order.
        let timer = setTimeout(lastChance, silent ? 0 : PATIENCE_MS);
        client
          .call(request, transfer)
          .then(resolve, reject)
          .finally(() => {
            silent = false;
            clearTimeout(timer);
          });
      });
    },
  };
}
