/** The corpus that openssl makes (corpus/make.sh), for every appraiser's test. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppraisalPolicy, Evidence } from "../index.ts";

export interface Case {
  name: string;
  evidence: Evidence;
  nonce: Uint8Array;
  policy: AppraisalPolicy;
  expected: { accepted: boolean; failed?: string; reason: string };
}

interface WrittenCase extends Omit<Case, "evidence" | "nonce"> {
  evidence: { chain: string[]; vendors: string[]; signature: string };
  nonce: string;
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

/** Makes all cases, sorted by name; takes some seconds. */
export function makeCorpus(): Case[] {
  const directory = mkdtempSync(join(tmpdir(), "terra-corpus-"));
  try {
    const script = fileURLToPath(new URL("../corpus/make.sh", import.meta.url));
    execFileSync("bash", [script, directory], { stdio: ["ignore", "ignore", "inherit"] });
    const files = readdirSync(directory).sort();
    return files.map((file) => {
      if (!file.endsWith(".json")) throw new Error(`${script} left ${file}`);
      const text = readFileSync(join(directory, file), "utf8");
      if (text.includes("PRIVATE KEY")) throw new Error(`${script} left a private key in ${file}`);
      const { evidence, nonce, ...others } = JSON.parse(text) as WrittenCase;
      return { ...others, evidence: { ...evidence, signature: bytes(evidence.signature) }, nonce: bytes(nonce) };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
