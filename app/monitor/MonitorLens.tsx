/** Lens "Monitor": the picture on the left, who has it on the right. */
import type { MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { Full } from "../icons/icons.tsx";
import { enterZoom, usePage } from "../page/page.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { BoxList } from "./BoxList.tsx";
import { Surface } from "./Surface.tsx";

/** The machine whose monitor is looked at: that of the chosen box, or the first. */
export function useMonitorMachine(): MachineFacts | undefined {
  const machines = useFacts((facts) => facts.machines);
  const chosen = usePage((page) => page.box);
  return machines.find(({ boxes }) => boxes.some(({ path }) => path === chosen)) ?? machines[0];
}

/** The monitor's picture, or why it is dark. */
export function Picture({ machine }: { machine: MachineFacts | undefined }) {
  const box = machine?.boxes.find(({ id }) => id === machine.focus.box);
  if (machine && box) return <Surface machine={machine} box={box} />;
  const words =
    machine?.power === "on" ? texts.monitor.nobody : machine?.power === "off" ? texts.monitor.off : texts.monitor.waits;
  return <div className="monitor-dark">{words}</div>;
}

/** Which machine's monitor is looked at, where there are several. */
export function MonitorChoice() {
  const machines = useFacts((facts) => facts.machines);
  const shown = useMonitorMachine();
  if (machines.length < 2) return null;
  return (
    <fieldset className="verbs" aria-label={texts.monitor.which}>
      {machines.map(({ info, boxes, focus }) => (
        <button
          key={info.id}
          type="button"
          className="chip"
          aria-pressed={info.id === shown?.info.id}
          onClick={() =>
            usePage.setState({ box: (boxes.find(({ id }) => id === focus.box) ?? boxes[0])?.path ?? null })
          }
        >
          {info.id}
        </button>
      ))}
    </fieldset>
  );
}

export function MonitorTools() {
  return (
    <>
      <MonitorChoice />
      <button type="button" className="chip" onClick={() => enterZoom({ kind: "monitor" })}>
        <Full />
        {texts.monitor.full}
        <span className="key">F</span>
      </button>
    </>
  );
}

export function MonitorLens() {
  const machine = useMonitorMachine();
  if (!machine) return <div className="empty">{texts.monitor.waits}</div>;
  return (
    <div className="monitor-lens">
      <div className="monitor-place">
        <Spot at="monitor" />
        <Picture machine={machine} />
      </div>
      <div className="monitor-side">
        <h2 className="heading">{texts.monitor.who(machine.info.id)}</h2>
        <BoxList machine={machine} />
        <p>
          <kbd>{texts.monitor.attentionKey}</kbd> {texts.monitor.attention}
        </p>
        <p>{texts.monitor.strip}</p>
      </div>
    </div>
  );
}
