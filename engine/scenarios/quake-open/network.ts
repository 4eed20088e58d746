/** Cheats that need no more than packets: an aim that is not the player's, and a map of where everybody is. */
import { quakeRadar } from "../../network/index.ts";
import type { Step, StepContext } from "../scenario.ts";
import { logSince, PROXY, play, RED, SERVER, shell, tellProxy } from "./boxes.ts";
import { bothHonest, honestPlay, rateText, SHOTS } from "./honest.ts";
import { CHANCE, distance, errorsApart, hitRate, median, percent, playOf, type Truth, truths } from "./measure.ts";
import { hear, isBlueForRed, newestFrame, WIRE } from "./wire.ts";

/** Much more: so many times as much, and by more than chance brings. */
const MUCH_MORE = 1.6;

export const aim: Step = {
  id: "aim",
  title: "The proxy aims",
  paper: "Terra §5.2",
  text: [
    "A client says in each packet where its player looks and whether he fires. The server says in each packet where everybody is. Bob’s proxy [1] reads the one, and rewrites the other: when red fires, the angles are those to blue. One byte of each move is a checksum; the proxy computes it anew.",
    "Nothing in red’s own box was changed [2]. The server sees a player who aims well. Both sides of the proxy can be compared byte by byte [3].",
  ],
  expected: `Of at least ${SHOTS} shots red hits with much more than both did in honest play.`,
  guess: [
    "Red hits several times as often as before.",
    "The server throws red out: the packets were changed.",
    "Nothing changes: red still aims badly.",
  ],
  lens: "players",
  markers: { 1: PROXY, 2: RED, 3: "game:proxy" },
  leaves: "own",
  async run(context) {
    const before = bothHonest(context);
    const answer = await tellProxy(context, context.control ? "aim off" : "aim on");
    const players = await play(context, { of: "shot", blue: 0, red: SHOTS });
    await tellProxy(context, "aim off");
    const [blue, red] = [playOf(players, "blue"), playOf(players, "red")];
    return {
      observed: `Red hits with ${rateText(red)}; in honest play both together hit with ${rateText(before)}. Blue hits with ${percent(hitRate(blue))}.`,
      passed: red.shots >= SHOTS && hitRate(red) > MUCH_MORE * hitRate(before) && errorsApart(red, before) > CHANCE,
      artifacts: [{ kind: "console", value: answer }, { kind: "screen", value: RED }, ...(await newestFrame(context))],
    };
  },
};

/** A player may have moved so far between a report in the log and the packet next to it, in the map's units: he is 56 high. */
const NEAR = 24;
/** The log has whole seconds, and a guest's clock is read a moment before the wire's; milliseconds. */
const SAME_TIME_MS = 2000;

/** What has to be taken off a time of the server's log to have the wire's; milliseconds. */
async function clockAhead(context: StepContext): Promise<number> {
  const seconds = Number(await shell(context, SERVER, "date +%s"));
  return seconds * 1000 - ((await hear(context)).frames.at(-1)?.time ?? Number.NaN);
}

export const radar: Step = {
  id: "radar",
  title: "A radar from packets",
  paper: "Terra §5.2",
  text: [
    "The server tells each client where the others are, as soon as they are somewhere that might be seen from where the client’s player is: behind the next corner, too [1]. What a client does not show stands on the wire all the same.",
    "Bob’s sniffer reads only what the server sends to his own side. The server’s own log says where blue really was, and whether red had her in sight [2]. The map [3] is drawn from all packets on the wire; counted are only those to Bob’s side.",
  ],
  expected: "Blue’s places are found, as exact as in the server’s log, at moments when she was hidden from red, too.",
  guess: [
    "Only when red sees blue does the wire tell where she is.",
    "The wire tells where blue is while she is behind a wall.",
    "Places cannot be read: they are encoded.",
  ],
  lens: "players",
  markers: { 1: WIRE, 2: SERVER, 3: "game:radar" },
  leaves: "nothing",
  async run(context) {
    const { log, time } = honestPlay(context);
    const { frames, sightings } = await hear(context);
    // Without what the server sends a sniffer has what the players send: where they look, and not where they are.
    const radar = quakeRadar();
    const all = context.control
      ? frames.filter(({ from }) => !from.startsWith("host/")).flatMap((frame) => radar.push(frame))
      : sightings;
    const seen = all.filter((each) => isBlueForRed(each) && each.time >= time);
    const reports = truths(await logSince(context, log, "terra: (at|hidden|sees)")).filter(
      ({ name }) => name === "blue",
    );
    const ahead = await clockAhead(context);
    // What was told at another time says nothing of this one, though she may have come by there.
    const gap = ({ time, place }: Truth) =>
      Math.min(
        ...seen
          .filter((each) => Math.abs(each.time - (time - ahead)) <= SAME_TIME_MS)
          .map((each) => distance(each.place, place)),
      );
    const hidden = reports.filter(({ sight }) => sight.get("red") === "hidden").map(gap);
    const found = hidden.filter((each) => each <= NEAR);
    const inSight = reports.filter(({ sight }) => sight.get("red") === "sees").map(gap);
    const error = median([...found, ...inSight.filter((each) => each <= NEAR)]);
    return {
      observed:
        seen.length === 0
          ? "No place of blue’s stands in what was heard."
          : `${seen.length} places of blue’s in what was sent to Bob’s side; from the server’s own reports they are ${error.toFixed(1)} units away, by the median. She was hidden from red in ${hidden.length} of ${reports.length} reports, and the wire told where she was in ${found.length} of these.`,
      passed: seen.length > 100 && error <= NEAR / 2 && found.length >= 10,
      artifacts: [
        ...(await newestFrame(context)),
        { kind: "figure", value: `${found.length} of ${hidden.length} while hidden` },
      ],
    };
  },
};
