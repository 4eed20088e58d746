/**
 * The board's source of randomness: virtio entropy device (virtio 1.0, section 5.4) fed by crypto.getRandomValues, so that
 * no two boots give the same keys. Each VM has one.
 */
import { type Board, extent, plugIn, RNG_SLOT, reply, requests, scatter } from "./virtio.ts";

/** crypto.getRandomValues gives this much at once; a guest that asks for more gets less, as the specification allows. */
const MAX_BYTES = 65536;

export function plugInRng(board: Board): void {
  plugIn(board, {
    name: "virtio-rng",
    slot: RNG_SLOT,
    type: 4,
    features: [],
    queues: [
      {
        size: 16,
        onRequests(queue) {
          for (const chain of requests(queue)) {
            const room = extent(board.cpu, chain.write_buffers, 0xffffffff);
            const bytes = new Uint8Array(Math.min(room ?? 0, MAX_BYTES));
            crypto.getRandomValues(bytes);
            scatter(board.cpu, chain.write_buffers, bytes);
            reply(queue, chain, bytes.length);
          }
        },
      },
    ],
  });
}
