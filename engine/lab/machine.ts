/**
 * One machine as the page holds it: its chip, and while it is powered the owner's and the person's port of its TVMM.
 * The page has no other port of the machine. It carries ports between realms and decides nothing.
 */
import { type Client, connect } from "../protocol/channel.ts";
import type { ChipEvent, ChipRequest } from "../protocol/chip.ts";
import { type ManagementBox, writeConfiguration } from "../protocol/configuration.ts";
import { TerraError } from "../protocol/errors.ts";
import type { MeasuredStage } from "../protocol/launch.ts";
import type { DeviceStatus, Limits, OwnerEvent, OwnerRequest, VmStatus } from "../protocol/owner.ts";
import type { PersonEvent, PersonRequest } from "../protocol/person.ts";
import type { ManagementDescription, PlatformDescription } from "./description.ts";
import type { Site } from "./site.ts";
import type { LabEvent, PowerState } from "./view.ts";

export interface Machine {
  readonly id: string;
  readonly description: PlatformDescription;
  readonly power: PowerState;
  /** Reject with "bad-state" while the machine is off. */
  owner(request: OwnerRequest, transfer?: Transferable[]): Promise<unknown>;
  person(request: PersonRequest, transfer?: Transferable[]): Promise<unknown>;
  onOwnerEvent(listener: (event: OwnerEvent) => void): () => void;
  /** What the TVMM last said of each VM, by id. */
  readonly statuses: ReadonlyMap<string, VmStatus>;
  /** The same of each device, physical network cards among them. */
  readonly devices: ReadonlyMap<string, DeviceStatus>;
  stages(): MeasuredStage[];
  /** The chip's certificate, PEM, once the machine has been powered on. */
  readonly chip: string | undefined;
  powerOn(tvmm: string): Promise<void>;
  powerOff(): Promise<void>;
  readonly closed: boolean;
  /** Aborted when the machine is closed, for whoever waits for something that then never comes. */
  readonly end: AbortSignal;
  close(): Promise<void>;
}

/** Medium with the policy of a management box. */
export const policyMedium = (name: string): string => `${name}.policy`;

const managementBox = ({ name, image }: ManagementDescription): ManagementBox => ({
  name,
  image,
  policy: policyMedium(name),
});

interface Powered {
  tvmm: string;
  owner: Client<OwnerRequest, OwnerEvent>;
  person: Client<PersonRequest, PersonEvent>;
  ports: MessagePort[];
}

export interface MachineParts {
  description: PlatformDescription;
  /** Which its network cards are plugged into, in order. */
  wires: readonly string[];
  emit(event: LabEvent): void;
}

