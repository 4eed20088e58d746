/**
 * The lines of the figure: each CONNECT through the TVMM, wires between machines, and from each closed box that can answer to the
 * verifier outside. A free card is a hollow end, a connected one filled.
 */
import type { MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import type { WireFacts } from "../facts/wires.ts";
import { isCut, useTaps } from "../wire/taps.ts";
import { type Anchor, middle, useAnchors } from "./anchors.ts";
import { cardEnds, cardLines, wireAnchor } from "./cards.ts";

type Anchors = Record<string, Anchor>;

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

function VerifierLines({ machines, anchors }: { machines: readonly MachineFacts[]; anchors: Anchors }) {
  const { verifier } = anchors;
  if (!verifier) return null;
  return machines.flatMap(({ info, boxes, power, tvmm }) =>
    boxes.map((box) => {
      const at = anchors[box.path];
      const slab = anchors[`${info.id}/tvmm`];
      const machine = anchors[info.id];
      const answers = power === "on" && box.status.kind === "closed" && box.status.state === "on";
      if (!at || !slab || !machine || !answers) return null;
      return (
        <BoxLine key={box.path} box={at} slab={slab} machine={machine} party={verifier} other={tvmm !== "release"} />
      );
    }),
  );
}

/** One machine's cards and connections. */
function Network({
  machine,
  wires,
  anchors,
}: {
  machine: MachineFacts;
  wires: readonly WireFacts[];
  anchors: Anchors;
}) {
  const frame = anchors[machine.info.id];
  const between = wires.map(({ id }) => anchors[wireAnchor(id)]).find((anchor) => anchor !== undefined);
  if (!frame) return null;
  const edge = between && between.left < frame.left ? frame.left : frame.right;
  const ends = cardEnds(machine, wires, anchors, edge);
  const other = machine.tvmm !== "release" || machine.power !== "on";
  return (
    <g>
      {cardLines(machine, wires, anchors, ends).map(({ key, outside, inside }) => (
        <g key={key}>
          <path className="line" d={outside} />
          <path className={other ? "line in-slab over-other" : "line in-slab"} d={inside} />
        </g>
      ))}
      {ends.map(({ id, x, y, taken }) => (
        <circle key={id} className={taken ? "line-end" : "line-end free"} cx={x} cy={y} r={taken ? 3.5 : 4} />
      ))}
    </g>
  );
}

/** A wire from frame to frame; whoever stands on it alone has a loose end. */
function WireLine({ wire, anchors }: { wire: WireFacts; anchors: Anchors }) {
  const cut = useTaps((taps) => isCut(taps[wire.id]));
  const run = anchors[wireAnchor(wire.id)];
  if (!run) return null;
  const frames = wire.ends.flatMap(({ platform }) => anchors[platform] ?? []);
  const left = Math.max(run.left - 60, ...frames.filter((each) => each.left < run.left).map((each) => each.right));
  const rights = frames.filter((each) => each.left > run.left).map((each) => each.left);
  const right = rights.length > 0 ? Math.min(...rights) : run.right - 24;
  const y = run.top;
  const centre = (left + right) / 2;
  return (
    <g>
      {cut ? (
        <>
          <path className="line" d={`M${left} ${y}H${centre - 9}M${centre + 9} ${y}H${right}`} />
          <path className="line" d={`M${centre - 13} ${y + 6}l8 -12M${centre + 5} ${y + 6}l8 -12`} />
        </>
      ) : (
        <path className="line" d={`M${left} ${y}H${right}`} />
      )}
      {rights.length === 0 && <circle className="line-end free" cx={right} cy={y} r="4" />}
    </g>
  );
}

export function Lines({ machines }: { machines: readonly MachineFacts[] }) {
  const { anchors, width, height } = useAnchors();
  const wires = useFacts((facts) => facts.wires);
  return (
    <svg className="lines" width={width} height={height} aria-hidden="true" focusable="false">
      <VerifierLines machines={machines} anchors={anchors} />
      {wires.map((wire) => (
        <WireLine key={wire.id} wire={wire} anchors={anchors} />
      ))}
      {machines.map((machine) => (
        <Network key={machine.info.id} machine={machine} wires={wires} anchors={anchors} />
      ))}
    </svg>
  );
}
