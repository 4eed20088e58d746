import { describe, expect, it } from "vitest";
import type { Lab, Terra } from "../lab/index.ts";
import { createPlayer, playToEnd } from "./player.ts";
import type { Scenario, Step } from "./scenario.ts";

/** A lab that can be opened and nothing else; what was done to it, in order. */
function stage() {
  const log: string[] = [];
  let lab: Lab | null = null;
  let refuses = false;
  const open = async () => {
    if (refuses) throw new Error("unknown-lab: there is none");
    log.push("open");
    lab = {} as Lab;
    return lab;
  };
  const terra = {
    open,
    get lab() {
      return lab;
    },
  } as unknown as Terra;
  return {
    log,
    terra,
    refuse: () => {
      refuses = true;
    },
    close: () => {
      lab = null;
    },
  };
}

function scenarioOf(log: string[], leaves: Record<string, Step["leaves"]> = {}, throws = new Set<string>()): Scenario {
  const steps = ["a", "b", "c", "d"].map((id): Step => {
    const left = leaves[id];
    return {
      id,
      title: id,
      paper: "",
      text: [],
      expected: "",
      lens: "messages",
      ...(left === undefined ? {} : { leaves: left }),
      async run({ notes }) {
        if (throws.has(id)) throw new Error(`busy: ${id} fails`);
        log.push(id);
        const before = [...notes.keys()].join("");
        notes.set(id, true);
        return { observed: `${id} after ${before}`, passed: true, artifacts: [] };
      },
    };
  });
  return { id: "s", title: "", chapter: "", lab: "l", paper: "", steps };
}

async function playedThrough(leaves: Record<string, Step["leaves"]> = {}) {
  const { log, terra, close } = stage();
  const player = createPlayer(terra, scenarioOf(log, leaves));
  while (await player.next()) {
    // To the end.
  }
  log.length = 0;
  return { log, player, terra, close };
}

describe("going back", () => {
  it("opens the lab anew and plays all steps before again, and nothing of the step itself", async () => {
    const { log, player } = await playedThrough();
    expect(await player.goTo(2)).toBe(true);
    expect(log).toEqual(["open", "a", "b"]);
    expect(player.position).toBe(2);
    expect((await player.next())?.observed).toBe("c after ab");
  });

  it("leaves the lab as it is where the step can be played on what it left, and all after it left nothing", async () => {
    const { log, player } = await playedThrough({ c: "own", d: "nothing" });
    expect(player.stays(2)).toBe(true);
    expect(await player.goTo(2)).toBe(true);
    expect(log).toEqual([]);
    expect(player.reports.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("does not where a later step left something, even one whose report is gone already", async () => {
    const { log, player } = await playedThrough({ b: "nothing", c: "own", d: "nothing" });
    await player.goTo(2);
    expect(player.stays(1)).toBe(false);
    await player.goTo(1);
    expect(log).toEqual(["open", "a"]);
  });

  it("opens the lab anew to begin again, and the first step then runs on that one", async () => {
    const { log, player } = await playedThrough({ a: "nothing", b: "nothing", c: "nothing", d: "nothing" });
    expect(await player.goTo(0)).toBe(true);
    await player.next();
    expect(log).toEqual(["open", "a"]);
  });

  it("opens the lesson's lab anew where somebody has closed it or opened another", async () => {
    const { log, player, terra, close } = await playedThrough({ d: "nothing" });
    await terra.open("other");
    log.length = 0;
    expect(player.stays(3)).toBe(false);
    close();
    await player.goTo(3);
    expect(log).toEqual(["open", "a", "b", "c"]);
  });
});

describe("going ahead", () => {
  it("plays the steps between, from where it is", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenarioOf(log));
    await player.goTo(1);
    await player.goTo(3);
    expect(log).toEqual(["open", "a", "b", "c"]);
    expect(player.position).toBe(3);
  });

  it("ends after the step under way when it is stopped, and says where it goes meanwhile", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenarioOf(log));
    const goals: (number | null)[] = [];
    player.subscribe(() => {
      goals.push(player.goal);
      if (player.reports.length === 1) player.stop();
    });
    expect(await player.goTo(3)).toBe(false);
    expect(log).toEqual(["open", "a"]);
    expect(goals).toContain(3);
    expect(player.goal).toBeNull();
  });

  it("takes no other order on its way", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenarioOf(log));
    const going = player.goTo(2);
    expect(await player.next()).toBeNull();
    expect(await player.goTo(1)).toBe(false);
    expect(await going).toBe(true);
    expect(log).toEqual(["open", "a", "b"]);
  });
});

