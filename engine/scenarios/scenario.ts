/**
 * What a scenario is: steps that a student reads, each of which does something real through the scripting API and says what
 * it observed. A step waits for what it needs (messages, states), never for time.
 */
import type { Lab, StepReport, Terra } from "../lab/api.ts";

/** Which lens the step wants to be seen in. */
export type LensName = "monitor" | "messages" | "measurements" | "verifier" | "console";

export interface StepOutcome {
  observed: string;
  passed: boolean;
  artifacts: StepReport["artifacts"];
}

export interface StepContext {
  terra: Terra;
  lab: Lab;
  /** What earlier steps left for later ones. */
  notes: Map<string, unknown>;
  /** Does the step leave its tampering or defence out? Used by tests: then the verdict must turn round. */
  control: boolean;
}

export interface Step {
  id: string;
  title: string;
  paper: string;
  /** Paragraphs for the student; `[1]` stands for the yellow marker of that number. */
  text: string[];
  expected: string;
  lens: LensName;
  /** Where the markers stand: box, TVMM, chip, lens row, by the names that app/ knows ("alice/hello", "alice/tvmm", "verifier:tvmm"). */
  markers?: Record<number, string>;
  run(context: StepContext): Promise<StepOutcome>;
}

export interface Scenario {
  id: string;
  title: string;
  chapter: string;
  lab: string;
  paper: string;
  steps: Step[];
}

/** Plays steps one by one; the page and runScenario() both use this. */
export interface Player {
  readonly scenario: Scenario;
  /** Index of the next step to run. */
  readonly position: number;
  readonly reports: readonly StepReport[];
  readonly running: boolean;
  /** Runs the next step. The first one opens the lab. Never rejects: what went wrong is the step's report. */
  next(): Promise<StepReport | null>;
  /** Opens the lab anew and forgets the reports. */
  restart(): Promise<void>;
  subscribe(listener: () => void): () => void;
}
