import { describe, expect, it } from "vitest";
import type { Message } from "../../engine/lab/api.ts";
import { isEncrypted } from "./kinds.tsx";
import { failureOf } from "./rows.ts";
import { sourceOf } from "./sources.ts";

const message = (fields: Partial<Message>): Message => ({
  sequence: 7,
  time: 0,
  from: "alice/bank-client",
  to: "bank/bank-server",
  kind: "tls",
  summary: "ClientHello (up to TLS 1.2)",
  ...fields,
});

describe("whose word a message is", () => {
  it("is the wire's, the machine's own line's, a TVMM's or the verifier's", () => {
    const said = [
      message({}),
      message({ summary: "application data, 144 bytes" }),
      message({ kind: "tcp", to: "alice/mallory" }),
      message({ kind: "other", from: "internet", to: "internet", summary: "3 more frames in this second" }),
      message({ kind: "power", from: "bank/owner" }),
      message({ kind: "challenge", from: "verifier", to: "alice/hello" }),
    ].map(sourceOf);
    expect(said).toEqual([
      "Put together from frames on the wire, as whoever listens there has them.",
      "Heard on the wire: who sent it and how long it is. The rest is encrypted.",
      "A frame between two boxes of alice, as whoever listens there has it.",
      "A frame on the wire, as whoever listens there has it.",
      "Told by bank’s TVMM.",
      "Told by the verifier, which is outside all machines.",
    ]);
  });

  it("has a lock where those on the wire cannot read it, and nowhere else", () => {
    const locked = (kind: string, summary: string) => isEncrypted({ kind, summary });
    expect(locked("tls", "Certificate: 9 certificates, leaf ac002cbb…, ChangeCipherSpec")).toBe(false);
    expect(locked("tls", "ChangeCipherSpec, encrypted handshake message")).toBe(true);
    expect(locked("tls", "encrypted alert")).toBe(true);
    expect(locked("tls", "alert: fatal, bad certificate")).toBe(false);
    expect(locked("esp", "")).toBe(true);
    expect(locked("tcp", "encrypted")).toBe(false);
  });
});

describe("an appraisal's row", () => {
  const appraisal = (outcome: "accepted" | "refused", summary: string) =>
    failureOf(message({ kind: "appraisal", from: "verifier", to: "verifier", outcome, summary }));

  it("names the check that failed by its number", () => {
    expect(appraisal("refused", `refused at loader: loader ${"ab".repeat(32)} is not on my list`)).toEqual({
      at: 6,
      check: "loader",
      why: "loader abab…abab is not on my list",
    });
  });

  it("names none where none failed, or none is known", () => {
    expect(appraisal("accepted", "accepted: nine checks passed")).toBeNull();
    expect(appraisal("refused", "refused at dawn: too early")).toBeNull();
    expect(failureOf(message({ outcome: "refused", summary: "refused at loader: x" }))).toBeNull();
  });
});
