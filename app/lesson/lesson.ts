/**
 * The lesson as the page plays it: the player's state mirrored for React, and what the transport's buttons do. The player runs
 * the steps; this never reports anything by itself, and never changes the view while somebody works in another.
 */
import { create } from "zustand";
import type { StepReport } from "../../engine/lab/index.ts";
import type { Player, Scenario, Step } from "../../engine/scenarios/index.ts";
import { allBoxes } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { followLesson } from "../page/page.ts";
import { texts } from "../texts.ts";

export interface Lesson {
  scenario: Scenario | null;
  reports: readonly StepReport[];
  /** Index of the current step: it stands at its start, is under way, or was the last. */
  at: number;
  running: boolean;
  /** Index of the step to whose start the ones before are being played; null: none. */
  goal: number | null;
  /** Indices of steps that did not come to an end. */
  broken: ReadonlySet<number>;
  /** Plays on from step to step. */
  playing: boolean;
  /** A step that the student opened to read; null: the current one. */
  opened: string | null;
  /** What the student thinks will happen: index among the step's guesses, by the step's id. Told to nobody. */
  guesses: Readonly<Record<string, number>>;
  /** How the current step's start was come to, or why it was not. */
  note: string | null;
}

const NOTHING: Lesson = {
  scenario: null,
  reports: [],
  at: 0,
  running: false,
  goal: null,
  broken: new Set(),
  playing: false,
  opened: null,
  guesses: {},
  note: null,
};

export const useLesson = create<Lesson>(() => NOTHING);

let player: Player | null = null;
let unsubscribe: () => void = () => undefined;

function mirror({ reports, running, goal, broken }: Player): void {
  useLesson.setState({ reports, running, goal, broken });
}

/** Puts a scenario's player on; null takes it off. */
export function putOn(next: Player | null): void {
  unsubscribe();
  player = next;
  useLesson.setState({ ...NOTHING, scenario: next?.scenario ?? null });
  if (!next) return;
  unsubscribe = next.subscribe(() => {
    if (player === next) mirror(next);
  });
  mirror(next);
}

/** Is anything under way? */
export const busy = ({ running, goal }: Lesson): boolean => running || goal !== null;

/** Does the current step stand at its start, to be run? */
export const atStart = (lesson: Lesson): boolean => lesson.at >= lesson.reports.length;

/** The step that stands open in the column, and whose markers stand on the stage. */
export function openStep(lesson: Lesson): Step | null {
  const steps = lesson.scenario?.steps ?? [];
  return steps.find((step) => step.id === lesson.opened) ?? steps[lesson.at] ?? null;
}

export function finished(lesson: Lesson): boolean {
  return lesson.scenario !== null && lesson.reports.length === lesson.scenario.steps.length;
}

/** The box that a step is about: the first that one of its markers stands at, and that has what the step's lens shows. */
export function boxOf({ markers, lens }: Step): string | null {
  const boxes = allBoxes(useFacts.getState()).filter(({ status }) => lens !== "console" || status.console !== "none");
  return Object.values(markers ?? {}).find((place) => boxes.some(({ path }) => path === place)) ?? null;
}

/** Makes a step the current one and shows it in its lens. */
function moveTo(index: number, note: string | null = null): void {
  const step = player?.scenario.steps[index];
  if (!step) return;
  useLesson.setState({ at: index, opened: null, note });
  followLesson(step.lens, boxOf(step));
}

/** Runs the next step; resolves to whether there was one. */
export async function nextStep(): Promise<boolean> {
  const playing = player;
  if (!playing || busy(useLesson.getState()) || !playing.scenario.steps[playing.position]) return false;
  moveTo(playing.position);
  return (await playing.next()) !== null;
}

/** One on: runs the step that stands at its start, once more if it broke, or opens the one after it. */
export async function goOn(): Promise<void> {
  const lesson = useLesson.getState();
  if (!player || busy(lesson)) return;
  if (atStart(lesson)) await nextStep();
  else if (lesson.broken.has(lesson.at)) await again(lesson.at);
  else if (!finished(lesson)) moveTo(player.position);
}

/** Plays from here to the end, or until paused. */
export async function play(): Promise<void> {
  const lesson = useLesson.getState();
  const playing = player;
  if (lesson.playing || busy(lesson)) return;
  useLesson.setState({ playing: true });
  while (player === playing && useLesson.getState().playing && (await nextStep())) {
    // One step after the other; each waits for what it needs. One that broke is no ground for the next.
    if (useLesson.getState().broken.size > 0) break;
  }
  if (player === playing) useLesson.setState({ playing: false });
}

/** Stops after the step that is under way. */
export function pause(): void {
  useLesson.setState({ playing: false });
  player?.stop();
}

/** To the start of a step, truly: see Player.goTo. Resolves to whether it came there. */
export async function goToStep(index: number): Promise<boolean> {
  const going = player;
  if (!going?.scenario.steps[index] || busy(useLesson.getState())) return false;
  const played = index < going.position;
  const stays = going.stays(index);
  useLesson.setState({ at: index, opened: null, playing: false, note: null });
  const reached = await going.goTo(index);
  if (player !== going) return false;
  if (reached) moveTo(index, stays ? (played ? texts.lesson.stays : null) : texts.lesson.cameHere(index));
  else {
    const note = going.openError ?? (going.broken.size > 0 ? texts.lesson.brokeOnTheWay : texts.lesson.stopped);
    useLesson.setState({ at: Math.max(0, going.position - 1), note });
  }
  return reached;
}

/** Back to the start of the step that stands open; from there to that of the one before. */
export async function back(): Promise<void> {
  const lesson = useLesson.getState();
  const step = openStep(lesson);
  if (!step || !lesson.scenario) return;
  const index = lesson.scenario.steps.indexOf(step);
  await goToStep(index < lesson.reports.length ? index : Math.max(0, Math.min(index, lesson.reports.length) - 1));
}

/** A step that did not come to an end, once more from its start. */
export async function again(index: number): Promise<void> {
  if (await goToStep(index)) await nextStep();
}

/** What the student thinks will happen in a step. */
export function guess(step: Step, answer: number): void {
  useLesson.setState(({ guesses }) => ({ guesses: { ...guesses, [step.id]: answer } }));
}
