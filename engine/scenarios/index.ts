/** The guided scenarios and their player. */
import { type ScenarioReport, type Scenarios, TerraError } from "../lab/index.ts";
import { banking } from "./banking/index.ts";
import { hello } from "./hello/index.ts";
import { owner } from "./owner/index.ts";
import { playToEnd } from "./player.ts";
import { quakeOpen } from "./quake-open/index.ts";
import type { Scenario } from "./scenario.ts";

export { createPlayer, type PlayerOptions } from "./player.ts";
export type { LensName, Player, Scenario, Step, StepContext, StepOutcome } from "./scenario.ts";

/** In teaching order. */
export const scenarios: Scenario[] = [hello, owner, banking, quakeOpen];

export function findScenario(id: string): Scenario {
  const found = scenarios.find((scenario) => scenario.id === id);
  if (found) return found;
  const known = scenarios.map((scenario) => scenario.id).join(", ");
  throw new TerraError("unknown-scenario", `there is no scenario ${JSON.stringify(id)}; there are ${known}`);
}

/** What the scripting API needs of the scenarios. */
export const scenarioRunner: Scenarios = {
  list: () => scenarios.map(({ id, title, lab, paper }) => ({ id, title, lab, paper })),
  async run(terra, id, { leaveOut = [] }): Promise<ScenarioReport> {
    const scenario = findScenario(id);
    const unknown = leaveOut.find((step) => !scenario.steps.some((each) => each.id === step));
    if (unknown !== undefined) {
      const known = scenario.steps.map((step) => step.id).join(", ");
      throw new TerraError("bad-argument", `scenario ${id} has no step ${JSON.stringify(unknown)}; it has ${known}`);
    }
    return playToEnd(terra, scenario, { controls: new Set(leaveOut) });
  },
};
