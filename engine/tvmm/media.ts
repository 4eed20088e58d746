/**
 * Reading the machine's media: flash, images' firmware, disks, sealed blobs. They lie outside the chip and answer whatever
 * an attacker likes, so all that is believed here is the shape of an answer; what the bytes are worth is decided by those
 * who hash them. Nothing read is kept here, and nothing is read twice on a caller's behalf.
 */
import { type Client, connect } from "../protocol/channel.ts";
import { TerraError } from "../protocol/errors.ts";
import type { MediaRequest, MediumInfo, NicInfo } from "../protocol/media.ts";
import { type Bytes, findEntry, PREFIX_LENGTH, parseDirectory, tableLength } from "../storage/index.ts";

/** Reads are made in pieces of this size, so that progress can be told and a start can be given up half-way. */
const PIECE = 2 ** 20;

export interface Media {
  list(): Promise<MediumInfo[]>;
  read(medium: string, offset: number, length: number, options?: ReadOptions): Promise<Bytes>;
  write(medium: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** A port bound to one medium, for a vm worker. */
  open(medium: string, options: { readOnly: boolean }): Promise<MessagePort>;
  /** The machine's own network cards. They lie outside as the media do, and are reached by the same port. */
  nics(): Promise<NicInfo[]>;
  /** A port that carries frames to and from that card's wire. */
  openNic(nic: string): Promise<MessagePort>;
}

export interface ReadOptions {
  onProgress?: (bytes: number) => void;
  signal?: AbortSignal;
}

/** Requests over the board's port for the machine's media. */
export function mediaOver(port: MessagePort): Media {
  const client = connect<MediaRequest>(port);
  return {
    async list() {
      const reply = await client.call({ op: "list" });
      if (!Array.isArray(reply)) throw nonsense("a list of media", reply);
      return reply.map(mediumInfo);
    },
    read: (medium, offset, length, options) => readPieces(client, medium, offset, length, options),
    async write(medium, offset, bytes) {
      await client.call({ op: "write", medium, offset, bytes });
    },
    async open(medium, { readOnly }) {
      const reply = await client.call({ op: "open", medium, readOnly });
      if (!(reply instanceof MessagePort)) throw nonsense(`a port to ${medium}`, reply);
      return reply;
    },
    async nics() {
      const reply = await client.call({ op: "nics" });
      if (!Array.isArray(reply)) throw nonsense("a list of network cards", reply);
      return reply.map(nicInfo);
    },
    async openNic(nic) {
      const reply = await client.call({ op: "open-nic", nic });
      if (!(reply instanceof MessagePort)) throw nonsense(`a port to ${nic}`, reply);
      return reply;
    },
  };
}

async function readPieces(
  client: Client<MediaRequest>,
  medium: string,
  offset: number,
  length: number,
  { onProgress, signal }: ReadOptions = {},
): Promise<Bytes> {
  const whole = new Uint8Array(length);
  for (let at = 0; at < length; at += PIECE) {
    signal?.throwIfAborted();
    const piece = Math.min(PIECE, length - at);
    const reply = await client.call({ op: "read", medium, offset: offset + at, length: piece });
    if (!(reply instanceof Uint8Array) || reply.length !== piece) throw nonsense(`${piece} bytes of ${medium}`, reply);
    whole.set(reply, at);
    onProgress?.(piece);
  }
  return whole;
}

export interface Files {
  /** Bytes of one file, or "bad-argument" naming what there is instead. */
  read(name: string, options?: ReadOptions & { maxLength?: number }): Promise<Bytes>;
  length(name: string): number;
  has(name: string): boolean;
}

/** Opens the container (engine/storage/container.ts) in a medium. Its table is read once; each file when it is asked for. */
export async function openContainer(media: Pick<Media, "read">, medium: string, size: number): Promise<Files> {
  const prefix = await media.read(medium, 0, PREFIX_LENGTH);
  const head = await media.read(medium, 0, PREFIX_LENGTH + tableLength(prefix));
  const entries = parseDirectory(head, size);
  return {
    length: (name) => findEntry(entries, name).length,
    has: (name) => entries.some((entry) => entry.name === name),
    read(name, { maxLength, ...options } = {}) {
      const { offset, length } = findEntry(entries, name);
      if (maxLength !== undefined && length > maxLength) {
        throw new TerraError("bad-argument", `${name} in ${medium} has ${length} bytes; at most ${maxLength} are read`);
      }
      return media.read(medium, offset, length, options);
    },
  };
}

function mediumInfo(raw: unknown): MediumInfo {
  const { id, kind, size } = (raw ?? {}) as Record<string, unknown>;
  const known = (["flash", "disk", "sealed"] as const).find((each) => each === kind);
  if (typeof id !== "string" || !known || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw nonsense("an entry { id, kind, size }", raw);
  }
  return { id, kind: known, size };
}

/** Its id stands beside those of the TVMM's own devices, so it must not be like one of them. */
function nicInfo(raw: unknown): NicInfo {
  const { id, wire } = (raw ?? {}) as Record<string, unknown>;
  if (typeof id !== "string" || !/^eth(0|[1-9][0-9]?)$/.test(id) || typeof wire !== "string" || wire.length > 64) {
    throw nonsense("an entry { id, wire }", raw);
  }
  return { id, wire };
}

function nonsense(expected: string, found: unknown): TerraError {
  const what = found instanceof Uint8Array ? `${found.length} bytes` : found === null ? "null" : typeof found;
  return new TerraError("malformed", `the machine's media were asked for ${expected} and answered ${what}`);
}
