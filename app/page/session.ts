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
import { busy, goToStep, nextStep, openStep, putOn, useLesson } from "../lesson/lesson.ts";
import { followShelf } from "../machine/shelf.ts";
import { followMessages } from "../messages/view.ts";
import { followSurfaces } from "../monitor/surfaces.ts";
import { texts } from "../texts.ts";
import { followChecks } from "../verifier/falling.ts";
import { followPolicies, judge } from "../verifier/judge.ts";
import { followTaps } from "../wire/taps.ts";
import { type Place, parsePlace, placeHash } from "./link.ts";
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

/** Puts a lab's lesson on and opens the lab: by its first step, so that the boot is its first sight, or up to the start of another. */
async function openLesson(view: LabView, scenario: Scenario, step: string | null): Promise<void> {
  const player = createPlayer(view.terra, scenario);
  putOn(player);
  const index = step === null ? -1 : scenario.steps.findIndex(({ id }) => id === step);
  if (index >= 0) await goToStep(index);
  else {
    const running = nextStep();
    if (step !== null) useLesson.setState({ note: texts.lesson.noStep(step) });
    await running;
  }
  const why = player.openError ?? player.reports[0]?.observed;
  if (!view.terra.lab && why !== undefined) useSession.setState({ openError: why });
}

/** Opens a lab, and its lesson where it has one: at its beginning, or at the start of the step with that id. */
export async function openLab(view: LabView, scenarios: readonly Scenario[], lab: string, step: string | null = null) {
  useSession.setState({ openError: null, askError: null });
  usePage.setState({ zooms: [], box: null, lessonLens: null });
  const scenario = scenarios.find((candidate) => candidate.lab === lab);
  if (scenario) return openLesson(view, scenario, step);
  putOn(null);
  try {
    await view.terra.open(lab);
  } catch (error) {
    useSession.setState({ openError: messageOf(error) });
  }
}

/** A lab that was chosen by hand is the address's from now on. */
export function chooseLab(view: LabView, scenarios: readonly Scenario[], lab: string): void {
  history.replaceState(null, "", placeHash({ lab, step: null }));
  void openLab(view, scenarios, lab);
}

/** Goes where the address says; in the lab that is open already by its lesson's own ways. */
function goTo(view: LabView, scenarios: readonly Scenario[], { lab, step }: Place): void {
  if (lab === "none") return;
  const lesson = useLesson.getState();
  const index = lesson.scenario?.lab === lab ? lesson.scenario.steps.findIndex(({ id }) => id === step) : -1;
  if (index >= 0 && !busy(lesson)) void goToStep(index);
  else void openLab(view, scenarios, lab, step);
}

/** Follows the lab's events and opens the lab of the address, unless it says none. */
export function startSession(view: LabView, scenarios: readonly Scenario[]): void {
  followLab(view, { write: (box, data) => writeConsole(view, box, data), clear: clearConsoles });
  followSurfaces(view);
  followTaps(view);
  followShelf(view);
  followMessages();
  followPolicies(view);
  followChecks();
  const follow = () => goTo(view, scenarios, parsePlace(location.hash));
  window.addEventListener("hashchange", follow);
  follow();
}

/** Address of the step that stands open. */
export function stepLink(): string {
  const lesson = useLesson.getState();
  const lab = useFacts.getState().lab?.id ?? lesson.scenario?.lab ?? "hello";
  const step = openStep(lesson)?.id ?? null;
  return `${location.origin}${location.pathname}${placeHash({ lab, step })}`;
}

/** Role: remote party. A fresh nonce, the box's answer, and its appraisal against the policy as it is edited. */
export async function challenge(view: LabView, path: string): Promise<void> {
  const { lab } = view.terra;
  if (!lab || useSession.getState().asking) return;
  useSession.setState({ asking: path, askError: null });
  try {
    const nonce = view.terra.nonce();
    await judge(view, await lab.vm(path).evidence(nonce), nonce);
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
