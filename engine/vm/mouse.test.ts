import { describe, expect, test } from "vitest";
import { type Mouse, mouse } from "./mouse.ts";
import { boot } from "./testing/boot.ts";
import { asm, guest, trial } from "./testing/guest.ts";
import { builtImage, imagesBuilt } from "./testing/images.ts";

/** A mouse whose guest is the test: `on` switches it on, `take` reads the bytes of the report that is there. */
async function held() {
  const { machine } = await trial(guest(asm.spin));
  const { io, devices } = machine.emulator.v86.cpu;
  const pointer = mouse(machine.emulator);
  const command = (value: number) => {
    io.port_write8(0x64, 0xd4);
    io.port_write8(0x60, value);
    while (devices.ps2.mouse_buffer.length > 0) io.port_read8(0x60);
  };
  const take = () => {
    const bytes: number[] = [];
    while (devices.ps2.mouse_buffer.length > 0) bytes.push(io.port_read8(0x60));
    pointer.service();
    return bytes;
  };
  return { pointer, take, on: () => command(0xf4) };
}

const still = { dx: 0, dy: 0, wheel: 0, buttons: 0 };

describe("a PS/2 mouse", () => {
  test("says nothing before the guest has switched it on, nor afterwards what it did before", async () => {
    const { pointer, take, on } = await held();
    pointer.report({ ...still, dx: 5, buttons: 1 });
    on();
    pointer.report(still);
    expect(take()).toEqual([]);
  });

  test("adds up what the guest has not read, in order, and splits what one report cannot hold", async () => {
    const { pointer, take, on } = await held();
    on();
    pointer.report({ ...still, dx: 3, dy: 2 });
    expect(take()).toEqual([0x28, 3, 254]);
    pointer.report({ ...still, dx: 1 });
    // The first waits to be read; these become one, of 9 bits at most.
    pointer.report({ ...still, dx: 200 });
    pointer.report({ ...still, dx: 100, dy: -7 });
    pointer.report({ ...still, dx: -4, buttons: 1 });
    expect([take(), take(), take(), take(), take(), take()]).toEqual([
      [0x08, 1, 0],
      [0x08, 255, 7],
      [0x08, 45, 0],
      [0x09, 0, 0],
      [0x19, 252, 0],
      [],
    ]);
  });

  test("keeps the last state of its buttons, however often they were pressed meanwhile", async () => {
    const { pointer, take, on } = await held();
    on();
    for (let at = 0; at < 1000; at++) pointer.report({ ...still, buttons: at % 2 });
    const reports = Array.from({ length: 200 }, take).filter((bytes) => bytes.length > 0);
    expect(reports.length).toBeLessThan(70);
    expect(reports.at(-1)).toEqual([0x09, 0, 0]);
  });
});

describe.skipIf(!imagesBuilt)("a guest with its mouse on", () => {
  test("reads way, wheel and buttons from evdev", async () => {
    const image = builtImage("pc");
    let pointer: Mouse | undefined;
    const { machine, shell } = await boot(
      image,
      { commandLine: image.descriptor.commandLine.replace(" i8042.noaux", "") },
      { slice: () => pointer?.service() },
    );
    pointer = mouse(machine.emulator);
    await machine.run();
    const device = (
      await shell("grep -l . /sys/class/input/event*/device/name | while read f; do echo $f $(cat $f); done")
    )
      .split("\n")
      .find((line) => /mouse/i.test(line));
    const [event] = /event\d+/.exec(device ?? "") ?? [];
    expect(device).toMatch(/Mouse/);
    await shell(`exec 3< /dev/input/${event}`);
    pointer.report({ dx: 12, dy: -34, wheel: 0, buttons: 0 });
    pointer.report({ ...still, wheel: -2 });
    pointer.report({ ...still, buttons: 3 });
    pointer.report({ ...still, buttons: 4 });
    pointer.report(still);
    // Time, type, code, value (linux/input.h), 16 bytes each: 9 changes, and an end (type 0) for each of the 5 reports.
    const seen = await shell(
      `dd bs=16 count=14 <&3 2>/dev/null | hexdump -v -e '1/4 "%u " 1/4 "%u " 1/2 "%u " 1/2 "%u " 1/4 "%d\\n"' | cut -d' ' -f3-`,
    );
    // Relative x, y and wheel; buttons: left 272, right 273, middle 274 (linux/input-event-codes.h).
    expect(seen.trim().split("\n")).toEqual([
      ...["2 0 12", "2 1 -34", "0 0 0"],
      ...["2 8 2", "0 0 0"],
      ...["1 272 1", "1 273 1", "0 0 0"],
      ...["1 272 0", "1 274 1", "1 273 0", "0 0 0"],
      ...["1 274 0", "0 0 0"],
    ]);
  });
});
