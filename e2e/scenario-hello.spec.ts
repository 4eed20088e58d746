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

const ACCEPTED = /^(Measured .* )?Accepted after 9 of 9 checks: "?Terra Lab hello/;

/** What a step observes without its tampering: not just anything but what it expected, but the other verdict. */
const TURNED: Record<string, RegExp> = {
  boot: /^0 of 3 digests/,
  evidence: /^Refused at check 1, freshness/,
  firmware: ACCEPTED,
  loader: ACCEPTED,
  tvmm: ACCEPTED,
  kernel: /^Switched on\. The box is on\.$/,
  descriptor: /^The box is (\S+), it was \1\. Accepted after 9 of 9 checks/,
  "disk-optimistic": /^The box is on, and asked for its certificate\.$/,
  "disk-ahead": /^Switched on\. The box is on\.$/,
  "debug-tvmm": /^Accepted after 9 of 9 checks.* The TVMM says “sealed: the storage key opened/,
  "old-nonce": ACCEPTED,
  "next-version": ACCEPTED,
  "next-version-vouched": /^Refused at check 8, vm/,
};

test("with its tampering left out, each step's verdict turns round", async ({ terra }) => {
  const report = await terra.evaluate(
    (ids) => window.terra.runScenario("hello", { leaveOut: ids }),
    Object.keys(TURNED),
  );
  expect(report.passed).toBe(false);
  expect(report.steps.map((step) => step.id).sort()).toEqual(Object.keys(TURNED).sort());
  for (const step of report.steps) {
    expect.soft(step.passed, `${step.id}, tampering left out, observed “${step.observed}”`).toBe(false);
    // It must have turned round because of what it saw, and not because something broke.
    expect.soft(step.observed, step.id).toMatch(TURNED[step.id] ?? /^$/);
  }
});
