/** What QuakeWorld's servers say to a client in a packet of the game (protocol 28). */
import type { Reader } from "./decoder.ts";
import { entities, nails, temporaryEntity } from "./quake-entities.ts";
import { type Heard, type Messages, news, routine, Unreadable } from "./quake-messages.ts";
import {
  angle8,
  command,
  degrees,
  eighths,
  float,
  infoText,
  long,
  NO_COMMAND,
  place,
  placeText,
  short,
  signedLong,
  text,
  type UserCommand,
  word,
} from "./quake-values.ts";

const VERSION = 28;
const SPECTATOR = 0x80;

const PRINTED = ["pick-up", "obituary", "important", "chat"];
const STATS = new Map([
  [0, "health"],
  [2, "weapon model"],
  [3, "ammunition"],
  [4, "armour"],
  [5, "weapon frame"],
  [6, "shells"],
  [7, "nails"],
  [8, "rockets"],
  [9, "cells"],
  [10, "weapon"],
  [15, "items"],
]);
const stat = (reader: Reader) => reader.u8("Statistic", (value) => STATS.get(value) ?? `number ${value}`);
const statName = (value: number) => STATS.get(value) ?? `statistic ${value}`;

/** How players move on this level. */
const MOVEMENT = [
  "Gravity",
  "Stop speed",
  "Maximum speed",
  "Spectator's maximum speed",
  "Acceleration",
  "Acceleration in air",
  "Acceleration in water",
  "Friction",
  "Friction in water",
  "Entity's gravity",
];

/** Parts of a player's state that are there. */
const PLAYER = {
  msec: 1,
  command: 2,
  velocity: [4, 8, 16],
  model: 32,
  skin: 64,
  effects: 128,
  weaponFrame: 256,
  dead: 512,
  gib: 1024,
} as const;
const PLAYER_NAMES: readonly [number, string][] = [
  [PLAYER.msec, "msec"],
  [PLAYER.command, "command"],
  [PLAYER.velocity[0], "velocity x"],
  [PLAYER.velocity[1], "velocity y"],
  [PLAYER.velocity[2], "velocity z"],
  [PLAYER.model, "model"],
  [PLAYER.skin, "skin"],
  [PLAYER.effects, "effects"],
  [PLAYER.weaponFrame, "weapon frame"],
  [PLAYER.dead, "dead"],
  [PLAYER.gib, "gib"],
];

function playerInfo(reader: Reader, tell: (heard: Heard) => void): string {
  const player = reader.u8("Player");
  const flags = word(reader, "Parts", (value) => {
    const names = PLAYER_NAMES.flatMap(([bit, name]) => ((value & bit) !== 0 ? [name] : []));
    return names.join(", ") || "none";
  });
  const has = (bit: number) => (flags & bit) !== 0;
  const where = place(reader, "Place");
  reader.u8("Frame");
  if (has(PLAYER.msec)) reader.u8("Age", (value) => `${value} ms`);
  let does: UserCommand | undefined;
  if (has(PLAYER.command)) does = command(reader, "Command", NO_COMMAND);
  for (const [axis, bit] of PLAYER.velocity.entries()) if (has(bit)) short(reader, `Velocity ${"xyz"[axis]}`);
  if (has(PLAYER.model)) reader.u8("Model");
  if (has(PLAYER.skin)) reader.u8("Skin");
  if (has(PLAYER.effects)) reader.u8("Effects");
  if (has(PLAYER.weaponFrame)) reader.u8("Weapon frame");
  tell({ type: "player", player, place: where, dead: has(PLAYER.dead), ...(does ? { command: does } : {}) });
  const looks = does ? `, looks ${degrees(does.pitch)} ${degrees(does.yaw)}` : "";
  return `${player} at ${placeText(where)}${looks}${has(PLAYER.dead) ? ", dead" : ""}`;
}

function serverData(reader: Reader, tell: (heard: Heard) => void): string {
  const version = long(reader, "Version");
  if (version !== VERSION) throw new Unreadable(`the game's version is ${version}, not ${VERSION}`);
  long(reader, "Server's count");
  const folder = text(reader, "Game directory");
  const player = reader.u8("Player", (value) =>
    (value & SPECTATOR) !== 0 ? `${value & ~SPECTATOR}, spectator` : String(value),
  );
  const level = text(reader, "Level");
  for (const name of MOVEMENT) float(reader, name);
  tell({ type: "self", player: player & ~SPECTATOR, level });
  return `${folder}, level ${JSON.stringify(level)}, you are player ${player & ~SPECTATOR}`;
}

/** An entity as it is at first. */
function baseline(reader: Reader): string {
  const model = reader.u8("Model");
  for (const name of ["Frame", "Colour map", "Skin"]) reader.u8(name);
  const at = [0, 1, 2].map((axis) => {
    const where = eighths(reader, "xyz"[axis] ?? "");
    angle8(reader, ["Pitch", "Yaw", "Roll"][axis] ?? "");
    return where.toFixed(1);
  });
  return `model ${model} at ${at.join(" ")}`;
}

/** Names from `first` on, up to an empty one; the next packet goes on after `next`. */
function list(reader: Reader): string {
  const first = reader.u8("Before");
  let count = 0;
  while (text(reader, `Name ${first + count + 1}`) !== "") count++;
  const next = reader.u8("Next");
  return `${count} from ${first + 1} on${next === 0 ? "" : ", more to come"}`;
}

