/** Cheats of those who own a machine: the server's, who favours a name and holds up packets, and a player's own, who reads memory. */
import type { Frame } from "../../lab/index.ts";
import type { Sighting } from "../../network/index.ts";
import { parseDescriptor } from "../../storage/index.ts";
import type { Step, StepContext } from "../scenario.ts";
import {
  ADDRESS,
  BLUE,
  hear,
  holdingUp,
  isBlueForRed,
  newestFrame,
  PROXY,
  platformOf,
  play,
  RED,
  SERVER,
  sentBy,
  sentTo,
  tellServer,
  WIRE,
} from "./boxes.ts";
import { honestPlay, honestRate, rateText } from "./honest.ts";
import { costOfHit, distance, hitRate, type Place, percent, playOf } from "./measure.ts";

export const favour: Step = {
  id: "favour",
  title: "A server that favours one name",
  paper: "Terra §5.2",
  text: [
    "The rules of the game are a program on the server [1], and its owner changes them as he likes: here one word at its console makes every hit on red cost a quarter. Which rules a server runs, a player cannot see. The pictures of the fight are true; red only dies too slowly.",
  ],
  expected: "A hit costs blue what it always did, and red a quarter of it.",
  guess: [
    "Red loses a quarter of the health for each hit.",
    "Blue’s client sees that the damage is not what the rules say.",
  ],
  lens: "players",
  markers: { 1: SERVER },
  leaves: "own",
  async run(context) {
    if (!context.control) await tellServer(context, "localinfo favour red");
    const players = await play(context, { blue: 40, red: 40 }, 240_000);
    await tellServer(context, 'localinfo favour ""');
    const costs = [playOf(players, "blue"), playOf(players, "red")];
    const [blue = 0, red = 0] = costs.map(costOfHit);
    const [hits, onRed] = costs.map(({ taken }) => taken);
    return {
      observed: `By the server’s log ${hits} hits cost blue ${blue.toFixed(1)} each, ${onRed} hits cost red ${red.toFixed(1)} each.`,
      passed: blue > 0 && red > 0 && red < 0.4 * blue,
      artifacts: [{ kind: "console", value: `blue ${blue.toFixed(2)}, red ${red.toFixed(2)} a hit` }],
    };
  },
};

/** A victim's hit rate has fallen if it is at most this part of what it was. */
const FALLEN = 0.7;
const LAG_SHOTS = 100;

