/** Cheats that lie on the cheat's own disk: what the game looks like, and what its client says of that when it is asked. */
import type { Step, StepContext } from "../scenario.ts";
import {
  editedData,
  HONEST,
  joins,
  LYING,
  logMark,
  logSince,
  nextReport,
  platformOf,
  RED,
  restartRed,
  SERVER,
  shell,
} from "./boxes.ts";
import { countColour, readPicture } from "./pictures.ts";
import { hear, WIRE } from "./wire.ts";

/** Pictures of red's screen with the game's own data. */
const PICTURES = 6;
/** With edited ones he does not look her way all the time: so many pictures that show her are enough, and so many that do not are no proof. */
const SEEN = 2;
const MOST_PICTURES = 24;
/** Blue is seen if so many points of red's 64 000 glow in her colour, more than ever did with the game's own data, which do not use it. */
const POINTS = 12;
/** A machine that others use as well lets its guests play slowly. */
const WATCH_MS = 200_000;
const WARNING = "non standard player/eyes model";

/** The colour with which `spikes` paints, as red's screen shows it: entry 251 of the palette. */
async function glow(context: StepContext): Promise<number> {
  const entry = "hexdump -v -s 753 -n 3 -e '3/1 \"%02x\"' /game/culvert/gfx/palette.lmp";
  return Number.parseInt(await shell(context, RED, entry), 16);
}

/** Points in that colour on red's screen, picture by picture, each between two reports that blue is hidden from him; until they are enough. */
async function pointsWhileHidden(
  context: StepContext,
  enough: (points: readonly number[]) => boolean,
): Promise<number[]> {
  const colour = await glow(context);
  const { inspect } = platformOf(context, RED);
  const found: number[] = [];
  const until = performance.now() + WATCH_MS;
  while (!enough(found) && performance.now() < until) {
    if ((await nextReport(context, "hidden", WATCH_MS)) === undefined) break;
    const mark = await logMark(context);
    const png = await inspect.screenshot(context.lab.vm(RED).id);
    if ((await nextReport(context, "(hidden|sees)", 10_000)) !== "hidden") continue;
    if ((await logSince(context, mark, "terra: sees red blue")) !== "") continue;
    found.push(countColour(await readPicture(png), colour));
  }
  return found;
}

/**
 * With the game's own data, as long as red still has them; the step that comes to it first looks. Whether blue is hidden or before his eyes:
 * that colour is on no picture.
 */
async function honestPoints(context: StepContext): Promise<readonly number[]> {
  const known = context.notes.get("honest points") as readonly number[] | undefined;
  if (known) return known;
  const colour = await glow(context);
  const points: number[] = [];
  while (points.length < PICTURES && (await nextReport(context, "(hidden|sees)", WATCH_MS)) !== undefined) {
    const png = await platformOf(context, RED).inspect.screenshot(context.lab.vm(RED).id);
    points.push(countColour(await readPicture(png), colour));
  }
  context.notes.set("honest points", points);
  return points;
}

const seenIn = (points: readonly number[], honest: number) => points.filter((each) => each > honest + POINTS).length;

/** Says the server to red's side, in a packet that goes over the wire after this one, that its map is not the server's? */
async function refusal(context: StepContext, since: number): Promise<number | undefined> {
  const found = context.lab
    .wire(WIRE)
    .waitForFrame(
      ({ sequence, from, layers }) =>
        sequence > since && from.startsWith("host/") && /does not match/.test(layers.at(-1) ?? ""),
      60_000,
    );
  return found.then(
    ({ sequence }) => sequence,
    () => undefined,
  );
}

