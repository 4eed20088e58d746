/** The measurements by name, in the order in which they are made; each is sections/NAME.mjs. Imports nothing: read before `npm ci`. */
export const TITLES = {
  start: "From ON to the sign of life",
  checking: "When content is checked: pc, its disk in memory",
  memory: "Memory of the page's process",
  challenge: "Challenge to verdict (hello)",
  frames: "The page's frames with four boxes (two pc, two hello)",
  page: "The page: first paint, and scrolling with five boxes (three pc, two hello)",
  idle: "Processor time of idle boxes",
  network: "Frames between boxes",
  boxes: "Eight pc at once",
  game: "Two players and a server, each in its box, with a cap of 25 frames a second",
  banking: "Boxes that appraise each other, and whole scenarios",
};
