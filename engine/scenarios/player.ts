/**
 * Plays a scenario, step by step or to its end, and goes back in it: truly, by playing again what led there. A step never rejects:
 * what went wrong is what was observed.
 */
import type { Lab, ScenarioReport, StepReport, Terra } from "../lab/index.ts";
import type { Player, Scenario, StepOutcome } from "./scenario.ts";

export interface PlayerOptions {
  /** Ids of steps whose tampering, or defence, is left out. */
  controls?: ReadonlySet<string>;
}

const words = (error: unknown) => (error instanceof Error ? error.message : String(error));

export function createPlayer(terra: Terra, scenario: Scenario, options: PlayerOptions = {}): Player {
  const { steps } = scenario;
  const listeners = new Set<() => void>();
  let reports: StepReport[] = [];
  let broken: ReadonlySet<number> = new Set();
  let notes = new Map<string, unknown>();
  /** What the steps before want put back before another one begins. */
  let waiting: (() => Promise<void>)[] = [];
  /** The lab that the steps were played on; null: the first step opens one. */
  let lab: Lab | null = null;
  /** The last step that was played on it; -1: none. */
  let furthest = -1;
  let running = false;
  let goal: number | null = null;
  let stopped = false;
  let openError: string | null = null;

  const changed = () => {
    for (const listener of [...listeners]) listener();
  };

  function forget(): void {
    reports = [];
    broken = new Set();
    notes = new Map();
    waiting = [];
    lab = null;
    furthest = -1;
  }

  async function outcome(index: number): Promise<StepOutcome> {
    // Each scenario starts from a lab that nobody has touched.
    if (index === 0) lab ??= await terra.open(scenario.lab);
    const step = steps[index];
    if (!step || !terra.lab) throw new Error("The lab was closed.");
    if (terra.lab !== lab) throw new Error("Another lab was opened since; the lesson begins again in its own.");
    for (let putBack = waiting.pop(); putBack; putBack = waiting.pop()) await putBack();
    furthest = Math.max(furthest, index);
    const later = (putBack: () => Promise<void>) => void waiting.push(putBack);
    return step.run({ terra, lab, notes, later, control: options.controls?.has(step.id) ?? false });
  }

  async function play(): Promise<StepReport | null> {
    const index = reports.length;
    const step = steps[index];
    if (!step || running) return null;
    running = true;
    openError = null;
    changed();
    const { observed, passed, artifacts } = await outcome(index).catch((error: unknown) => {
      broken = new Set([...broken, index]);
      return { observed: words(error), passed: false, artifacts: [] };
    });
    running = false;
    const { id, title, paper, expected } = step;
    const report: StepReport = { id, title, paper, expected, observed, passed, artifacts };
    reports = [...reports, report];
    changed();
    return report;
  }

  function stays(index: number): boolean {
    if (index > reports.length || index === 0 || lab === null || terra.lab !== lab || broken.size > 0) return false;
    if (furthest < index) return true;
    return (
      steps[index]?.leaves !== undefined &&
      steps.slice(index + 1, furthest + 1).every(({ leaves }) => leaves === "nothing")
    );
  }

  async function playTo(index: number): Promise<boolean> {
    lab ??= await terra.open(scenario.lab);
    while (reports.length < index && !stopped) {
      await play();
      if (broken.has(reports.length - 1)) return false;
    }
    return reports.length === index;
  }

  async function goTo(index: number): Promise<boolean> {
    if (!steps[index] || running || goal !== null) return false;
    if (stays(index)) {
      reports = reports.slice(0, index);
      changed();
      return true;
    }
    const ahead = index > reports.length && broken.size === 0 && (lab === null || terra.lab === lab);
    if (!ahead) forget();
    goal = index;
    stopped = false;
    openError = null;
    changed();
    const reached = await playTo(index).catch((error: unknown) => {
      openError = words(error);
      return false;
    });
    goal = null;
    changed();
    return reached;
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
    get goal() {
      return goal;
    },
    get broken() {
      return broken;
    },
    get openError() {
      return openError;
    },
    next: async () => (goal === null ? play() : null),
    goTo,
    stays,
    stop() {
      stopped = true;
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
