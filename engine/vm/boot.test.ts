import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fromHex } from "../attestation/bytes.ts";
import { blockHash } from "./block-hash.ts";
import { checkedSource } from "./block-source.ts";
import { composeBoot } from "./compose-boot.ts";
import { watchScreen } from "./screen.ts";
import { trial } from "./testing/guest.ts";
import { type BuiltImage, builtImage, imagesBuilt } from "./testing/images.ts";
import { enterTextMode } from "./vga-text-mode.ts";
import { plugInDisk } from "./virtio-blk.ts";

/** Boots an image with its disk checked at each read from a medium that the test may tamper with. */
async function boot(image: BuiltImage, commandLine = image.descriptor.commandLine) {
  const { descriptor, disk, leaves } = image;
  const digestsOf = await blockHash(fromHex(descriptor.boot.salt) ?? new Uint8Array());
  const medium = {
    async call(request: { op: string; offset?: number; length?: number }) {
      const { offset = 0, length = 0 } = request;
      return disk.slice(offset, offset + length);
    },
  };
  const source = checkedSource(medium, "boot", disk.length, { digestsOf, leaves }, () => {});
  let text = () => "";
  const it = await trial(
    composeBoot(image.stub, image.kernel),
    {
      memoryMiB: descriptor.memoryMiB,
      commandLine,
      serials: { console: descriptor.console !== "none", attestation: descriptor.kind === "closed", management: false },
      plugIn(board) {
        plugInDisk(board, 0, {
          serial: "boot",
          readOnly: true,
          source,
          onIntegrity: ({ block, expected, found }) =>
            it.machine.halt({ reason: "integrity", disk: "dev1", block, expected, found }),
        });
      },
    },
    { panicked: () => text().includes("Kernel panic") },
  );
  const screen = watchScreen(it.machine.emulator, () => {});
  text = () => screen.text();
  enterTextMode(it.machine.emulator.v86.cpu);
  return { ...it, screen };
}

describe.skipIf(!imagesBuilt)("the images of guests/", () => {
  test("pc comes up to a shell on COM1 that does what it is told, and halts when it is switched off", async () => {
    const { machine, said, halt, output } = await boot(builtImage("pc"));
    await machine.run();
    await said(1, "# ");
    machine.serial(1).write(new TextEncoder().encode("cat /sys/block/vda/serial; echo; echo $((6*7))\n"));
    await said(1, "\n42\r\n");
    expect(output[1]).toContain("boot\r\n42\r\n");
    machine.serial(1).write(new TextEncoder().encode("poweroff -f\n"));
    expect(await halt).toEqual({ reason: "shutdown" });
  });

  test("hello asks for its endorsement on COM2, draws its screen, and has no COM1", async () => {
    const { machine, said, output, dtr, screen } = await boot(builtImage("hello"));
    await machine.run();
    await said(2, "ENDORSE ");
    expect(dtr[0]).toEqual({ line: 2, high: true });
    expect(output[1]).toBe("");
    expect(screen.text()).toContain("hello");
    expect(() => machine.serial(1)).toThrow("unknown-device: this machine has no COM1");
    machine.halt({ reason: "test" });
  });

  test("one bit changed in a block that the boot reads: halted, naming the block and both digests", async () => {
    const image = builtImage("hello");
    // The file system's superblock.
    image.disk[1024] = (image.disk[1024] ?? 0) ^ 1;
    const { machine, halt, output } = await boot(image);
    await machine.run();
    const found = createHash("sha256")
      .update(fromHex(image.descriptor.boot.salt) ?? "")
      .update(image.disk.subarray(0, 4096));
    expect(await halt).toEqual({
      reason: "integrity",
      disk: "dev1",
      block: 0,
      expected: Buffer.from(image.leaves.subarray(0, 32)).toString("hex"),
      found: found.digest("hex"),
    });
    expect(output[2]).toBe("");
  });

  test("a kernel that panics resets, and is told from one that was asked to", async () => {
    const panic = await boot(builtImage("hello"), "root=/dev/vda rootfstype=erofs init=/nowhere quiet panic=-1");
    await panic.machine.run();
    expect(await panic.halt).toEqual({ reason: "panic" });
    expect(panic.screen.text()).toContain("Requested init /nowhere failed");
    const reset = await boot(builtImage("pc"));
    await reset.machine.run();
    await reset.said(1, "# ");
    reset.machine.serial(1).write(new TextEncoder().encode("reboot -f\n"));
    expect(await reset.halt).toEqual({ reason: "reset" });
  });
});
