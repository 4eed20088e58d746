/** What the owner knows of VMs and devices who reads nothing but events: it must be what the lists say. */
import { expect } from "vitest";
import type { DeviceStatus, VmState, VmStatus } from "../../protocol/owner.ts";
import type { Bench } from "./bench.ts";

const byId = (left: { id: string }, right: { id: string }) => (left.id < right.id ? -1 : 1);

/** Begins with what there is now; events from here on change it. */
export async function eventView(tb: Pick<Bench, "events" | "vms" | "devices">) {
  const vms = new Map<string, VmStatus>();
  const devices = new Map<string, DeviceStatus>();
  for (const each of await tb.vms()) vms.set(each.id, each);
  for (const each of await tb.devices()) devices.set(each.id, each);
  let read = tb.events.length;

  function catchUp(): void {
    for (const event of tb.events.slice(read)) {
      if (event.type === "vm") {
        if (event.status) vms.set(event.vm, event.status);
        else vms.delete(event.vm);
      }
      if (event.type === "device") {
        if (event.status) devices.set(event.device, event.status);
        else devices.delete(event.device);
      }
    }
    read = tb.events.length;
  }

  return {
    stateOf(vm: string): VmState | undefined {
      catchUp();
      return vms.get(vm)?.state;
    },
    compare(listedVms: readonly VmStatus[], listedDevices: readonly DeviceStatus[]): void {
      catchUp();
      expect([...vms.values()].sort(byId)).toEqual([...listedVms].sort(byId));
      expect([...devices.values()].sort(byId)).toEqual([...listedDevices].sort(byId));
    },
  };
}
