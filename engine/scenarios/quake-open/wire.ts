/** What the steps of lab `quake-open` hear on its wire, and do there: a sniffer's ears, and a hand that holds packets up. */
import type { Frame } from "../../lab/index.ts";
import { quakeRadar, type Radar, readQuake, type Sighting } from "../../network/index.ts";
import type { StepContext, StepOutcome } from "../scenario.ts";
import { ADDRESS } from "./boxes.ts";

export const WIRE = "internet";

/** What went over the wire since the lab was opened, and what a radar makes of it. */
export interface Heard {
  frames: Frame[];
  sightings: Sighting[];
  radar: Radar;
}

/** Listens to the wire up to now. What was heard before is not asked for again: it is much. */
export async function hear(context: StepContext): Promise<Heard> {
  const known = context.notes.get("heard") as Heard | undefined;
  const heard: Heard = known ?? { frames: [], sightings: [], radar: quakeRadar() };
  context.notes.set("heard", heard);
  for (const frame of await context.lab.wire(WIRE).frames({ since: heard.frames.at(-1)?.sequence ?? 0 })) {
    heard.frames.push(frame);
    heard.sightings.push(...heard.radar.push(frame));
  }
  return heard;
}

/** Where blue is, by what the server tells red's side: the proxy. */
export const isBlueForRed = ({ name, client, own }: Sighting): boolean =>
  name === "blue" && !own && client.startsWith(`${ADDRESS.proxy}:`);

/** Something more was said in the game. */
export async function nextQuakeMessage(context: StepContext): Promise<void> {
  const [last] = (await context.lab.messages({ kind: "quake" })).slice(-1);
  await context.lab.waitForMessage({ kind: "quake", since: last?.sequence ?? 0 }, 60_000);
}

export async function newestFrame(context: StepContext): Promise<StepOutcome["artifacts"]> {
  const frame = (await hear(context)).frames.at(-1);
  return frame ? [{ kind: "frame", value: `${WIRE} ${frame.sequence}` }] : [];
}

/** How a cable is held up: each packet for so long, or all of so long at once. */
export type Hold = { delayMs: number } | { burstMs: number };

/**
 * Holds frames up on the wire while `act` lasts: takes them off, and puts them on again later. Others are not kept waiting, which a mere
 * late answer would do, since a wire keeps its order.
 */
export async function holdingUp<Result>(
  context: StepContext,
  isHeld: (frame: Frame) => boolean,
  hold: Hold,
  act: () => Promise<Result>,
): Promise<Result> {
  const wire = context.lab.wire(WIRE);
  const held: { due: number; bytes: Uint8Array }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  // One at a time and in order: a game takes what comes out of order for lost.
  function release(): void {
    timer = undefined;
    for (let first = held[0]; first && first.due <= performance.now(); first = held[0]) {
      held.shift();
      // A lab that is closed meanwhile has no wire any more.
      wire.inject(first.bytes).catch(() => undefined);
    }
    wait();
  }
  function wait(): void {
    const [first] = held;
    if (first) timer ??= setTimeout(release, Math.max(0, first.due - performance.now()));
  }

  const id = await wire.intercept((frame) => {
    if (frame.from === "attacker" || !isHeld(frame)) return [frame.bytes];
    const now = performance.now();
    const due = "delayMs" in hold ? now + hold.delayMs : (Math.floor(now / hold.burstMs) + 1) * hold.burstMs;
    held.push({ due, bytes: frame.bytes });
    wait();
    return [];
  });
  try {
    return await act();
  } finally {
    await wire.stopIntercept(id);
    clearTimeout(timer);
  }
}

/** A packet of the game that comes from, or goes to, this address. */
export const sentBy =
  (address: string) =>
  ({ bytes }: Frame): boolean =>
    readQuake(bytes)?.source.startsWith(`${address}:`) === true;
export const sentTo =
  (address: string) =>
  ({ bytes }: Frame): boolean =>
    readQuake(bytes)?.destination.startsWith(`${address}:`) === true;
