/** Cheats of those who own a machine: the server's, who favours a name, and a player's own, who reads memory. */
import type { Sighting } from "../../network/index.ts";
import { parseDescriptor } from "../../storage/index.ts";
import type { Step, StepContext } from "../scenario.ts";
import { PROXY, platformOf, play, RED, SERVER, tellServer } from "./boxes.ts";
import { honestPlay } from "./honest.ts";
import { costOfHit, distance, type Place, playOf } from "./measure.ts";
import { hear, isBlueForRed, newestFrame, nextQuakeMessage } from "./wire.ts";

/** Hits on each that what a hit costs is told from: they all cost the same. */
const HITS = 3;

export const favour: Step = {
  id: "favour",
  title: "A server that favours one name",
  paper: "Terra §5.2",
  text: [
    "The rules of the game are a program on the server [1], and its owner changes them as he likes: here one line at its console makes every hit on red cost a quarter. Which rules a server runs, a player cannot see: what his screen shows of a hit is the same as ever. Red only dies too slowly.",
  ],
  expected: "A hit costs blue what it always did, and red a quarter of it.",
  guess: [
    "Each hit costs red a quarter of what it costs blue.",
    "Blue’s client finds out that the damage is not what the rules say.",
  ],
  lens: "players",
  markers: { 1: SERVER },
  leaves: "own",
  async run(context) {
    const usual = costOfHit(honestPlay(context).blue);
    if (!context.control) await tellServer(context, "localinfo favour red");
    const players = await play(context, { of: "hit", blue: HITS, red: HITS });
    await tellServer(context, 'localinfo favour ""');
    const costs = [playOf(players, "blue"), playOf(players, "red")];
    const [blue = 0, red = 0] = costs.map(costOfHit);
    const [hits, onRed] = costs.map(({ taken }) => taken);
    return {
      observed: `By the server’s log ${hits} hits cost blue ${blue.toFixed(1)} each, ${onRed} hits cost red ${red.toFixed(1)} each; in honest play one cost blue ${usual.toFixed(1)}.`,
      passed: red > 0 && Math.abs(blue - usual) < 0.1 * usual && red < 0.4 * usual,
      artifacts: [{ kind: "console", value: SERVER }],
    };
  },
};

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
/** A person who plays blue may stay away. */
const LOOK_MS = 200_000;

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
    let near = false;
    const end = performance.now() + LOOK_MS;
    // Where blue is nowhere near, the server tells nothing of her, and there is nothing in memory. Another box's has nothing at any time.
    const attempts = context.control ? 2 : 12;
    for (let attempt = 0; attempt < attempts && !(nearest <= NEAR && count <= FEW); attempt++) {
      const before = (await toldOfBlue(context, end)).at(-1)?.time;
      if (before === undefined) break;
      near = true;
      const places = await bodies(context, context.control ? PROXY : RED);
      const told = (await hear(context)).sightings.filter(
        (each) => isBlueForRed(each) && Math.abs(each.time - before) <= STILL_MS,
      );
      count = places.length;
      nearest = Math.min(...places.flatMap((place) => told.map((each) => distance(each.place, place))));
    }
    return {
      observed: !near
        ? "Blue was nowhere near red all the time, and nothing was read."
        : count === 0
          ? "Nothing in that memory looks like a player’s body."
          : `${count} places in memory look like a player’s body; the nearest is ${nearest.toFixed(1)} units from where the server’s packets had blue.`,
      passed: count > 0 && count <= FEW && nearest <= NEAR,
      artifacts: [
        { kind: "figure", value: `${count} bodies, nearest ${nearest.toFixed(1)}` },
        ...(await newestFrame(context)),
      ],
    };
  },
};

/** Where red's side was told blue is, in the last second; waits for there to be something, until then. */
async function toldOfBlue(context: StepContext, end: number): Promise<Sighting[]> {
  for (;;) {
    const { frames, sightings } = await hear(context);
    const now = frames.at(-1)?.time ?? 0;
    const told = sightings.filter((each) => isBlueForRed(each) && each.time >= now - STILL_MS);
    if (told.length > 0 || performance.now() > end) return told;
    await nextQuakeMessage(context);
  }
}
