/** The command `tvmm` at a device, for its tests: what is typed, what it asks for, and what it is answered. */
import { join } from "node:path";
import { deviceCases } from "./cases.ts";
import { type Finished, run } from "./programs.ts";
import type { Frame, Line } from "./tvmm.ts";

/** A frame in one line of text. */
export const told = ({ word, body }: Frame) => `${word}|${body.toString("latin1").replaceAll("\n", "|")}`;

/** For a file of tests: the command, built, with a device and a folder for each test. */
export function tvmmCommand() {
  const cases = deviceCases("com3", "tvmm");
  const tvmm = (...args: string[]) => run(cases.path("tvmm"), ["--device", cases.device.path, ...args]);
  const file = (name: string) => join(cases.folder, name);

  /** Answers each request with the next reply, an OK unless it is a whole frame, and returns what was asked and the end. */
  async function talk(
    end: Promise<Finished>,
    replies: (Uint8Array | string)[],
  ): Promise<Finished & { asked: Frame[]; line: Line }> {
    const line = await cases.device.opened();
    const asked: Frame[] = [];
    for (const reply of replies) {
      asked.push(await line.next());
      if (typeof reply === "string") line.send("OK", reply);
      else line.raw(reply);
    }
    return { ...(await end), asked, line };
  }

  return { cases, tvmm, file, talk };
}
