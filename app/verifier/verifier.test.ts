import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Appraisal } from "../../engine/lab/api.ts";
import type { AppraisalFacts } from "../facts/facts.ts";
import { CHECKS, checkRows, verdictOf } from "./checks.ts";
import { COMMANDS, evidenceFiles } from "./evidence-files.ts";
import { tar } from "./tar.ts";

const folder = mkdtempSync(path.join(tmpdir(), "terra-evidence-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function facts(failedAt: number): AppraisalFacts {
  const checks = CHECKS.map((name, index) => ({ name, passed: index < failedAt, detail: `about ${name}` }));
  const result: Appraisal = {
    accepted: failedAt >= CHECKS.length,
    checks,
    layers: [{ layer: "tvmm", digest: "cd".repeat(32) }],
  };
  const evidence = { chain: [], vendors: [], signature: new Uint8Array() };
  return { subject: null, evidence, nonce: new Uint8Array(32).fill(9), result, durationMs: 1, count: 1 };
}

describe("checks as rows", () => {
  it("wait while there is nothing to check", () => {
    expect(checkRows(null).map(({ state }) => state)).toEqual(CHECKS.map(() => "waiting"));
  });

  it("after the first failure none is reached", () => {
    const rows = checkRows(facts(6));
    expect(rows.slice(0, 6).every(({ state }) => state === "passed")).toBe(true);
    expect(rows[6]).toMatchObject({ name: "tvmm", state: "failed", detail: "about tvmm", value: "cd".repeat(32) });
    expect(rows.slice(7).every(({ state, detail }) => state === "not reached" && detail === "")).toBe(true);
    expect(verdictOf(facts(6))).toEqual({ accepted: false, failedAt: 7, failed: "tvmm" });
  });
});

describe("checks as they fall", () => {
  it("wait until it is their turn, and those after a failure fall with it", () => {
    const states = (failedAt: number, fallen: number) => checkRows(facts(failedAt), fallen).map(({ state }) => state);
    expect(states(9, 2)).toEqual(["passed", "passed", ...Array(7).fill("waiting")]);
    expect(states(2, 2)).toEqual(["passed", "passed", ...Array(7).fill("waiting")]);
    expect(states(2, 3)).toEqual(["passed", "passed", "failed", ...Array(6).fill("not reached")]);
  });
});

describe("saved evidence", () => {
  const run = (command: string) =>
    execFileSync("sh", ["-ec", command], { cwd: folder, encoding: "utf8", stdio: "pipe" });

  it("unpacks with tar to the very bytes", () => {
    const files = [
      { name: "empty.bin", bytes: new Uint8Array() },
      { name: "block.bin", bytes: new Uint8Array(512).fill(7) },
      { name: "odd.bin", bytes: Uint8Array.of(1, 2, 3) },
    ];
    writeFileSync(path.join(folder, "some.tar"), tar(files));
    run("tar xf some.tar");
    for (const { name, bytes } of files) expect(new Uint8Array(readFileSync(path.join(folder, name)))).toEqual(bytes);
  });

  it("is accepted by the commands printed beside it, and not after a bit of the nonce has changed", async () => {
    // A root and a leaf made with openssl, and a signature over what identity.md's evidence signs, put together by hand.
    const curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256";
    run(`openssl req -x509 ${curve} -keyout root.key -out ca.pem -subj /CN=root -days 1`);
    run(`openssl req -x509 ${curve} -keyout vm.key -out leaf.pem -subj /CN=leaf -days 1 -CA ca.pem -CAkey root.key`);
    const nonce = new Uint8Array(32).fill(5);
    writeFileSync(path.join(folder, "the-nonce"), nonce);
    run(
      "{ printf 'terra-evidence-v1\\0'; cat the-nonce; openssl x509 -in leaf.pem -outform DER | openssl dgst -sha256 -binary; } > by-hand",
    );
    run("openssl dgst -sha256 -sign vm.key -out by-hand.sig by-hand");
    const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
    const signature = new Uint8Array(readFileSync(path.join(folder, "by-hand.sig")));
    const evidence = { chain: [read("leaf.pem"), read("ca.pem")], vendors: [], signature };
    const verify = async (with_: Uint8Array) => {
      writeFileSync(path.join(folder, "evidence.tar"), tar(await evidenceFiles(evidence, with_, [read("ca.pem")])));
      return run("tar xf evidence.tar && sh check.sh");
    };
    const output = await verify(nonce);
    for (const command of COMMANDS) expect(output).toContain(command.output);
    const other = nonce.slice();
    other[31] = 4;
    await expect(verify(other)).rejects.toThrow(/Command failed/);
  });
});
