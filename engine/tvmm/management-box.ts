/**
 * The machine's management box (paper 4.4): the one VM that the TVMM makes and starts by itself, because the configuration names
 * it. It is made by the same calls as any other, and it is an ordinary VM but for COM3; the TVMM serves its doors whether it
 * comes up or not, and nothing waits for it here. What is kept is what the owner is told: has its policy been carried out, and
 * if not, why.
 */

import type { ManagementBox } from "../protocol/configuration.ts";
import { toWireError } from "../protocol/errors.ts";
import {
  type DeviceConfig,
  type ManagementStatus,
  type OwnerEvent,
  parseCreateVm,
  type VmState,
  type VmStatus,
} from "../protocol/owner.ts";
import type { Machine, Vm } from "./machine.ts";
import type { Management } from "./management.ts";
import type { Emit, Messages } from "./messages.ts";
import type { Power } from "./power.ts";

export interface ManagementBoxKeeper {
  status(): ManagementStatus;
  /** Makes the box and switches it on. Never rejects: what went wrong is its status. */
  start(machine: Machine, management: Management, power: Power): Promise<void>;
  /** READY from that box over COM3. */
  ready(done: number, refused: number): void;
  /** What the owner is told of VMs: the box's own states are among it. */
  observe(event: OwnerEvent): void;
}

export interface ManagementBoxParts {
  configured: { box?: ManagementBox } | { unreadable: string };
  emit: Emit;
  messages: Messages;
}

export function managementBox({ configured, emit, messages }: ManagementBoxParts): ManagementBoxKeeper {
  const box = "box" in configured ? configured.box : undefined;
  let status: ManagementStatus = { state: box ? "starting" : "none" };
  if ("unreadable" in configured) status = { state: "failed", reason: configured.unreadable };
  /** The box, once it was made, and the state it was last seen in. */
  let vm: string | undefined;
  let seen: VmState = "off";

  function enter(next: ManagementStatus): void {
    status = vm === undefined ? next : { ...next, vm };
    emit({ type: "management", management: { ...status } });
  }

  function failed(reason: string): void {
    messages.tell({
      from: "tvmm",
      to: "owner",
      kind: "management",
      outcome: "refused",
      summary: `the management box: ${reason}`,
    });
    enter({ state: "failed", reason });
  }

  /** An answer to ON may come after the box's first words, and a halt before it; states are what counts. */
  function entered(next: VmState, halt: VmStatus["halt"]): void {
    const before = seen;
    seen = next;
    // A suspended box goes on where it was; any other one that is on begins with its policy.
    if (next === "on" && before !== "suspended" && before !== "on") {
      if (status.state !== "starting") enter({ state: "starting" });
    } else if (status.state !== "starting") return;
    else if (next === "halted") failed(`it halted before its policy was carried out: ${halt?.reason ?? "no reason"}`);
    else if (next === "off" && before !== "off") failed("it was switched off before its policy was carried out");
  }

  return {
    status: () => ({ ...status }),
    async start(machine, management, power) {
      if (!box) {
        if (status.state === "failed") failed(status.reason ?? "");
        return;
      }
      try {
        const made = await make(machine, management, box);
        vm = made.id;
        enter({ state: "starting" });
        await power.on(made);
      } catch (thrown) {
        // A box that halted, or was switched off, has been told of as that.
        if (status.state === "starting")
          failed(`it was not started: ${toWireError(thrown).code}: ${toWireError(thrown).sentence}`);
      }
    },
    ready(done, refused) {
      enter({ state: "ready", done, refused });
    },
    observe(event) {
      if (event.type !== "vm" || event.vm !== vm) return;
      if (event.status) entered(event.status.state, event.status.halt);
      else {
        vm = undefined;
        failed("it was destroyed");
      }
    },
  };
}

/** All of the box or nothing of it. The doors are open meanwhile: others may have their hands on it as well. */
async function make(machine: Machine, management: Management, { name, image, policy }: ManagementBox): Promise<Vm> {
  // Nobody checked it at a door: it comes from the flash.
  const config = parseCreateVm({ name, medium: `${image}.firmware`, image });
  const made = await management.createVm(config, { management: true });
  const { root, salt } = made.descriptor.boot;
  const wanted: DeviceConfig[] = [
    { type: "disk", medium: `${image}.boot`, class: "attested", root, salt, slot: 0 },
    ...(policy === undefined ? [] : [{ type: "disk", medium: policy, class: "raw", slot: 1 } as const]),
    ...(made.console === "none" ? [] : [{ type: "serial", purpose: "console" } as const]),
    { type: "serial", purpose: "management" },
    { type: "display" },
    // Connected to nothing, like every other card of this machine until somebody connects it.
    { type: "nic" },
  ];
  const devices: string[] = [];
  try {
    for (const config of wanted) devices.push((await management.createDevice(config)).id);
    const vm = machine.vm(made.id);
    for (const id of devices) management.attach(vm, id);
    return vm;
  } catch (thrown) {
    const undo = [
      () => management.destroyVm(machine.vm(made.id)),
      ...devices.map((id) => () => management.destroyDevice(id)),
    ];
    for (const each of undo) {
      try {
        each();
      } catch {
        // Somebody else uses it by now: it is theirs.
      }
    }
    throw thrown;
  }
}
