/** The image of the game's players: straight into the game, a keyboard and a mouse that only the game hears, an owner's shell. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Keyboard, keyboard } from "../engine/vm/keyboard.ts";
import { type Mouse, mouse } from "../engine/vm/mouse.ts";
import { type Booted, boot } from "../engine/vm/testing/boot.ts";
import { builtImage, imagesBuilt } from "../engine/vm/testing/images.ts";
import { plugInDisk } from "../engine/vm/virtio-blk.ts";
import { plugInCard } from "../engine/vm/virtio-net.ts";
import { shown, stubImageData } from "./programs/test/shown.ts";

const F3 = 0x3d;
const RELEASED = 0x80;

let stop: (() => void) | undefined;
beforeEach(stubImageData);
afterEach(() => {
  stop?.();
  vi.unstubAllGlobals();
});

/** Whole blocks of what a disk begins with. */
function medium(content: Uint8Array | string) {
  const bytes = Buffer.from(content);
  const size = Math.ceil(bytes.length / 4096) * 4096;
  const all = new Uint8Array(size);
  all.set(bytes);
  return { size, read: (offset: number, length: number) => all.slice(offset, offset + length) };
}

/** A player's box whose server does not answer. */
async function start(data?: Uint8Array, config = ""): Promise<{ box: Booted; keys: Keyboard; pointer: Mouse }> {
  const { port1, port2 } = new MessageChannel();
  const services: (() => void)[] = [];
  const box = await boot(
    builtImage("game-open"),
    {
      plugIn(board) {
        const disk = { readOnly: false, onIntegrity() {} };
        plugInDisk(board, 2, {
          ...disk,
          serial: "config",
          source: medium(`address=10.0.0.2/24\npeer=10.0.0.1\nbot=0\n${config}`),
        });
        if (data) plugInDisk(board, 3, { ...disk, serial: "data", source: medium(data) });
        const card = plugInCard(board, { pci: 8, mac: "02:00:00:00:00:02", port: port1 });
        services.push(card.service);
        stop = () => {
          box.machine.halt({ reason: "test" });
          card.unplug();
          port2.close();
        };
      },
    },
    { slice: () => services.forEach((service) => void service()) },
  );
  const keys = keyboard(box.machine.emulator);
  const pointer = mouse(box.machine.emulator);
  services.push(keys.service, pointer.service);
  await box.machine.run();
  return { box, keys, pointer };
}

const said = (line: string) => `until grep -q '${line}' /run/player.log; do sleep 0.2; done`;

describe.skipIf(!imagesBuilt)("the image game-open", () => {
  test("shows the game, which hears the keyboard alone and the mouse too, and comes back when it is ended", async () => {
    const { box, keys, pointer } = await start();
    await box.shell(said("asking 10.0.0.1"));
    expect([box.screen.graphical, box.screen.width, box.screen.height]).toEqual([true, 320, 200]);
    const colours = new Set(new Uint32Array(shown(box.screen).buffer));
    expect(colours.size).toBeGreaterThan(8);

    const open = "ls -l /proc/$(pidof culvert)/fd";
    await box.shell(`until ${open} | grep -q event0 && ${open} | grep -q event1; do sleep 0.2; done`);
    keys.type("touch /tmp/typed\n");
    keys.scancodes([F3, F3 | RELEASED]);
    await box.shell(said("polygons 0"));
    expect(await box.shell("ls /tmp")).toBe("");

    await box.shell("(dd if=/dev/input/event1 bs=16 count=1 >/tmp/moved 2>/dev/null &)");
    await box.shell("until ls -l /proc/$(pidof dd)/fd | grep -q event1; do sleep 0.1; done");
    pointer.report({ dx: 12, dy: -5, wheel: 0, buttons: 0 });
    // Type 2 is a way, 0 across, 12 to the right.
    expect(
      await box.shell("until [ -s /tmp/moved ]; do sleep 0.1; done; tail -c 8 /tmp/moved | hexdump -e '8/1 \"%d \"'"),
    ).toBe("2 0 0 0 12 0 0 0");

    const [before, after] = [
      await box.shell("pidof culvert"),
      await box.shell(
        "p=$(pidof culvert); kill $p; until pidof culvert | grep -qv $p; do sleep 0.2; done; pidof culvert",
      ),
    ];
    expect(after).not.toBe(before);
    await box.shell("player speeds on");
    await box.shell(said("polygons 0"));
  });

  test("plays with the files of a disk `data`, and with another program, if its owner wants", async () => {
    const folder = mkdtempSync(join(tmpdir(), "terra-data-"));
    mkdirSync(join(folder, "gfx"));
    writeFileSync(join(folder, "gfx/note"), "not the maker's\n");
    execFileSync("tar", ["-cf", join(folder, "data.tar"), "-C", folder, "gfx"]);
    const { box } = await start(readFileSync(join(folder, "data.tar")));
    rmSync(folder, { recursive: true });
    await box.shell(said("asking"));
    expect(await box.shell("tr '\\0' '\\n' </proc/$(pidof culvert)/cmdline | grep game=")).toBe(
      "game=/tmp/game/culvert\n",
    );
    expect(await box.shell("cat /tmp/game/culvert/gfx/note; ls /tmp/game/culvert/maps")).toBe(
      "not the maker's\nculvert.bsp\n",
    );
    expect(box.output[1]).not.toContain("play:");
    await box.shell("cp /bin/culvert /tmp/edited; echo program=/tmp/edited >/run/play; kill $(pidof culvert)");
    await box.shell("until pidof edited; do sleep 0.2; done");
  });

  test("says on its owner's console what is wrong with its disks, and plays on", async () => {
    const { box } = await start(Buffer.from("no archive"), "fps=200\nfrob=1\n");
    await box.shell(said("asking 10.0.0.1"));
    const console = box.output[1].replaceAll("\r", "");
    expect(console).toMatch(
      /^play: the disk data is no whole archive \(tar\): tar: .*; what could be read of it is played with$/m,
    );
    expect(console).toContain(
      "culvert: the disk config: 'fps=200' is not understood; a whole number from 5 to 100 would be\n" +
        "culvert: the disk config: 'frob=1' is not understood; culvert --help says what can be given\n",
    );
  });
});
