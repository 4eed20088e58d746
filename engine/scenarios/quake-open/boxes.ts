/**
 * What the steps do with the boxes of lab `quake-open`, each in the role of its owner, at the shell that its maker left open: the
 * server's console and log, the proxy's commands, and the cheat's own files.
 */
import type { Platform } from "../../lab/index.ts";
import type { StepContext } from "../scenario.ts";
import { countPlay, type Played } from "./measure.ts";

export const BLUE = "alice/blue";
export const RED = "bob/red";
export const PROXY = "bob/proxy";
export const SERVER = "host/server";

/** As the lab's description has them. */
export const ADDRESS = { server: "10.0.0.1", blue: "10.0.0.2", red: "10.0.0.3", proxy: "10.0.0.4" } as const;

const LOG = "/run/game.log";
const PATIENCE_MS = 120_000;

export const platformOf = (context: StepContext, path: string): Platform =>
  context.lab.platform(path.split("/")[0] ?? "");

/** What a shell answers. Rejects if the command failed, saying what it said. */
export async function shell(
  context: StepContext,
  path: string,
  command: string,
  timeoutMs = PATIENCE_MS,
): Promise<string> {
  const { exitCode, output } = await context.lab.vm(path).console.run(command, { timeoutMs });
  if (exitCode !== 0) throw new Error(`${path}: ${command}: exit code ${exitCode}: ${output.trim()}`);
  return output.trim();
}

const isTimeout = (error: unknown) => error instanceof Error && error.message.startsWith("timeout");

// ---- The server's log and console

/** Length of the server's log so far, to read from. */
export async function logMark(context: StepContext): Promise<number> {
  return Number(await shell(context, SERVER, `wc -c < ${LOG}`));
}

/** What the log says from there on, in lines that fit. */
export const logSince = (context: StepContext, mark: number, pattern: string): Promise<string> =>
  shell(context, SERVER, `tail -c +${mark + 1} ${LOG} | grep -E '${pattern}' || true`);

/**
 * Waits, in the server's own shell, until the log has said what is wanted, and resolves to its lines that fit; undefined if it did not in
 * time. `awk`: a program that exits then.
 */
async function logUntil(
  context: StepContext,
  mark: number,
  awk: string,
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    return await shell(context, SERVER, `tail -c +${mark + 1} -f ${LOG} | awk '${awk}'`, timeoutMs);
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}

