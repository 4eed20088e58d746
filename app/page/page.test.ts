import { beforeEach, describe, expect, it } from "vitest";
import { backToLesson, chooseLens, enterZoom, followLesson, leaveZoom, moveDetent, strayed, usePage } from "./page.ts";

const page = () => usePage.getState();

beforeEach(() => usePage.setState(usePage.getInitialState(), true));

describe("the lesson's view", () => {
  it("is shown when a step begins", () => {
    followLesson("console", "alice/pc");
    expect(page()).toMatchObject({ lens: "console", box: "alice/pc" });
    expect(strayed(page())).toBe(false);
  });

  it("is not forced upon somebody who looks at another lens, another box or into a zoom, until they ask for it", () => {
    const strays = [
      () => chooseLens("messages"),
      () => usePage.setState({ box: "alice/second" }),
      () => enterZoom({ kind: "message", sequence: 3 }),
      () => moveDetent(-1),
    ];
    for (const stray of strays) {
      usePage.setState(usePage.getInitialState(), true);
      followLesson("console", "alice/pc");
      stray();
      expect(strayed(page())).toBe(true);
      const before = page();
      followLesson("verifier", null);
      expect(page()).toEqual({ ...before, lessonLens: "verifier", lessonBox: null });
      backToLesson();
      expect(page()).toMatchObject({ lens: "verifier", zooms: [], detent: "half" });
      expect(strayed(page())).toBe(false);
    }
  });

  it("is taken up again by the next step once nobody strays", () => {
    followLesson("verifier", null);
    enterZoom({ kind: "monitor" });
    leaveZoom();
    followLesson("messages", null);
    expect(page().lens).toBe("messages");
  });

  it("of a lens that shows all boxes is not left by choosing one", () => {
    followLesson("messages", "alice/pc");
    usePage.setState({ box: "alice/second" });
    expect(strayed(page())).toBe(false);
  });
});
