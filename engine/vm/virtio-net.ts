/**
 * Our virtio network card (virtio 1.0, section 5.1): one queue each way, its MAC, and no offloads, so that what crosses its port are
 * whole Ethernet frames and nothing else. It never makes anybody wait: frames for which the guest has no buffers are kept
 * for a while, and those beyond are dropped.
 */
import { type FrameBatch, MAX_BATCH, MAX_FRAME, MIN_FRAME, readFrames } from "../protocol/frames.ts";
import type { VirtQueue } from "./v86-internals.ts";
import { type Board, constant, extent, gather, plugIn, requests, scatter } from "./virtio.ts";

const F_MAC = 5;
const DRIVER_OK = 4;

/** Comes before each frame; nothing in it means anything without offloads but the number of buffers, which is 1. */
const HEADER = 12;
const RECEIVED = new Uint8Array(HEADER);
RECEIVED[10] = 1;

const RECEIVE_SIZE = 256;
const SEND_SIZE = 256;
/** A driver gives frames of 1526 bytes with their header, at most. */
const MAX_CHAIN = 65536;

/** Frames that wait for the guest: 1.5 MiB. */
const MAX_WAITING = 1024;

export interface Card {
  /** PCI device number, 8 to 15. */
  pci: number;
  /** As in 02:00:5e:10:00:00. */
  mac: string;
  /** Carries frames both ways (frames.ts). */
  port: MessagePort;
}

export interface NetworkCard {
  /** To be called after each slice of the processor's time: what was sent in it goes out. */
  service(): void;
  /** While held, the guest is given nothing; frames wait, or are dropped. */
  hold(held: boolean): void;
  /** What was sent goes out, and then no frame goes either way any more. */
  unplug(): void;
}

export function plugInCard(board: Board, { pci, mac, port }: Card): NetworkCard {
  const { cpu } = board;
  let sent: Uint8Array<ArrayBuffer>[] = [];
  let waiting: Uint8Array[] = [];
  let unanswered = 0;
  let held = false;

  const post = () => {
    if (sent.length === 0) return;
    const batch: FrameBatch = { frames: sent };
    sent = [];
    port.postMessage(
      batch,
      batch.frames.map((frame) => frame.buffer),
    );
  };

  /** The guest gets its buffers back; not for each frame, since each time costs it an interrupt. */
  const answer = () => {
    unanswered = 0;
    device.queues[1]?.flush_replies();
  };

  const send = (queue: VirtQueue) => {
    for (const chain of requests(queue)) {
      const given = extent(cpu, chain.read_buffers, MAX_CHAIN);
      if (given === undefined) {
        device.needs_reset();
        return;
      }
      const length = given - HEADER;
      if (length >= MIN_FRAME && length <= MAX_FRAME) sent.push(gather(cpu, chain.read_buffers, length, HEADER));
      if (sent.length === MAX_BATCH) post();
      chain.length_written = 0;
      queue.push_reply(chain);
      if (++unanswered === SEND_SIZE / 2) answer();
    }
  };

  /** Gives the guest what waits, as far as it has buffers. */
  const receive = () => {
    const queue = device.queues[0];
    if (held || waiting.length === 0 || !queue?.is_configured()) return;
    const chains = requests(queue);
    let taken = 0;
    for (const frame of waiting) {
      const chain = chains.next().value;
      if (!chain) break;
      const room = extent(cpu, chain.write_buffers, MAX_CHAIN);
      if (room === undefined) {
        device.needs_reset();
        break;
      }
      // A buffer that is too small comes back empty, and the frame is lost.
      const fits = room >= HEADER + frame.length;
      if (fits) {
        scatter(cpu, chain.write_buffers, RECEIVED);
        scatter(cpu, chain.write_buffers, frame, HEADER);
      }
      chain.length_written = fits ? HEADER + frame.length : 0;
      queue.push_reply(chain);
      taken++;
    }
    waiting = waiting.slice(taken);
    queue.flush_replies();
  };

  const device = plugIn(board, {
    name: `virtio-net ${pci}`,
    slot: pci,
    type: 1,
    features: [F_MAC],
    queues: [
      { size: RECEIVE_SIZE, onRequests: receive },
      { size: SEND_SIZE, onRequests: send },
    ],
    config: mac.split(":").map((byte, index) => constant(1, `mac ${index}`, Number.parseInt(byte, 16))),
    onReset() {
      waiting = [];
      unanswered = 0;
    },
  });

  port.onmessage = ({ data }: MessageEvent) => {
    if ((device.device_status & DRIVER_OK) === 0) return;
    waiting.push(...readFrames(data).slice(0, MAX_WAITING - waiting.length));
    board.enter(receive);
  };

  return {
    service() {
      post();
      answer();
    },
    hold(to) {
      held = to;
      board.enter(receive);
    },
    unplug() {
      post();
      port.onmessage = null;
      port.close();
    },
  };
}
