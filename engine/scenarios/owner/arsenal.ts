/**
 * Steps with everything that an owner has for looking into a box and changing it, used on an open box, on a closed one, and on
 * the closed one under the debug TVMM (paper 3.1, "root secure").
 */
import { makeBox } from "../../lab/index.ts";
import { places } from "../bytes.ts";
import type { Step, StepContext } from "../scenario.ts";
import { challenge, newest, refusedAt, short, verdict } from "../verdicts.ts";
import { alice, alive, findInMemory, HELLO, makeSecret, PC, refusal, shell } from "./boxes.ts";

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);

interface Tried {
  tool: string;
  /** What it gained, or the TVMM's refusal. */
  result: string;
  /** Did it bring what it is for? A tool that fails in another way is neither refused nor of use. */
  gained: boolean;
  refused: boolean;
}

/** Keys, and how to see that the box took them. */
interface Typed {
  keys: string;
  came(): Promise<boolean>;
}

/**
 * Each tool once. `bytes` is what the memory is searched for, and what must be in it. Whether keys arrived can be seen only in a box with a
 * shell; elsewhere all that is known is that they were let through.
 */
async function everyTool(context: StepContext, path: string, bytes: Uint8Array, typed?: Typed): Promise<Tried[]> {
  const { inspect } = alice(context);
  const { id } = context.lab.vm(path);
  const tools: [string, () => Promise<{ result: string; gained: boolean }>][] = [
    [
      "read memory",
      async () => {
        const found = await findInMemory(context, path, bytes);
        return { result: `found at ${found.length} places`, gained: found.length > 0 };
      },
    ],
    [
      "write memory",
      async () => {
        // The interrupt table of the processor's old mode: nobody uses it any more.
        let gained = true;
        for (const byte of [0xa5, 0]) {
          await inspect.writeMemory(id, 0, Uint8Array.of(byte));
          gained &&= (await inspect.readMemory(id, 0, 1))[0] === byte;
        }
        return { result: gained ? "written" : "not what was written stands there", gained };
      },
    ],
    [
      "screenshot",
      async () => {
        const png = await inspect.screenshot(id);
        const gained = places(png.subarray(0, 4), PNG).length === 1;
        return { result: gained ? `a picture of ${png.length} bytes` : "no picture", gained };
      },
    ],
    [
      "snapshot",
      async () => {
        const state = await inspect.snapshot(id);
        const found = places(state, bytes).length;
        return { result: `${state.length} bytes, the value in them ${found} times`, gained: found > 0 };
      },
    ],
    [
      "send keys",
      async () => {
        await inspect.sendKeys(id, typed?.keys ?? "\n");
        if (!typed) return { result: "let through", gained: true };
        const gained = await typed.came();
        return { result: gained ? "typed, and its shell did it" : "typed, and nothing came of it", gained };
      },
    ],
  ];
  const tried: Tried[] = [];
  for (const [tool, use] of tools) {
    try {
      tried.push({ tool, ...(await use()), refused: false });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const refused = words.startsWith("closed-box");
      tried.push({ tool, result: words.split(":")[0] ?? "", gained: false, refused });
    }
  }
  return tried;
}

const told = (tried: readonly Tried[]) => tried.map(({ tool, result }) => `${tool}: ${result}`).join("; ");
/** A closed box has no shell that could make a value: what every guest of this kernel has in its memory is searched for instead. */
const KERNEL_WORDS = new TextEncoder().encode("Linux version 6.1");

export const openBox: Step = {
  id: "open-box",
  title: "The owner’s tools on an open box",
  paper: "Terra §3.1",
  text: [
    "An open box is its owner’s. Alice reads pc’s memory [1], finds the number that its shell thinks of, and overwrites it there; takes a picture of the screen; copies the whole machine as it stands; and types on its keyboard without having one.",
  ],
  expected: "All five tools work, and the shell says the number that Alice wrote.",
  guess: ["All five tools work.", "She can look, but change nothing.", "The TVMM refuses them all."],
  lens: "messages",
  markers: { 1: PC },
  async run(context) {
    const secret = await makeSecret(context, PC);
    const bytes = new TextEncoder().encode(secret);
    const target = context.control ? HELLO : PC;
    const tried = await everyTool(context, target, bytes, {
      keys: "echo came > /tmp/keys\n",
      came: async () =>
        (await shell(
          context,
          PC,
          "for i in $(seq 100); do [ -s /tmp/keys ] && break; sleep 0.1; done; cat /tmp/keys",
        )) === "came",
    });
    const forged = "f0f0f0f0-0000-4000-8000-0f0f0f0f0f0f";
    const { inspect } = alice(context);
    const vm = context.lab.vm(target);
    const overwritten = await refusal(
      (async () => {
        for (const at of await findInMemory(context, target, bytes)) {
          await inspect.writeMemory(vm.id, at, new TextEncoder().encode(forged));
        }
      })(),
    );
    const says = await shell(context, PC, "echo $secret");
    const works = tried.filter(({ gained }) => gained).length;
    return {
      observed: `${told(tried)}. The number was ${secret}; ${overwritten ?? `now pc says ${says}`}.`,
      passed: works === 5 && says === forged,
      artifacts: [{ kind: "console", value: says }, ...(await newest(context, "inspection"))],
    };
  },
};

