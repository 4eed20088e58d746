/** Cheats with time: whoever has an end of the wire in his hands holds packets up. No box, open or closed, prevents that. */
import type { Frame } from "../../lab/index.ts";
import type { Sighting } from "../../network/index.ts";
import type { Step, StepContext } from "../scenario.ts";
import { ADDRESS, BLUE } from "./boxes.ts";
import { honestPlay } from "./honest.ts";
import { distance, percent } from "./measure.ts";
import { aimsOf, arrivals, silentPart, typical } from "./packets.ts";
import { hear, holdingUp, newestFrame, nextQuakeMessage, sentBy, sentTo, WIRE } from "./wire.ts";

/** A machine that others use as well lets its guests play slowly. */
const LISTEN_MS = 200_000;

/** Honest play, as it went over the wire. */
async function honestFrames(context: StepContext): Promise<Frame[]> {
  const { time, until } = honestPlay(context);
  return (await hear(context)).frames.filter((frame) => frame.time >= time && frame.time <= until);
}

/** Listens to the wire from now on, until what was heard is enough, or time is over. */
async function listenUntil<Found>(
  context: StepContext,
  find: (frames: Frame[], sightings: Sighting[]) => Found,
  enough: (found: Found) => boolean,
): Promise<Found> {
  const first = await hear(context);
  const [from, seen] = [first.frames.length, first.sightings.length];
  const end = performance.now() + LISTEN_MS;
  for (;;) {
    const { frames, sightings } = await hear(context);
    const found = find(frames.slice(from), sightings.slice(seen));
    if (enough(found) || performance.now() > end) return found;
    await nextQuakeMessage(context);
  }
}
/** The cable's hold on each packet, in both directions. */
const DELAY_MS = 250;
/** What is known when a shot counts is older by both holds; less where the way was slower before. */
const OLDER_MS = 400;
/** Shots of blue's, fired at a red of whom the packets tell where he was and is. */
const AIMS = 50;

const agedText = ({ age, gone }: ReturnType<typeof typical>) =>
  `${age.toFixed(0)} ms old, and red ${gone.toFixed(0)} units further by then`;

export const serverLag: Step = {
  id: "server-lag",
  title: "The server’s owner holds up packets",
  paper: "Terra §5.2",
  text: [
    "The server’s owner has his own end of the wire in his hands [1]. He holds up every packet from and to blue by a quarter of a second. On blue’s screen red is where he was; she aims there [2].",
    "Each packet of hers says which one of the server’s she knew last. From that, and from where these two say that red is, one reads how old the picture is that she shoots at.",
    "No trusted box can prevent that: a network may be slow. The lab will say so again when the boxes are closed.",
  ],
  expected:
    "What blue knows when her shots count is about half a second older than in honest play. A red who runs is elsewhere by then.",
  guess: [
    "Blue shoots at where red no longer is.",
    "Nothing changes: the server computes with what blue saw.",
    "The server notices that blue is late, and waits for her.",
  ],
  lens: "players",
  markers: { 1: WIRE, 2: BLUE },
  leaves: "own",
  async run(context) {
    const before = typical(aimsOf(await honestFrames(context), ADDRESS.blue));
    const blues = (frame: Frame) => sentBy(ADDRESS.blue)(frame) || sentTo(ADDRESS.blue)(frame);
    const watch = () =>
      listenUntil(
        context,
        (frames) => typical(aimsOf(frames, ADDRESS.blue)),
        ({ shots }) => shots >= AIMS,
      );
    const after = context.control ? await watch() : await holdingUp(context, blues, { delayMs: DELAY_MS }, watch);
    return {
      observed: `When blue’s shots counted, what she knew was ${agedText(after)}; in honest play ${agedText(before)}.`,
      passed: after.shots >= AIMS && after.age >= before.age + OLDER_MS,
      artifacts: [{ kind: "figure", value: agedText(after) }, ...(await newestFrame(context))],
    };
  },
};

/** Faster than that nobody runs, by far: 320 units a second is the rules' limit. */
const LEAP_SPEED = 1000;
/** Two packets further apart than that say nothing of what lay between. */
const TOGETHER_MS = 300;
const LEAP = 60;

/** How often a player leapt from one packet to the next, of so many pairs of packets. */
export function leapsOf(seen: readonly Sighting[]): { leaps: number; pairs: number } {
  let leaps = 0;
  let pairs = 0;
  for (const [at, next] of seen.entries()) {
    const before = seen[at - 1];
    const gap = next.time - (before?.time ?? Number.NEGATIVE_INFINITY);
    // Who was dead comes back somewhere else.
    if (!before || gap > TOGETHER_MS || before.dead || next.dead) continue;
    pairs++;
    const far = distance(before.place, next.place);
    if (far > LEAP && far > (LEAP_SPEED * gap) / 1000) leaps++;
  }
  return { leaps, pairs };
}

const isRedForBlue = ({ name, client, own }: Sighting) =>
  name === "red" && !own && client.startsWith(`${ADDRESS.blue}:`);

/** How long the switch keeps everything back. */
const BURST_MS = 800;
/** Nothing for so long is a silence; an honest client sends 25 packets a second. */
const SILENCE_MS = 400;
/** Most of the time, of which the switch leaves only the moment in which it lets go; and so much more of it than in honest play. */
const SILENT = 0.6;
const MORE_SILENT = 0.2;
const PACKETS = 250;

interface Jerks {
  silent: number;
  packets: number;
  leaps: number;
}

const jerksOf = (frames: readonly Frame[], sightings: readonly Sighting[]): Jerks => {
  const times = arrivals(frames, ADDRESS.proxy);
  const { leaps } = leapsOf(sightings.filter(isRedForBlue));
  return { silent: silentPart(times, SILENCE_MS), packets: times.length, leaps };
};
const jerksText = ({ silent, leaps }: Jerks) =>
  `silent for ${percent(silent)} of the time, and leapt ${leaps} times in what blue was told`;

export const lagSwitch: Step = {
  id: "lag-switch",
  title: "A lag switch",
  paper: "Terra §5.2",
  text: [
    "Bob has a switch in his cable [1]: for 0.8 seconds nothing leaves his machine, then everything at once, again and again. On the server, and so on blue’s screen, red stands still and leaps [2]. Where he will be next only he knows.",
    "This, too, works against closed boxes as it does here.",
  ],
  expected:
    "The server hears nothing of red for most of the time. When he runs he leaps in what it tells blue, faster than anybody can run.",
  guess: [
    "Red stands still and leaps.",
    "The server smooths it out: nobody sees anything.",
    "The server throws red out.",
  ],
  lens: "players",
  markers: { 1: WIRE, 2: BLUE },
  leaves: "own",
  async run(context) {
    const { time, until } = honestPlay(context);
    const bobs = (frame: Frame) =>
      frame.from.startsWith("bob/") && sentBy(ADDRESS.proxy)(frame) && sentTo(ADDRESS.server)(frame);
    const known = (await hear(context)).sightings;
    const before = jerksOf(
      await honestFrames(context),
      known.filter((each) => each.time >= time && each.time <= until),
    );
    const watch = () => listenUntil(context, jerksOf, ({ packets }) => packets >= PACKETS);
    const after = context.control ? await watch() : await holdingUp(context, bobs, { burstMs: BURST_MS }, watch);
    return {
      observed: `Red was ${jerksText(after)}; in honest play ${jerksText(before)}.`,
      passed: after.silent >= SILENT && after.silent >= before.silent + MORE_SILENT,
      artifacts: [{ kind: "figure", value: jerksText(after) }, ...(await newestFrame(context))],
    };
  },
};
