/**
 * Lens "Measurements": one tree of a machine from the chip to the block. What was measured is not judged; what the TVMM checked
 * is. Left the tree, right what is chosen in it: at first the boot disk of the box that the page is about.
 */
import { useState } from "react";
import type { MeasurementNode } from "../../engine/lab/api.ts";
import { setTotal } from "../facts/blocks.ts";
import { pickBox, useFactsNow } from "../facts/current.ts";
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { splitError } from "../facts/format.ts";
import { blocksOf, useBlocksVersion } from "../facts/store.ts";
import { Mark } from "../icons/marks.tsx";
import { usePage } from "../page/page.ts";
import { texts } from "../texts.ts";
import { BlockMapView } from "./BlockMapView.tsx";
import { NodeView } from "./NodeView.tsx";
import { mediumOf, rowsOf, stateOf, type TreeRow } from "./rows.ts";
import { TreeRows } from "./TreeRows.tsx";
import { useTrees } from "./tree.ts";

/** The box that the page is about, or else the first closed one, or the first. */
function useMeasuredBox(): BoxFacts | undefined {
  const chosen = usePage((page) => page.box);
  return useFactsNow((facts) => {
    const closed = pickBox(facts, chosen, (box) => box.status.kind === "closed" || box.path === chosen);
    return closed ?? pickBox(facts, chosen, () => true);
  });
}

function useMachine(box: BoxFacts | undefined): MachineFacts | undefined {
  return useFactsNow(({ machines }) => machines.find(({ info }) => info.id === box?.platform) ?? machines[0]);
}

/** Machines, where there are several; a box of the one that is pressed is shown. */
export function MeasurementsTools() {
  const machines = useFactsNow((facts) => facts.machines);
  const shown = useMachine(useMeasuredBox());
  if (machines.length < 2) return null;
  return machines.map(({ info, boxes }) => {
    const box = boxes.find(({ status }) => status.kind === "closed") ?? boxes[0];
    return (
      <button
        key={info.id}
        type="button"
        className="chip"
        aria-pressed={info.id === shown?.info.id}
        disabled={!box}
        onClick={() => usePage.setState({ box: box?.path ?? null })}
      >
        {info.id}
      </button>
    );
  });
}

interface ChosenProps {
  machine: MachineFacts;
  row: TreeRow;
  state: MeasurementNode["state"];
}

function Chosen({ machine, row: { key, node, box: path }, state }: ChosenProps) {
  useBlocksVersion();
  const box = machine.boxes.find((each) => each.path === path) ?? null;
  if (node.kind !== "disk" || !box) return <NodeView key={key} machine={machine} box={box} node={node} state={state} />;
  const map = blocksOf(`${box.platform}/${box.id}`, node.name);
  if (node.blocks) setTotal(map, node.blocks.total);
  return <BlockMapView key={key} box={box} disk={node} medium={mediumOf(machine.devices, box, node.name)} map={map} />;
}

/** By the rows' keys. A box is wrong when a part of it is. */
function statesOf(rows: readonly TreeRow[], machine: MachineFacts): Map<string, MeasurementNode["state"]> {
  const states = new Map<string, MeasurementNode["state"]>();
  for (const { key, node, box: path } of rows) {
    const box = machine.boxes.find((each) => each.path === path);
    const state = stateOf(node, box && blocksOf(`${box.platform}/${box.id}`, node.name));
    states.set(key, state);
    if (path !== null && state === "failed") states.set(path, "failed");
  }
  return states;
}

function Tree({ machine, box }: { machine: MachineFacts; box: BoxFacts | undefined }) {
  useBlocksVersion();
  const trees = useTrees(machine);
  // What was chosen holds as long as the page is about the same box.
  const [choice, setChoice] = useState<{ box: string | undefined; key: string }>({ box: undefined, key: "" });
  const rows = rowsOf(machine, trees, box?.path);
  const first = rows.find(({ box: path, node }) => path === box?.path && node.kind === "disk") ?? rows.at(-1);
  const chosen = (choice.box === box?.path && rows.find(({ key }) => key === choice.key)) || first;
  const error = box && trees.get(box.path)?.error;
  if (error) {
    const { code, text } = splitError(error);
    return (
      <div className="empty">
        <p>{texts.measurements.fails}</p>
        <p className="outcome bad">
          <Mark kind="bad" />
          <strong>{code}</strong>
        </p>
        <p className="error-text">{text}</p>
      </div>
    );
  }
  if (!chosen) return <div className="empty">{box ? texts.measurements.opening : texts.measurements.empty}</div>;
  const states = statesOf(rows, machine);
  const choose = (key: string) => {
    const row = rows.find((each) => each.key === key);
    const of = row?.box ?? box?.path;
    setChoice({ box: of, key });
    if (of !== box?.path) usePage.setState({ box: of ?? null });
  };
  return (
    <div className="measurements">
      <TreeRows name={machine.info.id} rows={rows} states={states} chosen={chosen.key} onChoose={choose} />
      <Chosen machine={machine} row={chosen} state={states.get(chosen.key) ?? chosen.node.state} />
    </div>
  );
}

export function MeasurementsLens() {
  const box = useMeasuredBox();
  const machine = useMachine(box);
  if (!machine) return <div className="empty">{texts.measurements.empty}</div>;
  return <Tree key={machine.info.id} machine={machine} box={box} />;
}
