/**
 * The measurements by name: each gets the pages and the options and returns rows of the table.
 */
import { banking } from "./sections/banking.mjs";
import { boxes } from "./sections/boxes.mjs";
import { challenge } from "./sections/challenge.mjs";
import { checking } from "./sections/checking.mjs";
import { frames } from "./sections/frames.mjs";
import { idle } from "./sections/idle.mjs";
import { memory } from "./sections/memory.mjs";
import { network } from "./sections/network.mjs";
import { start } from "./sections/start.mjs";

export const SECTIONS = {
  start: { title: "From ON to the sign of life", measure: start },
  checking: { title: "When content is checked: pc, its disk in memory", measure: checking },
  memory: { title: "Memory of the page's process", measure: memory },
  challenge: { title: "Challenge to verdict (hello)", measure: challenge },
  frames: { title: "The page's frames with four boxes (two pc, two hello)", measure: frames },
  idle: { title: "Processor time of idle boxes", measure: idle },
  network: { title: "Frames between boxes", measure: network },
  boxes: { title: "Eight pc at once", measure: boxes },
  banking: { title: "Boxes that appraise each other, and whole scenarios", measure: banking },
};
