/**
 * Plays calls against a whole TVMM and against the model at once, from the owner's port and over COM3, and holds every answer,
 * list, event, message and vm worker to what the model says.
 */
import { expect } from "vitest";
import type { DeviceConfig, DeviceStatus, Limits, OwnerRequest } from "../../protocol/owner.ts";
import type { VmInit } from "../../protocol/vm.ts";
import type { Bench } from "./bench.ts";
import { com3, managedBench } from "./com3.ts";
import { type Change, type Media, PHYSICAL } from "./draws.ts";
import { eventView } from "./event-view.ts";
import { ascii, eventually } from "./guest.ts";
import type { TestImage } from "./image.ts";
import {
  begun,
  carryOut,
  devicesOf,
  devicesSeen,
  diskSerial,
  type Model,
  type ModelVm,
  pciNumbers,
  shareOf,
  slots,
  type Verdict,
  vmSeen,
} from "./model.ts";
import { MACHINE_MIB, verdict } from "./model-rules.ts";
import { answerLikeAWorker, type StubWorker } from "./stub-worker.ts";

const MANAGEMENT = "vm1";

/** Calls that are told whatever comes of them; of the others only refusals, or nothing, are. */
const TOLD =
  /^(create-|destroy-|attach|detach|connect|disconnect|on$|off|suspend|resume|(read|write)-memory|snap|send)/;
const TOLD_IF_REFUSED = /^(console-|screenshot)/;

const codeOf = (sentence: string) => sentence.split(":", 1)[0];

