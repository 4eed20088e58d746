import { expect, it } from "vitest";
import { limitsKeeper } from "./limits.ts";

const one = "1".repeat(64);
const two = "2".repeat(64);

it("nothing is limited but memory until something is set", () => {
  const limits = limitsKeeper(512);
  expect(limits.current()).toEqual({ memoryMiB: 512, images: null, share: 1, shares: {} });
  expect(() => limits.checkImage(one, "pc")).not.toThrow();
  expect(limits.memoryMiB()).toBe(512);
  expect(limits.shareOf("one", 0.25)).toBe(0.25);
});

it("what is set binds, what is left out stays, and listeners hear of it", () => {
  const limits = limitsKeeper(512);
  let changes = 0;
  limits.onChange(() => changes++);
  limits.set({ images: [two] });
  limits.set({ memoryMiB: 100 });
  expect(limits.current()).toEqual({ memoryMiB: 100, images: [two], share: 1, shares: {} });
  expect(() => limits.checkImage(two, "pc")).not.toThrow();
  expect(() => limits.checkImage(one, "pc")).toThrow(
    /^refused: the management box has set a limit: pc has the image 1{64}/,
  );
  limits.set({ images: [] });
  expect(() => limits.checkImage(two, "pc")).toThrow(/^refused: /);
  limits.set({ images: null });
  expect(() => limits.checkImage(one, "pc")).not.toThrow();
  expect(changes).toBe(4);
});

it("a VM's share is the smallest of its own and the limit; a limit for it alone goes before that for all", () => {
  const limits = limitsKeeper(512);
  limits.set({ share: 0.5, shares: { two: 0.1, three: 0.9 } });
  expect(["one", "two", "three"].map((name) => limits.shareOf(name, 1))).toEqual([0.5, 0.1, 0.9]);
  expect(limits.shareOf("three", 0.7)).toBe(0.7);
});

it("what was handed out or in cannot change the limits afterwards", () => {
  const limits = limitsKeeper(512);
  const images = [one];
  limits.set({ images });
  images.push(two);
  limits.current().images?.push(two);
  expect(limits.current().images).toEqual([one]);
});
