import { expect, test, vi } from "vitest";

vi.stubGlobal("window", {
  innerWidth: 1280,
  innerHeight: 720,
  matchMedia: () => ({ matches: false, addEventListener() {} }),
});
const { formFor, nextTheme, shade } = await import("./media.ts");

test("how much room the page has follows the window's width", () => {
  expect([1023, 1024, 1279, 1280, 1679, 1680].map((width) => formFor(width, "light"))).toEqual([
    "narrow",
    "drawer",
    "drawer",
    "desk",
    "desk",
    "wide",
  ]);
});

test("the projector's theme needs a quarter more of it", () => {
  expect([1279, 1280, 1599, 1600, 1920, 2100].map((width) => formFor(width, "projector"))).toEqual([
    "narrow",
    "drawer",
    "drawer",
    "desk",
    "desk",
    "wide",
  ]);
});

test("three themes follow each other, and the projector's is drawn light", () => {
  expect([nextTheme("light"), nextTheme("dark"), nextTheme("projector")]).toEqual(["dark", "projector", "light"]);
  expect(shade("projector")).toBe("light");
});
