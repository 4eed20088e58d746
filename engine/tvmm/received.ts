/**
 * What a running vm worker says unasked, put where it belongs. A line or disk that the VM was not given does not exist, and a
 * halted box says nothing more, a suspended one nothing until it goes on; nothing here can reach another VM.
 */
import type { Halt } from "../protocol/owner.ts";
import type { VmEvent, VmInit } from "../protocol/vm.ts";
import { type Running, standsStill, type Vm } from "./machine.ts";
import type { MeasuredDisk } from "./measured.ts";
import type { Emit } from "./messages.ts";
import type { Monitor } from "./monitor.ts";

export interface ReceivedParts {
  emit: Emit;
  monitor: Monitor;
  halted(vm: Vm, halt: Halt): void;
  /** What the owner may see of it is another now. */
  changed(vm: Vm): void;
}

export function received(
  { emit, monitor, halted, changed }: ReceivedParts,
  vm: Vm,
  running: Running,
  serials: VmInit["serials"],
  event: VmEvent,
): void {
  // An event of an earlier power-on may still be under way.
  if (vm.running !== running) return;
  const { attestation, management } = running;
  if (vm.state === "halted" && event.type !== "text") return;
  // What the guest said before came before the answer to SUSPEND. A block that was under way may still turn out to be wrong.
  if (standsStill(vm) && event.type !== "text" && event.type !== "halt") return;
  switch (event.type) {
    case "serial":
      if (event.line === 1 && serials.console) {
        vm.output.append(event.bytes);
        emit({ type: "console", vm: vm.id, bytes: event.bytes });
      }
      if (event.line === 2 && serials.attestation) attestation.receive(event.bytes);
      if (event.line === 3) management?.receive(event.bytes);
      return;
    case "dtr":
      running.openings[event.line] = event.opening;
      if (event.line === 2 && serials.attestation) attestation.dtr(event.high);
      if (event.line === 3) management?.dtr(event.high);
      return;
    case "blocks": {
      const disk = vm.measured.disks.find(({ device }) => device === event.device);
      if (disk) blocksRead(emit, vm, disk, event);
      return;
    }
    case "halt": {
      const { disk: device, ...halt } = event.halt;
      const disk = vm.measured.disks.find((each) => each.device === device);
      if (disk && halt.reason === "integrity" && halt.block !== undefined) disk.blocks.mark(halt.block, "failed");
      halted(vm, { ...halt, ...(disk ? { disk: disk.name } : {}) });
      return;
    }
    case "shape":
      running.shape = event.shape;
      // While it is starting, its first state says it.
      if (vm.kind === "open" && vm.state === "on") changed(vm);
      return;
    case "text":
      monitor.text(vm, event);
      return;
  }
}

function blocksRead(emit: Emit, vm: Vm, disk: MeasuredDisk, event: { verified: number[]; failed: number[] }): void {
  const inside = (blocks: number[]) => blocks.filter((block) => block < disk.blocks.total);
  const verified = inside(event.verified);
  const failed = inside(event.failed);
  for (const block of verified) disk.blocks.mark(block, "verified");
  for (const block of failed) disk.blocks.mark(block, "failed");
  emit({ type: "blocks", vm: vm.id, disk: disk.name, verified, failed });
}

/** What was found out about a disk before its VM starts. */
export function tellBlocks(emit: Emit, vm: Vm, { blocks, name }: MeasuredDisk): void {
  const verified: number[] = [];
  const failed: number[] = [];
  for (let block = 0; block < blocks.total; block++) {
    const state = blocks.state(block);
    if (state === "verified") verified.push(block);
    if (state === "failed") failed.push(block);
  }
  if (verified.length + failed.length > 0) emit({ type: "blocks", vm: vm.id, disk: name, verified, failed });
}