export const reported: Step = {
  id: "reported",
  title: "Edited data, and a client that tells",
  paper: "Terra §5.2",
  text: [
    "Bob edits what lies on his own disk [1]: blue’s model gets spikes that stick out of walls, in a colour that glows in the dark; the map’s walls get textures that one sees through. Two small programs do it.",
    "A client tells the server checksums of its models and its map, and the server compares them [2]. Red’s client still tells them honestly.",
  ],
  expected: "The server warns all players of red’s model, and lets nobody in with the edited map.",
  guess: [
    "The server notices both, from what red’s client tells it.",
    "The server cannot know what lies on Bob’s disk, and notices nothing.",
  ],
  lens: "console",
  markers: { 1: RED, 2: SERVER },
  leaves: "own",
  async run(context) {
    const edits = context.control ? ([] as const) : (["spikes"] as const);
    await honestPoints(context);
    const spiked = await editedData(context, "/tmp/spiked", [...edits]);
    const mark = await restartRed(context, { ...HONEST, folder: spiked });
    await joins(context, "red", mark);
    const warning = await logSince(context, mark, WARNING);
    const clear = await editedData(context, "/tmp/clear", context.control ? [] : ["glass"]);
    const since = (await hear(context)).frames.at(-1)?.sequence ?? 0;
    const again = await restartRed(context, { ...HONEST, folder: clear });
    const refused = context.control ? undefined : await refusal(context, since);
    const inAnyway = context.control
      ? await joins(context, "red", again)
      : (await logSince(context, again, "terra: join red")) !== "";
    return {
      observed: `${warning === "" ? "The server says nothing of red’s model" : `The server’s log: “${said(warning)}”`}. ${refused === undefined ? "Red plays on" : "With the edited map the server refuses red"}.`,
      passed: warning !== "" && refused !== undefined && !inAnyway,
      artifacts: [
        { kind: "console", value: SERVER },
        ...(refused === undefined ? [] : [{ kind: "frame" as const, value: `${WIRE} ${refused}` }]),
      ],
    };
  },
};

/** A line of the log, without its time. */
const said = (line: string) => (line.split("\n").at(-1) ?? "").replace(/^\[[^\]]*\] /, "").trim();

export const lie: Step = {
  id: "lie",
  title: "A client that lies",
  paper: "Terra §5.2",
  text: [
    "Whoever edits the data can edit the client as well. This one [1] keeps the game’s own files beside the edited ones, and answers with their checksums. It is the same program but for that one function.",
    "What a program says of itself is worth what the program is worth, and that is what the server cannot see [2]. An answer that is computed below the program is what attestation adds.",
  ],
  expected:
    "The server says nothing. Red sees blue, in a colour that is on his screen for her alone, while the server’s log says that she is hidden from him.",
  guess: ["The server is content, and red sees through walls.", "The server finds out: a checksum cannot be forged."],
  lens: "players",
  markers: { 1: RED, 2: SERVER },
  leaves: "own",
  async run(context) {
    const own = await honestPoints(context);
    const honest = Math.max(0, ...own);
    // Without the lie the map would keep red out; the model alone is only told of.
    const edits = context.control ? (["spikes"] as const) : (["spikes", "glass"] as const);
    const folder = await editedData(context, "/tmp/edited", [...edits]);
    const mark = await restartRed(context, { program: context.control ? HONEST.program : LYING, folder });
    const plays = await joins(context, "red", mark);
    // Who is told of proves nothing by what he sees: without the lie nobody looks.
    const enough = (points: readonly number[]) =>
      context.control || points.length >= MOST_PICTURES || seenIn(points, honest) >= SEEN;
    const seen = await pointsWhileHidden(context, enough);
    const warning = await logSince(context, mark, WARNING);
    const screen = seen.toSorted((a, b) => b - a)[0] ?? 0;
    await joins(context, "red", await restartRed(context, HONEST));
    const through = seenIn(seen, honest);
    return {
      observed: `${plays ? "Red plays" : "Red is not let in"}; ${warning === "" ? "the server’s log has no word of it" : `the server’s log: “${said(warning)}”`}. While blue is hidden from red she shows on his screen in ${through} of ${seen.length} pictures, with up to ${screen} points in her colour; with the game’s own data no picture of ${own.length} had more than ${honest}, whether she was hidden or not.`,
      passed: plays && warning === "" && own.length >= PICTURES && through >= SEEN,
      artifacts: [
        { kind: "screen", value: RED },
        { kind: "figure", value: `points while hidden: ${seen.join(", ")}` },
      ],
    };
  },
};
