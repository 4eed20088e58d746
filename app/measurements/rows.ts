/**
 * The rows of a machine's measurement tree: the chain from the chip to the TVMM, and below it every box with what its identity
 * covers. Pure.
 */
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { DeviceStatus } from "../../engine/lab/protocol.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";

export interface BoxTree {
  /** Chip, firmware, loader, TVMM. */
  chain: MeasurementNode[];
  box: MeasurementNode;
  /** Stub, kernel, command line, disks. */
  parts: MeasurementNode[];
}

/** What was asked of one box: its tree, or why there is none. */
export interface BoxAnswer {
  /** The box's moment that this is about. */
  of: string;
  tree: BoxTree | null;
  error: string | null;
}

export function splitTree(root: MeasurementNode): BoxTree | null {
  const chain: MeasurementNode[] = [];
  let node: MeasurementNode | undefined = root;
  while (node && node.kind !== "vm") {
    chain.push(node);
    node = node.children?.[0];
  }
  return node ? { chain, box: node, parts: node.children ?? [] } : null;
}

/** Chip, firmware, loader, TVMM, as far as they were measured: before any box tells, as the machine's own events say. */
export function chainOf(machine: MachineFacts, trees: ReadonlyMap<string, BoxAnswer>): MeasurementNode[] {
  for (const { tree } of trees.values()) if (tree) return tree.chain;
  const { measured } = machine;
  if (measured.length === 0) return [];
  const chip = { name: "chip", kind: "chip", digest: "", state: "unchecked" } as const;
  const stages = measured.flatMap(({ name, digest }) =>
    name === "chip" ? [] : [{ name, kind: name, digest, state: "unchecked" } as const],
  );
  return [chip, ...stages];
}

/** A row of the machine's tree. `box` is the box that it belongs to, by path; null in the chain. */
export interface TreeRow {
  /** "alice/hello/kernel", "alice/tvmm". */
  key: string;
  node: MeasurementNode;
  box: string | null;
  /** As deep as it lies below the chip, which is at 1. */
  level: number;
  /** Its place among the parts of its box, from 1; 0 for what is no part. */
  place: number;
  /** Are its parts shown; undefined where there are none to show. */
  open?: boolean;
}

/** The whole machine, of which one box is open. */
export function rowsOf(
  machine: MachineFacts,
  trees: ReadonlyMap<string, BoxAnswer>,
  openBox: string | undefined,
): TreeRow[] {
  const chain = chainOf(machine, trees);
  const rows: TreeRow[] = chain.map((node, index) => ({
    key: `${machine.info.id}/${node.kind}`,
    node,
    box: null,
    level: index + 1,
    place: 0,
  }));
  for (const { path } of machine.boxes) {
    const tree = trees.get(path)?.tree;
    if (!tree) continue;
    const open = path === openBox;
    const level = chain.length + 1;
    rows.push({ key: path, node: tree.box, box: path, level, place: 0, open });
    if (!open) continue;
    tree.parts.forEach((node, index) => {
      rows.push({ key: `${path}/${node.name}`, node, box: path, level: level + 1, place: index + 1 });
    });
  }
  return rows;
}

/** A disk is wrong when a block of it is, and right when all of them are; else it is what the TVMM said of it. */
export function stateOf(
  node: MeasurementNode,
  blocks: { failed: number; verified: number; states: { length: number } } | undefined,
): MeasurementNode["state"] {
  if (node.kind !== "disk" || !blocks) return node.state;
  if (blocks.failed > 0) return "failed";
  return blocks.states.length > 0 && blocks.verified === blocks.states.length ? "verified" : node.state;
}

/** The row that a key leads to, or null. */
export function rowFor(key: string, rows: readonly TreeRow[], chosen: string): TreeRow | null {
  const at = rows.findIndex((row) => row.key === chosen);
  const row = rows[at];
  switch (key) {
    case "ArrowDown":
      return rows[at + 1] ?? null;
    case "ArrowUp":
      return rows[at - 1] ?? null;
    case "Home":
      return rows[0] ?? null;
    case "End":
      return rows.at(-1) ?? null;
    case "ArrowRight":
      // From a box to its parts, which are shown once it is chosen; along the chain to the next.
      return rows[at + 1] && (rows[at + 1]?.level ?? 0) > (row?.level ?? 0) ? (rows[at + 1] ?? null) : null;
    case "ArrowLeft":
      return rows.slice(0, Math.max(0, at)).findLast((each) => each.level < (row?.level ?? 0)) ?? null;
    default:
      return null;
  }
}

/** The medium beside the firmware's that holds file system and tree. */
const bootOf = (firmware: string) => firmware.replace(/\.firmware$/, ".boot");

/** The medium of a box's attested disk of that name: the boot disk's is the image's, others are named after their slot. */
export function mediumOf(devices: readonly DeviceStatus[], box: BoxFacts, disk: string): string | undefined {
  const mine = devices.filter((device) => device.attachedTo === box.id && device.class === "attested");
  const media = mine.flatMap(({ medium }) => (medium === undefined ? [] : [medium]));
  const boot = media.find((medium) => medium === bootOf(box.status.medium)) ?? media[0];
  if (disk === "boot") return boot;
  const others = media.filter((medium) => medium !== boot);
  return others.find((medium) => medium.split(".").includes(disk)) ?? (others.length === 1 ? others[0] : undefined);
}