export const serverLag: Step = {
  id: "server-lag",
  title: "The server’s owner holds up packets",
  paper: "Terra §5.2",
  text: [
    "The server’s owner has his own end of the wire in his hands [1]. He holds up every packet from and to blue by a quarter of a second. On blue’s screen red is where he was; she aims there [2].",
    "No trusted box can prevent that: a network may be slow. The lab will say so again when the boxes are closed.",
  ],
  expected: "Blue hits with a much smaller part of her shots than in honest play.",
  guess: ["Blue hits much less.", "Nothing changes: the server computes with the right places."],
  lens: "players",
  markers: { 1: WIRE, 2: BLUE },
  leaves: "own",
  async run(context) {
    const before = honestRate(context);
    const blues = (frame: Frame) => sentBy(ADDRESS.blue)(frame) || sentTo(ADDRESS.blue)(frame);
    const match = () => play(context, { blue: LAG_SHOTS, red: 1 }, 240_000);
    const players = context.control ? await match() : await holdingUp(context, blues, { delayMs: 250 }, match);
    const blue = playOf(players, "blue");
    return {
      observed: `Blue hits with ${rateText(blue)}; in honest play both together hit with ${percent(before)}.`,
      passed: blue.shots >= LAG_SHOTS && hitRate(blue) <= FALLEN * before,
      artifacts: [{ kind: "console", value: rateText(blue) }, ...(await newestFrame(context))],
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
const leapText = ({ leaps, pairs }: ReturnType<typeof leapsOf>) => `${leaps} times in ${pairs} packets`;

/** So many leaps are enough to be sure of. */
const LEAPS = 6;
const LEAP_PAIRS = 150;
const SWITCH_MS = 90_000;

export const lagSwitch: Step = {
  id: "lag-switch",
  title: "A lag switch",
  paper: "Terra §5.2",
  text: [
    "Bob has a switch in his cable [1]: for most of each second nothing leaves his machine, then everything at once. On the server, and so on blue’s screen, red stands still and leaps [2]. Where he will be next only he knows.",
    "This, too, works against closed boxes as it does here.",
  ],
  expected: "In what the server tells blue, red leaps again and again, much more often than in honest play.",
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
    const { frames, sightings } = await hear(context);
    const start = frames.at(-1)?.time ?? 0;
    const before = leapsOf(sightings.filter((each) => isRedForBlue(each) && each.time >= time && each.time <= until));
    const watch = async () => {
      const end = performance.now() + SWITCH_MS;
      for (;;) {
        const found = leapsOf(
          (await hear(context)).sightings.filter((each) => isRedForBlue(each) && each.time > start),
        );
        const enough = context.control ? found.pairs >= LEAP_PAIRS : found.leaps >= LEAPS && found.pairs >= LEAP_PAIRS;
        if (enough || performance.now() > end) return found;
        await nextQuakeMessage(context);
      }
    };
    const after = context.control ? await watch() : await holdingUp(context, bobs, { burstMs: 800 }, watch);
    const [rate, usual] = [after, before].map(({ leaps, pairs }) => leaps / Math.max(1, pairs));
    return {
      observed: `In what blue was told red leapt ${leapText(after)}; in honest play ${leapText(before)}.`,
      passed: after.leaps >= LEAPS && (rate ?? 0) > 3 * (usual ?? 0),
      artifacts: [{ kind: "console", value: leapText(after) }, ...(await newestFrame(context))],
    };
  },
};

/** Something more was said in the game. */
async function nextQuakeMessage(context: StepContext): Promise<void> {
  const [last] = (await context.lab.messages({ kind: "quake" })).slice(-1);
  await context.lab.waitForMessage({ kind: "quake", since: last?.sequence ?? 0 }, 60_000);
}

/** A body as red's client has it ready for drawing: five numbers (model, frame, skin, player, effects), where it is, where it looks. */
const BODY = 44;
/** The map's units from its middle to its end, at the most. */
const FAR = 4096;
/** Kernels' addresses, read as numbers with a point, are small: nobody stands so near the middle of the map. */
const MIDDLE = 32;

/** What looks like the body of another player, in a memory. */
export function bodiesIn(memory: Uint8Array): Place[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const found = new Map<string, Place>();
  for (let at = 0; at + BODY <= memory.length; at += 4) {
    const model = view.getInt32(at, true);
    if (model < 2 || model > 16) continue;
    const [frame = -1, skin = -1, player = -1, effects = -1] = [4, 8, 12, 16].map((from) =>
      view.getInt32(at + from, true),
    );
    if (frame < 0 || frame > 24 || skin !== 0 || player < 0 || player > 7 || effects < 0 || effects > 255) continue;
    const numbers = [20, 24, 28, 32, 36, 40].map((from) => view.getFloat32(at + from, true));
    const [x = 0, y = 0, z = 0, pitch = 0, yaw = 0, roll = 0] = numbers;
    const stands = [x, y, z].every((each) => Math.abs(each) < FAR) && Math.max(Math.abs(x), Math.abs(y)) > MIDDLE;
    const looks = Math.abs(pitch) <= 90 && yaw !== 0 && Math.abs(yaw) <= 360 && Math.abs(roll) <= 10;
    if (stands && looks) found.set(`${x} ${y} ${z}`, [x, y, z]);
  }
  return [...found.values()];
}

/** Bodies in a box's memory, which stands still meanwhile. */
async function bodies(context: StepContext, path: string): Promise<Place[]> {
  const { inspect, management } = platformOf(context, path);
  const { id } = context.lab.vm(path);
  const box = (await management.vms()).find((vm) => vm.id === id);
  const image = (await context.terra.images()).find((each) => each.id === box?.image);
  if (!image) throw new Error(`nobody knows the image of ${path}`);
  await management.suspend(id);
  try {
    return bodiesIn(await inspect.readMemory(id, 0, parseDescriptor(image.descriptor).memoryMiB * 2 ** 20));
  } finally {
    await management.resume(id);
  }
}

/** What is drawn lies between the places in two packets. */
const NEAR = 40;
/** What was told so shortly before or after the box stood still may be what it draws; milliseconds. */
const STILL_MS = 1000;
/** Of what looks like a body so much may be something else. */
const FEW = 12;

export const memory: Step = {
  id: "memory",
  title: "Reading the other’s place in one’s own memory",
  paper: "Terra §5.2",
  text: [
    "Bob owns red’s machine. He has the TVMM stop the box [1] and reads its memory, all of it, for what looks like a player’s body: a model, a frame, a place, where it looks. No packet is needed for that, and no encryption of packets would help.",
  ],
  expected: "Among a few places that look like a body’s is the one where the server had just told blue to be.",
  guess: ["Blue’s place is found.", "Nothing is found: the memory is red’s alone."],
  lens: "players",
  markers: { 1: RED },
  leaves: "nothing",
  async run(context) {
    let nearest = Number.POSITIVE_INFINITY;
    let count = 0;
    // Where blue is nowhere near, the server tells nothing of her, and there is nothing in memory.
    for (let attempt = 0; attempt < 8 && !(nearest <= NEAR && count <= FEW); attempt++) {
      const before = (await toldOfBlue(context)).at(-1)?.time ?? 0;
      const places = await bodies(context, context.control ? PROXY : RED);
      const told = (await hear(context)).sightings.filter(
        (each) => isBlueForRed(each) && Math.abs(each.time - before) <= STILL_MS,
      );
      count = places.length;
      nearest = Math.min(...places.flatMap((place) => told.map((each) => distance(each.place, place))));
    }
    return {
      observed:
        count === 0
          ? "Nothing in that memory looks like a player’s body."
          : `${count} places in memory look like a player’s body; the nearest is ${nearest.toFixed(1)} units from where the server’s packets had blue.`,
      passed: count > 0 && count <= FEW && nearest <= NEAR,
      artifacts: [
        { kind: "console", value: `${count} bodies, nearest ${nearest.toFixed(1)}` },
        ...(await newestFrame(context)),
      ],
    };
  },
};

/** Where red's side was told blue is, in the last second; waits for there to be something. */
async function toldOfBlue(context: StepContext): Promise<Sighting[]> {
  for (;;) {
    const { frames, sightings } = await hear(context);
    const now = frames.at(-1)?.time ?? 0;
    const told = sightings.filter((each) => isBlueForRed(each) && each.time >= now - STILL_MS);
    if (told.length > 0) return told;
    await nextQuakeMessage(context);
  }
}
