import { describe, expect, it } from "vitest";
import type { Message, StepReport } from "../../engine/lab/api.ts";
import { artifacts, type Seen } from "./artifacts.ts";

const report = (...list: StepReport["artifacts"]): StepReport => ({
  id: "s",
  title: "",
  paper: "",
  expected: "",
  observed: "",
  passed: true,
  artifacts: list,
});

const seen: Seen = {
  messages: [{ sequence: 37, kind: "appraisal" } as Message],
  boxes: [
    { path: "alice/bank-client", console: false },
    { path: "bank/bank-server", console: true },
    { path: "alice/pc", console: true },
  ],
  places: ["alice/bank-client", "bank/tvmm", "bank/bank-server"],
};

describe("what a step rests on", () => {
  it("leads to the message, the frame and the tree's node", () => {
    const hex = "0123".repeat(16);
    expect(
      artifacts(
        report(
          { kind: "message", value: "37" },
          { kind: "frame", value: "internet 512" },
          { kind: "digest", value: `vm ${hex}` },
        ),
        seen,
      ),
    ).toEqual([
      { words: "message 37, appraisal", target: { kind: "zoom", zoom: { kind: "message", sequence: 37 } } },
      {
        words: "frame 512 on internet",
        target: { kind: "zoom", zoom: { kind: "wire", wire: "internet", frame: 512 } },
      },
      { words: "vm 0123…0123", target: { kind: "lens", lens: "measurements", box: null, digest: hex } },
    ]);
  });

  it("says so when the message was dropped since", () => {
    expect(artifacts(report({ kind: "message", value: "3" }), seen)).toEqual([
      { words: "message 3, dropped since", target: null },
    ]);
  });

  it("shows the box that it names, or else the first that the step has marked and that has such a thing", () => {
    const boxes = (kind: "console" | "screen", value: string) =>
      artifacts(report({ kind, value }), seen).map(({ target }) => target);
    expect(boxes("screen", "bank/bank-server")).toMatchObject([{ lens: "monitor", box: "bank/bank-server" }]);
    expect(boxes("screen", "refused at vm")).toMatchObject([{ lens: "monitor", box: "alice/bank-client" }]);
    expect(boxes("console", "failed vm")).toMatchObject([{ lens: "console", box: "bank/bank-server" }]);
    expect(artifacts(report({ kind: "console", value: "x" }), { ...seen, places: ["alice/bank-client"] })).toEqual([]);
  });

  it("names a box that is gone, and shows no other in its place", () => {
    expect(artifacts(report({ kind: "console", value: "alice/mallory" }), seen)).toEqual([
      { words: "console of alice/mallory, which is gone", target: null },
    ]);
    // This one is there, and has no console.
    expect(artifacts(report({ kind: "console", value: "alice/bank-client" }), seen)).toEqual([]);
  });

  it("names each once", () => {
    const twice = { kind: "message", value: "37" } as const;
    expect(artifacts(report(twice, twice), seen)).toHaveLength(1);
  });
});
