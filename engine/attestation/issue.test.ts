/** Certificates of our issuers, judged by openssl: chain, extensions, identifiers, and what must not verify. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  exportPublicKey,
  generateKeyPair,
  issueHardwareRoot,
  issueLayer,
  issueVendorCertificate,
  issueVm,
  OID,
  readCertificate,
} from "./index.ts";
import { DIGESTS, makeMachine, type TestMachine, TRUST_ROOT } from "./testing/machine.ts";

const NOW = Date.parse("2026-11-23T17:00:00Z");
const HOUR = 3_600_000;
let directory: string;
let machine: TestMachine;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "terra-issue-"));
  machine = await makeMachine(NOW);
  for (const [index, pem] of machine.chain.entries()) writeFileSync(join(directory, `${index}.pem`), pem);
  writeFileSync(join(directory, "upper.pem"), machine.chain.slice(1).join(""));
  writeFileSync(join(directory, "root.pem"), machine.hardwareRoot);
  writeFileSync(join(directory, "vendor-root.pem"), machine.vendorRoot);
  writeFileSync(join(directory, "vendor.pem"), machine.vendorCertificate);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function openssl(...parameters: string[]): string {
  return execFileSync("openssl", parameters, { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
const at = ["-attime", String(NOW / 1000)];
const verify = (...parameters: string[]) => openssl("verify", "-x509_strict", ...at, ...parameters);
const show = (name: string) => openssl("x509", "-in", name, "-noout", "-text");
/** Line after the extension's heading. */
function extension(printed: string, heading: string): string {
  const lines = printed.split("\n").map((line) => line.trim());
  return lines.filter((_, index) => lines[index - 1] === heading).join();
}

describe("openssl verify", () => {
  test("accepts the whole chain under the hardware root", () => {
    expect(verify("-CAfile", "root.pem", "-untrusted", "upper.pem", "0.pem").trim()).toBe("0.pem: OK");
  });

  test("accepts each layer's certificate by itself", () => {
    for (const index of [1, 2, 3, 4]) {
      expect(verify("-CAfile", "root.pem", "-untrusted", "upper.pem", `${index}.pem`)).toContain("OK");
    }
  });

  test("refuses the chain under another root, without a link, and after a day", async () => {
    const other = await issueHardwareRoot({ keyPair: await generateKeyPair(), now: NOW });
    writeFileSync(join(directory, "other.pem"), other);
    expect(() => verify("-CAfile", "other.pem", "-untrusted", "upper.pem", "0.pem")).toThrow();
    writeFileSync(join(directory, "gap.pem"), machine.chain.filter((_, index) => index !== 2).join(""));
    expect(() => verify("-CAfile", "root.pem", "-untrusted", "gap.pem", "0.pem")).toThrow();
    const late = ["-attime", String(NOW / 1000 + 25 * 3600)];
    expect(() => openssl("verify", ...late, "-CAfile", "root.pem", "-untrusted", "upper.pem", "0.pem")).toThrow();
  });

  test("accepts a vendor's certificate under its root only", () => {
    expect(verify("-CAfile", "vendor-root.pem", "vendor.pem").trim()).toBe("vendor.pem: OK");
    expect(() => verify("-CAfile", "root.pem", "vendor.pem")).toThrow();
  });

  test("accepts a TLS leaf as server and client, and an evidence leaf as neither", async () => {
    const key = await generateKeyPair();
    const leaf = await issueVm({
      issuer: machine.tvmm,
      primary: DIGESTS.vm,
      publicKey: await exportPublicKey(key.publicKey),
      applicationData: new TextEncoder().encode("tls:gateway"),
      now: NOW,
    });
    writeFileSync(join(directory, "tls.pem"), leaf);
    const chain = ["-CAfile", "root.pem", "-untrusted", "upper.pem"];
    for (const purpose of ["sslserver", "sslclient"]) {
      expect(verify(...chain, "-purpose", purpose, "tls.pem")).toContain("OK");
      expect(() => verify(...chain, "-purpose", purpose, "0.pem")).toThrow();
      expect(() => verify("-CAfile", "vendor-root.pem", "-purpose", purpose, "vendor.pem")).toThrow();
    }
  });
});

describe("openssl x509", () => {
  test.each([
    ["4.pem", "TL-0001", "CA:TRUE, pathlen:3", "Certificate Sign"],
    ["3.pem", DIGESTS.firmware, "CA:TRUE, pathlen:2", "Certificate Sign"],
    ["2.pem", DIGESTS.loader, "CA:TRUE, pathlen:1", "Certificate Sign"],
    ["1.pem", DIGESTS.tvmm, "CA:TRUE, pathlen:0", "Certificate Sign"],
    ["0.pem", DIGESTS.vm, "CA:FALSE", "Digital Signature"],
  ])("prints names and use of %s", (name, commonName, constraints, usage) => {
    const printed = show(name);
    expect(printed).toContain(`Subject: CN = ${commonName}\n`);
    expect(extension(printed, "X509v3 Basic Constraints: critical")).toBe(constraints);
    expect(extension(printed, "X509v3 Key Usage: critical")).toBe(usage);
    expect(printed).toContain("Signature Algorithm: ecdsa-with-SHA256");
    expect(extension(printed, "X509v3 Extended Key Usage:")).toBe(name === "0.pem" ? OID.evidence : "");
  });

  test("links key identifiers from the root to the leaf", () => {
    const names = ["root.pem", "4.pem", "3.pem", "2.pem", "1.pem", "0.pem"].map(show);
    const own = names.map((printed) => extension(printed, "X509v3 Subject Key Identifier:"));
    const issuers = names.map((printed) => extension(printed, "X509v3 Authority Key Identifier:"));
    expect(new Set(own).size).toBe(6);
    expect(issuers).toEqual([own[0], ...own.slice(0, 5)]);
  });

  test("gives each certificate a serial number of its own", () => {
    const serials = [0, 1, 2, 3, 4].map((index) => openssl("x509", "-in", `${index}.pem`, "-noout", "-serial"));
    expect(new Set(serials).size).toBe(5);
  });
});

