import { describe, expect, it } from "vitest";
import type { MeasuredStage } from "../protocol/launch.ts";
import type { MeasurementNode } from "../protocol/owner.ts";
import { blockDigester, computeTree, toHex, verifyTree } from "../storage/index.ts";
import { blockMap } from "./block-map.ts";
import type { Vm } from "./machine.ts";
import type { MeasuredDisk } from "./measured.ts";
import { measurements } from "./measurements.ts";
import { testImage } from "./testing/image.ts";

const stages: MeasuredStage[] = [
  { name: "chip", certificate: "" },
  { name: "firmware", digest: "f1".repeat(32), certificate: "" },
  { name: "loader", digest: "0a".repeat(32), certificate: "" },
  { name: "tvmm", digest: "7e".repeat(32), certificate: "" },
];
const CHIP = "c1".repeat(32);
const TO_BOOT = ["chip", "firmware", "loader", "tvmm", "hello", "boot"];

const SALT = "5a".repeat(32);

/** A VM with this disk, of which all was found right. */
function vmOn(blocks: number, tree: Uint8Array, root: string): Vm {
  const { descriptor, primary } = testImage({ blocks: 1 });
  const disk: MeasuredDisk = {
    name: "boot",
    device: "dev1",
    root,
    blocks: blockMap(blocks),
    tree: verifyTree(tree, blocks, SALT, root),
    treeFailed: false,
  };
  disk.blocks.markAllVerified();
  const measured = { descriptor: "verified", stub: "verified", kernel: "verified", disks: [disk] };
  return { name: "hello", primary, descriptor, measured } as unknown as Vm;
}

function vmWith(blocks: number): { vm: Vm; data: Uint8Array } {
  const data = testImage({ blocks }).boot.subarray(0, blocks * 4096);
  const { tree, root } = computeTree(data, SALT);
  return { vm: vmOn(blocks, tree, root), data };
}

/** 65536 blocks that are all alike: each level of their tree is one hash block many times over. */
function largeVm(): Vm {
  const digest = blockDigester(SALT);
  const full = (below: Uint8Array, times: number) => {
    const block = new Uint8Array(4096);
    const of = digest(below);
    for (let at = 0; at < times; at++) block.set(of, at * 32);
    return block;
  };
  const bottom = full(new Uint8Array(4096), 128);
  const middle = full(bottom, 128);
  const top = full(middle, 4);
  const tree = new Uint8Array((1 + 4 + 512) * 4096);
  tree.set(top);
  for (let at = 0; at < 4; at++) tree.set(middle, (1 + at) * 4096);
  for (let at = 0; at < 512; at++) tree.set(bottom, (5 + at) * 4096);
  return vmOn(65536, tree, toHex(digest(top)));
}

describe("the tree", () => {
  it("goes from the chip to the parts of the VM", () => {
    const { vm } = vmWith(3);
    const tree = measurements(stages, CHIP, vm, { depth: 5 });
    const names: string[] = [];
    for (let node: MeasurementNode | undefined = tree; node; node = node.children?.[0])
      names.push(`${node.kind} ${node.name}`);
    expect(names).toEqual(["chip chip", "firmware firmware", "loader loader", "tvmm tvmm", "vm hello", "kernel stub"]);
    expect(tree).toMatchObject({ digest: CHIP, state: "unchecked", childCount: 1 });
    const [part] = [measurements(stages, CHIP, vm, { path: TO_BOOT.slice(0, 5) })];
    expect(part.children?.map(({ kind, name, state }) => [kind, name, state])).toEqual([
      ["kernel", "stub", "verified"],
      ["kernel", "kernel", "verified"],
      ["command-line", "command-line", "verified"],
      ["disk", "boot", "verified"],
    ]);
    expect(part.digest).toBe(vm.primary);
  });

  it("every block is found under its number, with the digest of its bytes", () => {
    for (const blocks of [1, 2, 128, 129, 300]) {
      const { vm, data } = vmWith(blocks);
      const digest = blockDigester(SALT);
      const last = blocks - 1;
      const path = [...TO_BOOT, ...(blocks > 128 ? [String(last >> 7)] : []), String(last)];
      const node = measurements(stages, CHIP, vm, { path });
      expect(node).toEqual({
        name: String(last),
        kind: "block",
        digest: toHex(digest(data.subarray(last * 4096))),
        state: "verified",
        childCount: 0,
      });
    }
  });

  it("hash blocks carry their own digests and count what lies below", () => {
    const { vm, data } = vmWith(300);
    const { tree } = computeTree(data, SALT);
    const node = measurements(stages, CHIP, vm, { path: TO_BOOT });
    expect(node.digest).toBe(toHex(blockDigester(SALT)(tree.subarray(0, 4096))));
    expect(node.children?.map(({ kind, blocks }) => [kind, blocks?.total])).toEqual([
      ["tree", 128],
      ["tree", 128],
      ["tree", 44],
    ]);
    expect(node.children?.[2]?.digest).toBe(toHex(blockDigester(SALT)(tree.subarray(3 * 4096))));
    expect(node.children?.[2]?.childCount).toBe(44);
  });

  it("a disk of 65536 blocks costs what is looked at", () => {
    const vm = largeVm();
    const boot = measurements(stages, CHIP, vm, { path: TO_BOOT, depth: 2, from: 1, count: 2 });
    expect(boot.childCount).toBe(4);
    expect(boot.children?.map(({ name, children }) => [name, children?.length])).toEqual([
      ["1", 128],
      ["2", 128],
    ]);
    const node = measurements(stages, CHIP, vm, { path: [...TO_BOOT, "3", "511"], from: 100, count: 50 });
    expect(node.children?.map(({ name }) => name)).toEqual(
      Array.from({ length: 28 }, (_, index) => String(65508 + index)),
    );
    expect(() => measurements(stages, CHIP, vm, { depth: 32 })).not.toThrow();
  });

  it("a child that is not there is refused by name", () => {
    const { vm } = vmWith(300);
    for (const path of [
      ["tvmm"],
      [...TO_BOOT, "3"],
      [...TO_BOOT, "0", "128"],
      [...TO_BOOT, "00"],
      [...TO_BOOT, "-1"],
      [""],
    ]) {
      expect(() => measurements(stages, CHIP, vm, { path })).toThrow(/^bad-argument: .*has no child/);
    }
  });
});
