/** Steps about faults that stay where they happen (paper 3.1): a kernel panics, a vm worker fails, and the others go on. */
import type { Step, StepContext } from "../scenario.ts";
import { newest } from "../verdicts.ts";
import { BOB, HELLO, MANAGEMENT, PC, SECOND, whoIsAlive } from "./boxes.ts";

/** Switches a box on again that a step has brought down, and waits for its shell. */
async function backOn(context: StepContext, path: string): Promise<void> {
  const vm = context.lab.vm(path);
  const { state } = await vm.status();
  if (state === "off" || state === "halted") await context.lab.platform("alice").management.on(vm.id);
  await vm.console.run("true", { timeoutMs: 60_000 });
}

interface Fault {
  id: string;
  title: string;
  text: string[];
  expected: string;
  /** What the guest does to itself, as its root. */
  command: string;
  /** The reason that the TVMM then gives. */
  reason: RegExp;
}

function faultStep({ id, title, text, expected, command, reason }: Fault): Step {
  return {
    id,
    title,
    paper: "Terra §3.1",
    text,
    expected,
    lens: "messages",
    markers: { 1: SECOND },
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
      await backOn(context, SECOND);
      const why = halt ? `, reason “${halt.reason}”` : "";
      return {
        observed: `second is ${state}${why}. ${answers.length} of ${others.length} other boxes answer.`,
        passed: state === "halted" && reason.test(halt?.reason ?? "") && answers.length === others.length,
        artifacts,
      };
    },
  };
}

export const panic = faultStep({
  id: "panic",
  title: "A kernel panics",
  text: [
    "Root in second tells the kernel to panic when memory runs out, and then reads zeros without end [1]. The kernel gives up and resets the processor; the TVMM does not let it start again unmeasured.",
  ],
  expected: "second halts with the reason “panic”. All other boxes answer as before.",
  command: "echo 2 > /proc/sys/vm/panic_on_oom; tail /dev/zero",
  reason: /^panic$/,
});