function sound(reader: Reader): string {
  const channel = word(reader, "Entity and channel", (value) => `${(value >> 3) & 0x3ff}, channel ${value & 7}`);
  if ((channel & 0x8000) !== 0) reader.u8("Volume");
  if ((channel & 0x4000) !== 0) reader.u8("Attenuation");
  const number = reader.u8("Sound");
  return `${number} at ${placeText(place(reader, "Place"))}`;
}

function download(reader: Reader): string {
  const size = short(reader, "Size");
  const percent = reader.u8("Percent");
  if (size > 0) reader.take("Content", size);
  return size < 0 ? "not to be had" : `${size} bytes, ${percent} %`;
}

const quoted = (said: string) => JSON.stringify(said.replace(/\\010$/, ""));

export const serverMessages: Messages = new Map([
  [1, routine("nop", () => "")],
  [2, news("disconnect", () => "")],
  [3, routine("updatestat", (reader) => `${statName(stat(reader))} ${reader.u8("Value")}`)],
  [5, news("setview", (reader) => `entity ${word(reader, "Entity")}`)],
  [6, routine("sound", sound)],
  [
    8,
    news("print", (reader) => {
      const level = reader.u8("Level", (value) => PRINTED[value] ?? `level ${value}`);
      return `${PRINTED[level] ?? ""} ${quoted(text(reader, "Text"))}`.trim();
    }),
  ],
  [9, news("stufftext", (reader) => quoted(text(reader, "Command")))],
  [10, news("setangle", (reader) => ["Pitch", "Yaw", "Roll"].map((name) => degrees(angle8(reader, name))).join(" "))],
  [11, news("serverdata", serverData)],
  [12, routine("lightstyle", (reader) => `${reader.u8("Style")} ${text(reader, "Pattern")}`)],
  [14, news("updatefrags", (reader) => `player ${reader.u8("Player")}: ${short(reader, "Frags")}`)],
  [16, routine("stopsound", (reader) => String(word(reader, "Entity and channel")))],
  [
    19,
    routine("damage", (reader) => {
      const armour = reader.u8("Armour");
      const blood = reader.u8("Blood");
      return `${armour + blood} from ${placeText(place(reader, "From"))}`;
    }),
  ],
  [20, routine("spawnstatic", baseline)],
  [22, routine("spawnbaseline", (reader) => `entity ${word(reader, "Entity")}: ${baseline(reader)}`)],
  [23, routine("temp_entity", temporaryEntity)],
  [24, news("setpause", (reader) => (reader.u8("Paused") === 0 ? "off" : "on"))],
  [26, news("centerprint", (reader) => quoted(text(reader, "Text")))],
  [27, routine("killedmonster", () => "")],
  [28, routine("foundsecret", () => "")],
  [
    29,
    routine("spawnstaticsound", (reader) => {
      const where = place(reader, "Place");
      const number = reader.u8("Sound");
      reader.u8("Volume");
      reader.u8("Attenuation");
      return `${number} at ${placeText(where)}`;
    }),
  ],
  [
    30,
    news("intermission", (reader) => {
      const where = place(reader, "Place");
      for (const name of ["Pitch", "Yaw", "Roll"]) angle8(reader, name);
      return `at ${placeText(where)}`;
    }),
  ],
  [31, news("finale", (reader) => quoted(text(reader, "Text")))],
  [32, routine("cdtrack", (reader) => String(reader.u8("Track")))],
  [33, news("sellscreen", () => "")],
  [34, routine("smallkick", () => "")],
  [35, routine("bigkick", () => "")],
  [36, routine("updateping", (reader) => `player ${reader.u8("Player")}: ${word(reader, "Ping")} ms`)],
  [
    37,
    routine("updateentertime", (reader) => {
      const player = reader.u8("Player");
      return `player ${player}: ${Math.round(float(reader, "Seconds ago"))} s ago`;
    }),
  ],
  [38, routine("updatestatlong", (reader) => `${statName(stat(reader))} ${signedLong(reader, "Value")}`)],
  [39, routine("muzzleflash", (reader) => `entity ${word(reader, "Entity")}`)],
  [
    40,
    news("updateuserinfo", (reader, tell) => {
      const player = reader.u8("Player");
      long(reader, "User");
      const value = infoText(reader, "Info");
      tell({ type: "info", player, value });
      return `player ${player}: ${JSON.stringify(value)}`;
    }),
  ],
  [41, news("download", download)],
  [42, routine("playerinfo", playerInfo)],
  [43, routine("nails", (reader) => nails(reader, false))],
  [44, routine("chokecount", (reader) => String(reader.u8("Packets")))],
  [45, news("modellist", list)],
  [46, news("soundlist", list)],
  [47, routine("packetentities", entities)],
  [48, routine("deltapacketentities", (reader) => `since ${reader.u8("Since")}: ${entities(reader)}`)],
  [49, news("maxspeed", (reader) => String(float(reader, "Speed")))],
  [50, news("entgravity", (reader) => String(float(reader, "Gravity")))],
  [
    51,
    news("setinfo", (reader, tell) => {
      const player = reader.u8("Player");
      const key = text(reader, "Key");
      const value = text(reader, "Value");
      tell({ type: "info", player, key, value });
      return `player ${player}: ${JSON.stringify(key)} is ${JSON.stringify(value)}`;
    }),
  ],
  [52, news("serverinfo", (reader) => `${quoted(text(reader, "Key"))} is ${quoted(text(reader, "Value"))}`)],
  [53, routine("updatepl", (reader) => `player ${reader.u8("Player")}: ${reader.u8("Lost")} % lost`)],
  [54, routine("nails2", (reader) => nails(reader, true))],
]);
