/**
 * The lesson as the page plays it: the player's state mirrored for React, and what the transport's buttons do. The player runs
 * the steps; this never reports anything by itself.
 */
import { create } from "zustand";
import type { StepReport } from "../../engine/lab/index.ts";
import type { Player, Scenario, Step } from "../../engine/scenarios/index.ts";
import { allBoxes } from "../facts/facts.ts";
import { useFacts } from "../facts/store.ts";
import { followLesson } from "../page/page.ts";

export interface Lesson {
  scenario: Scenario | null;
  reports: readonly StepReport[];
  running: boolean;
  /** Plays on from step to step. */
  playing: boolean;
  /** A step that the student opened to read; null: the current one. */
  opened: string | null;
}

export const useLesson = create<Lesson>(() => ({
  scenario: null,
  reports: [],
  running: false,
  playing: false,
  opened: null,
}));

let player: Player | null = null;
let unsubscribe: () => void = () => undefined;

function mirror(from: Player): void {
  useLesson.setState((before) => ({
    reports: from.reports,
    running: from.running,
    // A step that begins is the current one again.
    opened: from.running && !before.running ? null : before.opened,
  }));
}

/** Puts a scenario's player on; null takes it off. */
export function putOn(next: Player | null): void {
  unsubscribe();
  player = next;
  useLesson.setState({ scenario: next?.scenario ?? null, reports: [], running: false, playing: false, opened: null });
  if (!next) return;
  unsubscribe = next.subscribe(() => {
    if (player === next) mirror(next);
  });
  mirror(next);
}

/** The step that is under way, or the last one that was. */
export function currentIndex(lesson: Lesson): number {
  return lesson.running ? lesson.reports.length : Math.max(0, lesson.reports.length - 1);
}

/** The step that stands open in the column, and whose markers stand on the stage. */
export function openStep(lesson: Lesson): Step | null {
  const steps = lesson.scenario?.steps ?? [];
  return steps.find((step) => step.id === lesson.opened) ?? steps[currentIndex(lesson)] ?? null;
}

export function finished(lesson: Lesson): boolean {
  return lesson.scenario !== null && lesson.reports.length === lesson.scenario.steps.length;
}

/** The box that a step is about: the first that one of its markers stands at. */
function boxOf(step: Step): string | null {
  const places = Object.values(step.markers ?? {});
  return places.find((place) => allBoxes(useFacts.getState()).some(({ path }) => path === place)) ?? null;
}

/** Runs the next step; resolves to whether there was one. */
export async function nextStep(): Promise<boolean> {
  const playing = player;
  if (!playing || playing.running) return false;
  const step = playing.scenario.steps[playing.position];
  if (!step) return false;
  followLesson(step.lens, boxOf(step));
  return (await playing.next()) !== null;
}

/** Plays from here to the end, or until paused. */
export async function play(): Promise<void> {
  if (useLesson.getState().playing) return;
  useLesson.setState({ playing: true });
  while (useLesson.getState().playing && (await nextStep())) {
    // One step after the other; each waits for what it needs.
  }
  useLesson.setState({ playing: false });
}

/** Stops after the step that is under way. */
export function pause(): void {
  useLesson.setState({ playing: false });
}

/** From the beginning: the lab is opened anew by the first step. */
export async function restart(): Promise<void> {
  if (!player || player.running) return;
  await player.restart();
  useLesson.setState({ opened: null });
  await nextStep();
}

/** Plays up to, and not including, the step with that id. */
export async function playUpTo(id: string): Promise<void> {
  const index = player?.scenario.steps.findIndex((step) => step.id === id) ?? -1;
  while (player && player.position < index && (await nextStep())) {
    // The steps before it make what it needs.
  }
  if (index >= 0) await nextStep();
}
