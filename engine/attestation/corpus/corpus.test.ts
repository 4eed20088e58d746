/** The appraiser against the corpus that openssl made: each case's verdict, and the check at which it falls. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type AppraisalPolicy, appraise, CHECKS } from "../index.ts";

interface Case {
  name: string;
  evidence: { chain: string[]; vendors: string[]; signature: string };
  nonce: string;
  policy: AppraisalPolicy;
  expected: { accepted: boolean; failed?: string; reason: string };
}

function makeCorpus(): Case[] {
  const directory = mkdtempSync(join(tmpdir(), "terra-corpus-"));
  try {
    const script = fileURLToPath(new URL("make.sh", import.meta.url));
    execFileSync("bash", [script, directory], { stdio: ["ignore", "ignore", "inherit"] });
    const files = readdirSync(directory);
    expect(files.filter((file) => !file.endsWith(".json"))).toEqual([]);
    return files.sort().map((file) => JSON.parse(readFileSync(join(directory, file), "utf8")) as Case);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

async function verdict({ evidence, nonce, policy }: Case) {
  const signed = { ...evidence, signature: bytes(evidence.signature) };
  const { accepted, checks } = await appraise(signed, bytes(nonce), policy);
  const fault = checks.find(({ passed }) => !passed);
  return { accepted, checks, failed: fault?.name, detail: fault?.detail ?? "" };
}

test("every case of the corpus is judged as it must be", { timeout: 180_000 }, async () => {
  const cases = makeCorpus();
  expect(cases.length).toBeGreaterThanOrEqual(140);
  expect(JSON.stringify(cases)).not.toContain("PRIVATE KEY");
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
