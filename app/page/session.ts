/**
 * The page's one lab view, and what buttons do with it. Opens the lab that the address names; errors are kept where the stage
 * shows them.
 */
import { createContext, useContext } from "react";
import { create } from "zustand";
import type { LabView } from "../../engine/lab/index.ts";
import { createPlayer, type Scenario } from "../../engine/scenarios/index.ts";
import { clearConsoles, writeConsole } from "../console/consoles.ts";
import { allBoxes, useFactsNow } from "../facts/current.ts";
import type { BoxFacts } from "../facts/facts.ts";
import { messageOf } from "../facts/format.ts";
import { followLab, useFacts } from "../facts/store.ts";
import { currentIndex, nextStep, playUpTo, putOn, useLesson } from "../lesson/lesson.ts";
import { followShelf } from "../machine/shelf.ts";
import { followSurfaces } from "../monitor/surfaces.ts";
import { followTaps } from "../wire/taps.ts";
import { parsePlace, placeHash } from "./link.ts";
import { usePage } from "./page.ts";

export const ViewContext = createContext<LabView | null>(null);

export function useView(): LabView {
  const view = useContext(ViewContext);
  if (!view) throw new Error("There is no lab view above this component.");
  return view;
}

export interface Session {
  /** Why the lab could not be opened. */
  openError: string | null;
  /** A challenge is under way, to the box of this path. */
  asking: string | null;
  askError: string | null;
}

export const useSession = create<Session>(() => ({ openError: null, asking: null, askError: null }));

/** Opens a lab: by the first step of its lesson where it has one, so that the boot is the lesson's first sight. */
export async function openLab(view: LabView, scenarios: readonly Scenario[], lab: string, step?: string | null) {
  useSession.setState({ openError: null, askError: null });
  usePage.setState({ zooms: [], box: null });
  const scenario = scenarios.find((candidate) => candidate.lab === lab);
  putOn(scenario ? createPlayer(view.terra, scenario) : null);
  if (scenario) {
    await (step ? playUpTo(step) : nextStep());
    const report = useLesson.getState().reports[0];
    if (!view.terra.lab && report) useSession.setState({ openError: report.observed });
    return;
  }
  try {
    await view.terra.open(lab);
  } catch (error) {
    useSession.setState({ openError: messageOf(error) });
  }
}

/** Follows the lab's events and opens the lab of the address, unless it says none. */
export function startSession(view: LabView, scenarios: readonly Scenario[]): void {
  followLab(view, { write: (box, data) => writeConsole(view, box, data), clear: clearConsoles });
  followSurfaces(view);
  followTaps(view);
  followShelf(view);
  const place = parsePlace(location.hash);
  if (place.lab !== "none") void openLab(view, scenarios, place.lab, place.step);
}

/** Address of the current step. */
export function stepLink(): string {
  const lesson = useLesson.getState();
  const lab = useFacts.getState().lab?.id ?? lesson.scenario?.lab ?? "hello";
  const step = lesson.scenario?.steps[currentIndex(lesson)]?.id ?? null;
  return `${location.origin}${location.pathname}${placeHash({ lab, step })}`;
}

/** Role: remote party. A fresh nonce, the box's answer, and its appraisal against the lab's policy. */
export async function challenge(view: LabView, path: string): Promise<void> {
  const { lab } = view.terra;
  if (!lab || useSession.getState().asking) return;
  useSession.setState({ asking: path, askError: null });
  try {
    const nonce = view.terra.nonce();
    await view.terra.appraise(await lab.vm(path).evidence(nonce), nonce);
  } catch (error) {
    useSession.setState({ askError: messageOf(error) });
  }
  useSession.setState({ asking: null });
}

/** Opens a box: its console where it has one, the monitor otherwise. */
export function openBox(view: LabView, { path, platform, id, status }: BoxFacts): void {
  const hasConsole = status.console !== "none";
  if (!hasConsole) giveMonitor(view, platform, id).catch(() => undefined);
  usePage.setState({ box: path, lens: hasConsole ? "console" : "monitor", zooms: [], detent: "half" });
}

/** Role: person. Gives a box the machine's monitor and keyboard. */
export async function giveMonitor(view: LabView, platform: string, box: string): Promise<void> {
  await view.terra.lab?.platform(platform).display.focus(box);
}

/** Role: owner. Switches a machine on, with the release TVMM, after it failed or was switched off. */
export async function startMachine(view: LabView, platform: string): Promise<void> {
  try {
    await view.terra.lab?.platform(platform).powerOn({ tvmm: "release" });
  } catch {
    // The machine's own state says what went wrong.
  }
}

/** The closed boxes that can be challenged now. */
export function useChallengeable() {
  return useFactsNow(allBoxes).filter((box) => box.status.kind === "closed" && box.status.state === "on");
}