export async function createMachine(site: Site, { description, wires, emit }: MachineParts): Promise<Machine> {
  const id = description.id;
  const worker = new Worker(site.chipUrl, { type: "module", name: `chip of ${id}` });
  const chip = connect<ChipRequest, ChipEvent>(worker);
  chip.onEvent((event) => emit({ platform: id, ...event }));
  const request = (await chip.call({ op: "provision", platform: id })) as {
    serial: string;
    request: Uint8Array;
  } | null;
  if (request) {
    const certificate = (await site.factory.call({ op: "certify-chip", ...request })) as string;
    await chip.call({ op: "certify", certificate });
  }
  const box = description.management;
  const management = box && managementBox(box);
  await site.physical.call({
    op: "flash",
    platform: id,
    vendorCertificates: site.vendorCertificates,
    ...(management ? { configuration: writeConfiguration({ format: "terra-configuration-1", management }) } : {}),
  });
  for (const wire of wires) await site.physical.call({ op: "plug", platform: id, wire });

  const ownerListeners = new Set<(event: OwnerEvent) => void>();
  const statuses = new Map<string, VmStatus>();
  const devices = new Map<string, DeviceStatus>();
  let state: PowerState = "off";
  let closed = false;
  const ending = new AbortController();
  let powered: Powered | undefined;
  let stages: MeasuredStage[] = [];
  let chipCertificate: string | undefined;

  const isOff = () =>
    closed
      ? new TerraError("bad-state", "the lab was closed")
      : new TerraError("bad-state", `${id} is ${state === "starting" ? "still starting" : "off"}; power it on first`);

  function setPower(next: PowerState, tvmm: string, error?: string): void {
    state = next;
    emit({
      type: "power",
      platform: id,
      state,
      tvmm,
      ...(next === "on" ? { stages } : {}),
      ...(error ? { error } : {}),
    });
  }

  function unplug(): void {
    if (!powered) return;
    const reason = new TerraError("bad-state", `${id} was powered off`);
    powered.owner.close(reason);
    powered.person.close(reason);
    for (const port of powered.ports) port.close();
    powered = undefined;
    for (const vm of statuses.keys()) {
      const gone: OwnerEvent = { type: "vm", vm };
      for (const listener of [...ownerListeners]) listener(gone);
      emit({ platform: id, ...gone });
    }
    statuses.clear();
    devices.clear();
    stages = [];
  }

  async function mediaPort(): Promise<MessagePort> {
    return (await site.physical.call({ op: "machine", platform: id })) as MessagePort;
  }

  return {
    id,
    description,
    get power() {
      return state;
    },
    statuses,
    devices,
    get closed() {
      return closed;
    },
    end: ending.signal,
    stages: () => stages,
    get chip() {
      return chipCertificate;
    },
    owner: (message, transfer) => (powered ? powered.owner.call(message, transfer) : Promise.reject(isOff())),
    person: (message, transfer) => (powered ? powered.person.call(message, transfer) : Promise.reject(isOff())),
    onOwnerEvent(listener) {
      ownerListeners.add(listener);
      return () => ownerListeners.delete(listener);
    },
    async powerOn(tvmm) {
      if (closed) throw new TerraError("bad-state", "the lab was closed");
      if (state === "starting" || state === "on")
        throw new TerraError("bad-state", `${id} is ${state} already; power it off first`);
      setPower("starting", tvmm);
      const ownerChannel = new MessageChannel();
      const personChannel = new MessageChannel();
      const plugged: Powered = {
        tvmm,
        owner: connect<OwnerRequest, OwnerEvent>(ownerChannel.port1),
        person: connect<PersonRequest, PersonEvent>(personChannel.port1),
        ports: [ownerChannel.port1, personChannel.port1],
      };
      powered = plugged;
      plugged.owner.onEvent((event) => {
        if (event.type === "vm") {
          if (event.status) statuses.set(event.vm, event.status);
          else statuses.delete(event.vm);
        } else if (event.type === "device") {
          if (event.status) devices.set(event.device, event.status);
          else devices.delete(event.device);
        }
        for (const listener of [...ownerListeners]) listener(event);
        if (event.type !== "message") emit({ platform: id, ...event });
      });
      plugged.person.onEvent((event) => emit({ platform: id, ...event }));
      try {
        const [flash, media] = await Promise.all([mediaPort(), mediaPort()]);
        const transfer = [flash, media, ownerChannel.port2, personChannel.port2];
        // The boot log is the chip's: of each layer it says what the layer below measured, not what the layer says of itself.
        stages = (await chip.call(
          { op: "power-on", tvmm, flash, media, owner: ownerChannel.port2, person: personChannel.port2 },
          transfer,
        )) as MeasuredStage[];
        chipCertificate = stages.find(({ name }) => name === "chip")?.certificate;
        // Physical cards were there before anybody listened. Its answer also says that the TVMM answers.
        const there = await plugged.owner.call({ op: "list-devices" });
        // Whatever is booted, its owner's page is to survive it: a TVMM that answers nonsense has no devices and no limits.
        for (const status of (Array.isArray(there) ? there : []) as DeviceStatus[]) {
          if (devices.has(status.id)) continue;
          devices.set(status.id, status);
          emit({ platform: id, type: "device", device: status.id, status });
        }
        // Limits are told when they change; these are those that nobody has changed yet.
        const limits = (await plugged.owner.call({ op: "limits" })) as Limits | undefined;
        if (limits) emit({ platform: id, type: "limits", limits });
        setPower("on", tvmm);
      } catch (error) {
        unplug();
        setPower("failed", tvmm, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
    async powerOff() {
      if (closed) throw new TerraError("bad-state", "the lab was closed");
      if (state === "off") throw new TerraError("bad-state", `${id} is off already`);
      const tvmm = powered?.tvmm ?? description.tvmm;
      await chip.call({ op: "power-off" });
      unplug();
      setPower("off", tvmm);
    },
    async close() {
      unplug();
      state = "off";
      closed = true;
      ending.abort(new TerraError("bad-state", "the lab was closed"));
      worker.terminate();
      chip.close(new TerraError("bad-state", "the lab was closed"));
      await site.physical.call({ op: "scrap", platform: id });
    },
  };
}
