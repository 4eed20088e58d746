/** Appraisal of evidence that our own issuers made, and of what no program should have sent. The corpus has the rest. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { fromHex } from "./bytes.ts";
import {
  type Appraisal,
  type AppraisalPolicy,
  AttestationError,
  appraise,
  CHECKS,
  type Evidence,
  evidenceBody,
  evidenceBytes,
  exportPublicKey,
  generateKeyPair,
  issueVm,
  readCertificate,
  readEvidenceBody,
  readOnePem,
  signEvidence,
  toPem,
} from "./index.ts";
import { DIGESTS, makeMachine, type TestMachine } from "./testing/machine.ts";
import { compareVersions } from "./version.ts";

const nonce = new Uint8Array(32).fill(5);
let machine: TestMachine;
let good: Evidence;
beforeAll(async () => {
  machine = await makeMachine();
  good = await machine.answer(nonce);
});

const fault = ({ checks }: Appraisal) => checks.find(({ passed }) => !passed);
const judge = (evidence: unknown, policy: AppraisalPolicy = machine.policy) =>
  appraise(evidence as Evidence, nonce, policy);

describe("the good case", () => {
  test("passes nine checks in order and names all layers", async () => {
    const appraisal = await judge(good);
    expect(fault(appraisal)).toBeUndefined();
    expect(appraisal.accepted).toBe(true);
    expect(appraisal.checks.map(({ name }) => name)).toEqual(CHECKS);
    expect(CHECKS).toHaveLength(9);
    expect(appraisal.layers).toEqual([
      { layer: "firmware", digest: DIGESTS.firmware },
      { layer: "loader", digest: DIGESTS.loader },
      { layer: "tvmm", digest: DIGESTS.tvmm },
      { layer: "vm", digest: DIGESTS.vm, vendor: "Terra Lab", product: "Terra Lab hello", version: "1.0.0" },
    ]);
  });

  test("survives the way through COM2", async () => {
    const carried = readEvidenceBody(evidenceBody(good));
    expect(carried).toEqual(good);
    expect((await judge(carried)).accepted).toBe(true);
  });

  test("is not accepted for another nonce; later checks are not reached, and no layer is believed", async () => {
    const appraisal = await appraise(good, new Uint8Array(32), machine.policy);
    expect(appraisal.accepted).toBe(false);
    expect(fault(appraisal)?.name).toBe("freshness");
    expect(appraisal.checks.slice(1).every(({ passed, detail }) => !passed && detail === "not reached")).toBe(true);
    expect(appraisal.layers).toEqual([]);
  });

  test("under a policy that says nothing, nothing is accepted", async () => {
    expect(fault(await judge(good, {}))?.name).toBe("hardware");
    const { accept, ...rest } = machine.policy;
    expect(Object.keys(accept ?? {})).toContain("firmware");
    expect(fault(await judge(good, rest))?.name).toBe("firmware");
  });

  test("a VM whose vendor's certificate did not come along is named", async () => {
    const check = fault(await judge({ ...good, vendors: [] }));
    expect(check).toMatchObject({
      name: "vm",
      detail: "vm c0c0…c0c0 is not on my list, and no vendor vouches for it",
    });
  });

  test("the details name each layer that was measured", async () => {
    const { checks } = await judge(good);
    expect(checks.find(({ name }) => name === "tvmm")?.detail).toContain("7e7e…7e7e is on my list");
    expect(checks.find(({ name }) => name === "vm")?.detail).toContain('"Terra Lab hello" 1.0.0');
    expect(checks.find(({ name }) => name === "hardware")?.detail).toContain("TL-0001");
  });
});

describe("keys of the same VM", () => {
  test("a TLS key's certificate is no evidence", async () => {
    const key = await generateKeyPair();
    const leaf = async (data: string) => {
      const certificate = await issueVm({
        issuer: machine.tvmm,
        primary: DIGESTS.vm,
        secondaries: { trust: "11".repeat(32) },
        publicKey: await exportPublicKey(key.publicKey),
        applicationData: new TextEncoder().encode(data),
      });
      const signature = await signEvidence(key.privateKey, nonce, readOnePem(certificate, "leaf"));
      return judge({ ...good, chain: [certificate, ...good.chain.slice(1)], signature });
    };
    expect(fault(await leaf("tls:x"))).toMatchObject({ name: "chain" });
    expect(fault(await leaf("something"))).toMatchObject({ name: "chain" });
    expect((await leaf("evidence:x")).accepted).toBe(true);
  });
});

describe("evidence of any kind", () => {
  test.each<[string, (evidence: Evidence) => unknown]>([
    ["nothing", () => undefined],
    ["null", () => null],
    ["text", () => "evidence"],
    ["an empty object", () => ({})],
    ["a chain that is text", (evidence) => ({ ...evidence, chain: evidence.chain.join("") })],
    ["a chain of bytes", (evidence) => ({ ...evidence, chain: evidence.chain.map(() => new Uint8Array(4)) })],
    ["no vendors at all", ({ chain, signature }) => ({ chain, signature })],
    ["an empty chain", (evidence) => ({ ...evidence, chain: [] })],
    [
      "a chain of a thousand",
      (evidence) => ({ ...evidence, chain: Array.from({ length: 1000 }, () => evidence.chain[0]) }),
    ],
    ["a thousand vendors", (evidence) => ({ ...evidence, vendors: Array.from({ length: 1000 }, () => "x") })],
    ["a signature in hex", (evidence) => ({ ...evidence, signature: "3045" })],
    ["a long signature", (evidence) => ({ ...evidence, signature: new Uint8Array(100_000) })],
    ["an empty signature", (evidence) => ({ ...evidence, signature: new Uint8Array(0) })],
    [
      "a huge leaf",
      (evidence) => ({ ...evidence, chain: [toPem(new Uint8Array(40_000)), ...evidence.chain.slice(1)] }),
    ],
  ])("%s is refused at freshness", async (_, change) => {
    const appraisal = await judge(change(good));
    expect(fault(appraisal)?.name).toBe("freshness");
    expect(appraisal.checks).toHaveLength(9);
  });

  test("a vendor's certificate that is garbage changes nothing", async () => {
    const appraisal = await judge({ ...good, vendors: ["garbage", toPem(Uint8Array.of(5, 0)), ...good.vendors] });
    expect(appraisal.accepted).toBe(true);
  });

  test("any one byte of any certificate changed: refused, never a crash", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(2000), fc.integer({ min: 1, max: 255 }), async (place, offset, change) => {
        const chain = good.chain.map((pem, index) => {
          if (index !== place) return pem;
          const der = readOnePem(pem, "certificate");
          const at = offset % der.length;
          der[at] = (der[at] ?? 0) ^ change;
          return toPem(der);
        });
        const appraisal = await judge({ ...good, chain });
        expect(appraisal.accepted).toBe(false);
        expect(["freshness", "chain", "hardware"]).toContain(fault(appraisal)?.name);
      }),
      { numRuns: 300 },
    );
  });

  test("any one byte of a vendor's certificate changed: not believed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2000), fc.integer({ min: 1, max: 255 }), async (offset, change) => {
        const der = readOnePem(machine.vendorCertificate, "certificate");
        const at = offset % der.length;
        der[at] = (der[at] ?? 0) ^ change;
        expect(fault(await judge({ ...good, vendors: [toPem(der)] }))?.name).toBe("vm");
      }),
      { numRuns: 200 },
    );
  });

  test("a certificate's bytes changed at random are read or refused with an AttestationError", () => {
    const der = readOnePem(machine.chain[0] ?? "", "leaf");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const mutated = Uint8Array.from(der);
          for (const [at, value] of changes) mutated[at] = value;
          try {
            readCertificate(mutated);
          } catch (error) {
            expect(error).toBeInstanceOf(AttestationError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("COM2's evidence body", () => {
  test("of any bytes is read or refused with an AttestationError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => readEvidenceBody(bytes)).toThrow(AttestationError);
      }),
    );
  });

  test("truncated anywhere is refused", () => {
    const body = evidenceBody({ ...good, vendors: [] });
    const before = body.length - 2;
    for (let length = 0; length <= before; length += 7) {
      expect(() => readEvidenceBody(body.subarray(0, length)), `${length} bytes`).toThrow(AttestationError);
    }
    expect(readEvidenceBody(body).chain).toHaveLength(5);
  });

  test("without five certificates, with too many, or with a huge signature is refused", () => {
    expect(() => readEvidenceBody(evidenceBody({ ...good, chain: good.chain.slice(1), vendors: [] }))).toThrow(
      /has 4 certificates/,
    );
    const tiny = toPem(Uint8Array.of(5, 0));
    const many = { ...good, vendors: Array.from({ length: 33 }, () => tiny) };
    expect(() => readEvidenceBody(evidenceBody(many))).toThrow(/has 38 certificates/);
    expect(() => readEvidenceBody(evidenceBody({ ...good, signature: new Uint8Array(73) }))).toThrow(
      /73 bytes; 1 to 72/,
    );
    expect(() => readEvidenceBody(new Uint8Array(200_000).fill(1))).toThrow(AttestationError);
  });
});

test("what is signed is context, zero byte, nonce and digest of the leaf", () => {
  const signed = evidenceBytes(nonce, fromHex(""));
  expect(Buffer.from(signed).toString("latin1").slice(0, 18)).toBe("terra-evidence-v1\0");
  expect([...signed.subarray(18, 50)]).toEqual([...nonce]);
  // SHA-256 of nothing
  expect(Buffer.from(signed.subarray(50)).toString("hex")).toMatch(/^e3b0c44298fc1c14/);
  expect(() => evidenceBytes(new Uint8Array(31), fromHex(""))).toThrow(/31 bytes/);
});

describe("a policy that is not well formed", () => {
  test.each<[string, unknown]>([
    ["nothing", null],
    ["a list", []],
    ["an unknown key", { acept: {} }],
    ["a root that is no certificate", { hardwareRoots: ["garbage"] }],
    ["roots that are no list", { hardwareRoots: "garbage" }],
    ["an unknown layer", { accept: { kernel: [] } }],
    ["a digest in upper case", { accept: { vm: [{ digest: "AB".repeat(32) }] } }],
    ["an empty entry", { accept: { vm: [{}] } }],
    ["both kinds of entry in one", { accept: { vm: [{ digest: "ab".repeat(32), product: "p" }] } }],
    ["a version that cannot be compared", { accept: { vm: [{ product: "p", minVersion: "1.x" }] } }],
    ["an entry with an unknown key", { accept: { vm: [{ product: "p", minversion: "1" }] } }],
    ["a secondary that is no digest", { requiredSecondary: { trust: "x" } }],
    ["a revocation list that is none", { revocationLists: ["x"] }],
    ["a time that is none", { time: Number.NaN }],
    ["a date", { time: new Date() }],
  ])("%s: bad-argument", async (_, policy) => {
    await expect(judge(good, policy as AppraisalPolicy)).rejects.toMatchObject({
      code: "bad-argument",
      message: expect.stringMatching(/^bad-argument: /),
    });
  });

  test("a certificate that is no CA as a root: bad-argument", async () => {
    await expect(judge(good, { hardwareRoots: [machine.chain[0] ?? ""] })).rejects.toThrow(/not a CA/);
    await expect(judge(good, { hardwareRoots: [machine.vendorRoot] })).rejects.toThrow(/path length 0; at least 4/);
  });

  test("a nonce of another length: bad-argument", async () => {
    await expect(appraise(good, new Uint8Array(16), machine.policy)).rejects.toMatchObject({ code: "bad-argument" });
  });
});

test("versions are compared number by number", () => {
  const ordered = ["0", "0.9", "1", "1.0.1", "1.2", "1.9.9", "1.10", "2.0.0.1", "10"];
  for (const [left, a] of ordered.entries()) {
    for (const [right, b] of ordered.entries()) expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(left - right));
  }
  expect(compareVersions("1.0.0", "1")).toBe(0);
});
