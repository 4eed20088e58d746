/** Boots a built image in this thread, its disk checked at each read from a medium that a test may tamper with. */
import { fromHex } from "../../attestation/bytes.ts";
import { blockHash } from "../block-hash.ts";
import { checkedSource } from "../block-source.ts";
import { composeBoot } from "../compose-boot.ts";
import type { MachineEvents, MachineOptions } from "../machine.ts";
import { type Screen, watchScreen } from "../screen.ts";
import { enterTextMode } from "../vga-text-mode.ts";
import { plugInDisk } from "../virtio-blk.ts";
import { type Trial, trial } from "./guest.ts";
import type { BuiltImage } from "./images.ts";

export interface Booted extends Trial {
  screen: Screen;
  /** Has the shell on COM1 do this; resolves with what it printed. Rejects if the machine halts before it is done. */
  shell(command: string): Promise<string>;
}

export async function boot(
  image: BuiltImage,
  options: Partial<MachineOptions> = {},
  events: Partial<MachineEvents> = {},
): Promise<Booted> {
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
      commandLine: descriptor.commandLine,
      serials: { console: descriptor.console !== "none", attestation: descriptor.kind === "closed", management: false },
      ...options,
      plugIn(board) {
        plugInDisk(board, 0, {
          serial: "boot",
          readOnly: true,
          source,
          onIntegrity: ({ block, expected, found }) =>
            it.machine.halt({ reason: "integrity", disk: "dev1", block, expected, found }),
        });
        options.plugIn?.(board);
      },
    },
    { panicked: () => text().includes("Kernel panic"), ...events },
  );
  const screen = watchScreen(it.machine.emulator, () => {});
  text = () => screen.text();
  enterTextMode(it.machine.emulator.v86.cpu);

  let commands = 0;
  const typed = async (line: string, word: string) => {
    const from = it.output[1].length;
    it.machine.serial(1).write(new TextEncoder().encode(line));
    const halted = it.halt.then(({ reason }) => {
      throw new Error(`halted (${reason}) while the shell did: ${line}`);
    });
    await Promise.race([it.said(1, `${word}\r\n`), halted]);
    return it.output[1].slice(from, it.output[1].lastIndexOf(`${word}\r\n`)).replaceAll("\r", "");
  };
  return {
    ...it,
    screen,
    async shell(command) {
      // No echo, no prompt, no editing: what comes then is what the command says. Asking the terminal where its cursor is
      // is the last that the shell's editor does before it reads.
      if (commands === 0) {
        await it.said(1, "# \x1b[6n");
        await typed('stty -echo; PS1=; echo rea"dy"\n', "ready");
      }
      const word = `done ${++commands}`;
      return typed(`${command}\necho ${word}\n`, word);
    },
  };
}
