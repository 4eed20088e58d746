import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readTrust } from "../attestation/index.ts";
import { makeMachine } from "../attestation/testing/machine.ts";
import { BLOCK_SIZE } from "../storage/index.ts";
import type { AppraisalPolicy, Trust } from "./api.ts";
import { parseLabDescription } from "./description.ts";
import { buildTrustDisk, describedTrust } from "./trust.ts";

let own: AppraisalPolicy;
beforeAll(async () => {
  const { hardwareRoot, vendorRoot } = await makeMachine();
  own = {
    hardwareRoots: [hardwareRoot],
    vendorRoots: { vm: [vendorRoot] },
    accept: { tvmm: [{ product: "TVMM", minVersion: "1.0.0" }], vm: [{ product: "Bank", minVersion: "1.0.0" }] },
  };
});

const lab = (more: object = {}) =>
  parseLabDescription({
    platforms: [
      {
        id: "alice",
        vms: [{ name: "client" }, { name: "server" }, { name: "pc" }],
      },
    ],
    ...more,
  });

const IMAGES = ["client", "server"];

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes).split("\0")[0] ?? "";

/** What a box in this role reads from the disk. */
async function read(trust: Trust, role: string) {
  return readTrust(textOf((await buildTrustDisk(trust)).bytes), role);
}

describe("what a lab's trust disks say", () => {
  it("is what its own verifier goes by, for each image that has one", async () => {
    const trust = describedTrust(own, lab(), IMAGES);
    for (const role of ["client", "server"]) {
      expect(await read(trust, role)).toMatchObject({
        hardwareRoots: own.hardwareRoots,
        vendorRoots: own.vendorRoots,
        accept: { firmware: [], tvmm: own.accept?.tvmm, vm: own.accept?.vm },
        revocationLists: [],
      });
    }
    await expect(read(trust, "thief")).rejects.toThrow("no section for the role thief");
  });

  it("is for each role what the description says of it, where it speaks of a layer", async () => {
    const roles = {
      client: { accept: { vm: [{ product: "Server", minVersion: "2.0" }] } },
      teller: { requiredSecondary: { rules: "1".repeat(64) } },
    };
    const trust = describedTrust(own, lab({ trust: { accept: { tvmm: [{ product: "Other" }] }, roles } }), IMAGES);
    expect((await read(trust, "client")).accept).toMatchObject({
      tvmm: [{ product: "Other" }],
      vm: [{ product: "Server", minVersion: "2.0" }],
    });
    // Nothing is accepted for a role because another one said something.
    expect((await read(trust, "server")).accept).toMatchObject({ tvmm: [{ product: "Other" }], vm: [] });
    expect((await read(trust, "teller")).requiredSecondary).toEqual({ rules: "1".repeat(64) });
  });
});

describe("a trust disk", () => {
  it("has its text, zeros, and a tree that veritysetup makes as well", async () => {
    const policy = { hardwareRoots: Array<string>(8).fill(own.hardwareRoots?.[0] ?? "") };
    const { bytes, root } = await buildTrustDisk({ common: policy, roles: { a: {} } });
    const folder = mkdtempSync(path.join(tmpdir(), "trust-"));
    try {
      const blocks = bytes.length / BLOCK_SIZE - 1;
      expect(blocks).toBeGreaterThan(1);
      writeFileSync(path.join(folder, "disk"), bytes);
      const options = ["--no-superblock", "--hash=sha256", "--data-block-size=4096", "--hash-block-size=4096"];
      const where = [`--data-blocks=${blocks}`, `--hash-offset=${blocks * BLOCK_SIZE}`, "--salt=-"];
      execFileSync("veritysetup", ["verify", ...options, ...where, "disk", "disk", root], { cwd: folder });
      const wrong = root.startsWith("0") ? `1${root.slice(1)}` : `0${root.slice(1)}`;
      expect(() =>
        execFileSync("veritysetup", ["verify", ...options, ...where, "disk", "disk", wrong], {
          cwd: folder,
          stdio: "ignore",
        }),
      ).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("of one block is its own root's only content", async () => {
    expect((await buildTrustDisk({})).bytes).toHaveLength(BLOCK_SIZE);
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "what is to stand on it is undefined"],
    ["a list", [], "what is to stand on it is "],
    ["a part that it does not have", { policy: {} }, 'it has "policy", which is none of common, roles'],
    ["a policy that is none", { common: "all" }, "common is all; it should be an object"],
    ["an unknown word", { roles: { client: { accepts: {} } } }, 'the policy has "accepts"'],
    ["a time", { common: { time: 1 } }, "a time cannot stand on a disk"],
    ["a root that is none", { common: { hardwareRoots: ["me"] } }, "hardwareRoots[0]"],
    ["a role that has no name", { roles: { "the boss": {} } }, "a role's name"],
  ])("cannot be made of %s", async (_, trust, sentence) => {
    const made = buildTrustDisk(trust as Trust);
    await expect(made).rejects.toThrow(/^bad-argument: of a trust disk: /);
    await expect(made).rejects.toThrow(sentence);
  });
});
