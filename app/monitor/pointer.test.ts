import { expect, test } from "vitest";
import { motionSum } from "./pointer.ts";

test("ways are added up, whole counts taken and the rest kept", () => {
  const sum = motionSum();
  sum.move(1.5, -0.5);
  sum.move(1.25, -0.75);
  expect(sum.take(0)).toEqual({ dx: 2, dy: -1, wheel: 0, buttons: 0 });
  sum.move(0.25, 0);
  expect(sum.take(1)).toEqual({ dx: 1, dy: -0, wheel: 0, buttons: 1 });
});

test("a long way goes in parts that the person's port takes", () => {
  const sum = motionSum();
  sum.move(5000, 0);
  expect([sum.take(0).dx, sum.take(0).dx, sum.take(0).dx, sum.take(0).dx]).toEqual([2047, 2047, 906, 0]);
});

test("a wheel turns by notches, whatever the browser counts in; buttons that no PC's mouse has are none", () => {
  const sum = motionSum();
  sum.turn(250, 0);
  sum.turn(-3, 1);
  expect(sum.take(0b11010)).toEqual({ dx: 0, dy: 0, wheel: 1, buttons: 0b010 });
  sum.turn(50, 0);
  expect(sum.take(0).wheel).toBe(1);
});
