/** Scenario `banking`: the paper's worked example (2.2), and every way round it. */
import type { Scenario } from "../scenario.ts";
import { accepted, listener } from "./accepted.ts";
import { impersonate, relay, relayUnbound } from "./middle.ts";
import { debugTvmm, newVersion, notTheBank, oneByte, vouched } from "./software.ts";
import { ownRoots, revoked } from "./trust.ts";

export const banking: Scenario = {
  id: "banking",
  title: "Banking: two closed boxes that check each other",
  chapter: "Chapter 3 · Two ends of a wire",
  lab: "banking",
  paper: "Terra §2.2, §4.3",
  steps: [
    accepted,
    listener,
    oneByte,
    newVersion,
    vouched,
    notTheBank,
    debugTvmm,
    relayUnbound,
    relay,
    impersonate,
    ownRoots,
    revoked,
  ],
};
