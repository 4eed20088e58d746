/** Steps about a network in which nothing is connected until the owner connects it (paper 4.4). */
import type { Frame } from "../../lab/index.ts";
import type { Step, StepContext, StepOutcome } from "../scenario.ts";
import { newest } from "../verdicts.ts";
import { addressed, BOB, card, connected, MANAGEMENT, PC, ping, received, SECOND } from "./boxes.ts";

/** The last frame on wire `lan`, as an artifact. */
async function lastFrame(context: StepContext): Promise<StepOutcome["artifacts"]> {
  const frame = (await context.lab.wire("lan").frames()).at(-1);
  return frame ? [{ kind: "frame", value: `lan ${frame.sequence}` }] : [];
}

const cards = async (context: StepContext) => ({
  pc: await card(context, PC),
  second: await card(context, SECOND),
  management: await card(context, MANAGEMENT),
});

export const unconnected: Step = {
  id: "unconnected",
  title: "A cable that leads nowhere",
  paper: "Terra §4.4",
  text: [
    "Both PCs have a network card and an address in the same network [1]. No two devices of this machine are connected unless the owner said so [2].",
  ],
  expected: "pc asks second for an echo twice and gets no answer.",
  guess: ["second answers: it is the same machine.", "No answer, and no frame arrives."],
  lens: "console",
  markers: { 1: PC, 2: "alice/tvmm" },
  leaves: "nothing",
  async run(context) {
    await addressed(context, [PC, SECOND, MANAGEMENT]);
    const { pc, second } = await cards(context);
    if (context.control) await connected(context, pc, second, true);
    const before = await received(context, SECOND);
    const answers = await ping(context, PC, SECOND);
    const frames = (await received(context, SECOND)) - before;
    await connected(context, pc, second, false);
    return {
      observed: `${answers} of 2 echo requests were answered; ${frames} frames reached second’s card.`,
      passed: answers === 0 && frames === 0,
      artifacts: [{ kind: "console", value: PC }],
    };
  },
};

export const connect: Step = {
  id: "connect",
  title: "CONNECT",
  paper: "Terra §4.4",
  text: [
    "Alice connects the two cards: one call [1]. From now on the TVMM hands each frame of the one to the other [2], and to nobody else: the management box has a card as well.",
  ],
  expected: "pc’s echo requests are answered by second. The management box’s card receives nothing.",
  guess: ["second answers, and nobody else hears of it.", "second answers, and all boxes with a card hear it."],
  lens: "messages",
  markers: { 1: "alice/tvmm", 2: SECOND },
  leaves: "own",
  async run(context) {
    const { pc, second } = await cards(context);
    const before = await received(context, MANAGEMENT);
    if (!context.control) await connected(context, pc, second, true);
    const answers = await ping(context, PC, SECOND);
    const seen = (await received(context, MANAGEMENT)) - before;
    return {
      observed: `${answers} of 2 echo requests were answered. ${seen} frames reached the management box’s card.`,
      passed: answers === 2 && seen === 0,
      artifacts: [{ kind: "console", value: PC }, ...(await newest(context, "icmp"))],
    };
  },
};

export const between: Step = {
  id: "between",
  title: "Connected with both, passed on to neither",
  paper: "Terra §4.4",
  text: [
    "pc’s card is now connected with two others, second’s and the management box’s [1]. pc can talk to both. That does not connect those two: what one of them sends reaches pc and ends there.",
  ],
  expected: "pc reaches both. The management box asks second and gets no answer.",
  guess: ["They reach each other by way of pc.", "They do not reach each other."],
  lens: "console",
  markers: { 1: "alice/tvmm" },
  leaves: "nothing",
  async run(context) {
    const { pc, second, management } = await cards(context);
    await connected(context, pc, second, true);
    await connected(context, pc, management, true);
    if (context.control) await connected(context, management, second, true);
    const toSecond = await ping(context, PC, SECOND);
    const toManagement = await ping(context, PC, MANAGEMENT);
    const across = await ping(context, MANAGEMENT, SECOND);
    await connected(context, management, second, false);
    await connected(context, pc, management, false);
    return {
      observed: `pc to second: ${toSecond} of 2. pc to management: ${toManagement} of 2. management to second: ${across} of 2.`,
      passed: toSecond === 2 && toManagement === 2 && across === 0,
      artifacts: [PC, MANAGEMENT].map((value) => ({ kind: "console", value })),
    };
  },
};

