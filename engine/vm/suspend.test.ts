import { describe, expect, test } from "vitest";
import { boot } from "./testing/boot.ts";
import { asm, guest, trial } from "./testing/guest.ts";
import { builtImage, imagesBuilt } from "./testing/images.ts";

const tasks = async (count: number) => {
  for (let done = 0; done < count; done++) await new Promise((resolve) => setImmediate(resolve));
};

test("a suspended processor executes nothing, and goes on where it was", async () => {
  const { machine, output, said } = await trial(guest(asm.chant("a")));
  await machine.run();
  await said(1, "a");
  machine.suspend();
  const { length } = output[1];
  const executed = machine.instructions();
  // What makes a running machine execute a million instructions each.
  await tasks(20);
  expect(machine.instructions()).toBe(executed);
  machine.resume();
  await said(1, "a".repeat(length + 1));
});

test("input that comes meanwhile is there afterwards", async () => {
  const { machine, said } = await trial(guest(asm.echo));
  await machine.run();
  machine.suspend();
  machine.serial(1).write(new TextEncoder().encode("kept"));
  await tasks(5);
  machine.resume();
  await said(1, "kept");
});

test("only what runs can be suspended, and only what is suspended resumed", async () => {
  const { machine } = await trial(guest(asm.spin));
  expect(() => machine.suspend()).toThrow("bad-state: the machine has not been started");
  expect(() => machine.resume()).toThrow("bad-state: the machine is not suspended");
  await machine.run();
  machine.suspend();
  expect(() => machine.suspend()).toThrow("bad-state: the machine is suspended already");
  await expect(machine.run()).rejects.toThrow("bad-state: the machine runs already");
  machine.resume();
  expect(() => machine.resume()).toThrow("bad-state: the machine is not suspended");
  machine.suspend();
  machine.halt({ reason: "test" });
  expect(() => machine.resume()).toThrow("bad-state: the machine has halted: test");
  expect(() => machine.suspend()).toThrow("bad-state: the machine has halted: test");
});

test("its interval timer stands still", async () => {
  const { machine } = await trial(guest(asm.spin));
  const { pit } = machine.emulator.v86.cpu.devices;
  await machine.run();
  pit.counter_start_time[0] = 1000;
  machine.suspend();
  const before = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const atLeast = performance.now() - before;
  machine.resume();
  expect((pit.counter_start_time[0] ?? 0) - 1000).toBeGreaterThanOrEqual(atLeast);
});

describe.skipIf(!imagesBuilt)("image pc", () => {
  test("does not see the time that it was suspended, nor does anything come due in it", async () => {
    const { machine, shell } = await boot(builtImage("pc"));
    await machine.run();
    const uptime = async () => Number((await shell("cut -d ' ' -f 1 /proc/uptime")).trim()) * 1000;
    await shell("sleep 30 & echo $! > /tmp/sleeper");
    const from = performance.now();
    const started = await uptime();
    machine.suspend();
    const stopped = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const stood = performance.now() - stopped;
    machine.resume();
    const seen = (await uptime()) - started;
    const passed = performance.now() - from;
    // Its clock is told in hundredths of a second.
    expect(seen).toBeLessThanOrEqual(passed - stood + 20);
    expect(await shell("dmesg | grep -ciE 'lockup|stall|unstable|hung'")).toBe("0\n");
    expect(await shell("kill -0 $(cat /tmp/sleeper) && echo alive")).toBe("alive\n");
    machine.halt({ reason: "test" });
  });
});
