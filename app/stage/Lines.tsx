/** The lines of the figure: from each closed box that can answer, through the TVMM, to the verifier outside. */
import type { MachineFacts } from "../facts/facts.ts";
import { type Anchor, middle, useAnchors } from "./anchors.ts";

interface Place {
  box: Anchor;
  slab: Anchor;
  machine: Anchor;
  party: Anchor;
  /** Does the machine run another TVMM than the release, so that its slab is not solid. */
  other: boolean;
}

function BoxLine({ box, slab, machine, party, other }: Place) {
  const x = Math.round(middle(box));
  const y = Math.round((slab.top + slab.bottom) / 2);
  return (
    <g>
      <path className="line" d={`M${x} ${box.bottom}V${slab.top}`} />
      <path className={other ? "line in-slab over-other" : "line in-slab"} d={`M${x} ${slab.top}V${y}H${slab.right}`} />
      <path className="line" d={`M${slab.right} ${y}H${party.left}`} />
      <circle className="line-end" cx={machine.right} cy={y} r="4" />
      <circle className="line-end" cx={party.left} cy={y} r="4" />
    </g>
  );
}

export function Lines({ machines }: { machines: readonly MachineFacts[] }) {
  const { anchors, width, height } = useAnchors();
  const { verifier } = anchors;
  if (!verifier) return null;
  return (
    <svg className="lines" width={width} height={height} aria-hidden="true" focusable="false">
      {machines.flatMap(({ info, boxes, power, tvmm }) =>
        boxes.map((box) => {
          const at = anchors[box.path];
          const slab = anchors[`${info.id}/tvmm`];
          const machine = anchors[info.id];
          const answers = power === "on" && box.status.kind === "closed" && box.status.state === "on";
          if (!at || !slab || !machine || !answers) return null;
          return (
            <BoxLine
              key={box.path}
              box={at}
              slab={slab}
              machine={machine}
              party={verifier}
              other={tvmm !== "release"}
            />
          );
        }),
      )}
    </svg>
  );
}
