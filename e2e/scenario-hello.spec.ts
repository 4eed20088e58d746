/** Scenario `hello` on real guests: each step as expected; and each step with its tampering left out turns round. */
import { expect, test } from "./support.ts";

test("scenario hello plays to its end, each step as expected", async ({ terra }) => {
  const report = await terra.evaluate(() => window.terra.runScenario("hello"));
  for (const step of report.steps) {
    expect.soft(step.passed, `${step.id}: expected “${step.expected}”, observed “${step.observed}”`).toBe(true);
    expect.soft(step.observed).not.toBe("");
  }
  expect(report.passed).toBe(true);
  expect(report.steps.length).toBe(13);
});

test("with its tampering left out, each step's verdict turns round", async ({ terra }) => {
  const report = await terra.evaluate(async () => {
    const whole = await window.terra.runScenario("hello", { leaveOut: ["boot"] });
    const ids = whole.steps.map((step) => step.id);
    return window.terra.runScenario("hello", { leaveOut: ids });
  });
  expect(report.passed).toBe(false);
  for (const step of report.steps) {
    expect.soft(step.passed, `${step.id}, tampering left out, observed “${step.observed}”`).toBe(false);
    // It must have turned round because of what it saw, and not because something broke.
    expect.soft(step.observed, step.id).not.toMatch(/^(internal|timeout|bad-state|bad-argument|unknown)/);
  }
});
