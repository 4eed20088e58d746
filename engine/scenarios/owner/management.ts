/** Steps about the management box (paper 4.4): what it may do, what it may not, and what its policy is. */
import type { Step } from "../scenario.ts";
import { challenge, newest, short, verdict } from "../verdicts.ts";
import { alice, attempt, HELLO, MANAGEMENT, PC, refusal, SECOND, shell } from "./boxes.ts";

/** What root in the management box tries on another box. */
const arsenal = (box: string) => [
  `tvmm read-memory ${box} 0x100000 64`,
  `tvmm write-memory ${box} 0 --hex 00`,
  `tvmm screenshot ${box} /tmp/screen.png`,
  `tvmm send-keys ${box} x`,
];

export const hostile: Step = {
  id: "hostile-management",
  title: "A hostile management box",
  paper: "Terra §3.1, §4.4",
  text: [
    "The management box is a PC like any other, and somebody has taken it over [1]. Its shell reaches the TVMM’s management interface: memories, screens, keyboards, consoles.",
    "It tries them all on hello. The TVMM does not trust the box that manages it [2]: policy is there, guarantees are not.",
  ],
  expected:
    "Five attempts on hello, five times “closed-box”. The same calls work on pc. hello’s evidence is accepted as before.",
  guess: ["It gets in: it manages the TVMM.", "It is refused on hello, and only there.", "It is refused on every box."],
  lens: "console",
  markers: { 1: MANAGEMENT, 2: "alice/tvmm" },
  leaves: "own",
  async run(context) {
    const box = context.control ? "second" : "hello";
    const console = "tvmm create-device serial --purpose console";
    const off = `tvmm off ${box} && tvmm attach ${box} $(${console}); code=$?; tvmm on ${box} && exit $code`;
    const tries = [];
    for (const command of arsenal(box)) tries.push(await attempt(context, MANAGEMENT, command));
    tries.push(await attempt(context, MANAGEMENT, `(${off})`));
    const refused = tries.filter(({ ok, says }) => !ok && says.includes("closed-box")).length;
    const onPc = [];
    for (const command of arsenal("pc")) onPc.push((await attempt(context, MANAGEMENT, command)).ok);
    const works = onPc.filter(Boolean).length;
    const appraisal = await challenge(context, HELLO);
    return {
      observed: `On ${box}: ${refused} of ${tries.length} refused with “closed-box”. On pc: ${works} of ${onPc.length} work. ${verdict(appraisal)}`,
      passed: refused === tries.length && works === onPc.length && appraisal.accepted,
      artifacts: [{ kind: "console", value: tries[0]?.says ?? "" }, ...(await newest(context, "inspection"))],
    };
  },
};

export const limits: Step = {
  id: "limits",
  title: "A limit that binds the page, too",
  paper: "Terra §4.4",
  text: [
    "The owner’s policy says which images may run on this machine. The management box tells the TVMM [1], and from then on it holds for every caller: for the management box itself, for scripts, and for the buttons of this page.",
  ],
  expected: "With hello’s image off the list, this page’s ON is refused. With the list lifted it is carried out.",
  guess: ["This page may do it all the same.", "This page is refused, too."],
  lens: "console",
  markers: { 1: MANAGEMENT },
  leaves: "nothing",
  async run(context) {
    const { management } = alice(context);
    const { id } = context.lab.vm(HELLO);
    await management.off(id);
    if (!context.control) await shell(context, MANAGEMENT, "tvmm limit --images management,pc");
    const words = await refusal(management.on(id));
    await shell(context, MANAGEMENT, "tvmm limit --images any");
    if (words !== undefined) await management.on(id);
    const { state } = await context.lab.vm(HELLO).status();
    return {
      observed: `With the limit: ${words === undefined ? "switched on" : `“${words}”`}. Without it hello is ${state}.`,
      passed: words?.startsWith("refused") === true && state === "on",
      artifacts: await newest(context, "power"),
    };
  },
};

export const denial: Step = {
  id: "denial",
  title: "Starved and switched off",
  paper: "Terra §3.1",
  text: [
    "What is left to an owner: to give the box next to no processor time, to suspend it, to pull its plug [1]. The TVMM carries it out. It has promised that nobody looks inside, not that the box is always there.",
    "This is denial of service and not a breach: when the box is on again, it is the same box, and it can prove it.",
  ],
  expected:
    "Suspended and switched off, hello proves nothing. Switched on again it is accepted, with the identity that it had.",
  guess: [
    "The TVMM keeps the box running.",
    "The box is gone while she likes, and is the same after.",
    "Once it was off, nobody accepts it any more.",
  ],
  lens: "verifier",
  markers: { 1: HELLO },
  leaves: "nothing",
  async run(context) {
    const { management } = alice(context);
    const vm = context.lab.vm(HELLO);
    const before = (await vm.identity()).primary;
    await shell(context, MANAGEMENT, "tvmm limit --share 0.05 --vm hello");
    const listed = await shell(context, MANAGEMENT, "tvmm list vms");
    const starved = /^vm\d+\s+hello\s.*\s0\.05\s/m.test(listed);
    const silent: string[] = [];
    if (!context.control) {
      await management.suspend(vm.id);
      silent.push((await refusal(vm.evidence(context.terra.nonce()))) ?? "");
      await management.off(vm.id);
      silent.push((await refusal(vm.evidence(context.terra.nonce()))) ?? "");
      await shell(context, MANAGEMENT, "tvmm limit --share 1 --vm hello");
      await management.on(vm.id);
    } else await shell(context, MANAGEMENT, "tvmm limit --share 1 --vm hello");
    const appraisal = await challenge(context, HELLO);
    const after = (await vm.identity()).primary;
    const nothing = silent.filter((words) => words.startsWith("bad-state")).length;
    return {
      observed: `Suspended, then off: ${nothing} of 2 challenges brought nothing. Before that its share was ${starved ? "0.05" : "not taken from it"}. On again: ${short(after)}, it was ${short(before)}. ${verdict(appraisal)}`,
      passed: starved && nothing === 2 && appraisal.accepted && after === before,
      artifacts: await newest(context, "appraisal"),
    };
  },
};

export const policy: Step = {
  id: "policy",
  title: "Another policy",
  paper: "Terra §4.4",
  text: [
    "Which boxes come up is nobody’s business but the owner’s. At the shell of the management box Alice adds a line to her policy [1] and restarts the machine.",
    "The TVMM knows nothing of the policy. It starts the management box; that one reads its list and makes the calls.",
  ],
  expected: "After the restart second is off, as the new line says, and the other boxes are on.",
  guess: ["second stays off.", "The TVMM refuses a changed policy.", "All boxes come up as before."],
  lens: "console",
  markers: { 1: MANAGEMENT },
  leaves: "own",
  async run(context) {
    const line = context.control ? "true" : "tvmm off second";
    await shell(
      context,
      MANAGEMENT,
      `policy show > /tmp/policy && echo "${line}" >> /tmp/policy && policy set /tmp/policy`,
    );
    await alice(context).powerOff();
    await alice(context).powerOn();
    const states = [];
    for (const path of [MANAGEMENT, PC, SECOND, HELLO]) {
      states.push(`${path.split("/")[1]} ${(await context.lab.vm(path).status()).state}`);
    }
    return {
      observed: `${states.join(", ")}.`,
      passed: states.join() === "management on,pc on,second off,hello on",
      artifacts: await newest(context, "power"),
    };
  },
};
