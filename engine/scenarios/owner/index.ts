/** Scenario `owner`: what the one who owns the machine can do, and where that ends. */
import type { Scenario } from "../scenario.ts";
import { closedBox, debugTvmm, openBox } from "./arsenal.ts";
import { fault, panic } from "./faults.ts";
import { memory, sideBySide } from "./isolation.ts";
import { denial, hostile, limits, policy } from "./management.ts";
import { attacker, between, connect, disconnect, unconnected, wire } from "./network.ts";

export const owner: Scenario = {
  id: "owner",
  title: "The owner: everything, except inside closed boxes",
  chapter: "Chapter 2 · Whose machine is it",
  lab: "owner",
  paper: "Terra §3.1, §4.4",
  steps: [
    sideBySide,
    memory,
    unconnected,
    connect,
    between,
    disconnect,
    wire,
    attacker,
    panic,
    fault,
    openBox,
    closedBox,
    hostile,
    limits,
    denial,
    policy,
    debugTvmm,
  ],
};
