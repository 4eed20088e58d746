import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { BUILD_TIMEOUT, buildForTest, run, stop } from "./test/programs.ts";

const PORT = String(20000 + (process.pid % 20000));

let built: ReturnType<typeof buildForTest>;
let server: ChildProcess | undefined;
beforeAll(() => {
  built = buildForTest("netbench");
}, BUILD_TIMEOUT);
afterAll(() => built.dispose());
afterEach(async () => {
  if (server) await stop(server);
  server = undefined;
});

const netbench = (...args: string[]) => run(built.path("netbench"), [...args, "--port", PORT]);

/** What the client prints, once the server is up. */
async function measured(kind: "udp" | "tcp", ...args: string[]): Promise<Record<string, number>> {
  server = spawn(built.path("netbench"), [`${kind}-server`, "--port", PORT]);
  const { stdout } = await vi.waitFor(async () => {
    const end = await netbench(kind, "127.0.0.1", ...args);
    expect(end).toMatchObject({ code: 0, stderr: "" });
    return end;
  }, 20_000);
  const pairs = [...stdout.toString().matchAll(/(\w+)=(\d+)(?= |\n)/g)].map(([, key, value]) => [key, Number(value)]);
  return Object.fromEntries(pairs);
}

test("udp: each datagram comes back, and the times are in order", async () => {
  const {
    min_us = 0,
    median_us,
    mean_us,
    p90_us,
    ...counts
  } = await measured("udp", "--count", "50", "--size", "1400");
  expect(counts).toEqual({ count: 50, lost: 0, size: 1400 });
  expect([min_us, median_us, p90_us].toSorted((a = 0, b = 0) => a - b)).toEqual([min_us, median_us, p90_us]);
  expect(min_us).toBeGreaterThan(0);
  expect(mean_us).toBeGreaterThanOrEqual(min_us);
});

test("tcp: the server has every byte, and the rate is what bytes and time say", async () => {
  const { bytes = 0, us = 0, bytes_per_s } = await measured("tcp", "--mib", "3");
  expect(bytes).toBe(3 << 20);
  expect(bytes_per_s).toBe(Math.floor((bytes * 1e6) / us));
});

test("nobody there, or wrong usage, is an error that says so", async () => {
  expect(await netbench("tcp", "127.0.0.1")).toMatchObject({
    code: 3,
    stderr: "netbench: 127.0.0.1: Connection refused\n",
  });
  expect((await netbench("udp", "localhost")).stderr).toBe("netbench: the address is not one like 10.0.0.2\n");
  for (const args of [[], ["udp"], ["frobnicate"], ["udp", "127.0.0.1", "--size", "3"]]) {
    expect(await run(built.path("netbench"), args)).toMatchObject({ code: 2 });
  }
});
