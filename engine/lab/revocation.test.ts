import { describe, expect, it } from "vitest";
import type { FactoryRequest } from "../protocol/factory.ts";
import { createRevocation } from "./revocation.ts";
import type { Site } from "./site.ts";

/** A factory that says what it was asked for. */
const site = {
  factory: {
    call: async (request: FactoryRequest) => `list of ${(request as { certificates: string[] }).certificates}`,
  },
} as unknown as Site;

describe("chips that are taken back", () => {
  it("are on every list from then on, and none is before the verifier has heard of any", async () => {
    const revocation = createRevocation(site);
    expect(await revocation.list()).toBe("list of ");
    expect(revocation.lists).toEqual([]);
    expect(await revocation.revoke({ id: "alice", chip: "A" })).toBe("list of A");
    expect(revocation.lists).toEqual(["list of A"]);
    await revocation.revoke({ id: "alice", chip: "A" });
    expect(await revocation.revoke({ id: "bob", chip: "B" })).toBe("list of A,B");
    expect(revocation.lists).toEqual(["list of A,B"]);
    // Another lab begins anew.
    expect(createRevocation(site).lists).toEqual([]);
  });

  it("must have said who they are", async () => {
    const revoked = createRevocation(site).revoke({ id: "alice", chip: undefined });
    await expect(revoked).rejects.toThrow("bad-state: alice was never on");
  });
});
