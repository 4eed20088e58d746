/** Scenario `quake-open` on real guests: each cheat works, by the server's own log or by decoded packets; without it, nothing happens. */
import { expect, test } from "./support.ts";

// Two players fire a hundred shots each, several times over.
test.setTimeout(1_200_000);

test("scenario quake-open plays to its end, each cheat works", async ({ terra }) => {
  const report = await terra.evaluate(() => window.terra.runScenario("quake-open"));
  for (const step of report.steps) {
    expect.soft(step.passed, `${step.id}: expected “${step.expected}”, observed “${step.observed}”`).toBe(true);
    expect.soft(step.artifacts.length, `${step.id} rests on something`).toBeGreaterThan(0);
  }
  expect(report.passed).toBe(true);
  expect(report.steps.length).toBe(12);
});
