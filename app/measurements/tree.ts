/**
 * What the TVMM says of each box's measurements. Asked anew when a box changes its state; single blocks come by events.
 */
import { useEffect, useState } from "react";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { messageOf } from "../facts/format.ts";
import { useView } from "../page/session.ts";
import { type BoxAnswer, splitTree } from "./rows.ts";

/** Chip, firmware, loader, TVMM, box, its parts. */
const DEPTH = 5;

// Every change of the box may have changed what was measured; progress while starting as well, but only at its phases.
const momentOf = ({ path, status, starts, starting }: BoxFacts) =>
  `${path} ${status.id} ${status.state} ${starts} ${starting?.phase ?? ""}`;

/** By the box's path. What was read of another box of that name is not shown for this one. */
export function useTrees(machine: MachineFacts | undefined): ReadonlyMap<string, BoxAnswer> {
  const view = useView();
  const [answers, setAnswers] = useState<ReadonlyMap<string, BoxAnswer>>(new Map());
  // While a lab is being opened nobody can be asked yet; the next fact that arrives draws this again.
  const open = view.terra.lab !== null;
  const boxes = machine?.boxes ?? [];
  const moments = JSON.stringify(boxes.map((box) => [box.path, momentOf(box)]));
  useEffect(() => {
    if (!open) return;
    let current = true;
    for (const [path, of] of JSON.parse(moments) as [string, string][]) {
      const { lab } = view.terra;
      if (!lab?.vms().includes(path)) continue;
      const keep = (answer: Omit<BoxAnswer, "of">) => {
        if (current) setAnswers((before) => new Map(before).set(path, { of, ...answer }));
      };
      lab
        .vm(path)
        .measurements({ depth: DEPTH })
        .then(
          (root) => keep({ tree: splitTree(root), error: null }),
          (error: unknown) => keep({ tree: null, error: messageOf(error) }),
        );
    }
    return () => {
      current = false;
    };
  }, [view, open, moments]);
  const fresh = boxes.flatMap(({ path, status }) => {
    const answer = answers.get(path);
    return answer?.of.startsWith(`${path} ${status.id} `) ? [[path, answer] as const] : [];
  });
  return new Map(fresh);
}
