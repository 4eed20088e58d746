/** Scenario `hello`: one measured machine, one closed box, and one bit changed wherever there is a bit to change. */
import type { Scenario } from "../scenario.ts";
import { boot, debugTvmm, evidence, oldNonce } from "./boot.ts";
import { aheadOfTime, descriptor, kernel, layers, optimistic, versions } from "./tampering.ts";

export const hello: Scenario = {
  id: "hello",
  title: "A machine that proves what it runs",
  chapter: "Chapter 1 · Measured from the chip up",
  lab: "hello",
  paper: "Terra §2.2, §4.1–4.3",
  steps: [boot, evidence, ...layers, kernel, descriptor, optimistic, aheadOfTime, debugTvmm, oldNonce, ...versions],
};
