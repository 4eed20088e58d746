/**
 * What the management box may ask over COM3 (paper 4.4): what the owner may ask at his port, by the same implementation and
 * with the same answers, and beyond that the limits, which nobody else sets. The box may be hostile and is no more trusted
 * than the owner: whatever it sends, the TVMM's other callers are served as before. One service for each power-on of the box.
 */
import { Transferred } from "../protocol/channel.ts";
import { badArgument, malformed } from "../protocol/checks.ts";
import { TerraError, toWireError } from "../protocol/errors.ts";
import {
  type LimitChange,
  MAX_PIECE,
  type ManagementRequest,
  parseManagementRequest,
} from "../protocol/management-device.ts";
import type { OwnerRequest } from "../protocol/owner.ts";
import { type Answer, serialFraming } from "../protocol/serial-framing.ts";
import type { LimitsKeeper } from "./limits.ts";
import { type ListParts, listing } from "./listing.ts";
import type { ManagementService } from "./machine.ts";
import type { Messages } from "./messages.ts";

/**
 * Calls under way at a time. Within one opening of the device there is one; but a program that is interrupted opens it anew,
 * and what the one before had asked for goes on, as it does where the owner's page is closed.
 */
const MAX_CALLS = 4;

/** VMs that have a share of their own, those included that are gone: a limit stays until the machine is switched off. */
const MAX_SHARES = 64;

export interface ManagementServiceParts extends ListParts {
  /** The box's name: messages say that its calls come from it. */
  name: string;
  /** The owner's requests, told as this box's. */
  handle(request: OwnerRequest): Promise<unknown>;
  limits: LimitsKeeper;
  /** The machine's memory for VMs, MiB. */
  memoryMiB: number;
  messages: Messages;
  /** The policy has been carried out. */
  ready(done: number, refused: number): void;
  send(bytes: Uint8Array): void;
  after(ms: number, callback: () => void): () => void;
}

const encoder = new TextEncoder();