/** Waits for a line of the log that fits; undefined if none comes in time. `mark`: left out, from now on. */
async function lineAfter(
  context: StepContext,
  pattern: string,
  timeoutMs: number,
  mark?: number,
): Promise<string | undefined> {
  const from = mark === undefined ? `$(wc -c < ${LOG})` : String(mark);
  const look = `tail -c +$((from + 1)) ${LOG} | grep -m 1 -E '${pattern}'`;
  try {
    return await shell(context, SERVER, `from=${from}; until ${look}; do sleep 0.05; done`, timeoutMs);
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}

/** Did this player come in, after that. */
export const joins = async (
  context: StepContext,
  name: string,
  mark: number,
  timeoutMs = PATIENCE_MS,
): Promise<boolean> => (await lineAfter(context, `terra: join ${name}`, timeoutMs, mark)) !== undefined;

/** Has the game's server do this, as if its owner typed it at its console. A shell may be there before the server is. */
export async function tellServer(context: StepContext, words: string): Promise<void> {
  await shell(context, SERVER, `until [ -p /run/server ]; do sleep 0.1; done; echo '${words}' > /run/server`);
}

export interface Wanted {
  /** Shots that a player fires, or hits that he lands. */
  of: "shot" | "hit";
  /** So many of each player's. */
  blue: number;
  red: number;
}

/** A machine that others use as well lets its guests play slowly. */
const PLAY_MS = 400_000;

/**
 * Plays on until both did so often what is wanted, or time is over, and counts from the server's log. Nobody is asked: lines are counted as
 * they come.
 */
export async function play(context: StepContext, { of, blue, red }: Wanted): Promise<Map<string, Played>> {
  const mark = await logMark(context);
  const awk = `/terra: (shot|hit|frag)/{print} /${of} blue/{b++} /${of} red/{r++} b>=${blue}&&r>=${red}{exit}`;
  const log = await logUntil(context, mark, awk, PLAY_MS);
  return countPlay(log ?? (await logSince(context, mark, "terra: (shot|hit|frag)")));
}

/** Waits for the next report of whether red has blue in sight; undefined if none comes. */
export async function nextReport(context: StepContext, wanted: "hidden" | "sees" | "(hidden|sees)", timeoutMs: number) {
  const said = await lineAfter(context, `terra: ${wanted} red blue`, timeoutMs);
  return said === undefined ? undefined : /terra: hidden/.test(said) ? "hidden" : "sees";
}

// ---- The proxy, and cheats beside it

/** Tells the proxy; resolves to what it answers. */
export const tellProxy = (context: StepContext, words: string): Promise<string> =>
  shell(context, PROXY, `until [ -p /run/proxy ]; do sleep 0.1; done; proxy '${words}'`);

/** Brings the cheats that lie in the proxy's box into red's, over the cable between the two. */
export async function fetchCheats(context: StepContext): Promise<void> {
  if ((await shell(context, RED, "ls /tmp/cheats 2>/dev/null || true")) !== "") return;
  await Promise.all([
    shell(context, PROXY, "tar -c -f - -C / cheats | nc -l -p 4000"),
    // Its input is a pipe that never ends, or it would hang up at once; nobody tells the player anything meanwhile.
    shell(
      context,
      RED,
      `until nc ${ADDRESS.proxy} 4000 <>/run/player >/tmp/cheats.tar && [ -s /tmp/cheats.tar ]; do sleep 0.2; done; tar -x -f /tmp/cheats.tar -C /tmp`,
    ),
  ]);
}

/** How red plays: with which program, and with whose data. */
export interface Way {
  program: string;
  folder: string;
}
export const HONEST: Way = { program: "/bin/culvert", folder: "/game/culvert" };
export const LYING = "/tmp/cheats/culvert";

/** A copy of the game's data, with these edits, and the game's own files beside it. Resolves to its folder. */
export async function editedData(context: StepContext, folder: string, edits: ("spikes" | "glass")[]): Promise<string> {
  await fetchCheats(context);
  const lines = [
    `rm -rf ${folder}`,
    `cp -r /game/culvert ${folder}`,
    `mkdir -p ${folder}/original/progs ${folder}/original/maps`,
    `cp /game/culvert/progs/player.mdl ${folder}/original/progs`,
    `cp /game/culvert/maps/culvert.bsp ${folder}/original/maps`,
    ...(edits.includes("spikes")
      ? [`/tmp/cheats/spikes /game/culvert/progs/player.mdl ${folder}/progs/player.mdl`]
      : []),
    ...(edits.includes("glass") ? [`/tmp/cheats/glass /game/culvert/maps/culvert.bsp ${folder}/maps/culvert.bsp`] : []),
  ];
  await shell(context, RED, lines.join(" && "));
  return folder;
}

/** Ends red's game, and waits until his box has started it again: what its init says of that then stands before the shell's prompt. */
export const endGame = (context: StepContext): Promise<string> =>
  shell(
    context,
    RED,
    'old=$(pidof culvert); kill $old; until new=$(pidof culvert) && [ "$new" != "$old" ]; do sleep 0.1; done',
  );

/** Ends red's game; his box starts it again, in this way. Resolves to the log's mark before. */
export async function restartRed(context: StepContext, { program, folder }: Way): Promise<number> {
  const mark = await logMark(context);
  await shell(context, RED, `printf 'program=${program}\\nfolder=${folder}\\n' > /run/play`);
  await endGame(context);
  return mark;
}
