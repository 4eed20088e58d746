/** The trust disk's text as it is written and read here. That guests read the same is guests/programs/appraise.test.ts's. */
import { beforeAll, describe, expect, test } from "vitest";
import { type AppraisalPolicy, AttestationError, appraise, readTrust, trustDisk, writeTrust } from "./index.ts";
import { DIGESTS, makeMachine, type TestMachine, TRUST_ROOT } from "./testing/machine.ts";
import type { Trust, TrustPolicy } from "./trust.ts";

let machine: TestMachine;
let policy: TrustPolicy;
beforeAll(async () => {
  machine = await makeMachine();
  const { time: _, ...others } = machine.policy;
  policy = others;
});

const refused = async (trust: Trust) =>
  writeTrust(trust).then(
    () => "written",
    (error: unknown) => (error instanceof AttestationError ? error.code : String(error)),
  );

describe("the trust text", () => {
  test("says what was written into it, common first, then the role's own", async () => {
    const bank: TrustPolicy = {
      accept: { vm: [{ product: "Bank server" }, { digest: DIGESTS.loader }] },
      requiredSecondary: { site: DIGESTS.vm },
    };
    const text = await writeTrust({ common: policy, roles: { bank, nobody: {} } });
    expect(await readTrust(text, "nobody")).toEqual(await readTrust(text));
    const read = await readTrust(text, "bank");
    expect(read.hardwareRoots).toEqual(policy.hardwareRoots);
    expect(read.vendorRoots?.vm).toEqual(policy.vendorRoots?.vm);
    expect(read.accept?.vm).toEqual([...(policy.accept?.vm ?? []), ...(bank.accept?.vm ?? [])]);
    expect(read.accept?.tvmm).toEqual(policy.accept?.tvmm);
    expect(read.requiredSecondary).toEqual({ trust: TRUST_ROOT, site: DIGESTS.vm });
    expect(await writeTrust({ common: await readTrust(text) })).toBe(await writeTrust({ common: policy }));
  });

  test("gives a policy that an appraisal works with", async () => {
    const nonce = new Uint8Array(32).fill(3);
    const verdict = async (each: AppraisalPolicy) =>
      (await appraise(await machine.answer(nonce), nonce, each)).accepted;
    const { vm, ...below } = policy.accept ?? {};
    const text = await writeTrust({
      common: { ...policy, accept: below },
      roles: { peer: { accept: { vm: vm ?? [] } } },
    });
    expect([await verdict(await readTrust(text)), await verdict(await readTrust(text, "peer"))]).toEqual([false, true]);
  });

  test("is lines that anybody can read", async () => {
    const text = await writeTrust({ common: policy, roles: { peer: { accept: { vm: [{ product: "P" }] } } } });
    expect(text.replace(/-----BEGIN[^-]*-----\n[^-]*-----END[^-]*-----/g, "PEM").split("\n")).toEqual([
      ...["terra-trust-1", "hardware-root", "PEM", "vendor-root vm", "PEM"],
      ...(["firmware", "loader", "tvmm"] as const).map((layer) => `accept ${layer} digest ${DIGESTS[layer]}`),
      ...["accept vm product 1.0.0 Terra Lab hello", `secondary trust ${TRUST_ROOT}`],
      ...["role peer", "accept vm product any P", "end", ""],
    ]);
  });

  test("cannot be made to say what its writer did not mean", async () => {
    const accepting = (product: string, minVersion?: string): Trust => ({
      common: { accept: { vm: [minVersion === undefined ? { product } : { product, minVersion }] } },
    });
    const outcomes: Record<string, string> = {};
    const wrong: Record<string, Trust> = {
      "a line end in a product": accepting("P\naccept vm product any Q"),
      "a carriage return": accepting("P\r"),
      "a lone surrogate": accepting("P\ud800"),
      "no product": accepting(""),
      "a version with a blank": accepting("Q", "1.0 P"),
      "a line end in a role": { roles: { "a\nrole b": {} } },
      "a role in upper case": { roles: { Bank: {} } },
      "a blank in a disk's name": { common: { requiredSecondary: { "a b": DIGESTS.vm } } },
      "a digest that is none": { common: { accept: { vm: [{ digest: "x" }] } } },
      "a leaf as a root": { common: { hardwareRoots: machine.chain.slice(0, 1) } },
      "two roots as one": { common: { hardwareRoots: [machine.hardwareRoot + machine.hardwareRoot] } },
      "17 roots of a kind": { common: { hardwareRoots: Array.from({ length: 17 }, () => machine.hardwareRoot) } },
      "16 roots, and one of the role's": {
        common: { hardwareRoots: Array.from({ length: 16 }, () => machine.hardwareRoot) },
        roles: { a: { hardwareRoots: [machine.hardwareRoot] } },
      },
      "65 entries for a layer": { common: { accept: { vm: Array.from({ length: 65 }, () => ({ product: "P" })) } } },
      "a disk with two roots": {
        common: { requiredSecondary: { trust: DIGESTS.vm } },
        roles: { a: { requiredSecondary: { trust: DIGESTS.tvmm } } },
      },
      "a fault in another role's section": { roles: { a: {}, b: { hardwareRoots: [machine.vendorCertificate] } } },
      "more than a disk holds": { common: { accept: { vm: [{ product: "P".repeat(262_144) }] } } },
    };
    for (const [name, trust] of Object.entries(wrong)) outcomes[name] = await refused(trust);
    expect(outcomes).toEqual(Object.fromEntries(Object.keys(wrong).map((name) => [name, "bad-argument"])));
  });

  test("requires a disk by any name that a slot may have", async () => {
    const text = await writeTrust({ common: { requiredSecondary: Object.fromEntries([["__proto__", DIGESTS.vm]]) } });
    expect(Object.entries((await readTrust(text)).requiredSecondary ?? {})).toEqual([["__proto__", DIGESTS.vm]]);
  });

  test("becomes a disk of whole blocks, zeros behind it", async () => {
    const text = await writeTrust({ common: policy });
    const disk = trustDisk(text);
    expect(disk.length % 4096).toBe(0);
    expect(Buffer.from(disk).toString("utf8").replace(/\0+$/, "")).toBe(text);
    expect(disk.length - Buffer.byteLength(text)).toBeLessThan(4096);
  });
});
