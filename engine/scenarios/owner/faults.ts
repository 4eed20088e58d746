/** Steps about faults that stay where they happen (paper 3.1): a kernel panics, a vm worker fails, and the others go on. */
import type { Step, StepContext } from "../scenario.ts";
import { newest } from "../verdicts.ts";
import { alice, BOB, HELLO, MANAGEMENT, PC, SECOND, whoIsAlive } from "./boxes.ts";

/** Switches a box on again that a step has brought down, and waits for its shell. */
async function backOn(context: StepContext, path: string): Promise<void> {
  const vm = context.lab.vm(path);
  const { state } = await vm.status();
  if (state === "off" || state === "halted") await alice(context).management.on(vm.id);
  await vm.console.run("true", { timeoutMs: 60_000 });
}

interface Fault {
  id: string;
  title: string;
  text: string[];
  expected: string;
  guess: string[];
  /** What the guest does to itself, as its root. */
  command: string;
  /** The reason that the TVMM then gives. */
  reason: RegExp;
}

function faultStep({ id, title, text, expected, guess, command, reason }: Fault): Step {
  return {
    id,
    title,
    paper: "Terra §3.1",
    text,
    expected,
    guess,
    lens: "messages",
    markers: { 1: SECOND },
    leaves: "own",
    async run(context) {
      const vm = context.lab.vm(SECOND);
      await backOn(context, SECOND);
      if (!context.control) {
        await vm.console.write(`${command}\n`);
        await vm.waitForState("halted", 120_000);
      }
      const { state, halt } = await vm.status();
      const others = [MANAGEMENT, PC, HELLO, BOB];
      const answers = await whoIsAlive(context, others);
      const artifacts = await newest(context, "halt");
      context.later(() => backOn(context, SECOND));
      const why = halt ? `, reason “${halt.reason}”` : "";
      return {
        observed: `second is ${state}${why}. ${answers.length} of ${others.length} other boxes answer.`,
        passed: state === "halted" && reason.test(halt?.reason ?? "") && answers.length === others.length,
        artifacts,
      };
    },
  };
}

/**
 * A static i386 program as a shell's printf writes it: ELF header, one segment at 0x08048000, and as its code xor eax, eax; push eax
 * three times; iret. No processor returns to a code segment that there is not; a real one traps, v86 gives up.
 */
const IMPOSSIBLE = [
  [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 1, 0, 0, 0, 0x54, 0x80, 0x04, 0x08],
  [0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x34, 0, 0x20, 0, 1, 0, 0, 0, 0, 0, 0, 0],
  [
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x04, 0x08, 0, 0x80, 0x04, 0x08, 90, 0, 0, 0, 90, 0, 0, 0, 5, 0, 0, 0, 0, 0x10, 0,
    0,
  ],
  [0x31, 0xc0, 0x50, 0x50, 0x50, 0xcf],
]
  .flat()
  .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
  .join("");

export const fault = faultStep({
  id: "fault",
  title: "The emulated processor itself gives up",
  text: [
    "A guest may also break the machine that it runs on. A program of 90 bytes in second returns to a code segment that does not exist [1]: the emulator cannot go on, and its worker stops.",
    "Each box has an emulator and a worker of its own. What broke is second’s, and nobody else’s.",
  ],
  expected: "second halts with the reason “fault”. All other boxes answer as before.",
  guess: ["The whole machine stops.", "second stops, and nobody else.", "second starts again by itself."],
  command: `printf '${IMPOSSIBLE}' > fault; chmod +x fault; ./fault`,
  reason: /^fault$/,
});

export const panic = faultStep({
  id: "panic",
  title: "A kernel panics",
  text: [
    "Root in second tells the kernel to panic when memory runs out, and then reads zeros without end [1]. The kernel gives up and resets the processor; the TVMM does not let it start again unmeasured.",
  ],
  expected: "second halts with the reason “panic”. All other boxes answer as before.",
  guess: ["The whole machine stops.", "second stops, and nobody else.", "second starts again by itself."],
  // The kernel promises memory that it has not; and tail looks for no lines in what it keeps, which would take it seconds.
  command: "cd /proc/sys/vm; echo 2 > panic_on_oom; echo 1 > overcommit_memory; tail -c 200m /dev/zero",
  reason: /^panic$/,
});