describe("what a step has put back", () => {
  /** The second step has two things put back, the last one may fail. */
  function scenario(log: string[], fails = false): Scenario {
    const plain = scenarioOf(log, { b: "nothing", c: "nothing" });
    const steps = plain.steps.map((step): Step => {
      const { run } = step;
      return {
        ...step,
        async run(context) {
          if (step.id === "b") {
            context.later(async () => void log.push("first put back"));
            context.later(async () => {
              if (fails) throw new Error("internal: it is stuck");
              log.push("second put back");
            });
          }
          return run(context);
        },
      };
    });
    return { ...plain, steps };
  }

  it("is put back when another step begins, the last first, each once", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenario(log));
    await player.next();
    await player.next();
    expect(log).toEqual(["open", "a", "b"]);
    await player.next();
    await player.next();
    expect(log).toEqual(["open", "a", "b", "second put back", "first put back", "c", "d"]);
  });

  it("is put back before the step itself is played again on the same lab", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenario(log));
    await player.next();
    await player.next();
    await player.goTo(1);
    expect(log).toEqual(["open", "a", "b"]);
    await player.next();
    expect(log).toEqual(["open", "a", "b", "second put back", "first put back", "b"]);
  });

  it("is forgotten with its lab", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenario(log));
    await player.next();
    await player.next();
    await player.goTo(0);
    await player.next();
    expect(log).toEqual(["open", "a", "b", "open", "a"]);
  });

  it("makes the next step fail where it fails", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenario(log, true));
    await player.next();
    await player.next();
    expect(await player.next()).toMatchObject({ passed: false, observed: "internal: it is stuck" });
    expect(player.broken).toEqual(new Set([2]));
    expect(log).toEqual(["open", "a", "b"]);
  });
});

describe("what goes wrong", () => {
  it("a step that throws is reported in its words, and goTo ends there", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenarioOf(log, { b: "nothing" }, new Set(["b"])));
    expect(await player.goTo(3)).toBe(false);
    expect(player.reports.at(-1)).toMatchObject({ id: "b", passed: false, observed: "busy: b fails" });
    expect([...player.broken]).toEqual([1]);
    // What a step has left that did not come to its end is not known.
    expect(player.stays(1)).toBe(false);
    expect(await player.goTo(1)).toBe(true);
    expect(log).toEqual(["open", "a", "open", "a"]);
  });

  it("a lab that does not open is no step's report on the way to one, and the first step's otherwise", async () => {
    const { log, terra, refuse } = stage();
    refuse();
    const player = createPlayer(terra, scenarioOf(log));
    expect(await player.goTo(2)).toBe(false);
    expect(player.openError).toBe("unknown-lab: there is none");
    expect(player.reports).toEqual([]);
    const report = await playToEnd(terra, scenarioOf(log));
    expect(report.steps.map(({ observed }) => observed)).toEqual([
      "unknown-lab: there is none",
      "The lab was closed.",
      "The lab was closed.",
      "The lab was closed.",
    ]);
  });

  it("a step is not played on another lab than the lesson's", async () => {
    const { log, terra } = stage();
    const player = createPlayer(terra, scenarioOf(log));
    await player.next();
    await terra.open("other");
    expect(await player.next()).toMatchObject({ passed: false });
    expect(log).toEqual(["open", "a", "open"]);
  });
});
