import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { boot } from "../engine/vm/testing/boot.ts";
import { builtImage, imagesBuilt } from "../engine/vm/testing/images.ts";
import { shown, stubImageData } from "./programs/test/shown.ts";

describe.skipIf(!imagesBuilt)("the picture that a command line asks for", () => {
  beforeAll(stubImageData);
  afterAll(() => void vi.unstubAllGlobals());

  const started = async (words: string) => {
    const image = builtImage("pc");
    const it = await boot(image, { commandLine: `${image.descriptor.commandLine} ${words}` });
    await it.machine.run();
    return it;
  };

  test("is a frame buffer of that size, whose pixels reach the screen", async () => {
    const it = await started("terra.video=320x200");
    expect(await it.shell("cat /proc/fb /sys/class/graphics/fb0/virtual_size")).toBe("0 VESA VGA\n320,200\n");
    expect([it.screen.graphical, it.screen.width, it.screen.height]).toEqual([true, 320, 200]);
    // Blue, green, red, nothing: the second pixel of the last line.
    await it.shell("printf '\\001\\002\\003\\000' | dd of=/dev/fb0 bs=4 seek=63681");
    expect([...shown(it.screen).subarray(63681 * 4, 63682 * 4)]).toEqual([3, 2, 1, 255]);
    it.machine.halt({ reason: "test" });
  });

  test.each([
    "terra.video=",
    "terra.video=320x",
    "terra.video=321x200",
    "terra.video=99999x99999",
    "xterra.video=320x200",
  ])("%s leaves text", async (words) => {
    const it = await started(words);
    expect(await it.shell("cat /proc/fb")).toBe("");
    expect([it.screen.graphical, it.screen.columns, it.screen.rows]).toEqual([false, 80, 25]);
    it.machine.halt({ reason: "test" });
  });
});
