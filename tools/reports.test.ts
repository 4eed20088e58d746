import { describe, expect, it } from "vitest";
import { playwrightCount, vitestCount } from "./reports.mjs";

const suite = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});
const vitest = (passed: number, failed: number, ...testResults: object[]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults,
});
const playwright = (expected: number, unexpected: number, flaky = 0, errors: object[] = []) => ({
  stats: { expected, unexpected, flaky, skipped: 0 },
  errors,
});

describe("counting tests", () => {
  it("takes what vitest says", () => {
    expect(vitestCount(vitest(5, 0, suite("passed", "passed")), 0)).toEqual({ passed: 5, failed: 0 });
    expect(vitestCount(vitest(4, 1, suite("failed", "failed")), 1)).toEqual({ passed: 4, failed: 1 });
  });

  it("counts a file that vitest could not load", () => {
    expect(vitestCount(vitest(4, 0, suite("failed"), suite("passed", "passed")), 1)).toEqual({ passed: 4, failed: 1 });
  });

  it("takes what Playwright says, and a flaky test for failed", () => {
    expect(playwrightCount(playwright(3, 0), 0)).toEqual({ passed: 3, failed: 0 });
    expect(playwrightCount(playwright(3, 1), 1)).toEqual({ passed: 3, failed: 1 });
    expect(playwrightCount(playwright(3, 0, 1), 0)).toEqual({ passed: 3, failed: 1 });
    expect(playwrightCount(playwright(0, 0, 0, [{}]), 1)).toEqual({ passed: 0, failed: 1 });
  });

  it("never takes silence for success", () => {
    for (const count of [vitestCount, playwrightCount]) expect(count(undefined, 0)).toEqual({ passed: 0, failed: 1 });
    expect(vitestCount(vitest(0, 0), 0)).toEqual({ passed: 0, failed: 1 });
    expect(playwrightCount(playwright(0, 0), 0)).toEqual({ passed: 0, failed: 1 });
    expect(vitestCount(vitest(5, 0), 1)).toEqual({ passed: 5, failed: 1 });
    expect(playwrightCount(playwright(5, 0), 1)).toEqual({ passed: 5, failed: 1 });
  });
});
