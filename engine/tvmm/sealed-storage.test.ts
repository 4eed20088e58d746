import { afterEach, describe, expect, it, vi } from "vitest";
import { START_MS } from "./in-time.ts";
import { benches } from "./testing/benches.ts";

const bench = benches();

afterEach(() => {
  vi.useRealTimers();
});

describe("sealed storage", () => {
  it("is made once, opens again, and stays shut and untouched under another register", async () => {
    const first = await bench();
    expect(first.sealCalls).toEqual(["seal", "seal"]);
    const sealed = first.disks.media.get("sealed")?.bytes ?? new Uint8Array(0);
    expect(first.messages("power")[0]).toMatchObject({
      outcome: "accepted",
      summary: expect.stringMatching(/^sealed: /),
    });

    const again = await bench({ sealed });
    expect(again.sealCalls).toEqual(["unseal", "unseal"]);
    expect(again.messages("power")[0]).toMatchObject({ outcome: "accepted" });

    const before = sealed.slice();
    const other = await bench({ sealed, register: 2 });
    expect(other.messages("power")[0]).toMatchObject({
      outcome: "refused",
      summary: expect.stringMatching(/^sealed: /),
    });
    expect(other.disks.media.get("sealed")?.bytes).toEqual(before);
    await other.ask({ op: "list-vms" });
  });

  it("that does not answer leaves a TVMM without a storage key, and no machine without a TVMM", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const tb = await bench({
      beforeRead: () => {
        vi.advanceTimersByTime(START_MS);
        return new Promise(() => {});
      },
    });
    expect(tb.messages("power")[0]).toMatchObject({
      outcome: "refused",
      summary: expect.stringMatching(/^sealed: this TVMM has no storage key: the list of media did not answer within/),
    });
    expect(await tb.vms()).toEqual([]);
  });

  it("a damaged frame is not written over", async () => {
    const sealed = new Uint8Array(65536);
    sealed[3] = 7;
    // A length that would do, behind a magic that does not.
    sealed[8] = 33;
    sealed[12] = 1;
    const tb = await bench({ sealed });
    // One seal is the sign's, which lies elsewhere.
    expect(tb.sealCalls).toEqual(["seal"]);
    expect(tb.messages("power")[0]).toMatchObject({ outcome: "refused" });
    expect(tb.disks.media.get("sealed")?.bytes[3]).toBe(7);
  });
});
