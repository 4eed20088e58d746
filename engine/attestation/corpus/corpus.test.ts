/** The appraiser against the corpus that openssl made: each case's verdict, and the check at which it falls. */
import { expect, test } from "vitest";
import { appraise, CHECKS } from "../index.ts";
import { type Case, makeCorpus } from "../testing/corpus.ts";

async function verdict({ evidence, nonce, policy }: Case) {
  const { accepted, checks } = await appraise(evidence, nonce, policy);
  const fault = checks.find(({ passed }) => !passed);
  return { accepted, checks, failed: fault?.name, detail: fault?.detail ?? "" };
}

test("every case of the corpus is judged as it must be", { timeout: 180_000 }, async () => {
  const cases = makeCorpus();
  expect(cases.length).toBeGreaterThanOrEqual(140);
  const judged = await Promise.all(
    cases.map(async (each) => ({ expected: each.expected, name: each.name, ...(await verdict(each)) })),
  );
  // One table rather than one expectation each: whoever breaks something sees all that broke.
  const line = (name: string, accepted: boolean, failed: string | undefined) =>
    `${name}: ${accepted ? "accepted" : `refused at ${failed}`}`;
  expect(judged.map(({ name, accepted, failed }) => line(name, accepted, failed))).toEqual(
    judged.map(({ name, expected }) => line(name, expected.accepted, expected.failed)),
  );
  for (const { checks, accepted } of judged) {
    expect(checks.map(({ name }) => name)).toEqual(CHECKS);
    const first = accepted ? checks.length : checks.findIndex(({ passed }) => !passed);
    for (const [index, { passed, detail }] of checks.entries()) {
      expect(passed).toBe(index < first);
      if (index > first) expect(detail).toBe("not reached");
    }
  }
  // Every check has both a case that it fails and one that it passes, or the corpus would not hold it to anything.
  expect(new Set(judged.flatMap(({ failed }) => failed ?? []))).toEqual(new Set(CHECKS));
  if (process.env.TERRA_CORPUS_DETAILS) {
    for (const { name, expected, detail } of judged) console.log(`${name}: ${expected.reason}\n    ${detail}`);
  }
});
