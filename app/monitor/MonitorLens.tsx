/** Lens "Monitor": the picture on the left, who has it on the right. */
import type { BoxFacts, MachineFacts } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { Full } from "../icons/icons.tsx";
import { enterZoom, usePage } from "../page/page.ts";
import { Spot } from "../parts/Spot.tsx";
import { texts } from "../texts.ts";
import { BoxList } from "./BoxList.tsx";
import { Sign } from "./Sign.tsx";
import { Surface } from "./Surface.tsx";

/** The machine whose monitor is looked at: that of the chosen box, or the first. */
export function useMonitorMachine(): MachineFacts | undefined {
  const machines = useFacts((facts) => facts.machines);
  const chosen = usePage((page) => page.box);
  return machines.find(({ boxes }) => boxes.some(({ path }) => path === chosen)) ?? machines[0];
}

/** Why the focused box shows nothing; null if it shows something. */
function darkness({ status, starting }: BoxFacts): string | null {
  if (starting)
    return texts.monitor.boxStarts(status.name, texts.stage.starting(starting.phase, starting.loaded, starting.total));
  if (status.state !== "off") return null;
  return status.halt ? texts.monitor.notStarted(status.name) : texts.monitor.boxOff(status.name);
}

/** The monitor's picture, or why it is dark: dashed where nobody speaks, solid where the TVMM does. */
export function Picture({ machine }: { machine: MachineFacts | undefined }) {
  const box = machine?.boxes.find(({ id }) => id === machine.focus.box);
  if (machine && box) {
    const dark = darkness(box);
    return (
      <div className="monitor-whole">
        {/* It stays there: the box gets its canvas before it starts. */}
        <div className="monitor-whole" inert={dark !== null}>
          <Surface machine={machine} box={box} />
        </div>
        {dark !== null && <div className="monitor-dark speaks">{dark}</div>}
      </div>
    );
  }
  if (machine?.power === "on") return <div className="monitor-dark speaks">{texts.monitor.nobody}</div>;
  return <div className="monitor-dark">{machine?.power === "off" ? texts.monitor.off : texts.monitor.waits}</div>;
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
        <Sign machine={machine} why>
          <p>
            <kbd>{texts.monitor.attentionKey}</kbd> {texts.monitor.attention}
          </p>
          <p>{texts.monitor.strip}</p>
        </Sign>
      </div>
    </div>
  );
}
