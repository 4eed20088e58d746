/** A whole TVMM in Node: real code and certificates between a stand-in loader, chip and disks below, and stub vm workers above. */
import {
  exportPublicKey,
  generateKeyPair,
  issueChip,
  issueHardwareRoot,
  issueLayer,
  readRequest,
} from "../../attestation/index.ts";
import { connect, serve, Transferred } from "../../protocol/channel.ts";
import { TerraError } from "../../protocol/errors.ts";
import { type EndorseRequest, type MeasuredStage, parseEndorseRequest } from "../../protocol/launch.ts";
import { type MediaRequest, type MediumKind, type NicInfo, parseMediaRequest } from "../../protocol/media.ts";
import type { DeviceStatus, OwnerEvent, OwnerRequest, VmStatus } from "../../protocol/owner.ts";
import type { PersonEvent, PersonRequest } from "../../protocol/person.ts";
import { mediaOver } from "../media.ts";
import { endorsedKey } from "../own-key.ts";
import { tvmm } from "../tvmm.ts";
import { type ImageOptions, type TestImage, testImage } from "./image.ts";
import { closePorts, stubWorkers } from "./stub-worker.ts";

type Medium = { kind: MediumKind; bytes: Uint8Array<ArrayBuffer> };

/** Media in memory, with a count of bytes read for each, and the machine's network cards, whose wires a test holds. */
export function testMedia(nics: readonly NicInfo[] = []) {
  const media = new Map<string, Medium>();
  /** The outer ends of the cards that the TVMM has opened. */
  const wires = new Map<string, MessagePort>();
  const reads = new Map<string, number>();
  /** Ports to single media that the TVMM asked for, oldest first. */
  const opened: { medium: string; readOnly: boolean }[] = [];
  const ports: MessagePort[] = [];
  /** Resolves before each read: a test may hold a medium back. */
  const control = { beforeRead: async (_medium: string) => {} };

  const find = (id: string): Medium => {
    const found = media.get(id);
    if (!found) throw new TerraError("unknown-disk", `no medium ${id}`);
    return found;
  };
  const answer = async (request: MediaRequest): Promise<unknown> => {
    if (request.op === "list") return [...media].map(([id, { kind, bytes }]) => ({ id, kind, size: bytes.length }));
    if (request.op === "nics") return nics;
    if (request.op === "open-nic") {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1, port2);
      wires.set(request.nic, port1);
      return new Transferred(port2, [port2]);
    }
    const { bytes } = find(request.medium);
    if (request.op === "open") {
      opened.push({ medium: request.medium, readOnly: request.readOnly });
      const port = open();
      return new Transferred(port, [port]);
    }
    const length = request.op === "read" ? request.length : request.bytes.length;
    if (request.offset + length > bytes.length) throw new TerraError("bad-argument", "out of range");
    if (request.op === "write") return void bytes.set(request.bytes, request.offset);
    await control.beforeRead(request.medium);
    reads.set(request.medium, (reads.get(request.medium) ?? 0) + length);
    return bytes.slice(request.offset, request.offset + length);
  };
  function open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    serve(port1, parseMediaRequest, answer);
    return port2;
  }
  return { media, reads, opened, ports, control, open, wires };
}

export interface BenchOptions {
  debug?: boolean;
  /** What lies in the medium `sealed`. */
  sealed?: Uint8Array<ArrayBuffer>;
  /** Stands for register and chip: only the same one opens what was sealed. */
  register?: number;
  /** The machine's own network cards. */
  nics?: readonly NicInfo[];
  /** Media that lie in the machine before it is switched on. */
  media?: Record<string, Medium>;
  /** As control.beforeRead of testMedia, from the start. */
  beforeRead?: (medium: string) => Promise<void>;
}

