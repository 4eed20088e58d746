/**
 * What a scenario is: steps that a student reads, each of which does something real through the scripting API and says what
 * it observed. A step waits for what it needs (messages, states), never for time.
 */
import type { Lab, StepReport, Terra } from "../lab/api.ts";

/** Which lens the step wants to be seen in. */
export type LensName = "players" | "monitor" | "messages" | "measurements" | "verifier" | "console";

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
  /**
   * Has something put back before another step begins: until then what the step did can be looked at. Last in, first out; what
   * fails there is the next step's failure. After the last step nothing is put back.
   */
  later(putBack: () => Promise<void>): void;
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
  /** Two or three answers to what will happen, for the student to choose among before it does. None of them is judged. */
  guess?: readonly string[];
  lens: LensName;
  /** Where the markers stand: box, TVMM, chip, lens row, by the names that app/ knows ("alice/hello", "alice/tvmm", "verifier:tvmm"). */
  markers?: Record<number, string>;
  /**
   * What the step leaves behind, so that a student can go back over it. "nothing": each step up to it can be played again on the lab as
   * it then is. "own": it can itself, those before it cannot. Left out: it cannot either, and the lab has to be opened anew.
   */
  leaves?: "nothing" | "own";
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
  /** Index of the step whose start goTo() is on its way to; null: none. */
  readonly goal: number | null;
  /** Indices of steps that did not come to an end but threw; their reports say what. */
  readonly broken: ReadonlySet<number>;
  /** Why goTo() could not open the lab; null: it could. */
  readonly openError: string | null;
  /** Runs the next step. The first one opens the lab. Never rejects: what went wrong is the step's report. */
  next(): Promise<StepReport | null>;
  /**
   * To the start of the step with this index: by playing the ones between, or, if it lies behind, by opening the lab anew and playing all
   * before it again. Nothing is played where the step can be run again on the lab as it is (Step.leaves). Resolves to whether it came
   * there: not if the lab did not open, a step on the way threw, or stop() was called. Never rejects.
   */
  goTo(index: number): Promise<boolean>;
  /** Would goTo(index) leave the lab as it is? */
  stays(index: number): boolean;
  /** Ends a goTo() after the step that is under way. */
  stop(): void;
  subscribe(listener: () => void): () => void;
}