export const closedBox: Step = {
  id: "closed-box",
  title: "The same tools on a closed box",
  paper: "Terra §3.1",
  text: [
    "The same owner, the same calls, another box [1]. The TVMM refuses every one of them, and writes down who asked for what [2].",
    "Nothing here is greyed out: the page asks, and the TVMM says no.",
  ],
  expected: "All five are refused with “closed-box”. Each refusal is a message. The box goes on.",
  guess: ["All five work: she is the owner.", "Looking is refused, keys get through.", "All five are refused."],
  lens: "messages",
  markers: { 1: HELLO, 2: "alice/tvmm" },
  leaves: "nothing",
  async run(context) {
    const { management } = alice(context);
    const since = (await context.lab.messages()).at(-1)?.sequence ?? 0;
    let target = HELLO;
    if (context.control) {
      // The same image, but started as an open box: then it has no secrets from its owner, and no identity either.
      const { firmware, boot } = await alice(context).insertImage("hello");
      const image = (await context.terra.images()).find(({ id }) => id === "hello");
      const descriptor = async () => image?.descriptor ?? new Uint8Array();
      const vm = await makeBox(management, {
        name: "hello-open",
        image: "hello",
        firmware,
        boot,
        descriptor,
        asOpen: true,
      });
      await management.on(vm);
      target = "alice/hello-open";
    }
    const tried = await everyTool(context, target, KERNEL_WORDS);
    const refusals = (await context.lab.messages({ kind: "inspection", outcome: "refused", since })).length;
    const answers = await alive(context, HELLO);
    const refused = tried.filter((each) => each.refused).length;
    return {
      observed: `${told(tried)}. ${refusals} refusals are among the messages. hello ${answers ? "answers" : "does not answer"} its verifier.`,
      passed: refused === 5 && refusals === 5 && answers,
      artifacts: await newest(context, "inspection"),
    };
  },
};

export const debugTvmm: Step = {
  id: "debug-tvmm",
  title: "A TVMM that lets the owner in",
  paper: "Terra §4.2",
  text: [
    "Alice owns the machine, so she may boot another TVMM: the debug build, which refuses her nothing [1]. Now she looks into the closed box as into any other.",
    "But it is another TVMM, with another digest, and the box’s evidence says so. Nobody who asks for evidence sends a secret into such a box [2].",
  ],
  expected: "All five tools work on the closed box. The verifier refuses its evidence, naming the TVMM.",
  guess: [
    "She still sees nothing.",
    "She sees all, and the verifier refuses.",
    "She sees all, and the verifier accepts.",
  ],
  lens: "verifier",
  markers: { 1: "alice/tvmm", 2: "verifier:tvmm" },
  leaves: "own",
  async run(context) {
    await alice(context).powerOff();
    await alice(context).powerOn(context.control ? {} : { tvmm: "debug" });
    await context.lab.vm(HELLO).waitForState("on", 60_000);
    const tried = await everyTool(context, HELLO, KERNEL_WORDS);
    const appraisal = await challenge(context, HELLO);
    const digest = (await alice(context).bootLog()).find(({ name }) => name === "tvmm")?.digest ?? "";
    context.later(async () => {
      await alice(context).powerOff();
      await alice(context).powerOn();
    });
    const works = tried.filter(({ gained }) => gained).length;
    return {
      observed: `Under the TVMM ${short(digest)}: ${told(tried)}. ${verdict(appraisal)}`,
      passed: works === 5 && refusedAt(appraisal, "tvmm"),
      artifacts: [{ kind: "digest", value: `tvmm ${digest}` }, ...(await newest(context, "appraisal"))],
    };
  },
};
