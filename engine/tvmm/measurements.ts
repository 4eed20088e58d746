/**
 * The measurement tree (paper 4.1, 4.2): chip, firmware, loader, TVMM, VM, and below it everything that the VM's identity
 * covers, down to single blocks. Nodes are made when they are asked for, so a disk of any size costs what is looked at.
 *
 * A child's name is a layer's or disk's name, or the number of a hash block or block in its level, so that block 1031 is found
 * at [..., "boot", "8", "1031"]. The root of a disk's tree is the disk itself.
 */
import { TerraError } from "../protocol/errors.ts";
import type { MeasuredStage } from "../protocol/launch.ts";
import type { MeasurementNode, MeasurementOptions } from "../protocol/owner.ts";
import { BLOCK_SIZE, DIGESTS_PER_BLOCK, digestSync, toHex } from "../storage/index.ts";
import type { BlockState } from "./block-map.ts";
import type { Vm } from "./machine.ts";
import type { MeasuredDisk } from "./measured.ts";

/** Nodes in one answer. */
const MAX_NODES = 70_000;
const DEFAULT_DEPTH = 1;

/** A node before its children are made. */
interface Node {
  head: Omit<MeasurementNode, "childCount" | "children">;
  childCount: number;
  child(index: number): Node;
  /** Index of the child of that name, or -1. */
  find(name: string): number;
}

/**
 * `path` names children from the chip down (the chip itself may stand first); `depth` levels of children below the node, of
 * which the node's own from index `from`, `count` of them (all by default). Codes: "bad-argument".
 */
export function measurements(
  stages: readonly MeasuredStage[],
  chipDigest: string,
  vm: Vm,
  { path = [], depth = DEFAULT_DEPTH, from = 0, count = Number.POSITIVE_INFINITY }: MeasurementOptions,
): MeasurementNode {
  let node = chain(stages, chipDigest, vm);
  const below = path[0] === node.head.name ? path.slice(1) : path;
  for (const name of below) {
    const index = node.find(name);
    if (index < 0) {
      throw new TerraError(
        "bad-argument",
        `${node.head.name} has no child ${JSON.stringify(name)} in the measurement tree`,
      );
    }
    node = node.child(index);
  }
  const budget = { left: MAX_NODES };
  return render(node, depth, from, count, budget);
}

function render(node: Node, depth: number, from: number, count: number, budget: { left: number }): MeasurementNode {
  if (--budget.left < 0) {
    throw new TerraError(
      "bad-argument",
      `this part of the tree has more than ${MAX_NODES} nodes; ask for less with count or depth`,
    );
  }
  const rendered: MeasurementNode = { ...node.head, childCount: node.childCount };
  if (depth === 0 || node.childCount === 0) return rendered;
  const end = Math.min(node.childCount, from + count);
  rendered.children = [];
  for (let index = from; index < end; index++) {
    rendered.children.push(render(node.child(index), depth - 1, 0, Number.POSITIVE_INFINITY, budget));
  }
  return rendered;
}

/** A node with children that are all at hand. */
function branch(head: Node["head"], children: readonly Node[]): Node {
  return {
    head,
    childCount: children.length,
    child(index) {
      const child = children[index];
      if (!child) throw new TerraError("internal", `${head.name} has no child ${index}`);
      return child;
    },
    find: (name) => children.findIndex((each) => each.head.name === name),
  };
}

function chain(stages: readonly MeasuredStage[], chipDigest: string, vm: Vm): Node {
  return stages.reduceRight<Node>((above, { name, digest }) => {
    return branch({ name, kind: name, digest: digest ?? chipDigest, state: "unchecked" }, [above]);
  }, vmNode(vm));
}

function vmNode(vm: Vm): Node {
  const { measured, descriptor } = vm;
  const part = (name: "stub" | "kernel") =>
    branch({ name, kind: "kernel", digest: descriptor.firmware[name].sha256, state: measured[name] }, []);
  const commandLine = digestSync(new TextEncoder().encode(descriptor.commandLine));
  // Before the first ON nothing was read; the boot disk is known from the descriptor all the same.
  const disks = measured.disks.length > 0 ? measured.disks.map(diskNode) : [unreadBoot(vm)];
  const children = [
    part("stub"),
    part("kernel"),
    branch({ name: "command-line", kind: "command-line", digest: commandLine, state: measured.descriptor }, []),
    ...disks,
  ];
  const failed = children.some(({ head }) => head.state === "failed");
  return branch(
    { name: vm.name, kind: "vm", digest: vm.primary, state: failed ? "failed" : measured.descriptor },
    children,
  );
}

function unreadBoot({ descriptor }: Vm): Node {
  const total = descriptor.boot.size / BLOCK_SIZE;
  return branch(
    {
      name: "boot",
      kind: "disk",
      digest: descriptor.boot.root,
      state: "unchecked",
      blocks: { size: BLOCK_SIZE, total, verified: 0, failed: 0 },
    },
    [],
  );
}

function diskNode(disk: MeasuredDisk): Node {
  const { tree, blocks } = disk;
  const counts = { size: BLOCK_SIZE, ...blocks.count(0, blocks.total) };
  const head = { name: disk.name, kind: "disk" as const, digest: disk.root, state: diskState(disk), blocks: counts };
  if (!tree) return branch(head, []);
  if (tree.levels.length === 0) return branch(head, [treeNode(disk, -1, 0)]);
  return { ...treeNode(disk, tree.levels.length - 1, 0), head };
}

/** A disk is right when all of it is; one wrong block makes it wrong. */
function diskState({ treeFailed, blocks }: MeasuredDisk): BlockState {
  const { total, verified, failed } = blocks.count(0, blocks.total);
  if (treeFailed || failed > 0) return "failed";
  return verified === total ? "verified" : "unchecked";
}

/** Hash block `index` of `level`, or for level -1 the data block. Every hash block was checked when the tree was read. */
function treeNode(disk: MeasuredDisk, level: number, index: number): Node {
  const { tree, blocks } = disk;
  if (!tree) throw new TerraError("internal", `the tree of ${disk.name} was not read`);
  const name = String(index);
  const digest = toHex(tree.digestOf(level, index));
  if (level < 0) return branch({ name, kind: "block", digest, state: blocks.state(index) }, []);
  const below = level === 0 ? tree.dataBlocks : (tree.levels[level - 1]?.blocks ?? 0);
  const first = index * DIGESTS_PER_BLOCK;
  const childCount = Math.min(DIGESTS_PER_BLOCK, below - first);
  const span = DIGESTS_PER_BLOCK ** (level + 1);
  return {
    head: {
      name,
      kind: "tree",
      digest,
      state: "verified",
      blocks: { size: BLOCK_SIZE, ...blocks.count(index * span, (index + 1) * span) },
    },
    childCount,
    child: (child) => treeNode(disk, level - 1, first + child),
    find(child) {
      const at = /^(0|[1-9][0-9]*)$/.test(child) ? Number(child) - first : -1;
      return at >= 0 && at < childCount ? at : -1;
    },
  };
}
