/**
 * The trust disks of an open lab: one content for all, a medium for each box whose image declares one. Replacing them is what the
 * owners of all machines would do, by the same calls.
 */
import { TerraError } from "../protocol/errors.ts";
import type { DeviceStatus } from "../protocol/owner.ts";
import type { Management, Trust, TrustDisk } from "./api.ts";
import { diskDevice } from "./box.ts";
import { type Descriptors, declaredDisks, declaresTrust, trustMedium } from "./declared.ts";
import type { VmDescription } from "./description.ts";
import { type Machine, policyMedium } from "./machine.ts";
import type { Media } from "./media.ts";
import { buildTrustDisk } from "./trust.ts";

/** A box that takes longer to come up, or not to, is not waited for. */
const SETTLE_MS = 60_000;

/** One machine, to whoever changes its disks. */
export interface Hands {
  machine: Machine;
  media: Media;
  management: Management;
}

export interface TrustDisks {
  /** As they are now; undefined if no box has one. */
  readonly now: { trust: Trust; disk: TrustDisk } | undefined;
  /** Resolves to the new root. */
  replace(trust: Trust, machines: Iterable<Hands>): Promise<string>;
}

export async function createTrustDisks(first: Trust | undefined, descriptors: Descriptors): Promise<TrustDisks> {
  let now = first && { trust: first, disk: await buildTrustDisk(first) };
  /** One after the other: two at once would take each other's disks away. */
  let replacing: Promise<unknown> = Promise.resolve();

  async function replaceAll(trust: Trust, machines: Iterable<Hands>): Promise<string> {
    if (!now) throw new TerraError("bad-state", "no box of this lab has a trust disk");
    const old = now.disk.root;
    const disk = await buildTrustDisk(trust);
    // From here on every box that is made has the new one.
    now = { trust, disk };
    const replaced = await Promise.allSettled([...machines].map((hands) => replaceIn(hands, old, disk)));
    for (const each of replaced) if (each.status === "rejected") throw each.reason;
    return disk.root;
  }

  async function replaceIn(hands: Hands, old: string, disk: TrustDisk): Promise<void> {
    const { machine, media } = hands;
    const { management: manager, vms } = machine.description;
    await media.list();
    if (manager) await rewritePolicy(media, policyMedium(manager.name), old, disk.root);
    const errors: unknown[] = [];
    for (const box of vms) {
      if (!declaresTrust(descriptors.get(box.image))) continue;
      // One that does not come up keeps no other from its disk.
      await replaceOf(hands, box, disk).catch((error: unknown) => errors.push(error));
    }
    for (const error of errors) throw error;
  }

  async function replaceOf(hands: Hands, box: VmDescription, disk: TrustDisk): Promise<void> {
    const { machine, media, management } = hands;
    const medium = trustMedium(box.name);
    const devices = machine.power === "on" ? ((await machine.owner({ op: "list-devices" })) as DeviceStatus[]) : [];
    const device = devices.find((each) => each.medium === medium);
    const vm = device?.attachedTo;
    const ran = device && vm !== undefined ? await takeOff(hands, vm, device.id) : false;
    if (device) await management.destroyDevice(device.id);
    // Somebody may have taken it out.
    if (media.has(medium)) await media.take(medium);
    await media.insert(disk.bytes, medium);
    if (vm === undefined) return;
    const slot = declaredDisks(descriptors.get(box.image)).find(({ name }) => name === "trust")?.slot ?? 1;
    await management.attach(vm, await management.createDevice(diskDevice({ medium, root: disk.root }, slot)));
    if (ran) await management.on(vm);
  }

  return {
    get now() {
      return now;
    },
    replace(trust, machines) {
      const next = replacing.then(() => replaceAll(trust, machines));
      replacing = next.catch(() => undefined);
      return next;
    },
  };
}

/** Off, if it was on, and the device detached; resolves to whether it ran. One that is being switched on is let come up first. */
async function takeOff({ machine, management }: Hands, vm: string, device: string): Promise<boolean> {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    // Before it is asked, so that what happens meanwhile is not missed.
    const change = nextChange(machine, vm, until - performance.now());
    const state = machine.statuses.get(vm)?.state;
    try {
      if (state !== "off") await management.off(vm);
      await management.detach(vm, device);
      return state === "on" || state === "suspended";
    } catch (error) {
      if (!(error instanceof TerraError) || error.code !== "busy" || performance.now() >= until) throw error;
      await change.happened;
    } finally {
      change.forget();
    }
  }
}

/** `happened` resolves when the TVMM says something of the VM, or time is over. */
function nextChange(machine: Machine, vm: string, timeoutMs: number): { happened: Promise<void>; forget(): void } {
  let forget = () => {};
  const happened = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    const unsubscribe = machine.onOwnerEvent((event) => {
      if (event.type === "vm" && event.vm === vm) resolve();
    });
    forget = () => {
      clearTimeout(timer);
      unsubscribe();
    };
  });
  return { happened, forget };
}

/** The policy names the disk by its root: whoever wrote it. */
async function rewritePolicy(media: Media, medium: string, old: string, root: string): Promise<void> {
  if (!media.has(medium)) return;
  const text = new TextDecoder("latin1").decode(await media.whole(medium));
  for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + 1)) {
    await media.write(medium, at, new TextEncoder().encode(root));
  }
}
