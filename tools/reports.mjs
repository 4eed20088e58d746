/**
 * Counts tests in the JSON reports of vitest and Playwright. A run without a report, without a test, or with an exit
 * code that its counts do not explain, counts as a failure: silence must never look like success.
 */

/**
 * @param {{passed: number, failed: number}} count
 * @param {number} code the runner's exit code
 */
function explained(count, code) {
  if (count.passed + count.failed === 0) return { passed: 0, failed: 1 };
  if (code !== 0 && count.failed === 0) return { ...count, failed: 1 };
  return count;
}

/** Of vitest's `json` reporter. A file that could not be loaded has no tests and is one failure. */
export function vitestCount(report, code) {
  if (!report) return { passed: 0, failed: 1 };
  const unloaded = (report.testResults ?? []).filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return explained({ passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length }, code);
}

/** Of Playwright's `json` reporter. A test that passed only when repeated has failed. */
export function playwrightCount(report, code) {
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = report.stats;
  // Errors outside tests, such as a file that does not compile.
  const errors = unexpected + flaky === 0 ? (report.errors ?? []).length : 0;
  return explained({ passed: expected, failed: unexpected + flaky + errors }, code);
}
