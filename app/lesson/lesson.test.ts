import { beforeEach, describe, expect, it } from "vitest";
import type { Lab, Terra } from "../../engine/lab/index.ts";
import { createPlayer, type Scenario, type Step } from "../../engine/scenarios/index.ts";
import { strayed, usePage } from "../page/page.ts";
import { texts } from "../texts.ts";
import {
  again,
  atStart,
  back,
  finished,
  goOn,
  goToStep,
  guess,
  openStep,
  pause,
  play,
  putOn,
  useLesson,
} from "./lesson.ts";

const played: string[] = [];
const failing = new Set<string>();
/** A step during which the student stops the lesson. */
let stopsIn = "";

function step(id: string, more: Partial<Step> = {}): Step {
  return {
    id,
    title: `Step ${id}`,
    paper: "§1",
    text: [],
    expected: "",
    lens: "messages",
    async run() {
      played.push(id);
      if (id === stopsIn) pause();
      if (failing.has(id)) throw new Error(`busy: ${id} fails`);
      return { observed: id, passed: true, artifacts: [] };
    },
    ...more,
  };
}

const scenario: Scenario = {
  id: "s",
  title: "",
  chapter: "",
  lab: "l",
  paper: "",
  steps: [step("a"), step("b", { lens: "console", guess: ["yes", "no"] }), step("c", { leaves: "own" })],
};

function terra(): Terra {
  let lab: Lab | null = null;
  const open = async () => {
    played.push("open");
    lab = {} as Lab;
    return lab;
  };
  return {
    open,
    get lab() {
      return lab;
    },
  } as unknown as Terra;
}

const lesson = () => useLesson.getState();

beforeEach(() => {
  played.length = 0;
  failing.clear();
  stopsIn = "";
  usePage.setState(usePage.getInitialState(), true);
  putOn(createPlayer(terra(), scenario));
});

describe("going on", () => {
  it("opens a step at its start, in its lens, and then runs it", async () => {
    await goOn();
    expect(played).toEqual(["open", "a"]);
    expect(atStart(lesson())).toBe(false);
    await goOn();
    expect(played).toEqual(["open", "a"]);
    expect(openStep(lesson())?.id).toBe("b");
    expect(atStart(lesson())).toBe(true);
    expect(usePage.getState().lens).toBe("console");
    await goOn();
    expect(played).toEqual(["open", "a", "b"]);
  });

  it("does nothing more at the end", async () => {
    await play();
    expect(finished(lesson())).toBe(true);
    await goOn();
    expect(played).toEqual(["open", "a", "b", "c"]);
    expect(lesson().at).toBe(2);
  });

  it("plays until it is paused, and not past a step that broke", async () => {
    stopsIn = "a";
    await play();
    expect(played).toEqual(["open", "a"]);
    failing.add("b");
    await play();
    expect(played).toEqual(["open", "a", "b"]);
    expect([...lesson().broken]).toEqual([1]);
    expect(lesson().playing).toBe(false);
  });

  it("a guess is kept beside its step and needed by nothing", async () => {
    await goToStep(1);
    const [, second] = scenario.steps;
    if (second) guess(second, 1);
    await goOn();
    expect(lesson().guesses).toEqual({ b: 1 });
    putOn(null);
    expect(lesson().guesses).toEqual({});
  });
});

describe("going back", () => {
  it("goes to the start of the current step, then of the one before, by playing again what was before it", async () => {
    await play();
    played.length = 0;
    await back();
    expect(played).toEqual([]);
    expect([lesson().at, lesson().note]).toEqual([2, texts.lesson.stays]);
    await back();
    expect(played).toEqual(["open", "a"]);
    expect([lesson().at, lesson().note]).toEqual([1, texts.lesson.cameHere(1)]);
    await back();
    await back();
    expect(played).toEqual(["open", "a", "open", "open"]);
    expect(atStart(lesson())).toBe(true);
  });

  it("goes to the start of the step that was opened to be read", async () => {
    await play();
    useLesson.setState({ opened: "b" });
    await back();
    expect(lesson().at).toBe(1);
    expect(openStep(lesson())?.id).toBe("b");
  });

  it("starts a step that broke again, on a fresh lab", async () => {
    failing.add("b");
    await play();
    failing.clear();
    played.length = 0;
    await again(1);
    expect(played).toEqual(["open", "a", "b"]);
    expect(lesson().broken.size).toBe(0);
    expect(lesson().reports.map(({ passed }) => passed)).toEqual([true, true]);
  });

  it("stays where a step on the way broke or it was stopped, and says so", async () => {
    failing.add("b");
    expect(await goToStep(2)).toBe(false);
    expect([lesson().at, lesson().note]).toEqual([1, texts.lesson.brokeOnTheWay]);
    failing.clear();
    stopsIn = "a";
    expect(await goToStep(2)).toBe(false);
    expect([lesson().at, lesson().note]).toEqual([0, texts.lesson.stopped]);
  });

  it("leaves the view alone while somebody looks elsewhere, on the way as well", async () => {
    await goOn();
    usePage.setState({ lens: "verifier" });
    await goToStep(1);
    expect(usePage.getState().lens).toBe("verifier");
    expect(strayed(usePage.getState())).toBe(true);
  });
});
