import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { VmInit } from "../protocol/vm.ts";
import { ANSWER_MS, type LaunchVm, startVmWorker } from "./vm-worker.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A worker that was started and says nothing. */
function mute() {
  const ends: string[] = [];
  const ports: MessagePort[] = [];
  let terminated = 0;
  const launch: LaunchVm = async ({ port }) => {
    ports.push(port);
    return {
      terminate() {
        terminated++;
        port.close();
      },
      onFailure() {},
    };
  };
  const started = startVmWorker(
    launch,
    {} as VmInit,
    [],
    { name: "hello", signal: new AbortController().signal },
    {
      onEvent() {},
      onEnd: (reason) => ends.push(reason),
    },
  );
  return { started, ends, terminated: () => terminated };
}

it("a worker that does not answer for a minute is ended, once, with the reason", async () => {
  const { started, ends, terminated } = mute();
  const worker = await started;
  const answer = expect(worker.ask({ op: "run" })).rejects.toThrow(/^timeout: the vm worker of hello did not answer/);
  await vi.advanceTimersByTimeAsync(ANSWER_MS - 1);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await answer;
  expect(ends).toHaveLength(1);
  expect(terminated()).toBe(1);
  await vi.advanceTimersByTimeAsync(10 * ANSWER_MS);
  expect(ends).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("a worker that dies without a word is found out by its missing pulse", async () => {
  const { started, ends } = mute();
  await started;
  await vi.advanceTimersByTimeAsync(2 * ANSWER_MS);
  expect(ends).toEqual(["the vm worker of hello did not answer within 60 s"]);
});

it("a worker that was switched off is not reported as lost", async () => {
  const { started, ends, terminated } = mute();
  const worker = await started;
  const answer = expect(worker.ask({ op: "png" })).rejects.toThrow(/^bad-state: /);
  worker.terminate();
  await answer;
  await vi.advanceTimersByTimeAsync(2 * ANSWER_MS);
  expect(ends).toEqual([]);
  expect(terminated()).toBe(1);
});
