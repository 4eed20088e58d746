import { afterEach, expect, test, vi } from "vitest";
import { serve } from "../protocol/channel.ts";
import { mediumAt } from "./medium.ts";

afterEach(() => void vi.useRealTimers());

const READ = { op: "read", medium: "disk", offset: 0, length: 4 } as const;

test("a request is answered, or fails as the other side says", async () => {
  const { port1, port2 } = new MessageChannel();
  const asked: unknown[] = [];
  serve(
    port2,
    (raw) => raw,
    (request) => {
      asked.push(request);
      if (asked.length === 2) throw new Error("scratched");
      return Uint8Array.of(1, 2, 3, 4);
    },
  );
  const medium = mediumAt(port1, "disk");
  expect(await medium.call(READ)).toEqual(Uint8Array.of(1, 2, 3, 4));
  await expect(medium.call(READ)).rejects.toThrow("scratched");
  expect(asked).toEqual([READ, READ]);
  port1.close();
});

test("when the other end goes away, what waits fails, and everything after it", async () => {
  const { port1, port2 } = new MessageChannel();
  const medium = mediumAt(port1, "disk");
  const waiting = medium.call(READ);
  port2.close();
  await expect(waiting).rejects.toThrow("unavailable: the medium disk is gone");
  await expect(medium.call(READ)).rejects.toThrow("unavailable: the medium disk is gone");
});

test("an other end that does not answer: an error after 10 s, the next ones soon, until it answers again", async () => {
  vi.useFakeTimers();
  const port = new EventTarget() as EventTarget & { postMessage(message: { id: number }): void };
  const asked: number[] = [];
  port.postMessage = ({ id }) => asked.push(id);
  const medium = mediumAt(port as unknown as MessagePort, "disk");
  const failsAfter = async (time: number) => {
    let failed = "";
    medium.call(READ).catch((error) => {
      failed = String(error);
    });
    await vi.advanceTimersByTimeAsync(time - 1);
    expect(failed).toBe("");
    await vi.advanceTimersByTimeAsync(1);
    expect(failed).toContain("timeout: the medium disk does not answer");
  };
  await failsAfter(10_500);
  await failsAfter(500);
  await failsAfter(500);
  port.dispatchEvent(new MessageEvent("message", { data: { reply: asked[0], value: undefined } }));
  await vi.advanceTimersByTimeAsync(0);
  await failsAfter(10_500);
});
