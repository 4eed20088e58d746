/** The image of the game's server: Debian's program unchanged, an answer on the network, an owner who has the last word. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { arp, BOB, ethernet } from "../engine/network/testing/build.ts";
import { BLUE, outside, SERVER } from "../engine/network/testing/quake.ts";
import type { FrameBatch } from "../engine/protocol/frames.ts";
import { type Booted, boot } from "../engine/vm/testing/boot.ts";
import { builtImage, imagesBuilt } from "../engine/vm/testing/images.ts";
import { plugInDisk } from "../engine/vm/virtio-blk.ts";
import { type NetworkCard, plugInCard } from "../engine/vm/virtio-net.ts";
import { fetchPackages } from "./build/apt.mjs";
import { parseLock, pinOf } from "./build/lock.mjs";
import { cacheFolder } from "./build/step.mjs";

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** The server's box, and the other end of its wire; the game's server is up. */
async function start(address = "10.0.0.1/24"): Promise<{ box: Booted; wire: MessagePort }> {
  const config = new Uint8Array(4096);
  config.set(new TextEncoder().encode(`address=${address}\nseed=7\n`));
  const { port1, port2 } = new MessageChannel();
  let card: NetworkCard | undefined;
  const source = {
    size: config.length,
    read: (offset: number, length: number) => config.slice(offset, offset + length),
  };
  const box = await boot(
    builtImage("game-server-open"),
    {
      plugIn(board) {
        plugInDisk(board, 2, { serial: "config", readOnly: false, source, onIntegrity() {} });
        card = plugInCard(board, { pci: 8, mac: BOB.mac, port: port1 });
      },
    },
    { slice: () => card?.service() },
  );
  stop = () => {
    box.machine.halt({ reason: "test" });
    card?.unplug();
    port2.close();
  };
  await box.machine.run();
  await box.shell("until grep -q 'Loading vm file' /run/game.log; do sleep 1; done");
  return { box, wire: port2 };
}

describe.skipIf(!imagesBuilt)("the image game-server-open", () => {
  test("its mvdsv is the one in Debian's package, byte for byte", async () => {
    const lock = parseLock(readFileSync(new URL("packages.lock.json", import.meta.url), "utf8"));
    const { path, version } = fetchPackages(cacheFolder(), [pinOf(lock, "mvdsv")]).get("mvdsv");
    const debians = execFileSync(
      "sh",
      ["-c", 'dpkg-deb --fsys-tarfile "$1" | tar -xO ./usr/games/mvdsv | sha256sum', "sh", path],
      { encoding: "utf8" },
    ).slice(0, 64);
    const { box } = await start();
    expect(await box.shell("sha256sum /usr/games/mvdsv"), version).toBe(`${debians}  /usr/games/mvdsv\n`);
  });

  test("it answers on its address, and does what its owner types", async () => {
    const { box, wire } = await start();
    const answered = new Promise<string>((done) => {
      wire.onmessage = ({ data }: MessageEvent<FrameBatch>) => {
        for (const frame of data.frames) {
          // An answer outside of a game begins with four bytes of ones, behind 14 of Ethernet, 20 of IP and 8 of UDP.
          const text = Buffer.from(frame).toString("latin1", 42);
          if (frame[12] === 8 && frame[13] === 0 && text.startsWith("\xff\xff\xff\xffn")) done(text);
        }
      };
    });
    wire.postMessage({ frames: [ethernet(0x806, arp(1, BLUE.ip, SERVER.ip)), outside(BLUE, SERVER, "status\n")] });
    const status = await answered;
    expect(status).toContain("\\map\\culvert");
    expect(status).toContain("\\hostname\\Culvert");

    expect(await box.shell("server localinfo favour red; server localinfo")).toMatch(/favour +\n.*red\n/);
    // Nobody who asks is told.
    expect(status).not.toContain("favour");
    expect(await box.shell("server serverinfo")).not.toContain("favour");
    expect(await box.shell("cat /run/game.log")).not.toMatch(/Unknown command|not a field|Error/);
  });

  test.each(["10.0.0.1", "10.0.0.300/24"])(
    "an address like %s is said in its log and on its console to be none",
    async (bad) => {
      const { box } = await start(bad);
      const line = `game-server: address=${bad} is not taken; one like 10.0.0.1/24 would be`;
      expect(await box.shell("cat /run/game.log")).toContain(line);
      expect(box.output[1]).toContain(line);
    },
  );
});
