/** Scenario `quake-open`: a game whose players, owners and server can be anything, and every cheat that works on it. */
import type { Scenario } from "../scenario.ts";
import { lie, reported } from "./data.ts";
import { honest, join } from "./honest.ts";
import { lagSwitch, serverLag } from "./lag.ts";
import { aim, radar } from "./network.ts";
import { favour, memory } from "./owners.ts";
import { leak, secondScreen } from "./watching.ts";

export const quakeOpen: Scenario = {
  id: "quake-open",
  title: "The open game: every cheat works",
  chapter: "Chapter 4 · A game among strangers",
  lab: "quake-open",
  paper: "Terra §5.2",
  steps: [join, honest, radar, aim, reported, lie, memory, favour, serverLag, lagSwitch, leak, secondScreen],
};