describe("openssl asn1parse", () => {
  const parsed = (name: string, offset?: string) =>
    openssl("asn1parse", "-in", name, ...(offset ? ["-strparse", offset] : []));
  /** Prints the contents of an extension's OCTET STRING. */
  function contents(name: string, oid: string): string {
    const lines = parsed(name).split("\n");
    const index = lines.findIndex((line) => line.endsWith(`:${oid}`));
    const value = lines.slice(index).find((line) => line.includes("OCTET STRING"));
    return parsed(name, value?.trim().split(":")[0]);
  }

  test("shows digest and layer in TcbInfo", () => {
    const shown = contents("0.pem", OID.tcbInfo);
    expect(shown).toContain(`[HEX DUMP]:${DIGESTS.vm.toUpperCase()}`);
    expect(shown).toContain(":sha256");
    expect(shown).toMatch(/cont \[ 4 \]/);
    expect(shown).toMatch(/cont \[ 9 \]/);
    expect(show("3.pem")).toMatch(/firmware$/m);
  });

  test("shows the secondary identities and the application data", () => {
    expect(contents("0.pem", OID.secondaries)).toContain(`[HEX DUMP]:${TRUST_ROOT}`);
    expect(contents("0.pem", OID.secondaries)).toContain("UTF8STRING        :trust");
    expect(contents("0.pem", OID.applicationData)).toContain("OCTET STRING      :evidence:hello");
  });
});

describe("what issuers promise and refuse", () => {
  test("lifetimes", () => {
    const days = (pem: string) => {
      const { notBefore, notAfter } = readCertificate(pem);
      expect(notBefore).toBe(NOW - 5 * 60_000);
      return (notAfter - NOW) / (24 * HOUR);
    };
    expect(machine.chain.map(days)).toEqual([1, 1, 7, 7, 3652]);
  });

  test("what was issued is read back", () => {
    const leaf = readCertificate(machine.chain[0] ?? "");
    expect(leaf.tcbInfo).toEqual({ layer: "vm", digest: DIGESTS.vm });
    expect(leaf.secondaries).toEqual(new Map([["trust", TRUST_ROOT]]));
    expect(leaf.applicationData).toEqual(new TextEncoder().encode("evidence:hello"));
    expect(readCertificate(machine.vendorCertificate).tcbInfo).toEqual({
      layer: "vm",
      digest: DIGESTS.vm,
      vendor: "Terra Lab",
      product: "Terra Lab hello",
      version: "1.0.0",
    });
  });

  test("the usage follows from how the application data begins, and from nothing else", async () => {
    const publicKey = await exportPublicKey((await generateKeyPair()).publicKey);
    const usages = async (data?: string) => {
      const applicationData = data === undefined ? {} : { applicationData: new TextEncoder().encode(data) };
      const leaf = await issueVm({ issuer: machine.tvmm, primary: DIGESTS.vm, publicKey, ...applicationData });
      return readCertificate(leaf).extendedKeyUsage;
    };
    expect(await usages("tls:")).toEqual([OID.serverAuth, OID.clientAuth]);
    expect(await usages("evidence:")).toEqual([OID.evidence]);
    for (const data of ["", "evidence", "Evidence:", " tls:", "x tls: evidence:", undefined]) {
      expect(await usages(data)).toBeUndefined();
    }
  });

  test("an issuer in the wrong place, the wrong key, and bad arguments", async () => {
    const publicKey = await exportPublicKey((await generateKeyPair()).publicKey);
    const layer = (change: object) =>
      issueLayer({ layer: "firmware", issuer: machine.tvmm, digest: DIGESTS.firmware, publicKey, ...change });
    await expect(layer({})).rejects.toThrow(/path length 0; a CA with path length 3/);
    const key = (await generateKeyPair()).privateKey;
    const vm = (change: object) => issueVm({ issuer: machine.tvmm, primary: DIGESTS.vm, publicKey, ...change });
    await expect(vm({})).resolves.toContain("BEGIN CERTIFICATE");
    await expect(vm({ issuer: { ...machine.tvmm, key } })).rejects.toThrow(/does not belong to the issuer/);
    await expect(vm({ primary: DIGESTS.vm.toUpperCase() })).rejects.toThrow(/not 64 lower-case/);
    await expect(vm({ primary: `${DIGESTS.vm}0` })).rejects.toThrow(/65 characters/);
    await expect(vm({ publicKey: publicKey.subarray(1) })).rejects.toThrow(/not an uncompressed P-256/);
    await expect(vm({ secondaries: { "white space": TRUST_ROOT } })).rejects.toThrow(/visible ASCII/);
    await expect(vm({ secondaries: { trust: "11" } })).rejects.toThrow(/the root of disk "trust"/);
    await expect(vm({ applicationData: new Uint8Array(4097) })).rejects.toThrow(/4097 bytes/);
    const vouch = issueVendorCertificate({
      issuer: machine.tvmm,
      layer: "vm",
      digest: DIGESTS.vm,
      vendor: "v",
      product: "p",
      version: "1.0-beta",
    });
    await expect(vouch).rejects.toThrow(/"1.0-beta" is not numbers/);
  });
});