export async function bench(options: BenchOptions = {}) {
  const disks = testMedia(options.nics);
  disks.media.set("sealed", { kind: "sealed", bytes: options.sealed ?? new Uint8Array(65536) });
  for (const [id, medium] of Object.entries(options.media ?? {})) disks.media.set(id, medium);
  if (options.beforeRead) disks.control.beforeRead = options.beforeRead;
  const below = await lowerLayers();
  const register = chipServices(options.register ?? 1);
  const ownerPorts = new MessageChannel();
  const personPorts = new MessageChannel();
  const workers = stubWorkers();

  const own = await endorsedKey({ endorse: below.endorse, stages: below.stages });
  const board = {
    platform: "alice",
    tvmm: "release",
    flash: disks.open(),
    media: disks.open(),
    register: register.port,
    owner: ownerPorts.port2,
    person: personPorts.port2,
  };
  const owner = connect<OwnerRequest, OwnerEvent>(ownerPorts.port1);
  const person = connect<PersonRequest, PersonEvent>(personPorts.port1);
  const events: OwnerEvent[] = [];
  const personEvents: PersonEvent[] = [];
  const waiting = new Set<() => void>();
  owner.onEvent((event) => {
    events.push(event);
    for (const check of [...waiting]) check();
  });
  person.onEvent((event) => {
    personEvents.push(event);
    for (const check of [...waiting]) check();
  });
  // No code runs in these: an empty module, compiled as the real one is.
  const wasm = await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  await tvmm({
    board,
    flash: mediaOver(board.flash),
    own,
    launch: workers.launch,
    wasm,
    debug: options.debug ?? false,
  });

  const until = (predicate: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = () => {
        if (!predicate()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  // Whether there is a storage key is the first thing that a TVMM says.
  await until(() => events.length > 0);

  const ask = (request: OwnerRequest) => owner.call(request);
  const idOf = async (request: OwnerRequest) => (await ask(request)) as string;

  return {
    disks,
    workers,
    events,
    personEvents,
    hardwareRoot: below.hardwareRoot,
    sealCalls: register.calls,
    ask,
    /** Any value over the owner's port. */
    askRaw: (request: unknown) => owner.call(request as OwnerRequest),
    person: (request: PersonRequest) => person.call(request),
    personRaw: (request: unknown) => person.call(request as PersonRequest),
    status: async (vm: string) => ((await ask({ op: "list-vms" })) as VmStatus[]).find(({ id }) => id === vm),
    vms: async () => (await ask({ op: "list-vms" })) as VmStatus[],
    devices: async () => (await ask({ op: "list-devices" })) as DeviceStatus[],
    messages: (kind: string) =>
      events.flatMap((event) => (event.type === "message" && event.message.kind === kind ? [event.message] : [])),
    nic: (config: { role?: string; mac?: string } = {}) =>
      idOf({ op: "create-device", device: { type: "nic", ...config } }),
    /** Resolves as soon as the predicate holds; looks again at each event. */
    until,
    /** Puts an image into the machine and makes a VM of it with boot disk, COM2 and whatever else is wanted. */
    async box(name: string, image: TestImage | ImageOptions = {}, config: Record<string, unknown> = {}) {
      const made = "primary" in image ? image : testImage(image);
      disks.media.set(`${name}.firmware`, { kind: "disk", bytes: made.firmware });
      disks.media.set(`${name}.boot`, { kind: "disk", bytes: made.boot });
      const vm = await idOf({ op: "create-vm", config: { name, medium: `${name}.firmware`, image: name, ...config } });
      const { root, salt } = made.descriptor.boot;
      const boot = await idOf({
        op: "create-device",
        device: { type: "disk", medium: `${name}.boot`, class: "attested", root, salt, slot: 0 },
      });
      const com2 = await idOf({ op: "create-device", device: { type: "serial", purpose: "attestation" } });
      await ask({ op: "attach", vm, device: boot });
      await ask({ op: "attach", vm, device: com2 });
      return { vm, boot, com2, image: made };
    },
    close() {
      for (const worker of workers.workers) if (!worker.terminated) closePorts(worker.init);
      for (const port of [
        ...disks.ports,
        ...register.ports,
        ...Object.values(ownerPorts),
        ...Object.values(personPorts),
      ]) {
        (port as MessagePort).close();
      }
      ownerPorts.port1.close();
      personPorts.port1.close();
    },
  };
}

export type Bench = Awaited<ReturnType<typeof bench>>;

/** Chip, firmware and loader as far as the TVMM sees them: one ENDORSE. */
async function lowerLayers() {
  const hardware = await generateKeyPair();
  const hardwareRoot = await issueHardwareRoot({ keyPair: hardware });
  const chip = await generateKeyPair();
  const chipCertificate = await issueChip({
    issuer: { key: hardware.privateKey, certificate: hardwareRoot },
    serial: "TL-0001",
    publicKey: await exportPublicKey(chip.publicKey),
  });
  const chain = [chipCertificate];
  let issuer = { key: chip.privateKey, certificate: chipCertificate };
  for (const [layer, digest] of [
    ["firmware", "f1"],
    ["loader", "0a"],
  ] as const) {
    const pair = await generateKeyPair();
    const certificate = await issueLayer({
      layer,
      issuer,
      digest: digest.repeat(32),
      publicKey: await exportPublicKey(pair.publicKey),
    });
    chain.unshift(certificate);
    issuer = { key: pair.privateKey, certificate };
  }
  const stages: Omit<MeasuredStage, "certificate">[] = [
    { name: "chip" },
    { name: "firmware", digest: "f1".repeat(32), size: 1 },
    { name: "loader", digest: "0a".repeat(32), size: 1 },
    { name: "tvmm", digest: "7e".repeat(32), size: 1 },
  ];
  const { port1, port2 } = new MessageChannel();
  serve<EndorseRequest>(port1, parseEndorseRequest, async ({ request }) => {
    const { publicKey } = await readRequest(request);
    return {
      chain: [await issueLayer({ layer: "tvmm", issuer, digest: "7e".repeat(32), publicKey }), ...chain],
      vendors: [],
    };
  });
  return { endorse: port2, stages, hardwareRoot };
}

/** Sealing that opens for the same number only. */
function chipServices(register: number) {
  const { port1, port2 } = new MessageChannel();
  const calls: string[] = [];
  serve(
    port1,
    (raw) => raw as { op: string; plaintext: Uint8Array; blob: Uint8Array },
    ({ op, plaintext, blob }) => {
      calls.push(op);
      if (op === "seal") return new Uint8Array([register, ...plaintext]);
      if (blob[0] !== register) throw new TerraError("sealed", "the register is another");
      return blob.slice(1);
    },
  );
  return { port: port2, ports: [port1, port2], calls };
}
