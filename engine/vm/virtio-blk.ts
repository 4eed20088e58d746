/**
 * Our virtio disk (virtio 1.0, section 5.2), which v86 lacks: read-only flag, serial number, flush, and errors that the
 * guest sees as errors. It delivers what its source hands out and nothing else; when the source meets a bad block, the
 * request stays unanswered and onIntegrity is called before anything else can run.
 */
import type { BlockSource, IntegrityFailure } from "./block-source.ts";
import { IntegrityFailure as Failure } from "./block-source.ts";
import type { BufferChain, VirtQueue } from "./v86-internals.ts";
import { type Board, constant, extent, FIRST_DISK_SLOT, gather, plugIn, reply, requests, scatter } from "./virtio.ts";

export const SECTOR = 512;
const HEADER = 16;
const SERIAL = 20;

const F_SEG_MAX = 2;
const F_RO = 5;
const F_BLK_SIZE = 6;
const F_FLUSH = 9;

const IN = 0;
const OUT = 1;
const FLUSH = 4;
const GET_ID = 8;

const OK = 0;
const IOERR = 1;
const UNSUPPORTED = 2;

const QUEUE_SIZE = 128;
/** Linux asks for 128 KiB when it reads ahead and for 1280 KiB at most. More is refused. */
const MAX_BYTES = 2 << 20;
/** What a hostile guest can make this worker hold at once: 16 requests of 2 MiB. */
const MAX_UNDER_WAY = 16;

export interface Disk {
  serial: string;
  readOnly: boolean;
  source: BlockSource;
  onIntegrity(failure: IntegrityFailure): void;
}

/** Puts the disk with this number (0 becomes /dev/vda) into its slot. */
export function plugInDisk(board: Board, number: number, disk: Disk): void {
  const { cpu } = board;
  const sectors = Math.floor(disk.source.size / SECTOR);
  const serial = new Uint8Array(SERIAL);
  serial.set(new TextEncoder().encode(disk.serial).subarray(0, SERIAL));
  /** Requests of before a reset belong to a queue that is no more, but they count as long as they are under way. */
  let era = 0;
  let underWay = 0;

  /** Answers the guest: data, then the status byte at the very end of what it lets the device write. */
  const finish = (queue: VirtQueue, chain: BufferChain, room: number, status: number, data?: Uint8Array) => {
    if (data) scatter(cpu, chain.write_buffers, data);
    scatter(cpu, chain.write_buffers, Uint8Array.of(status), room - 1);
    reply(queue, chain, (data?.length ?? 0) + 1);
  };

  /** What to do for a request: its data (absent: none), or a promise of it. Throws a status, or what the source throws. */
  const serve = (
    chain: BufferChain,
    given: number,
    room: number,
  ): Uint8Array | Promise<Uint8Array | undefined> | undefined => {
    const request = gather(cpu, chain.read_buffers, given);
    const header = new DataView(request.buffer);
    const type = header.getUint32(0, true);
    const sector = header.getUint32(8, true) + header.getUint32(12, true) * 2 ** 32;
    const length = type === OUT ? given - HEADER : room - 1;
    const inside = length > 0 && length % SECTOR === 0 && sector + length / SECTOR <= sectors;
    if (type === GET_ID) return serial.slice(0, Math.min(room - 1, SERIAL));
    if (type === FLUSH) return undefined;
    if (type === IN) {
      if (!inside) throw IOERR;
      return disk.source.read(sector * SECTOR, length);
    }
    if (type === OUT) {
      if (!inside || disk.readOnly || !disk.source.write) throw IOERR;
      return disk.source.write(sector * SECTOR, request.slice(HEADER)).then(() => undefined);
    }
    throw UNSUPPORTED;
  };

  const refused = (thrown: unknown) => (thrown === UNSUPPORTED ? UNSUPPORTED : IOERR);

  const take = (queue: VirtQueue) => {
    if (underWay >= MAX_UNDER_WAY) return;
    for (const chain of requests(queue)) {
      const given = extent(cpu, chain.read_buffers, MAX_BYTES);
      const room = extent(cpu, chain.write_buffers, MAX_BYTES);
      if (given === undefined || room === undefined || given < HEADER || room < 1) {
        // There is nowhere to put a status: the specification's way out.
        device.needs_reset();
        return;
      }
      let answer: ReturnType<typeof serve>;
      try {
        answer = serve(chain, given, room);
      } catch (thrown) {
        finish(queue, chain, room, refused(thrown));
        continue;
      }
      if (!(answer instanceof Promise)) {
        finish(queue, chain, room, OK, answer);
        continue;
      }
      const started = era;
      underWay++;
      answer
        .then(
          (data) => {
            if (started === era) board.enter(() => finish(queue, chain, room, OK, data));
          },
          (thrown: unknown) => {
            if (thrown instanceof Failure) disk.onIntegrity(thrown);
            else if (started === era) board.enter(() => finish(queue, chain, room, IOERR));
          },
        )
        .finally(() => {
          underWay--;
          if (queue.is_configured()) board.enter(() => take(queue));
        });
      if (underWay >= MAX_UNDER_WAY) return;
    }
  };

  const device = plugIn(board, {
    name: `virtio-blk ${number}`,
    slot: FIRST_DISK_SLOT + number,
    type: 2,
    queues: [{ size: QUEUE_SIZE, onRequests: take }],
    features: [F_SEG_MAX, F_BLK_SIZE, F_FLUSH, ...(disk.readOnly ? [F_RO] : [])],
    config: [
      constant(4, "capacity, low", sectors % 2 ** 32),
      constant(4, "capacity, high", Math.floor(sectors / 2 ** 32)),
      constant(4, "size_max", 0),
      constant(4, "seg_max", QUEUE_SIZE - 2),
      constant(2, "cylinders", 0),
      constant(1, "heads", 0),
      constant(1, "sectors", 0),
      constant(4, "blk_size", SECTOR),
    ],
    onReset() {
      era++;
    },
  });
}
