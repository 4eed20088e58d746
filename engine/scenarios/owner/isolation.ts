/** Steps about boxes that know nothing of each other: side by side, with nothing shared (paper 3.1). */
import type { Step } from "../scenario.ts";
import { newest } from "../verdicts.ts";
import { alice, findInMemory, HELLO, MANAGEMENT, makeSecret, PC, refusal, SECOND, shell, whoIsAlive } from "./boxes.ts";

export const sideBySide: Step = {
  id: "side-by-side",
  title: "Four boxes on one machine",
  paper: "Terra §3.1, §4.4",
  text: [
    "Alice owns this machine. The TVMM started one box by itself, her management box [1]; the list of calls in it, her policy, made the other three: two open PCs and a closed box [2].",
    "They run at the same time, each with its own kernel, each as if it had the machine to itself.",
  ],
  expected: "Management box, both PCs and the closed box are on, and each of them answers.",
  guess: ["All four answer.", "The closed box does not: nobody may talk to it."],
  lens: "console",
  markers: { 1: MANAGEMENT, 2: HELLO },
  leaves: "nothing",
  async run(context) {
    const boxes = [MANAGEMENT, PC, SECOND, HELLO];
    if (context.control) await alice(context).management.off(context.lab.vm(SECOND).id);
    else await Promise.all(boxes.map((path) => context.lab.vm(path).waitForState("on")));
    const answers = await whoIsAlive(context, boxes);
    if (context.control) await alice(context).management.on(context.lab.vm(SECOND).id);
    return {
      observed: `${answers.length} of ${boxes.length} boxes answer: ${answers.join(", ")}.`,
      passed: answers.length === boxes.length,
      artifacts: [
        ...answers.filter((path) => path !== HELLO).map((path) => ({ kind: "console" as const, value: path })),
        // The closed one has no console: it answers a challenge.
        ...(await newest(context, "evidence")),
      ],
    };
  },
};

export const memory: Step = {
  id: "memory",
  title: "A value in one memory is in no other",
  paper: "Terra §3.1",
  text: [
    "The shell of alice/pc thinks of a random number and tells nobody [1]. Alice may look into her open boxes, so she searches both memories for it, byte by byte.",
    "She finds it where it was made. In the other PC [2] it is not, and into the closed box she may not look.",
  ],
  expected: "The value is found in pc’s memory, not in second’s; for hello the TVMM refuses to look.",
  guess: ["In both PCs: it is one machine.", "In pc only.", "Nowhere: the TVMM lets nobody look."],
  lens: "messages",
  markers: { 1: PC, 2: SECOND },
  leaves: "nothing",
  async run(context) {
    const secret = await makeSecret(context, PC);
    context.notes.set("secret", secret);
    if (context.control) await shell(context, SECOND, `secret=${secret}; echo $secret`);
    const bytes = new TextEncoder().encode(secret);
    const inPc = await findInMemory(context, PC, bytes);
    const inSecond = await findInMemory(context, SECOND, bytes);
    const closed = await refusal(alice(context).inspect.readMemory(context.lab.vm(HELLO).id, 0, 4096));
    return {
      observed: `“${secret}” stands ${inPc.length} times in pc’s memory and ${inSecond.length} times in second’s. For hello the TVMM says “${closed ?? "here it is"}”.`,
      passed: inPc.length > 0 && inSecond.length === 0 && closed?.startsWith("closed-box") === true,
      artifacts: [{ kind: "console", value: secret }, ...(await newest(context, "inspection"))],
    };
  },
};
