/** Plays a scenario, step by step or to its end. A step never rejects: what went wrong is what was observed. */
import type { ScenarioReport, StepReport, Terra } from "../lab/index.ts";
import type { Player, Scenario, StepOutcome } from "./scenario.ts";

export interface PlayerOptions {
  /** Ids of steps whose tampering, or defence, is left out. */
  controls?: ReadonlySet<string>;
}

export function createPlayer(terra: Terra, scenario: Scenario, options: PlayerOptions = {}): Player {
  const listeners = new Set<() => void>();
  let reports: StepReport[] = [];
  let notes = new Map<string, unknown>();
  let running = false;

  const changed = () => {
    for (const listener of [...listeners]) listener();
  };

  async function outcome(index: number): Promise<StepOutcome> {
    try {
      // Each scenario starts from a lab that nobody has touched.
      if (index === 0) await terra.open(scenario.lab);
      const { lab } = terra;
      const step = scenario.steps[index];
      if (!lab || !step) return { passed: false, observed: "The lab was closed.", artifacts: [] };
      return await step.run({ terra, lab, notes, control: options.controls?.has(step.id) ?? false });
    } catch (error) {
      return { passed: false, observed: error instanceof Error ? error.message : String(error), artifacts: [] };
    }
  }

  return {
    scenario,
    get position() {
      return reports.length;
    },
    get reports() {
      return reports;
    },
    get running() {
      return running;
    },
    async next() {
      const index = reports.length;
      const step = scenario.steps[index];
      if (!step || running) return null;
      running = true;
      changed();
      const { observed, passed, artifacts } = await outcome(index);
      running = false;
      const { id, title, paper, expected } = step;
      const report: StepReport = { id, title, paper, expected, observed, passed, artifacts };
      reports = [...reports, report];
      changed();
      return report;
    },
    async restart() {
      if (running) return;
      reports = [];
      notes = new Map();
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** From opening the lab to the last step, unattended. */
export async function playToEnd(
  terra: Terra,
  scenario: Scenario,
  options: PlayerOptions = {},
): Promise<ScenarioReport> {
  const started = performance.now();
  const player = createPlayer(terra, scenario, options);
  while (await player.next()) {
    // Every step waits for what it needs by itself.
  }
  const steps = [...player.reports];
  return {
    id: scenario.id,
    passed: steps.every((step) => step.passed),
    steps,
    durationMs: performance.now() - started,
  };
}
