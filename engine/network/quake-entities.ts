/** What QuakeWorld's servers say of things that are no players: entities by what changed, nails, and what is to be seen once. */
import type { Reader } from "./decoder.ts";
import { type Heard, Unreadable } from "./quake-messages.ts";
import { angle8, eighths, place, placeText, word } from "./quake-values.ts";

const ENTITY = {
  x: 1 << 9,
  y: 1 << 10,
  z: 1 << 11,
  yaw: 1 << 12,
  frame: 1 << 13,
  remove: 1 << 14,
  more: 1 << 15,
  pitch: 1,
  roll: 2,
  model: 4,
  colours: 8,
  skin: 16,
  effects: 32,
} as const;
const NUMBER = 0x1ff;

function entity(reader: Reader): "end" | "removed" | "changed" {
  const number = word(reader, "Entity and changes", (value) => String(value & NUMBER));
  if (number === 0) return "end";
  if ((number & ENTITY.remove) !== 0) return "removed";
  // The low bits of the first word are the entity's number, those of the second one more changes.
  const low = (number & ENTITY.more) !== 0 ? reader.u8("More changes") : 0;
  const has = (bit: number) => ((bit > NUMBER ? number : low) & bit) !== 0;
  if (has(ENTITY.model)) reader.u8("Model");
  if (has(ENTITY.frame)) reader.u8("Frame");
  if (has(ENTITY.colours)) reader.u8("Colour map");
  if (has(ENTITY.skin)) reader.u8("Skin");
  if (has(ENTITY.effects)) reader.u8("Effects");
  if (has(ENTITY.x)) eighths(reader, "x");
  if (has(ENTITY.pitch)) angle8(reader, "Pitch");
  if (has(ENTITY.y)) eighths(reader, "y");
  if (has(ENTITY.yaw)) angle8(reader, "Yaw");
  if (has(ENTITY.z)) eighths(reader, "z");
  if (has(ENTITY.roll)) angle8(reader, "Roll");
  return "changed";
}

/** Entities up to the one that is none. */
export function entities(reader: Reader): string {
  let changed = 0;
  let removed = 0;
  for (;;) {
    const found = entity(reader);
    if (found === "end") break;
    if (found === "removed") removed++;
    else changed++;
  }
  return removed > 0 ? `${changed} changed, ${removed} removed` : `${changed} changed`;
}

/** Bytes of one: three coordinates of twelve bits, pitch of four, yaw of eight. */
const NAIL = 6;

export function nails(reader: Reader, numbered: boolean): string {
  const count = reader.u8("Count");
  for (let at = 0; at < count; at++) reader.take(`Nail ${at + 1}`, numbered ? NAIL + 1 : NAIL);
  return String(count);
}

const SHAPES = new Map<number, { name: string; before?: "count" | "entity"; places: number }>([
  [0, { name: "spike", places: 1 }],
  [1, { name: "super spike", places: 1 }],
  [2, { name: "gunshot", before: "count", places: 1 }],
  [3, { name: "explosion", places: 1 }],
  [4, { name: "tar explosion", places: 1 }],
  [5, { name: "lightning 1", before: "entity", places: 2 }],
  [6, { name: "lightning 2", before: "entity", places: 2 }],
  [7, { name: "wizard's spike", places: 1 }],
  [8, { name: "knight's spike", places: 1 }],
  [9, { name: "lightning 3", before: "entity", places: 2 }],
  [10, { name: "lava splash", places: 1 }],
  [11, { name: "teleport", places: 1 }],
  [12, { name: "blood", before: "count", places: 1 }],
  [13, { name: "lightning's blood", places: 1 }],
]);

const GUNSHOT = 2;
const BLOOD = 12;

export function temporaryEntity(reader: Reader, tell: (heard: Heard) => void): string {
  const kind = reader.u8("What", (value) => SHAPES.get(value)?.name ?? `number ${value}`);
  const shape = SHAPES.get(kind);
  if (!shape) throw new Unreadable(`temporary entity ${kind} is not known; what follows it is not read`);
  if (shape.before === "count") reader.u8("Count");
  if (shape.before === "entity") tell({ type: "beam", entity: word(reader, "Entity") });
  const places = Array.from({ length: shape.places }, (_, at) => placeText(place(reader, at === 0 ? "Place" : "End")));
  if (kind === BLOOD || kind === GUNSHOT) tell({ type: "impact", blood: kind === BLOOD });
  return `${shape.name} at ${places.join(" to ")}`;
}
