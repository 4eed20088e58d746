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

test("an other end that does not answer: an error after 30 s", async () => {
  vi.useFakeTimers();
  const { port1 } = new MessageChannel();
  const medium = mediumAt(port1, "disk");
  const waiting = medium.call(READ);
  const failed = expect(waiting).rejects.toThrow("timeout: the medium disk has not answered for 30 s");
  await vi.advanceTimersByTimeAsync(30_000);
  await failed;
  port1.close();
});