export async function player(media: Media) {
  const tb = await managedBench({
    nics: PHYSICAL,
    media: Object.fromEntries(Object.entries(media).map(([id, { kind, bytes }]) => [id, { kind, bytes }])),
  });
  const model = await modelOf(tb);
  const running = new Map<string, StubWorker>([[MANAGEMENT, tb.worker]]);
  let line: ReturnType<typeof com3> | undefined = tb.com3;
  let stubborn = false;
  const view = await eventView(tb);

  async function modelOf({ disks }: Bench): Promise<Model> {
    const all = [...disks.media].map(([id, { kind, bytes }]) => {
      const image = media[id]?.image;
      return [id, { kind, size: bytes.length, tampered: false, ...(image ? { image } : {}) }] as const;
    });
    const made: Model = {
      media: new Map(all),
      vms: new Map(),
      devices: new Map(),
      physical: PHYSICAL,
      connections: new Map(),
      limits: { memoryMiB: MACHINE_MIB, images: null, share: 1, shares: {} },
      made: { vm: 1, dev: 0 },
      launchFails: false,
    };
    return made;
  }

  /** What the TVMM made by itself is taken from its lists: com3's tests say what that must be. */
  async function adopt(image: TestImage): Promise<void> {
    const [box] = await tb.vms();
    if (!box) throw new Error("there is no management box");
    const config = { name: box.name, medium: box.medium, image: box.image };
    for (const id of ["management.firmware", "management.boot"]) {
      const medium = model.media.get(id);
      if (medium) medium.image = image;
    }
    model.vms.set(box.id, { id: box.id, config, image, kind: "open", management: true, state: "on", worker: true });
    for (const device of await tb.devices()) {
      if (device.wire !== undefined) continue;
      model.made.dev++;
      const { id, medium = "", mac } = device;
      const size = model.media.get(medium)?.size ?? 0;
      const config = configOf(device, image);
      model.devices.set(id, { id, config, size, attachedTo: box.id, ...(mac === undefined ? {} : { mac }) });
    }
  }

  /** Lists and events say what the model says. */
  async function compare(): Promise<void> {
    const vms = await tb.vms();
    const devices = await tb.devices();
    const seen = vms.map(({ halt, ...rest }) => rest);
    expect(seen).toEqual([...model.vms.values()].map((vm) => vmSeen(model, vm)));
    for (const { state, halt } of vms) if (state !== "off") expect(halt !== undefined).toBe(state === "halted");
    expect(devices).toEqual(devicesSeen(model));
    expect((await tb.ask({ op: "limits" })) as Limits).toEqual(model.limits);
    view.compare(vms, devices);
    expect(tb.workers.alive()).toBe([...model.vms.values()].filter(({ worker }) => worker).length);
  }

  function checkLaunch(vm: ModelVm, init: VmInit): void {
    const devices = devicesOf(model, vm);
    const placed = slots(vm, devices);
    const cards = pciNumbers(vm, devices);
    if (placed === "refused" || cards === "refused") throw new Error("the model has a box on that cannot be");
    const disks = [...placed]
      .sort(([, left], [, right]) => left - right)
      .map(([id, slot]) => {
        const device = model.devices.get(id);
        return device ? [id, diskSerial(vm, device, slot), !isRaw(device.config)] : [];
      });
    expect(init.disks.map(({ device, serial, readOnly }) => [device, serial, readOnly])).toEqual(disks);
    const nics = [...cards]
      .sort(([, left], [, right]) => left - right)
      .map(([id, pci]) => [id, pci, model.devices.get(id)?.mac]);
    expect(init.nics.map(({ device, pci, mac }) => [device, pci, mac])).toEqual(nics);
    const has = (purpose: string) =>
      devices.some(({ config }) => config.type === "serial" && config.purpose === purpose);
    expect(init.serials).toEqual({
      console: has("console"),
      attestation: has("attestation"),
      management: has("management"),
    });
    expect(init.display).toBe(devices.some(({ config }) => config.type === "display"));
    expect([init.memoryMiB, init.cpuShare]).toEqual([vm.image.descriptor.memoryMiB, shareOf(model, vm)]);
    expect(init.inspectable).toBe(vm.kind === "open");
  }

  /** The management box asks where it can, else the owner; both must get the same. */
  async function answer(
    request: OwnerRequest,
    overCom3: boolean,
  ): Promise<{ code: Verdict; value: unknown; from: string }> {
    const words = overCom3 && line && model.vms.get(MANAGEMENT)?.state === "on" ? toCom3(model, request) : undefined;
    if (line && words) {
      const { word, text, body } = await line.call(words.verb, words.values, words.raw);
      const id = text.trimEnd();
      if (word !== "OK") return { code: codeOf(text), value: undefined, from: "management" };
      return { code: undefined, value: request.op.startsWith("create-") ? id : body, from: "management" };
    }
    return tb.ask(request).then(
      (value) => ({ code: undefined, value, from: "owner" }),
      (error: Error) => ({ code: codeOf(error.message), value: undefined, from: "owner" }),
    );
  }

  /** Resolves with the code that the call was refused with, rightly. */
  async function ask(request: OwnerRequest, overCom3 = false): Promise<Verdict> {
    const vm = "vm" in request ? model.vms.get(request.vm) : undefined;
    let expected = verdict(model, request);
    if (request.op === "challenge" && !expected && vm) return challenge(vm, request.nonce);
    const before = tb.events.length;
    const launched = tb.workers.workers.length;
    if ((request.op === "suspend" || request.op === "resume") && !expected && stubborn) expected = "internal";
    else if (request.op === "on" && !expected && vm) expected = begun(model, vm);
    const { code, value, from } = await answer(request, overCom3);
    expect(code, JSON.stringify(request).slice(0, 300)).toBe(expected);
    checkTold(request, code, from, before);
    if (code === undefined) {
      const id = typeof value === "string" ? value : "";
      if (request.op === "create-device") expect(id).toBe(`dev${nextNumber(id, model.made.dev)}`);
      if (request.op === "create-vm") expect(id).toBe(`vm${++model.made.vm}`);
      if (request.op === "create-device") model.made.dev = Number(id.slice(3));
      if (request.op === "read-memory") expect((value as Uint8Array).length).toBe(request.length);
      carryOut(model, request, id, (await tb.devices()).find((device) => device.id === id)?.mac);
    }
    if (vm && request.op === "on" && code === undefined) {
      const worker = tb.workers.workers.at(-1);
      if (!worker || tb.workers.workers.length !== launched + 1) throw new Error("ON launched no worker");
      running.set(vm.id, worker);
      checkLaunch(vm, worker.init);
      if (vm.management) line = worker.init.serials.management ? com3(worker) : undefined;
    }
    model.launchFails = false;
    tb.workers.behaviour.start = async () => {};
    await compare();
    return code;
  }

  /** Ids count up; a number is left out only where somebody chose the address that would belong to it. */
  function nextNumber(id: string, last: number): number {
    const number = Number(id.slice(3));
    return number > last && number <= last + 1 + model.devices.size ? number : last + 1;
  }

  function checkTold({ op }: OwnerRequest, code: Verdict, from: string, before: number): void {
    const told = tb.events.slice(before).flatMap((event) => {
      if (event.type !== "message" || event.message.from !== `alice/${from}`) return [];
      const { kind, outcome } = event.message;
      return kind === "management" || kind === "power" || kind === "inspection" ? [outcome] : [];
    });
    // The record of a box's talk is bounded; the owner's is whole.
    if (from !== "owner" || (op === "screenshot" && code === undefined)) return;
    const refused = code !== undefined;
    const expected = TOLD.test(op) || (refused && TOLD_IF_REFUSED.test(op)) ? [refused ? "refused" : "accepted"] : [];
    expect(told, op).toEqual(expected);
  }

  async function challenge(vm: ModelVm, nonce: Uint8Array): Promise<Verdict> {
    const worker = running.get(vm.id);
    if (!worker) throw new Error(`${vm.id} has no worker`);
    const before = worker.com2().length;
    worker.emit({ type: "dtr", line: 2, high: false, opening: 1 });
    worker.emit({ type: "dtr", line: 2, high: true, opening: 2 });
    const code = tb.ask({ op: "challenge", vm: vm.id, nonce }).then(
      () => undefined,
      (error: Error) => codeOf(error.message),
    );
    await eventually(() => worker.com2().slice(before).includes("CHALLENGE 32\n"));
    worker.emit({ type: "serial", line: 2, bytes: ascii("ERR 2\nno") });
    expect(await code).toBe("refused");
    await compare();
    return "refused";
  }

  return {
    tb,
    model,
    adopt,
    ask,
    compare,
    /** Anything at all over the owner's port: what is no request changes nothing. */
    async raw(value: unknown): Promise<void> {
      const code = await tb.askRaw(value).then(
        () => undefined,
        (error: Error) => codeOf(error.message),
      );
      expect(["malformed", "bad-argument"]).toContain(code);
      await compare();
    },
    /** LIMIT, which only the management box can ask for. */
    async limit(change: Change): Promise<void> {
      if (!line || model.vms.get(MANAGEMENT)?.state !== "on") return;
      const { memory, images, share, vm } = change;
      const id = vm === undefined ? undefined : idOf(model, vm);
      // Of a VM that is gone the name is what stays limited.
      const name = id === undefined ? undefined : (model.vms.get(id)?.config.name ?? id);
      const known = id === undefined || model.vms.has(id) || Object.keys(model.limits.shares).includes(id);
      const expected = memory !== undefined && memory > MACHINE_MIB ? "bad-argument" : known ? undefined : "unknown-vm";
      const { word, text } = await line.call("LIMIT", {
        ...(memory === undefined ? {} : { memory }),
        ...(images === undefined ? {} : { images: images?.join(",") ?? "any" }),
        ...(share === undefined ? {} : { share }),
        ...(vm === undefined ? {} : { vm }),
      });
      expect(word === "OK" ? undefined : codeOf(text)).toBe(expected);
      const { limits } = model;
      if (!expected) {
        if (memory !== undefined) limits.memoryMiB = memory;
        if (images !== undefined) limits.images = images;
        if (share !== undefined && id === undefined) limits.share = share;
        if (share !== undefined && name !== undefined) limits.shares = { ...limits.shares, [name]: share };
      }
      await compare();
    },
    /** A vm worker halts, dies or talks nonsense, whatever state its box is in. */
    async disturb(which: number, how: "halt" | "fail" | "nonsense" | "talk"): Promise<void> {
      const alive = [...model.vms.values()].filter(({ worker, id }) => worker && id !== MANAGEMENT);
      const vm = alive[which % Math.max(1, alive.length)];
      const worker = vm && running.get(vm.id);
      if (!vm || !worker) return;
      if (how === "talk") {
        worker.emit({ type: "serial", line: 1, bytes: new Uint8Array(10) });
        worker.emit({ type: "serial", line: 3, bytes: ascii("LIST 11\nwhat=vms\n\n\n") });
        worker.emit({ type: "blocks", device: "dev1", verified: [0, 2 ** 32], failed: [1] });
        worker.emit({ type: "text", strip: "another · closed", screen: "" });
      } else if (how === "halt") {
        worker.emit({ type: "halt", halt: { reason: "panic", disk: "dev1", block: 1 } });
        vm.state = "halted";
        await tb.until(() => view.stateOf(vm.id) === "halted");
      } else {
        if (how === "fail") worker.fail("killed");
        else worker.raw({ event: { type: "what" } });
        vm.state = "halted";
        vm.worker = false;
        await eventually(() => worker.terminated);
      }
      await compare();
    },
    /** A bit outside the chip turns round: the tree of a disk, or the kernel of an image. */
    tamper(medium: string): void {
      const bytes = tb.disks.media.get(medium)?.bytes;
      const described = model.media.get(medium);
      if (!bytes || !described) return;
      const at = bytes.length - (medium.endsWith(".firmware") ? 512 : 4096);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      described.tampered = !described.tampered;
    },
    /** The next vm worker does not start. */
    spoilLaunch(): void {
      model.launchFails = true;
      tb.workers.behaviour.start = () => Promise.reject(new Error("no memory"));
    },
    /** From now on vm workers do not want to be suspended or resumed, or they do again. */
    beStubborn(): void {
      stubborn = !stubborn;
      tb.workers.behaviour.answer = (request) => {
        if (stubborn && (request.op === "suspend" || request.op === "resume")) throw new Error("no");
        return answerLikeAWorker(request);
      };
    },
    async end(): Promise<void> {
      for (const { id, state } of await tb.vms()) if (state !== "off") await tb.ask({ op: "off", vm: id });
      expect(tb.workers.alive()).toBe(0);
    },
    close: () => tb.close(),
  };
}