export function managementService(parts: ManagementServiceParts): ManagementService {
  const { name, handle, machine, limits, messages } = parts;
  let calls = 0;
  /** Counts openings of the device. */
  let opening = 0;
  /** What the last SCREENSHOT or SNAPSHOT took, to be fetched in pieces while the device stays open. */
  let taken: { of: "screenshot" | "snapshot"; vm: string; bytes: Uint8Array } | undefined;

  const framing = serialFraming({
    send: parts.send,
    after: parts.after,
    request: (verb, body, answer) => void serve(verb, body, answer),
    refused: (reason) => tell("refused", `what ${name} sent over COM3 is refused: ${reason}`),
  });

  function tell(outcome: "accepted" | "refused", summary: string): void {
    messages.tell({ from: name, to: "tvmm", kind: "management", outcome, summary });
  }

  async function serve(verb: string, body: Uint8Array<ArrayBuffer>, answer: Answer): Promise<void> {
    if (calls >= MAX_CALLS) {
      refuse(answer, new TerraError("busy", `${MAX_CALLS} calls of earlier openings of COM3 are still under way`));
      return;
    }
    calls++;
    try {
      const request = parse(verb, body);
      answer("OK", await carryOut(request));
    } catch (thrown) {
      refuse(answer, thrown);
    } finally {
      calls--;
    }
  }

  function refuse(answer: Answer, thrown: unknown): void {
    const { code, sentence } = toWireError(thrown);
    answer("ERR", encoder.encode(`${code}: ${sentence.replace(/\p{Cc}/gu, " ")}\n`));
  }

  /** What gets no further than this has no other record of its being refused. */
  function parse(verb: string, body: Uint8Array<ArrayBuffer>): ManagementRequest {
    try {
      return parseManagementRequest(verb, body);
    } catch (thrown) {
      tell("refused", `${verb}: ${toWireError(thrown).code}: ${toWireError(thrown).sentence}`);
      throw thrown;
    }
  }

  async function carryOut(request: ManagementRequest): Promise<Uint8Array> {
    switch (request.do) {
      case "call":
        return reply(await handle(resolved(request.request)));
      case "list":
        return encoder.encode(await listing(parts, request.what, handle));
      case "piece":
        return piece(request.of, vmId(request.vm), request.offset);
      case "limit":
        setLimit(request.change);
        return new Uint8Array(0);
      case "ready":
        tell("accepted", `READY: ${request.done} calls of the policy carried out, ${request.refused} refused`);
        parts.ready(request.done, request.refused);
        return new Uint8Array(0);
    }
  }

  /** The id of the VM that is meant: ids go before names. Where there is neither, whoever looks it up says so. */
  function vmId(given: string): string {
    if (machine.vms.has(given)) return given;
    return [...machine.vms.values()].find((vm) => vm.name === given)?.id ?? given;
  }

  const resolved = (request: OwnerRequest): OwnerRequest =>
    "vm" in request ? { ...request, vm: vmId(request.vm) } : request;

  async function piece(of: "screenshot" | "snapshot", vm: string, offset: number): Promise<Uint8Array> {
    const bytes = offset === 0 ? await take(of, vm) : kept(of, vm);
    if (offset > bytes.length) throw badArgument("offset", offset, `at most ${bytes.length}`);
    const total = encoder.encode(`${bytes.length}\n`);
    const part = bytes.subarray(offset, offset + MAX_PIECE);
    const whole = new Uint8Array(total.length + part.length);
    whole.set(total);
    whole.set(part, total.length);
    if (offset + part.length === bytes.length) taken = undefined;
    return whole;
  }

  async function take(of: "screenshot" | "snapshot", vm: string): Promise<Uint8Array> {
    taken = undefined;
    const asked = opening;
    const bytes = unwrapped(await handle({ op: of, vm }));
    if (!(bytes instanceof Uint8Array)) throw new TerraError("internal", `the ${of} of ${vm} is not bytes`);
    // Megabytes: nobody would come for them if the device was closed meanwhile.
    if (asked === opening) taken = { of, vm, bytes };
    return bytes;
  }

  function kept(of: "screenshot" | "snapshot", vm: string): Uint8Array {
    if (taken?.of === of && taken.vm === vm) return taken.bytes;
    throw new TerraError("bad-state", `no ${of} of ${vm} was taken since COM3 was opened; begin with offset=0`);
  }

  function setLimit({ memoryMiB, images, share, vm }: LimitChange): void {
    const what = [
      ...(memoryMiB === undefined ? [] : [`memory ${memoryMiB} MiB`]),
      ...(images === undefined ? [] : [images === null ? "any image" : `${images.length} images`]),
      ...(share === undefined ? [] : [`share ${share}${vm === undefined ? "" : ` for ${vm}`}`]),
    ].join(", ");
    try {
      if (memoryMiB !== undefined && memoryMiB > parts.memoryMiB) {
        throw badArgument("memory", memoryMiB, `at most ${parts.memoryMiB}, all that this machine has for VMs`);
      }
      limits.set({
        ...(memoryMiB === undefined ? {} : { memoryMiB }),
        ...(images === undefined ? {} : { images }),
        ...(share === undefined ? {} : shareChange(share, vm)),
      });
      tell("accepted", `LIMIT ${what}`);
    } catch (thrown) {
      const { code, sentence } = toWireError(thrown);
      tell("refused", `LIMIT ${what}: ${code}: ${sentence}`);
      throw thrown;
    }
  }

  function shareChange(share: number, vm: string | undefined) {
    if (vm === undefined) return { share };
    const { shares } = limits.current();
    // Who destroys a VM has not lifted its limit, and who set it may change it while there is no such VM.
    const limited = Object.hasOwn(shares, vm) && !machine.vms.has(vm);
    const name = limited ? vm : machine.vm(vmId(vm)).name;
    if (!Object.hasOwn(shares, name) && Object.keys(shares).length >= MAX_SHARES) {
      throw new TerraError("out-of-memory", `${MAX_SHARES} VMs have shares of their own already`);
    }
    return { shares: { ...shares, [name]: share } };
  }

  return {
    receive: framing.receive,
    dtr(high) {
      if (!framing.dtr(high)) return;
      opening++;
      taken = undefined;
    },
    stop() {
      framing.stop();
      opening++;
      taken = undefined;
    },
  };
}

const unwrapped = (value: unknown): unknown => (value instanceof Transferred ? value.value : value);

/** Ids and bytes as they are; the other calls have nothing to say. */
function reply(answered: unknown): Uint8Array {
  const value = unwrapped(answered);
  if (value === undefined) return new Uint8Array(0);
  if (typeof value === "string") return encoder.encode(`${value}\n`);
  if (value instanceof Uint8Array) return value;
  throw malformed("the answer", value, "an id or bytes");
}
