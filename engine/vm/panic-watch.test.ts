import { expect, test } from "vitest";
import { panicWatch } from "./panic-watch.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("the words are heard though they come in pieces, on one line", () => {
  const watch = panicWatch();
  watch.hear(1, bytes("...] Kernel pa"));
  expect(watch.heard).toBe(false);
  watch.hear(2, bytes("nic"));
  expect(watch.heard).toBe(false);
  watch.hear(1, bytes("nic - not syncing"));
  expect(watch.heard).toBe(true);
});

test("a reset without them is no panic", () => {
  const watch = panicWatch();
  watch.hear(1, bytes("Kernel log. panic=-1\n"));
  expect(watch.heard).toBe(false);
});
