import { createHash } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { fromHex } from "../attestation/bytes.ts";
import { boot } from "./testing/boot.ts";
import { makeProgram } from "./testing/elf.ts";
import { builtImage, imagesBuilt } from "./testing/images.ts";

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
    const panic = await boot(builtImage("hello"), {
      commandLine: "root=/dev/vda rootfstype=erofs init=/nowhere quiet panic=-1",
    });
    await panic.machine.run();
    expect(await panic.halt).toEqual({ reason: "panic" });
    expect(panic.screen.text()).toContain("Requested init /nowhere failed");
    const reset = await boot(builtImage("pc"));
    await reset.machine.run();
    await reset.said(1, "# ");
    reset.machine.serial(1).write(new TextEncoder().encode("reboot -f\n"));
    expect(await reset.halt).toEqual({ reason: "reset" });
  });

  test("a program without privileges can make v86 give up: its box halts, and the one beside it does not notice", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const [bad, good] = [await boot(builtImage("pc")), await boot(builtImage("pc"))];
    await Promise.all([bad.machine.run(), good.machine.run()]);
    // xor eax, eax; push eax, three times; iret: back to a code segment that there is not.
    for (const command of makeProgram("fault", [0x31, 0xc0, 0x50, 0x50, 0x50, 0xcf])) await bad.shell(command);
    await expect(bad.shell("./fault")).rejects.toThrow("halted (fault) while the shell did: ./fault");
    expect(await good.shell("echo $((6*7))")).toBe("42\n");
    good.machine.halt({ reason: "test" });
  });
});
