/** What no box prevents, open or closed: what a client gives away by what it draws, and somebody who looks over a shoulder. */
import type { Step, StepContext } from "../scenario.ts";
import { BLUE, logMark, logSince, nextReport, platformOf, RED, SERVER, shell } from "./boxes.ts";
import { coloursIn, difference, readPicture } from "./pictures.ts";

/** Polygons that a body adds, at the least, if it is somewhere in front of him who looks. */
const BODY_POLYGONS = 60;
const PLACES_MS = 200_000;
const REPORT_MS = 20_000;

interface Look {
  /** Where red stood all the time, and what he then drew is one line of his log. */
  place: string;
  polygons: number;
  /** Was blue hidden from him in each report from before to after? */
  hidden: boolean;
}

/** What red's client draws, where he stands, and whether blue is hidden meanwhile; undefined where he does not stand, or nobody reports. */
async function look(context: StepContext): Promise<Look | undefined> {
  const mark = await logMark(context);
  if ((await nextReport(context, "(hidden|sees)", REPORT_MS)) === undefined) return undefined;
  const before = await placeOfRed(context);
  // Written after the report: the client counts while it draws, and says so once a second.
  const said = await shell(context, RED, "tail -n 0 -f /run/player.log | grep -m 1 polygons");
  await nextReport(context, "(hidden|sees)", REPORT_MS);
  const place = await placeOfRed(context);
  const polygons = Number(/polygons (\d+)/.exec(said)?.[1] ?? Number.NaN);
  if (place !== before || Number.isNaN(polygons)) return undefined;
  const hidden = (await logSince(context, mark, "terra: sees red blue")) === "";
  return { place, polygons, hidden };
}

async function placeOfRed(context: StepContext): Promise<string> {
  const line = await shell(context, SERVER, "tail -c 4000 /run/game.log | grep 'terra: at red' | tail -n 1");
  return /'([^']*)'/.exec(line)?.[1] ?? "";
}

export const leak: Step = {
  id: "leak",
  title: "A command that says too much",
  paper: "Terra §5.2",
  text: [
    "A command of the client shows how many polygons it draws [1]; it is there for those who make maps. Red stands still. When the number rises, somebody came near: the client works on whatever the server told it of, whether a wall hides it in the end or not.",
    "Nothing is edited here and nobody cheats the program. That is why closed boxes will not prevent it.",
  ],
  expected: "The number rises while blue is still hidden from red.",
  guess: ["The number rises before blue is to be seen.", "The number rises only when blue is to be seen."],
  lens: "players",
  markers: { 1: RED },
  leaves: "own",
  async run(context) {
    const alice = platformOf(context, BLUE).management;
    const { id } = context.lab.vm(BLUE);
    await shell(context, RED, "player speeds on; player bot off");
    if (context.control) await alice.suspend(id);
    const looks: Look[] = [];
    let risen: { from: number; to: number } | undefined;
    const until = performance.now() + PLACES_MS;
    try {
      while (!risen && performance.now() < until) {
        // One who does not move any more is not reported of: nothing can come near.
        if (context.control && looks.length >= 5) break;
        const one = await look(context);
        if (!one) {
          if (context.control) break;
          continue;
        }
        looks.push(one);
        const empty = Math.min(...looks.filter(({ place }) => place === one.place).map(({ polygons }) => polygons));
        if (one.hidden && one.polygons >= empty + BODY_POLYGONS) risen = { from: empty, to: one.polygons };
      }
    } finally {
      if (context.control) await alice.resume(id);
      await shell(context, RED, "player speeds off; player bot on");
    }
    return {
      observed: risen
        ? `From the place where red stood ${risen.from} polygons were drawn with nobody near, and ${risen.to} while blue was still hidden from him.`
        : `In ${looks.length} looks the number did not rise while blue was hidden.`,
      passed: risen !== undefined,
      artifacts: [
        { kind: "screen", value: RED },
        ...(risen ? [{ kind: "figure" as const, value: `${risen.from} polygons, then ${risen.to}` }] : []),
      ],
    };
  },
};

/** A picture of the game has many colours, and changes. */
const COLOURS = 40;
const CHANGES = 0.05;

export const secondScreen: Step = {
  id: "second-screen",
  title: "A second pair of eyes",
  paper: "Terra §5.2",
  text: [
    "Somebody stands behind Alice and tells Bob what her monitor shows [1]. The picture is the one that she is meant to see, and any camera would do. Whether her box is open or closed makes no difference to it.",
  ],
  expected: "Two pictures of Alice’s monitor show the game as blue sees it, one moment after the other.",
  guess: ["Bob sees what blue sees.", "The TVMM refuses to hand out the picture."],
  lens: "players",
  markers: { 1: BLUE },
  leaves: "nothing",
  async run(context) {
    const { display } = platformOf(context, BLUE);
    const { id } = context.lab.vm(BLUE);
    // Without anybody before that monitor there is nothing to look at: another box has it.
    await display.focus(context.control ? context.lab.vm("alice/management").id : id);
    const shown = context.control ? context.lab.vm("alice/management").id : id;
    const first = await readPicture(await display.png(shown));
    await nextReport(context, "(hidden|sees)", 20_000);
    const second = await readPicture(await display.png(shown));
    await display.focus(id);
    const [colours, changed] = [coloursIn(second), difference(first, second)];
    return {
      observed: `${second.width} × ${second.height} points in ${colours} colours; ${(changed * 100).toFixed(0)} % of them changed between the two pictures.`,
      passed: colours >= COLOURS && changed >= CHANGES,
      artifacts: [{ kind: "screen", value: context.control ? "alice/management" : BLUE }],
    };
  },
};
