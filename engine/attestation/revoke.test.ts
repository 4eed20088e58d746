/** Revocation lists of our roots, judged by openssl and by our own reader. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRevocationList } from "./crl.ts";
import { appraise, issueRevocationList, readCertificate } from "./index.ts";
import { makeMachine, type TestMachine } from "./testing/machine.ts";

const NOW = Date.parse("2026-11-23T17:00:00Z");
const DAY = 86_400_000;
let directory: string;
let machine: TestMachine;
let chip: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "terra-revoke-"));
  machine = await makeMachine(NOW);
  chip = machine.chain.at(-1) ?? "";
  writeFileSync(join(directory, "chip.pem"), chip);
  writeFileSync(join(directory, "root.pem"), machine.hardwareRoot);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const issue = (revoked: string[], now = NOW) =>
  issueRevocationList({
    issuer: { key: machine.keys.hardware.privateKey, certificate: machine.hardwareRoot },
    revoked,
    now,
  });

/** What openssl says, refusals included. */
function openssl(...parameters: string[]): string {
  try {
    return execFileSync("openssl", parameters, { cwd: directory, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `refused: ${stdout}${stderr}`;
  }
}

describe("openssl", () => {
  const verify = () =>
    openssl(
      ...["verify", "-x509_strict", "-crl_check", "-attime", String(NOW / 1000)],
      ...["-CAfile", "root.pem", "-CRLfile", "list.pem", "chip.pem"],
    );

  test("reads the list, and finds it signed by the root", async () => {
    writeFileSync(join(directory, "list.pem"), await issue([chip]));
    const printed = openssl("crl", "-in", "list.pem", "-noout", "-text", "-CAfile", "root.pem", "-verify");
    expect(printed).toContain("Version 2 (0x1)");
    expect(printed).toContain("Last Update: Nov 23 16:55:00 2026 GMT");
    expect(printed).toContain("Next Update: Dec 23 17:00:00 2026 GMT");
    expect(printed).toMatch(/X509v3 CRL Number: *\n/);
    expect(printed.replaceAll(":", "").toLowerCase()).toContain(
      `serial number ${readCertificate(chip).serial}\n        revocation date nov 23 170000 2026 gmt`,
    );
    expect(openssl("crl", "-in", "list.pem", "-noout", "-crlnumber").trim()).toBe(
      `crlNumber=0x0${NOW.toString(16).toUpperCase()}`,
    );
  });

  test("takes a certificate that is not on it, and refuses the one that is", async () => {
    writeFileSync(join(directory, "list.pem"), await issue([]));
    expect(verify()).toBe("chip.pem: OK\n");
    writeFileSync(join(directory, "list.pem"), await issue([chip]));
    expect(verify()).toContain("certificate revoked");
  });
});

test("an appraisal goes by it, for as long as it is current", async () => {
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  const evidence = await machine.answer(nonce);
  const verdict = async (list: string, time = NOW) => {
    const { checks } = await appraise(evidence, nonce, { ...machine.policy, revocationLists: [list], time });
    return checks.find(({ passed }) => !passed)?.name;
  };
  expect(await verdict(await issue([]))).toBeUndefined();
  expect(await verdict(await issue([chip]))).toBe("revocation");
  expect(await verdict(await issue([], NOW - 31 * DAY))).toBe("revocation");
  expect(await verdict(await issue([], NOW - 29 * DAY))).toBeUndefined();
});

test("lists grow in number, and name a certificate once", async () => {
  expect(readRevocationList(await issue([chip, chip]), "the list").revoked.size).toBe(1);
});

test("a root lists its own certificates only", async () => {
  await expect(issue([machine.vendorCertificate])).rejects.toThrow(
    /^bad-argument: certificate 1 to be revoked was not/,
  );
  const forged = (await makeMachine(NOW)).chain.at(-1) ?? "";
  await expect(issue([chip, forged])).rejects.toThrow(/^bad-argument: certificate 2/);
});
