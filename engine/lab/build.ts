/**
 * Builds one lab from its description: machines, their media and cards, the wires between them, and the log of what is said. It is
 * taken apart again by lab.close(), or when building fails.
 */
import { shown } from "../protocol/checks.ts";
import { TerraError } from "../protocol/errors.ts";
import type { PhysicalEvent } from "../protocol/media.ts";
import type { Lab, Message, Platform, Vm } from "./api.ts";
import { type BringUpParts, bringUp, vendorCertificates } from "./bring-up.ts";
import { copiesOf } from "./connections.ts";
import {
  checkAgainstImages,
  configBytes,
  configMedium,
  declaredDisks,
  declaresConfig,
  declaresTrust,
  diskMedia,
  imagesWithTrust,
  readDescriptors,
  requiredRoles,
  trustMedium,
} from "./declared.ts";
import { type LabDescription, type PlatformDescription, type VmDescription, wiresOf } from "./description.ts";
import { asFrame, asMessage } from "./frames.ts";
import { createMachine, type Machine, policyMedium } from "./machine.ts";
import { createManagement } from "./management.ts";
import { createMedia } from "./media.ts";
import { createMessageLog } from "./messages.ts";
import { createPlatform } from "./platform.ts";
import { policyMediumBytes, policyText } from "./policy.ts";
import { createRevocation, type Revocation } from "./revocation.ts";
import type { Site } from "./site.ts";
import { createTraffic } from "./traffic.ts";
import { describedTrust } from "./trust.ts";
import { createTrustDisks } from "./trust-disks.ts";
import { defaultPolicy } from "./verifier.ts";
import type { LabEvent, WireInfo } from "./view.ts";
import { createVm } from "./vm.ts";
import { createWire, type LabWire } from "./wire.ts";

export interface OpenLab {
  lab: Lab;
  description: LabDescription;
  machines: ReadonlyMap<string, Machine>;
  /** Root of its trust disks as they are now, if it has any. */
  trust(): string | undefined;
  revocation: Revocation;
  note(message: Omit<Message, "sequence" | "time">): void;
}

export interface BuildParts {
  site: Site;
  description: LabDescription;
  /** Empty; each machine is put into it before it is powered. */
  machines: Map<string, Machine>;
  emit(event: LabEvent): void;
  onClose(lab: Lab): void;
}

const epoch = () => performance.timeOrigin + performance.now();

