/** Steps of the undisturbed game: who plays, and how well. Everything after it is measured against this. */
import type { Step, StepContext } from "../scenario.ts";
import {
  ADDRESS,
  BLUE,
  endGame,
  joins,
  logMark,
  PROXY,
  platformOf,
  play,
  RED,
  SERVER,
  tellProxy,
  tellServer,
} from "./boxes.ts";
import { CHANCE, errorsApart, hitRate, type Played, percent, playOf, type Shots } from "./measure.ts";
import { hear, newestFrame, WIRE } from "./wire.ts";

/** Shots of each that a hit rate is made of. */
export const SHOTS = 100;

/** Two hit rates are not similar if one is so many times the other, and chance does not explain it. */
const SIMILAR = 2.5;

export interface HonestPlay {
  blue: Played;
  red: Played;
  /** Where the server's log begins that it was played in, and from when to when that was. */
  log: number;
  time: number;
  until: number;
}

/** What the step `honest` measured. Rejects where it was not played. */
export function honestPlay(context: StepContext): HonestPlay {
  const found = context.notes.get("honest") as HonestPlay | undefined;
  if (!found) throw new Error("nothing to compare with: honest play was not measured");
  return found;
}

/** Of both players together: they have the same skill, and more shots say more. */
export function bothHonest(context: StepContext): Shots {
  const { blue, red } = honestPlay(context);
  return { shots: blue.shots + red.shots, hits: blue.hits + red.hits };
}

/** "27 of 100 shots, 27 %". */
export const rateText = (played: Shots): string =>
  `${played.hits} of ${played.shots} shots, ${percent(hitRate(played))}`;

/** Times are for guests that share two cores with five others. */
const BOOT_MS = 120_000;

export const join: Step = {
  id: "join",
  title: "Two players, one server",
  paper: "Terra §5.2",
  text: [
    "Alice and Bob play a game against each other: blue in her box [1], red in his [2], on a server that belongs to neither [3]. The server is an ordinary program for QuakeWorld games, the way they have been played on the Internet since 1996; data and client are this lab’s own.",
    "All boxes are open. Each owner may do with his machine what he likes, and the players do not see it. Between Bob’s player and the wire stands a second box of his [4]; so far it passes everything on as it is.",
    "Both players play by themselves, with the same skill: their aim errs by six degrees (standard deviation), and a seed makes their luck. Take one over at any time.",
  ],
  expected:
    "Blue comes in from her own address, red from that of Bob’s other box. On the wire everybody reads who asks to come in.",
  guess: ["Both are let in, whatever program they run.", "The server first finds out what they run."],
  lens: "players",
  markers: { 1: BLUE, 2: RED, 3: SERVER, 4: PROXY },
  leaves: "own",
  async run(context) {
    const { management } = platformOf(context, PROXY);
    await Promise.all([BLUE, RED, PROXY, SERVER].map((path) => context.lab.vm(path).waitForState("on", BOOT_MS)));
    await tellServer(context, "localinfo report 0.25");
    let from = 0;
    let patience = BOOT_MS;
    const cut = context.control ? await cutOff(context) : undefined;
    if (cut) {
      from = await logMark(context);
      // Long enough for a game that starts anew and is let in.
      patience = 20_000;
    }
    const red = await joins(context, "red", from, patience);
    if (cut) await management.connect(cut.card, cut.other);
    const blue = cut !== undefined || (await joins(context, "blue", 0, BOOT_MS));
    const { frames } = await hear(context);
    const asks = frames.filter(({ layers }) => /connect version 28, "(blue|red)"/.test(layers.at(-1) ?? ""));
    const addresses = new Set(asks.map(({ layers }) => /10\.0\.0\.\d/.exec(layers[1] ?? "")?.[0]));
    const ways = [...addresses].toSorted().join(" and ");
    const [first] = asks;
    return {
      observed: !red
        ? "Red does not come in: his box has no way to the proxy."
        : blue
          ? `Red and blue are in the game. Who asked to come in stands on the wire in clear: from ${ways}.`
          : "Red is in the game, and blue does not come in.",
      passed: red && blue && addresses.has(ADDRESS.blue) && addresses.has(ADDRESS.proxy) && !addresses.has(ADDRESS.red),
      artifacts: [
        { kind: "screen", value: BLUE },
        ...(first ? [{ kind: "frame" as const, value: `${WIRE} ${first.sequence}` }] : []),
      ],
    };
  },
};

/** Takes red's card off the proxy's and has his game start anew. */
async function cutOff(context: StepContext): Promise<{ card: string; other: string }> {
  const { management } = platformOf(context, RED);
  const devices = await management.devices();
  const cardOf = (path: string) => {
    const { id } = context.lab.vm(path);
    const found = devices.find(({ type, attachedTo }) => type === "nic" && attachedTo === id);
    if (!found) throw new Error(`${path} has no network card`);
    return found.id;
  };
  const [card, other] = [cardOf(RED), cardOf(PROXY)];
  await management.disconnect(card, other);
  await endGame(context);
  return { card, other };
}

export const honest: Step = {
  id: "honest",
  title: "Honest play",
  paper: "Terra §5.2",
  text: [
    "The server’s log says of each shot whether it hit [1]. What is counted there is the measure of everything that follows: which part of their shots hit, of at least 100 each. The curves count the same from the packets on the wire [2].",
  ],
  expected: "Both hit with a similar part of their shots: no more apart than chance brings.",
  guess: ["About the same part of both players’ shots hits.", "Red hits more: he has a proxy."],
  lens: "players",
  markers: { 1: SERVER, 2: "game:rate" },
  leaves: "own",
  async run(context) {
    if (context.control) await tellProxy(context, "aim on");
    const log = await logMark(context);
    const time = (await hear(context)).frames.at(-1)?.time ?? 0;
    const players = await play(context, { of: "shot", blue: SHOTS, red: SHOTS });
    const until = (await hear(context)).frames.at(-1)?.time ?? 0;
    await tellProxy(context, "aim off");
    const [blue, red] = [playOf(players, "blue"), playOf(players, "red")];
    // Whoever was helped is no measure of honest play.
    const fair = context.control ? playOf(new Map(), "red") : red;
    context.notes.set("honest", { blue, red: fair, log, time, until } satisfies HonestPlay);
    const [less = blue, more = red] = [blue, red].toSorted((a, b) => hitRate(a) - hitRate(b));
    const apart = hitRate(more) > SIMILAR * hitRate(less) && errorsApart(more, less) > CHANCE;
    return {
      observed: `Blue hits with ${rateText(blue)}; red with ${rateText(red)}.`,
      passed: blue.shots >= SHOTS && red.shots >= SHOTS && less.hits > 0 && !apart,
      artifacts: [{ kind: "console", value: SERVER }, ...(await newestFrame(context))],
    };
  },
};