export const disconnect: Step = {
  id: "disconnect",
  title: "DISCONNECT",
  paper: "Terra §4.4",
  text: ["One more call, and the line between the two cards is gone [1]. Neither box is asked, and neither is told."],
  expected: "What was answered before DISCONNECT is answered no more.",
  guess: ["The answers end at once.", "They end when a box starts anew."],
  lens: "console",
  markers: { 1: "alice/tvmm" },
  leaves: "nothing",
  async run(context) {
    const { pc, second } = await cards(context);
    await connected(context, pc, second, true);
    const before = await ping(context, PC, SECOND);
    if (!context.control) await connected(context, pc, second, false);
    const after = await ping(context, PC, SECOND);
    await connected(context, pc, second, false);
    return {
      observed: `Before: ${before} of 2 echo requests answered. After: ${after} of 2.`,
      passed: before === 2 && after === 0,
      artifacts: [{ kind: "console", value: PC }],
    };
  },
};

/** Both PCs' cards connected with the machines' own cards, which are plugged into the wire. */
async function plugged(context: StepContext, bobToo = true): Promise<void> {
  await addressed(context, [PC, BOB]);
  await connected(context, await card(context, PC), "eth0", true);
  const bobs = context.lab.platform("bob").management;
  const his = await card(context, BOB);
  const now = (await bobs.devices()).some(({ id, connectedTo }) => id === his && connectedTo.includes("eth0"));
  if (bobToo && !now) await bobs.connect(his, "eth0");
  if (!bobToo && now) await bobs.disconnect(his, "eth0");
}

const echoes = (frames: Frame[]) => frames.filter(({ layers }) => layers.some((layer) => /echo/i.test(layer)));

export const wire: Step = {
  id: "wire",
  title: "From one machine to the other",
  paper: "Terra §4.4",
  text: [
    "A wire joins Alice’s machine with Bob’s [1]. Its ends are network cards of the machines themselves, and a box reaches them as it reaches any other device: when the owner connects it. Both owners do.",
    "The wire lies outside both machines. Whoever holds it sees every frame.",
  ],
  expected: "alice/pc’s echo requests are answered by bob/pc, and the wire carried requests and replies.",
  guess: ["bob/pc answers.", "No answer: the TVMMs shut each other out."],
  lens: "messages",
  markers: { 1: "lan" },
  leaves: "own",
  async run(context) {
    await plugged(context, !context.control);
    const since = (await context.lab.wire("lan").frames()).at(-1)?.sequence ?? 0;
    const answers = await ping(context, PC, BOB);
    const seen = echoes(await context.lab.wire("lan").frames({ since }));
    return {
      observed: `${answers} of 2 echo requests were answered. On the wire: ${seen.length} frames with echo requests or replies.`,
      passed: answers === 2 && seen.length === 4,
      artifacts: [...(await lastFrame(context)), ...(await newest(context, "icmp"))],
    };
  },
};

export const attacker: Step = {
  id: "attacker",
  title: "The wire in somebody’s hands",
  paper: "Terra §3.1",
  text: [
    "An attacker takes the wire [1]. What comes along is read, changed, thrown away, or answered in somebody else’s name: the machines cannot prevent it. Here every reply of Bob’s is dropped.",
  ],
  expected:
    "The requests go over the wire, the replies are dropped, and alice/pc waits in vain. Without the attacker they come.",
  guess: ["The TVMM notices and refuses the wire.", "alice/pc waits in vain."],
  lens: "messages",
  markers: { 1: "lan" },
  leaves: "nothing",
  async run(context) {
    await plugged(context);
    const lan = context.lab.wire("lan");
    let dropped = 0;
    const id = await lan.intercept((frame) => {
      if (context.control || !frame.layers.some((layer) => /echo reply/i.test(layer))) return [frame.bytes];
      dropped += 1;
      return [];
    });
    const during = await ping(context, PC, BOB);
    await lan.stopIntercept(id);
    const after = await ping(context, PC, BOB);
    return {
      observed: `With the attacker: ${during} of 2 answered, ${dropped} replies dropped. Without: ${after} of 2.`,
      passed: during === 0 && dropped === 2 && after === 2,
      artifacts: await lastFrame(context),
    };
  },
};