export async function buildLab({ site, description, machines, emit, onClose }: BuildParts): Promise<OpenLab> {
  const descriptors = await readDescriptors(site, description);
  checkAgainstImages(description, descriptors);
  const trusting = imagesWithTrust(description, descriptors);
  const described = describedTrust(defaultPolicy(site, description), description, trusting);
  const trusts = await createTrustDisks(trusting.length > 0 ? described : undefined, descriptors);
  const trust = () => trusts.now?.disk.root;
  const openedAt = epoch();
  const since = (at: number) => Math.max(0, at - openedAt);
  const log = createMessageLog();
  const note: OpenLab["note"] = (message) => {
    log.add({ ...message, time: since(epoch()) });
  };
  const traffic = createTraffic({
    machines: () => machines.values(),
    decode: asMessage,
    note: (at, message) => log.add({ ...message, time: since(at) }),
    now: epoch,
  });
  const wires = new Map<string, LabWire>();
  for (const { id } of description.wires) {
    const wire = createWire({
      id,
      physical: site.physical,
      asFrame: (frame) => asFrame(frame, since),
      complain: (summary) => note({ from: "attacker", to: id, kind: "other", summary }),
      intercepted: (interceptors) => emit({ type: "intercepted", wire: id, interceptors }),
    });
    wires.set(id, wire);
  }
  const stops = [
    log.subscribe((message) => emit({ type: "message", message })),
    site.physical.onEvent((event) => onPhysicalEvent(event)),
  ];

  function onPhysicalEvent(event: PhysicalEvent): void {
    const wire = event.type === "progress" ? undefined : wires.get(event.wire);
    if (!wire || event.type === "progress") return;
    switch (event.type) {
      case "frames": {
        const { frames, skipped } = event;
        const ends = description.wires.find(({ id }) => id === event.wire)?.ends ?? [];
        traffic.onWire(event.wire, ends, frames, skipped);
        emit({ type: "frames", wire: event.wire, frames: frames.map((frame) => asFrame(frame, since)), skipped });
        wire.news();
        return;
      }
      case "held":
        emit({ type: "held", wire: event.wire, frame: asFrame(event.frame, since) });
        void wire.held(event);
        return;
      case "let-go":
        wire.letGo(event);
    }
  }

  emit({
    type: "lab",
    lab: {
      id: description.id,
      title: description.title,
      platforms: description.platforms.map(({ id, title, management }) => ({
        id,
        title,
        managedFromPage: management === undefined,
      })),
      wires: description.wires.map((wire) => wireInfo(description, wire.id)),
    },
  });
  const hands = new Map<string, BringUpParts>();
  const platforms = new Map<string, Platform>();
  const boxes = new Map<string, Vm>();
  // Machines start side by side; lists have the description's order all the same.
  const inOrder = <T>(by: Map<string, T>) => description.platforms.flatMap(({ id }) => by.get(id) ?? []);
  const everyVm = () =>
    inOrder(machines).flatMap((machine) => [...machine.statuses.values()].map((vm) => `${machine.id}/${vm.name}`));
  let closed = false;

  const lab: Lab = {
    id: description.id,
    platforms: () => inOrder(platforms).map(({ id }) => id),
    platform(id) {
      const platform = platforms.get(id);
      if (platform) return platform;
      throw new TerraError(
        "unknown-platform",
        `there is no machine ${shown(id)}; there are ${lab.platforms().join(", ")}`,
      );
    },
    vms: everyVm,
    vm(path) {
      const [platform, name] = String(path).split("/");
      const machine = machines.get(platform ?? "");
      if (!machine || !name || !everyVm().includes(path)) {
        throw new TerraError(
          "unknown-vm",
          `there is no VM ${shown(path)}; there are ${everyVm().join(", ") || "none"}`,
        );
      }
      // One object a box: its console remembers where the last match ended, whoever asks for it again.
      const vm = boxes.get(path) ?? createVm(machine, name);
      boxes.set(path, vm);
      return vm;
    },
    wires: () => [...wires.keys()],
    wire(id) {
      const found = wires.get(id);
      if (found) return found.wire;
      const there = lab.wires().join(", ") || "none";
      throw new TerraError("unknown-device", `there is no wire ${shown(id)}; there are: ${there}`);
    },
    messages: async (filter) => log.list(filter),
    waitForMessage: (filter, timeoutMs) => log.wait(filter, timeoutMs),
    async trust() {
      const { now } = trusts;
      return now ? { trust: structuredClone(now.trust), root: now.disk.root } : null;
    },
    async setTrust(next) {
      if (closed) throw new TerraError("bad-state", "the lab was closed");
      return trusts.replace(next, hands.values());
    },
    async close() {
      onClose(lab);
      if (closed) return;
      closed = true;
      for (const wire of wires.values()) wire.close();
      traffic.close();
      await Promise.all([...machines.values()].map((machine) => machine.close()));
      machines.clear();
      for (const stop of stops) stop();
      log.close();
      emit({ type: "lab", lab: null });
    },
  };

  async function start(each: PlatformDescription): Promise<void> {
    const machine = await createMachine(site, { description: each, wires: wiresOf(description, each.id), emit });
    machines.set(each.id, machine);
    machine.onOwnerEvent((event) => {
      if (event.type === "traffic") traffic.between(each.id, event);
      if (event.type !== "message") return;
      const { at, ...message } = event.message;
      log.add({ ...message, time: since(at) });
    });
    const media = createMedia(site, each.id);
    await media.list();
    const parts = { site, machine, media, management: createManagement(machine, media), descriptors, trust };
    hands.set(each.id, parts);
    platforms.set(each.id, createPlatform(parts));
    const filled = insertMedia(parts, trusts.now?.disk.bytes);
    // A management box begins with the machine: what it is to find there must be there. Otherwise media may come meanwhile.
    if (each.management) await filled;
    await Promise.all([machine.powerOn(each.tvmm), filled]);
    const { refused } = await bringUp(parts);
    // Nobody has touched the media yet: what the TVMM refuses now is wrong in the description.
    for (const error of refused) throw error;
  }

  try {
    const started = await Promise.allSettled(description.platforms.map(start));
    // All of them have come to an end before the lab is closed; otherwise one that still starts would stay.
    for (const each of started) if (each.status === "rejected") throw each.reason;
  } catch (error) {
    await lab.close();
    throw error;
  }
  return { lab, description, machines, trust, revocation: createRevocation(site), note };
}

/** Puts the media of all boxes into the machine, and the policy of the one that manages it. */
async function insertMedia(parts: BringUpParts, trustDisk: Uint8Array | undefined): Promise<void> {
  const { media, descriptors } = parts;
  const platform = parts.machine.description;
  // Side by side by image; one image's copies in order, because their order is their names.
  await Promise.all(
    [...copiesOf(platform)].map(async ([image, copies]) => {
      for (let copy = 1; copy <= copies; copy++) await media.image(image, copy);
    }),
  );
  for (const { name, image, config = {} } of platform.vms) {
    const descriptor = descriptors.get(image);
    // Each machine gives its bytes away.
    if (trustDisk && declaresTrust(descriptor)) await media.insert(trustDisk.slice(), trustMedium(name));
    if (declaresConfig(descriptor)) await media.insert(configBytes(config), configMedium(name));
  }
  const { management } = platform;
  if (!management) return;
  const text = management.policy ?? ownPolicy(parts);
  await media.insert(policyMediumBytes(text), policyMedium(management.name));
}

function ownPolicy({ site, machine, descriptors, trust }: BringUpParts): string {
  const isClosed = (box: VmDescription) => !box.asOpen && descriptors.get(box.image)?.kind === "closed";
  return policyText(machine.description, (box) => {
    const descriptor = descriptors.get(box.image);
    const media = diskMedia(box.name, descriptor, trust());
    return {
      console: (descriptor?.console ?? "none") !== "none",
      // An open box tells nobody who it is.
      vendorCertificates: isClosed(box) ? vendorCertificates(site, box) : [],
      disks: declaredDisks(descriptor).flatMap(({ name, slot }) => {
        const disk = media[name];
        return disk ? [{ ...disk, slot }] : [];
      }),
      roles: requiredRoles(descriptor),
    };
  });
}

function wireInfo(lab: LabDescription, wire: string): WireInfo {
  const ends = lab.wires.find(({ id }) => id === wire)?.ends ?? [];
  return {
    id: wire,
    ends: ends.map((platform) => ({ platform, nic: `eth${wiresOf(lab, platform).indexOf(wire)}` })),
  };
}
