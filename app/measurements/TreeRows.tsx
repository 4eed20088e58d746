/** The tree's upper part: chain in neutral ink, and below the box what its identity covers, with the TVMM's marks. */
import { type CSSProperties, type KeyboardEvent, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { bytes } from "../facts/format.ts";
import { blocksOf, useBlocksVersion } from "../facts/store.ts";
import { Mark, type OutcomeKind } from "../icons/marks.tsx";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import type { BoxTree } from "./tree.ts";

interface RowFacts {
  /** Place among the box's parts, from 1. */
  place: number;
  node: MeasurementNode;
  level: number;
  state: MeasurementNode["state"];
}

const marks: Record<MeasurementNode["state"], OutcomeKind> = { verified: "ok", failed: "bad", unchecked: "open" };

function label(node: MeasurementNode): string {
  const kind = texts.measurements.kinds[node.kind] ?? node.kind;
  if (node.kind === "vm" || node.kind === "kernel") return node.name;
  return node.kind === "disk" ? `${kind} ${node.name}` : kind;
}

function spots(node: MeasurementNode): string[] {
  return [`measurements:${node.name}`, `measurements:${node.kind}`];
}

function Row({ row, judged }: { row: RowFacts; judged: boolean }) {
  const { node, level, place, state } = row;
  const failed = state === "failed";
  return (
    <div
      className={`tree-row level-${level}${failed ? " failed" : ""}`}
      style={{ "--place": place } as CSSProperties}
      role="treeitem"
      aria-level={level + 1}
      aria-selected={false}
      aria-label={`${label(node)}, ${judged ? texts.measurements[state] : ""} ${node.digest}`}
      tabIndex={-1}
    >
      {judged ? (
        <span className={`outcome ${marks[state]}`}>
          <Mark kind={marks[state]} />
        </span>
      ) : (
        <span className="tree-hash">#</span>
      )}
      <strong>{label(node)}</strong>
      <Spot at={spots(node)} inline />
      <span className="quiet">
        <Digest value={node.digest} what={label(node)} />
      </span>
      {node.blocks && <span className="quiet mono">{bytes(node.blocks.total * node.blocks.size)}</span>}
    </div>
  );
}

function useTreeKeys() {
  const [at, setAt] = useState(0);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=treeitem]")];
    const next = Math.min(items.length - 1, Math.max(0, at + by));
    setAt(next);
    items[next]?.focus();
    event.preventDefault();
  };
  return onKeyDown;
}

export function TreeRows({ box, tree }: { box: BoxFacts; tree: BoxTree }) {
  useBlocksVersion();
  const onKeyDown = useTreeKeys();
  const stateOf = (node: MeasurementNode): MeasurementNode["state"] => {
    if (node.kind !== "disk") return node.state;
    const map = blocksOf(`${box.platform}/${box.id}`, node.name);
    if (map.failed > 0) return "failed";
    return map.states.length > 0 && map.verified === map.states.length ? "verified" : node.state;
  };
  const parts = tree.parts.map((node, index) => ({ node, level: 1, place: index + 1, state: stateOf(node) }));
  const state = parts.some((part) => part.state === "failed") ? "failed" : tree.box.state;
  return (
    <div className="tree" role="tree" tabIndex={0} aria-label={texts.lenses.measurements} onKeyDown={onKeyDown}>
      {tree.chain.map((node) => (
        <Row key={node.kind} row={{ node, level: 0, place: 0, state: "unchecked" }} judged={false} />
      ))}
      <Row row={{ node: tree.box, level: 0, place: 0, state }} judged />
      {parts.map((row) => (
        <Row key={row.node.name} row={row} judged />
      ))}
    </div>
  );
}
