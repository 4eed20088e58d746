/**
 * The machine's tree: the chain in neutral ink, and below it every box with the TVMM's marks. One tab stop: arrows choose a row,
 * right opens a box, left leads back to it. What is chosen is shown beside the tree.
 */
import { type CSSProperties, type KeyboardEvent, useLayoutEffect, useRef } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import { bytes } from "../facts/format.ts";
import { Mark, type OutcomeKind } from "../icons/marks.tsx";
import { Digest } from "../parts/Digest.tsx";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { rowFor, type TreeRow } from "./rows.ts";

export const marks: Record<MeasurementNode["state"], OutcomeKind> = {
  verified: "ok",
  failed: "bad",
  unchecked: "open",
};

export function label(node: MeasurementNode): string {
  const kind = texts.measurements.kinds[node.kind] ?? node.kind;
  if (node.kind === "vm" || node.kind === "kernel") return node.name;
  return node.kind === "disk" ? `${kind} ${node.name}` : kind;
}

interface RowProps {
  row: TreeRow;
  state: MeasurementNode["state"];
  chosen: boolean;
  onChoose(key: string): void;
}

function Row({ row, state, chosen, onChoose }: RowProps) {
  const { key, node, box, level, place, open } = row;
  const judged = box !== null;
  const failed = judged && state === "failed";
  const kind = place > 0 ? "tree-part" : judged ? "tree-box" : "tree-chain";
  const words = judged ? texts.measurements[state] : texts.measurements.measured;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys
    <div
      className={`tree-row ${kind}${failed ? " failed" : ""}`}
      style={{ "--place": place } as CSSProperties}
      role="treeitem"
      aria-level={level}
      aria-selected={chosen}
      aria-expanded={open}
      aria-label={`${label(node)}, ${words}, ${node.digest}`}
      tabIndex={chosen ? 0 : -1}
      data-key={key}
      onClick={() => onChoose(key)}
    >
      {judged ? (
        <span className={`outcome ${marks[state]}`}>
          <Mark kind={marks[state]} />
        </span>
      ) : (
        <span className="tree-hash">#</span>
      )}
      <strong>{label(node)}</strong>
      <Spot at={[`measurements:${node.name}`, `measurements:${node.kind}`]} inline />
      {node.digest !== "" && (
        <span className="quiet">
          <Digest value={node.digest} what={label(node)} tabIndex={-1} />
        </span>
      )}
      {node.blocks && <span className="quiet mono">{bytes(node.blocks.total * node.blocks.size)}</span>}
    </div>
  );
}

interface Props {
  name: string;
  rows: readonly TreeRow[];
  states: ReadonlyMap<string, MeasurementNode["state"]>;
  chosen: string;
  onChoose(key: string): void;
}

export function TreeRows({ name, rows, states, chosen, onChoose }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const byKey = useRef(false);
  useLayoutEffect(() => {
    if (!byKey.current) return;
    byKey.current = false;
    place.current?.querySelector<HTMLElement>(`[data-key="${chosen}"]`)?.focus();
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = rowFor(event.key, rows, chosen);
    if (!next) return;
    byKey.current = true;
    onChoose(next.key);
    event.preventDefault();
  };
  return (
    <div className="tree" role="tree" ref={place} aria-label={texts.measurements.treeLabel(name)} onKeyDown={onKeyDown}>
      {rows.map((row) => (
        <Row
          key={row.key}
          row={row}
          state={states.get(row.key) ?? row.node.state}
          chosen={row.key === chosen}
          onChoose={onChoose}
        />
      ))}
    </div>
  );
}
