import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { faults, LARGEST, machineHosts } from "./hygiene.mjs";

const of = (text: string, hosts: string[] = []) => faults("file.ts", Buffer.from(text), hosts);

describe("hygiene", () => {
  it("leaves ordinary text alone", () => {
    expect(
      of('import { x } from "../protocol/x.ts";\n// see https://github.com/copy/v86 and http://localhost:5173/\n'),
    ).toEqual([]);
    expect(of("http://127.0.0.1:80/ and http://10.0.0.2/ inside a lab")).toEqual([]);
    expect(of("the PEM block begins with -----BEGIN PRIVATE KEY-----, says the text")).toEqual([]);
  });

  it.each([
    ["a path of one machine", `/${"home"}/alice/terra`],
    ["a path of one machine", `cd /${"work"}/main`],
    ["a path outside the project", `see ../${"shared"}/design.md`],
    ["an address with a password", `https://alice:${"secret"}@example.org/`],
    ["a package registry", `https://npm-${"registry"}.example.org/`],
    ["a host without a public name", `http://apt.${"internal"}/debian`],
    ["a host without a public name", `http://${"172.16"}.0.9/debian`],
  ])("finds %s", (what, planted) => {
    const found = of(`first line\nthen ${planted}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`file.ts:2: ${what}`);
  });

  it("finds a private key and does not print it", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    for (const type of ["pkcs8", "sec1"] as const) {
      const pem = privateKey.export({ format: "pem", type }).toString();
      const found = of(pem);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain("a private key");
      expect(found[0]).not.toContain(pem.split("\n")[1]);
    }
    const jwk = JSON.stringify(privateKey.export({ format: "jwk" }));
    expect(of(jwk)).toEqual(["file.ts:1: a private key (JWK)"]);
  });

  it("finds a file that is too large, and the machine's own hosts", () => {
    expect(faults("big", Buffer.alloc(LARGEST))).toEqual([]);
    expect(faults("big", Buffer.alloc(LARGEST + 1))).toHaveLength(1);
    expect(of("deb http://packages.example.org/debian", ["packages.example.org"])).toHaveLength(1);
    expect(machineHosts()).not.toContain("deb.debian.org");
  });
});
