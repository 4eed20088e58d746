import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { OwnerEvent } from "../protocol/owner.ts";
import { messages } from "./messages.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function recorded() {
  const summaries: string[] = [];
  const ends: string[] = [];
  const record = messages("alice", (event: OwnerEvent) => {
    if (event.type !== "message") return;
    summaries.push(event.message.summary);
    ends.push(`${event.message.from} ${event.message.to}`);
  });
  return { ...record, summaries, ends };
}

it("names ends by their machine, and the verifier by nothing", () => {
  const { tell, ends } = recorded();
  tell({ from: "verifier", to: "hello", kind: "challenge", summary: "" });
  tell({ from: "hello", to: "tvmm", kind: "get-id", summary: "" });
  expect(ends).toEqual(["verifier alice/hello", "alice/hello alice/tvmm"]);
});

it("a guest that asks without end is counted after the hundredth in a second, and another one is still heard", () => {
  const { tell, summaries } = recorded();
  for (let n = 0; n < 1000; n++) tell({ from: "loud", to: "tvmm", kind: "get-id", summary: "GET-ID" });
  tell({ from: "quiet", to: "tvmm", kind: "get-id", summary: "quiet" });
  expect(summaries).toHaveLength(101);
  vi.advanceTimersByTime(1000);
  // It falls silent, and is told of all the same.
  expect(summaries.slice(101)).toEqual(["900 more messages within a second were not recorded"]);
  tell({ from: "loud", to: "tvmm", kind: "get-id", summary: "again" });
  for (let n = 0; n < 100; n++) tell({ from: "loud", to: "tvmm", kind: "get-id", summary: "GET-ID" });
  vi.advanceTimersByTime(1000);
  expect(summaries[102]).toBe("again");
  expect(summaries.at(-1)).toBe("1 more message within a second was not recorded");
  expect(summaries).toHaveLength(203);
});

it("a box that talks without end does not hide that it halts", () => {
  const { tell, summaries } = recorded();
  for (let n = 0; n < 1000; n++) tell({ from: "loud", to: "tvmm", kind: "get-id", summary: "GET-ID" });
  tell({ from: "loud", to: "tvmm", kind: "halt", summary: "loud halted: integrity" });
  expect(summaries.at(-1)).toBe("loud halted: integrity");
});

it("the owner's calls are all recorded", () => {
  const { tell, summaries } = recorded();
  for (let n = 0; n < 500; n++) tell({ from: "owner", to: "tvmm", kind: "management", summary: "x" });
  expect(summaries).toHaveLength(500);
});
