/**
 * The measurement tree as the lens needs it: the chain from the chip to the box, and what the box's identity covers. Asked of
 * the TVMM anew when the box changes its state; single blocks come by events.
 */
import { useEffect, useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { messageOf } from "../facts/format.ts";
import { useView } from "../page/session.ts";

export interface BoxTree {
  /** Chip, firmware, loader, TVMM. */
  chain: MeasurementNode[];
  box: MeasurementNode;
  /** Stub, kernel, command line, disks. */
  parts: MeasurementNode[];
}

/** Chip, firmware, loader, TVMM, box, its parts. */
const DEPTH = 5;

export function splitTree(root: MeasurementNode): BoxTree | null {
  const chain: MeasurementNode[] = [];
  let node: MeasurementNode | undefined = root;
  while (node && node.kind !== "vm") {
    chain.push(node);
    node = node.children?.[0];
  }
  return node ? { chain, box: node, parts: node.children ?? [] } : null;
}

export function useBoxTree(box: BoxFacts | undefined): { tree: BoxTree | null; error: string | null } {
  const view = useView();
  const [state, setState] = useState<{ of: string; tree: BoxTree | null; error: string | null }>({
    of: "",
    tree: null,
    error: null,
  });
  const path = box?.path;
  // Every change of the box may have changed what was measured; progress while starting as well, but only at its phases.
  const moment = box ? `${path} ${box.status.id} ${box.status.state} ${box.starts} ${box.starting?.phase ?? ""}` : "";
  // While a lab is being opened nobody can be asked yet; the next fact that arrives draws this again.
  const open = view.terra.lab !== null;
  useEffect(() => {
    if (path === undefined || !open) return;
    let current = true;
    const { lab } = view.terra;
    if (!lab?.vms().includes(path)) return;
    lab
      .vm(path)
      .measurements({ depth: DEPTH })
      .then(
        (root) => current && setState({ of: moment, tree: splitTree(root), error: null }),
        (error: unknown) => current && setState({ of: moment, tree: null, error: messageOf(error) }),
      );
    return () => {
      current = false;
    };
  }, [view, path, moment, open]);
  // What was read of another box is not shown for this one.
  return state.of.startsWith(`${path} `) ? state : { tree: null, error: null };
}
