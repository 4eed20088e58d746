import { describe, expect, it } from "vitest";
import { appraise, issueRevocationList } from "../../engine/attestation/index.ts";
import { DIGESTS, makeMachine, type TestMachine } from "../../engine/attestation/testing/machine.ts";
import type { Appraisal } from "../../engine/lab/api.ts";
import { mergedPolicy } from "../../engine/lab/verifier.ts";
import type { AppraisalFacts } from "../facts/facts.ts";
import { blameOf } from "./blame.ts";
import { type Edits, isEdited, isOn, type Line, linesOf, NO_EDITS, policyOf, toggled, versioned } from "./edit.ts";

const NONCE = new Uint8Array(32).fill(7);

/** What the edited policy says of the machine, as terra.appraise goes by it: over the lab's own. */
async function verdict(machine: TestMachine, edits: Edits, seen: Appraisal | null = null): Promise<Appraisal> {
  const lines = linesOf(machine.policy, seen, edits);
  return appraise(await machine.answer(NONCE), NONCE, mergedPolicy(machine.policy, policyOf(lines, edits)));
}

function line(
  machine: TestMachine,
  fits: (line: Line) => boolean,
  seen: Appraisal | null = null,
  edits = NO_EDITS,
): Line {
  const found = linesOf(machine.policy, seen, edits).find(fits);
  if (!found) throw new Error("there is no such line");
  return found;
}

const failedAt = ({ checks }: Appraisal) => checks.find(({ passed }) => !passed)?.name;

describe("the policy as it is edited", () => {
  it("is the lab's own as long as nothing is", async () => {
    const machine = await makeMachine();
    expect(isEdited(NO_EDITS)).toBe(false);
    expect(linesOf(machine.policy, null, NO_EDITS).every((each) => each.own && isOn(each, NO_EDITS))).toBe(true);
    expect(await verdict(machine, NO_EDITS)).toMatchObject({ accepted: true });
  });

  it("refuses at the check of whatever line is unchecked, and accepts again when it is checked", async () => {
    const machine = await makeMachine();
    const cases: [string, (each: Line) => boolean][] = [
      ["hardware", ({ group }) => group === "hardware"],
      ["firmware", ({ group }) => group === "firmware"],
      ["loader", ({ group }) => group === "loader"],
      ["tvmm", ({ group }) => group === "tvmm"],
      ["vm", (each) => each.kind === "root" && each.layer === "vm"],
      ["vm", ({ group }) => group === "vm"],
    ];
    for (const [check, fits] of cases) {
      const edits = toggled(NO_EDITS, line(machine, fits));
      expect(isEdited(edits)).toBe(true);
      expect(failedAt(await verdict(machine, edits))).toBe(check);
      const back = toggled(edits, line(machine, fits));
      expect(isEdited(back)).toBe(false);
      expect(await verdict(machine, back)).toMatchObject({ accepted: true });
    }
  });

  it("drops the disk that is not required any more", async () => {
    const machine = await makeMachine();
    const other = { ...machine, policy: { ...machine.policy, requiredSecondary: { trust: "22".repeat(32) } } };
    expect(failedAt(await verdict(other, NO_EDITS))).toBe("secondary");
    const disk = line(other, ({ kind }) => kind === "disk");
    expect(await verdict(other, toggled(NO_EDITS, disk))).toMatchObject({ accepted: true });
  });

  it("asks for the least version that is written, and for none where none is", async () => {
    const machine = await makeMachine();
    const product = line(machine, ({ kind, group }) => kind === "product" && group === "vm");
    if (product.kind !== "product") throw new Error("it is a product");
    expect(failedAt(await verdict(machine, versioned(NO_EDITS, product, "1.0.1")))).toBe("vm");
    expect(await verdict(machine, versioned(NO_EDITS, product, " "))).toMatchObject({ accepted: true });
    await expect(verdict(machine, versioned(NO_EDITS, product, "one"))).rejects.toThrow(/bad-argument: .*minVersion/);
    expect(isEdited(versioned(versioned(NO_EDITS, product, "2"), product, product.minVersion))).toBe(false);
  });

  it("accepts a digest of the last evidence once it is checked, and keeps that line when other evidence comes", async () => {
    const machine = await makeMachine();
    const strict = { ...machine, policy: { ...machine.policy, accept: { ...machine.policy.accept, loader: [] } } };
    const seen = await verdict(strict, NO_EDITS);
    expect(failedAt(seen)).toBe("loader");
    const digest = line(strict, ({ kind, group }) => kind === "digest" && group === "loader", seen);
    expect(digest).toMatchObject({ own: false, digest: DIGESTS.loader });
    expect(isOn(digest, NO_EDITS)).toBe(false);
    const edits = toggled(NO_EDITS, digest);
    expect(await verdict(strict, edits, seen)).toMatchObject({ accepted: true });
    // No evidence to look at any more.
    expect(await verdict(strict, edits)).toMatchObject({ accepted: true });
    expect(linesOf(strict.policy, seen, toggled(edits, digest)).filter(({ key }) => key === digest.key)).toHaveLength(
      1,
    );
  });

  it("goes by a list that was asked for until it is unchecked", async () => {
    const machine = await makeMachine();
    const chip = machine.chain.at(-1) ?? "";
    const list = await issueRevocationList({
      issuer: { key: machine.keys.hardware.privateKey, certificate: machine.hardwareRoot },
      revoked: [chip],
    });
    const edits: Edits = { ...NO_EDITS, lists: [list] };
    expect(isEdited(edits)).toBe(true);
    expect(failedAt(await verdict(machine, edits))).toBe("revocation");
    const entry = line(machine, ({ kind }) => kind === "list", null, edits);
    expect(entry).toMatchObject({ own: false, revoked: 1 });
    expect(await verdict(machine, toggled(edits, entry))).toMatchObject({ accepted: true });
  });
});

describe("the layer to blame", () => {
  const facts = (failed: string | null, subject: string | null): AppraisalFacts => ({
    subject,
    evidence: { chain: [], vendors: [], signature: new Uint8Array() },
    nonce: NONCE,
    durationMs: 1,
    count: 1,
    result: {
      accepted: failed === null,
      layers: [],
      checks: [
        { name: "freshness", passed: failed !== "freshness", detail: "" },
        { name: "loader", passed: failed === null, detail: "" },
      ],
    },
  });

  it("is that of the box that was challenged, whatever the evidence says that it is", () => {
    const challenge = { sequence: 3, time: 0, from: "verifier", to: "bob/hello", kind: "challenge", summary: "" };
    const messages = [
      { ...challenge, bytes: NONCE.slice() },
      { ...challenge, to: "eve/hello", bytes: new Uint8Array(32) },
    ];
    expect(blameOf(facts("loader", "alice/hello"), messages)).toEqual({ place: "bob/loader", at: 2, check: "loader" });
    expect(blameOf(facts("freshness", null), messages)).toEqual({ place: "bob/hello", at: 1, check: "freshness" });
    expect(blameOf(facts("loader", "alice/hello"), [])?.place).toBe("alice/loader");
    expect(blameOf(facts("loader", null), [])).toBeNull();
    expect(blameOf(facts(null, "alice/hello"), messages)).toBeNull();
    expect(blameOf(null, messages)).toBeNull();
  });
});