export type Player = Awaited<ReturnType<typeof player>>;

function configOf({ type, medium = "", class: diskClass }: DeviceStatus, image: TestImage): DeviceConfig {
  const { root, salt } = image.descriptor.boot;
  switch (type) {
    case "disk":
      return diskClass === "attested"
        ? { type, medium, class: diskClass, root, salt, slot: 0 }
        : { type, medium, class: "raw", slot: 1 };
    case "nic":
    case "display":
      return { type };
    default:
      return { type: "serial", purpose: type === "serial console" ? "console" : "management" };
  }
}

const isRaw = (config: { type: string; class?: string }) => config.type === "disk" && config.class === "raw";

function idOf(model: Model, given: string): string {
  if (model.vms.has(given)) return given;
  return [...model.vms.values()].find((vm) => vm.config.name === given)?.id ?? given;
}

/** The call as the tool `tvmm` would write it, or undefined where the management box cannot or must not ask. */
function toCom3(model: Model, request: OwnerRequest) {
  const { op, ...rest } = request;
  // A box that stops itself does not hear the answer.
  if (/^(on|off|suspend|resume)$/.test(op) && "vm" in request && request.vm === MANAGEMENT) return undefined;
  const verb = op.toUpperCase();
  const plain = (values: Record<string, unknown>, raw?: Uint8Array) => {
    const given = Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
    const written = given.every(([, value]) => /^[\x21-\x7e]+$/.test(value ?? ""));
    return written ? { verb, values: Object.fromEntries(given) as Record<string, string>, raw } : undefined;
  };
  switch (request.op) {
    case "create-device":
      return plain({ ...request.device });
    case "create-vm": {
      const { name, medium, image, asOpen, checking, cpuShare, vendorCertificates } = request.config;
      return vendorCertificates
        ? undefined
        : plain({ name, medium, image, "as-open": asOpen, checking, share: cpuShare });
    }
    case "write-memory":
      return plain({ vm: request.vm, address: request.address }, request.bytes);
    case "send-keys":
      return plain({ vm: request.vm }, ascii(request.text));
    case "read-memory":
      return request.length <= 65536 ? plain({ ...rest }) : undefined;
    case "on":
    case "off":
    case "suspend":
    case "resume": {
      // By name as well as by id.
      const name = model.vms.get(request.vm)?.config.name;
      return plain({ vm: name !== undefined && !model.vms.has(name) ? name : request.vm });
    }
    case "attach":
    case "detach":
    case "connect":
    case "disconnect":
    case "destroy-vm":
    case "destroy-device":
    case "screenshot":
    case "snapshot":
      return plain({ ...rest });
    default:
      return undefined;
  }
}
