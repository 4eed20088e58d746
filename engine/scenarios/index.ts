/** The guided scenarios and their player. */
import { type ScenarioReport, type Scenarios, TerraError } from "../lab/index.ts";
import { hello } from "./hello/index.ts";
import { playToEnd } from "./player.ts";
import type { Scenario } from "./scenario.ts";

export { createPlayer, type PlayerOptions } from "./player.ts";
export type { LensName, Player, Scenario, Step, StepContext, StepOutcome } from "./scenario.ts";

/** In teaching order. */
export const scenarios: Scenario[] = [hello];

export function findScenario(id: string): Scenario {
  const found = scenarios.find((scenario) => scenario.id === id);
  if (found) return found;
  const known = scenarios.map((scenario) => scenario.id).join(", ");
  throw new TerraError("unknown-scenario", `there is no scenario ${JSON.stringify(id)}; there are ${known}`);
}

/** What the scripting API needs of the scenarios. */
export const scenarioRunner: Scenarios = {
  list: () => scenarios.map(({ id, title, lab, paper }) => ({ id, title, lab, paper })),
  run: async (terra, id): Promise<ScenarioReport> => playToEnd(terra, findScenario(id)),
};
