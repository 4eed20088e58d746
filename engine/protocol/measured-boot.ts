/**
 * What chip, firmware and loader do alike: take the next layer from the flash, measure it, have it extended, start it, endorse
 * it once. They are realms that may not import each other, hence here. The bytes that are hashed, started and endorsed are
 * one private copy; the flash must never be read again for it. Paper, sections 4.2 and 4.3.
 */
import { type Issuer, issueLayer, readRequest } from "../attestation/index.ts";
import {
  type ContainerEntry,
  digest,
  findEntry,
  PREFIX_LENGTH,
  parseDirectory,
  tableLength,
} from "../storage/index.ts";
import { connect, serve } from "./channel.ts";
import { bytes, fields, integer, list, oneOf, text } from "./checks.ts";
import { TerraError } from "./errors.ts";
import {
  type Board,
  type Endorsement,
  launchMeasured,
  type MeasuredStage,
  parseEndorseRequest,
  StageError,
  type StageInit,
} from "./launch.ts";
import type { MediaRequest, MediumInfo } from "./media.ts";

export type BootStage = "firmware" | "loader" | "tvmm";

/** A layer as it was read: the private copy, its digest, and the vendors' certificates that lay beside it, untrusted. */
export interface StageImage {
  stage: BootStage;
  code: Uint8Array;
  digest: string;
  vendors: string[];
}

/** Longest code that is started, in bytes. */
const MAXIMUM_CODE = 2 ** 26;
const MAXIMUM_VENDORS = 16;

/**
 * Reads the entry of the flash, and `ENTRY.crt` if there is one. The port is given back unused and without listeners. Rejects with
 * StageError where the flash is no container or has no such entry; its text lists what lies there.
 */
export async function readStage(flash: MessagePort, stage: BootStage, entry: string): Promise<StageImage> {
  const client = connect<MediaRequest>(flash);
  const read = async (offset: number, length: number) =>
    bytes(await client.call({ op: "read", medium: "flash", offset, length }), "what the flash answered", MAXIMUM_CODE);
  const content = ({ offset, length }: ContainerEntry) => read(offset, length);
  try {
    const size = flashSize(await client.call({ op: "list" }));
    const table = tableLength(await read(0, Math.min(size, PREFIX_LENGTH)));
    const entries = parseDirectory(await read(0, Math.min(size, PREFIX_LENGTH + table)), size);
    const code = await content(findEntry(entries, entry));
    const beside = entries.find((each) => each.name === `${entry}.crt`);
    const vendors = beside && beside.length <= 65536 ? certificatesIn(await content(beside)) : [];
    return { stage, code, digest: await digest(code), vendors };
  } catch (thrown) {
    throw new StageError(stage, `${stage} cannot be read from the flash: ${reason(thrown)}`);
  } finally {
    client.close(new TerraError("bad-state", "the flash was handed on"));
  }
}

/** The flash's size as its port lists it: the port may lead to nobody knows what. */
function flashSize(raw: unknown): number {
  const media = list(raw, "the list of media", 256, (each) => each as Partial<MediumInfo> | null);
  const flash = media.find((each) => each?.id === "flash");
  if (!flash) throw new TerraError("unknown-disk", "there is no flash");
  return integer(flash.size, "the flash's size", 0, 2 ** 30);
}

/** PEM blocks in what lay beside the code. They are handed on unread, so anything else there is left out. */
function certificatesIn(raw: Uint8Array): string[] {
  const found = new TextDecoder()
    .decode(raw)
    .match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g);
  return (found ?? []).slice(0, MAXIMUM_VENDORS).map((pem) => `${pem}\n`);
}

/** The layer that starts another: its key, and what it was given itself when it was endorsed. */
export interface LowerLayer {
  issuer: Issuer;
  /** Chain from its own certificate down to the chip's, and the vendors' certificates up to its own. */
  endorsement: Endorsement;
}

export interface Start {
  image: StageImage;
  lower: LowerLayer;
  /** What was measured below this stage. */
  stages: StageInit["stages"];
  /** Each of its ports is transferred. */
  board: Board;
  signal?: AbortSignal;
}

export interface Started {
  worker: Worker;
  /** This stage, and those above it as they say themselves: for showing, not for deciding. */
  stages: MeasuredStage[];
}

/**
 * Starts a stage whose digest the register holds already, and answers its ENDORSE. Resolves when everything above it has started
 * as well. Rejects with a StageError naming the stage at fault; its worker is terminated. There is no limit of time: the
 * chip, which sees each extension, watches over the whole boot.
 */
export async function startStage({ image, lower, stages, board, signal }: Start): Promise<Started> {
  const { stage, code } = image;
  const { port1, port2 } = new MessageChannel();
  const measured = { name: stage, digest: image.digest, size: code.length };
  let certificate: string | undefined;
  endorseOnce(port1, async (request) => {
    const { publicKey, applicationData } = await readRequest(request);
    const data = applicationData ? { applicationData } : {};
    certificate = await issueLayer({ layer: stage, issuer: lower.issuer, digest: image.digest, publicKey, ...data });
    return {
      chain: [certificate, ...lower.endorsement.chain],
      vendors: [...lower.endorsement.vendors, ...image.vendors],
    };
  });
  const name = `${stage} (SHA-256 ${image.digest})`;
  let worker: Worker | undefined;
  try {
    const init: StageInit = { board, endorse: port2, stages: [...stages, measured] };
    const transfer = [port2, board.flash, board.media, board.register, board.owner, board.person];
    const launched = await launchMeasured({
      code,
      init,
      transfer,
      name,
      timeoutMs: null,
      ...(signal ? { signal } : {}),
    });
    worker = launched.worker;
    if (!certificate) throw new TerraError("refused", `${name} started and never asked for its certificate`);
    return { worker, stages: [{ ...measured, certificate }, ...parseStages(launched.value)] };
  } catch (thrown) {
    worker?.terminate();
    if (thrown instanceof StageError) throw thrown;
    throw new StageError(stage, reason(thrown));
  } finally {
    port1.close();
  }
}

/** Answers one ENDORSE, whatever comes of it; a second one is refused. */
function endorseOnce(port: MessagePort, endorse: (request: Uint8Array) => Promise<Endorsement>): void {
  let asked = false;
  serve(port, parseEndorseRequest, ({ request }) => {
    if (asked) throw new TerraError("refused", "a layer is endorsed once, when it starts");
    asked = true;
    return endorse(request);
  });
}

/** What firmware and loader return from `start`. */
function parseStages(raw: unknown): MeasuredStage[] {
  return list(raw ?? [], "the stages above", 2, (each, field) => {
    const from = fields(each, field, ["name", "digest", "size", "certificate"]);
    return {
      name: oneOf(from.name, `${field}.name`, ["loader", "tvmm"]),
      digest: text(from.digest, `${field}.digest`, 64),
      size: integer(from.size, `${field}.size`, 0, MAXIMUM_CODE),
      certificate: text(from.certificate, `${field}.certificate`, 65536),
    };
  });
}

/** An error's sentence without its code. */
export function reason(thrown: unknown): string {
  if (thrown instanceof TerraError) return thrown.message.slice(thrown.code.length + 2);
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
