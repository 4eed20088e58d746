// The game's models: players, the gun in their hands, the first-aid box. Pure.

import { chance } from "./canvas.mjs";
import { nearestPlain, SHIRT, TROUSERS } from "./palette.mjs";
import { model } from "./solid.mjs";

const FLASH = 236;
const VISOR = 248;

/** How much light the sides of a block get: a little of the sun that no map has makes blocks look solid. */
const SIDE_LIGHT = { front: 1, back: 0.86, left: 0.93, right: 0.93, top: 1.12, bottom: 0.6 };

function light(side, u, v, width, height, seed) {
  const edge = Math.min(u, v, width - 1 - u, height - 1 - v) === 0 ? 0.84 : 1;
  return SIDE_LIGHT[side] * edge * (0.94 + chance(u, v, seed) * 0.12) * (1.05 - (0.16 * v) / height);
}

/** Cloth in a player's colour: shades of a range of the palette. */
const cloth =
  (range, level, seed, detail = () => 1) =>
  (side, u, v, width, height) => {
    const value = level * light(side, u, v, width, height, seed) * detail(side, u / width, v / height);
    return range + Math.max(0, Math.min(15, Math.round(value * 15)));
  };

/** Anything else, in true colour. A detail may give the number of a colour itself. */
const coat =
  (colour, seed, detail = () => 1) =>
  (side, u, v, width, height) => {
    const change = detail(side, u / width, v / height);
    if (Array.isArray(change)) return change[0];
    return nearestPlain(colour.map((value) => value * light(side, u, v, width, height, seed) * change));
  };

const within = (value, low, high) => value >= low && value < high;

const shirt = cloth(SHIRT, 0.66, 1, (side, u, v) => {
  if (v > 0.9) return 0.4; // a belt
  if ((side === "front" || side === "back") && Math.abs(u - v * 0.8 - 0.1) < 0.07) return 0.45; // a strap across
  return side === "front" && Math.abs(u - 0.5) < 0.04 ? 0.8 : 1;
});
const pack = coat([92, 84, 60], 2, (_, u, v) => (within(v, 0.4, 0.5) || within(u, 0.45, 0.55) ? 0.6 : 1));
const sleeve = cloth(SHIRT, 0.6, 3, (_, _u, v) => (v < 0.2 ? 1.2 : 1));
const thigh = cloth(TROUSERS, 0.56, 4, (side, u, v) =>
  (side === "left" || side === "right") && within(u, 0.3, 0.8) && within(v, 0.35, 0.75) ? 0.8 : 1,
);
const shin = cloth(TROUSERS, 0.5, 5, (side, _, v) => (side === "front" && v < 0.3 ? 0.62 : 1));
const boot = coat([56, 46, 38], 6, (_, _u, v) => (v > 0.75 ? 0.5 : 1));
const glove = coat([66, 58, 50], 7);
const skin = coat([206, 156, 116], 8);
const helmet = cloth(SHIRT, 0.5, 9, (_, _u, v) => (v > 0.8 ? 0.6 : 1.1));
/** A face behind a visor that shines. */
const face = coat([206, 156, 116], 10, (side, u, v) => {
  if (side === "front" && within(v, 0.25, 0.6))
    return within(u, 0.1, 0.9) && within(v, 0.32, 0.54) ? [VISOR + (u < 0.4 ? 2 : 1)] : 0.25;
  if ((side === "left" || side === "right") && within(v, 0.25, 0.6)) return 0.3;
  return side === "back" ? 0.5 : 1;
});
const steel = coat([94, 96, 100], 11, (_, u) => (within(u * 6, 2, 2.4) || within(u * 6, 4, 4.4) ? 0.6 : 1));
const dark = coat([52, 52, 54], 12);
const stock = coat([120, 78, 42], 13, (_, _u, v) => 0.85 + chance(Math.floor(v * 12), 0, 3) * 0.3);
const flash = () => FLASH;

const block = (joint, name, from, to, paint, taper) => ({
  joint,
  skin: name,
  from,
  to,
  paint,
  ...(taper ? { taper } : {}),
});

/** Feet at -24, the top of the head at 32: the size of the box that shots hit. */
function playerBlocks() {
  const legs = [
    ["left", 1],
    ["right", -1],
  ].flatMap(([side, sign]) => {
    const across = (near, far) => (sign > 0 ? [near, far] : [-far, -near]);
    const [a, b] = across(1, 7);
    const [c, d] = across(1.5, 6.5);
    const [e, f] = across(8.5, 13);
    return [
      block(`${side} thigh`, "thigh", [-3.5, a, -10], [3.5, b, 4], thigh, [1.15, 1.05]),
      block(`${side} shin`, "shin", [-3, c, -21], [3, d, -9.5], shin, [1.1, 1.1]),
      block(`${side} shin`, "boot", [-3.5, c, -24], [6, d, -20], boot, [0.85, 1]),
      block(`${side} arm`, "arm", [-3, e, 9], [3, f, 21], sleeve, [1.1, 1]),
      block(`${side} forearm`, "forearm", [-2.5, e, 0], [2.5, f, 9.5], sleeve, [1.1, 1]),
      block(`${side} forearm`, "hand", [-2.5, e, -3], [2.5, f, 0.5], glove),
    ];
  });
  return [
    ...legs,
    block("body", "hips", [-4, -7, 2], [4, 7, 7], cloth(TROUSERS, 0.45, 14)),
    block("chest", "chest", [-4.5, -7, 6], [4.5, 7, 22], shirt, [1.05, 1.25]),
    block("chest", "pack", [-9, -5, 9], [-4.5, 5, 20], pack, [0.9, 0.9]),
    block("head", "neck", [-2, -2, 21], [2, 2, 24], skin),
    block("head", "head", [-4, -4, 23], [4.5, 4, 30], face),
    block("head", "helmet", [-5, -4.6, 28], [5, 4.6, 32], helmet, [0.75, 0.75]),
    block("gun", "gun", [0, -2, 8], [14, 1, 12], steel),
    block("gun", "barrel", [14, -1.2, 9.4], [26, 0.2, 11], dark),
    block("gun", "magazine", [5, -1.5, 3], [9, 0.5, 8], dark, [1, 1]),
    block("gun", "stock", [-8, -1.5, 7], [0, 0.5, 11], stock),
    block("flash", "flash", [26, -3.5, 7.4], [34, 2.5, 13], flash, [0.5, 0.5]),
  ];
}

/** A pose from a few numbers; angles in degrees, forward positive. */
function stance({
  legs = [0, 0],
  knees = [0, 0],
  lean = 0,
  twist = 0,
  nod = 0,
  bob = 0,
  fall = 0,
  kick = 0,
  shooting = false,
  arms = [0, 0],
  dropped,
}) {
  const body = { pivot: [0, 0, 4], turn: [0, fall, 0], move: [0, 0, bob] };
  const leg = (at, y) => ({ pivot: [0, y, 4], turn: [0, -legs[at], 0], parent: "body" });
  const shinOf = (at, side) => ({ pivot: [0, 0, -9.5], turn: [0, knees[at], 0], parent: `${side} thigh` });
  const arm = (at, y, inward, raise) => ({ pivot: [0, y, 20], turn: [inward, -raise + arms[at], 0], parent: "chest" });
  return {
    body,
    chest: { pivot: [0, 0, 6], turn: [0, lean, twist], parent: "body" },
    head: { pivot: [0, 0, 22], turn: [0, nod, -twist / 2], parent: "chest" },
    "left thigh": leg(0, 4),
    "right thigh": leg(1, -4),
    "left shin": shinOf(0, "left"),
    "right shin": shinOf(1, "right"),
    "left arm": arm(0, 11, -16, 44),
    "right arm": arm(1, -11, 0, 6),
    "left forearm": { pivot: [0, 11, 9.5], turn: [-48, -44, 0], parent: "left arm" },
    "right forearm": { pivot: [0, -11, 9.5], turn: [20, -84, 0], parent: "right arm" },
    gun: dropped
      ? { pivot: [6, 0, 9], turn: dropped.turn, move: dropped.at }
      : { pivot: [0, -6, 10], move: [5 - kick, -6, 0], parent: "chest" },
    flash: { ...(shooting ? {} : { hidden: true }), parent: "gun" },
  };
}

function playerFrames() {
  const frames = [];
  const add = (name, pose) => frames.push({ name, pose: stance(pose) });
  const stride = (phase) => {
    const [swing, turn] = [Math.sin(phase), Math.cos(phase)];
    return {
      legs: [42 * swing, -42 * swing],
      knees: [12 + 62 * Math.max(0, turn), 12 + 62 * Math.max(0, -turn)],
      lean: 10,
      twist: 9 * swing,
      bob: -1.6 + 1.6 * Math.abs(turn),
      nod: -6,
    };
  };
  const phases = [0, 1, 2, 3, 4, 5].map((at) => (at * Math.PI) / 3);
  add("stand", { legs: [6, -6], knees: [8, 8], bob: -0.3 });
  for (const [at, phase] of phases.entries()) add(`run${at + 1}`, stride(phase));
  const braced = { legs: [22, -20], knees: [22, 10], lean: 6, bob: -1.6 };
  for (const [at, kick] of [3, 1.5, 0].entries()) add(`shoot${at + 1}`, { ...braced, kick, shooting: at < 2 });
  add("pain1", { legs: [14, -14], knees: [24, 20], lean: -12, twist: 22, nod: -18, bob: -1.5 });
  add("pain2", { legs: [10, -10], knees: [16, 14], lean: -6, twist: -12, nod: -8, bob: -1 });
  for (let at = 1; at <= 7; at += 1) {
    const share = Math.min(1, at / 6);
    const down = share * share;
    add(`death${at}`, {
      fall: -88 * down,
      bob: -23.5 * down - (at === 6 ? 0 : 1),
      legs: [26 * share + 10 * Math.sin(share * Math.PI), 6 * share],
      knees: [70 * Math.sin(share * Math.PI) + 14 * share, 96 * Math.sin(share * Math.PI) + 34 * share],
      lean: -18 * Math.sin(share * Math.PI),
      nod: -24 * share,
      arms: [-60 * share, -40 * share],
      dropped: {
        at: [6 + 8 * share, -8 - 6 * share, 2 - 34 * down],
        turn: [80 * share, 20 * share * (1 - share), -50 * share],
      },
    });
  }
  for (const [at, phase] of phases.entries()) {
    add(`runshoot${at + 1}`, { ...stride(phase), twist: 0, kick: at % 2 === 0 ? 2.5 : 0.5, shooting: at % 2 === 0 });
  }
  return frames;
}

/** The gun as its owner sees it: the eye is at 0, 0, 0; right is negative y. */
function viewGun() {
  const blocks = [
    block("gun", "body", [8, -7.5, -10], [24, -3.5, -5.5], steel, [1, 0.8]),
    block("gun", "barrel", [24, -6.3, -8.3], [38, -4.7, -6.5], dark, [1, 0.8]),
    block("gun", "muzzle", [35, -6.7, -8.7], [38.5, -4.3, -6.1], dark),
    block("gun", "sight", [21, -5.8, -5.5], [24, -5.2, -4.4], dark),
    block("gun", "magazine", [14, -6.6, -16], [18, -4.4, -10], dark),
    block("gun", "stock", [-2, -7, -11], [8, -4, -6.5], stock),
    block("gun", "glove", [20, -7.6, -12], [24.5, -2.6, -8.6], glove),
    block("gun", "sleeve", [8, -4, -19], [21, 0, -12], sleeve, [0.9, 0.8]),
    block("flash", "flash", [38.5, -8, -10], [46, -3, -5], flash, [0.5, 0.5]),
  ];
  const frame = (name, kick, rise, shooting) => ({
    name,
    pose: {
      gun: { pivot: [0, 0, -8], turn: [0, -rise, 0], move: [-kick, 0, 0] },
      flash: { ...(shooting ? {} : { hidden: true }), parent: "gun" },
    },
  });
  return model(blocks, [
    frame("idle", 0, 0, false),
    frame("shot1", 2.6, 1.6, true),
    frame("shot2", 1.4, 0.8, false),
    frame("shot3", 0.5, 0.3, false),
  ]);
}

/** A white box with a red cross; it stands on the ground, 24 below its origin. */
function firstAid() {
  const cross = coat([226, 222, 210], 21, (_, u, v) => {
    const [x, y] = [Math.abs(u - 0.5), Math.abs(v - 0.5)];
    if ((x < 0.1 && y < 0.32) || (y < 0.12 && x < 0.32)) return [241];
    return 1;
  });
  return model(
    [
      block("box", "box", [-9, -9, -24], [9, 9, -10], cross, [0.94, 0.94]),
      block("box", "handle", [-1, -4, -10], [1, 4, -7.5], dark),
    ],
    [{ name: "box", pose: {} }],
  );
}

/** Once a pair of eyes; players and servers still compare its checksum. */
function eyes() {
  const eye = coat([230, 226, 214], 31, (side, u, v) =>
    side === "front" && within(u, 0.3, 0.7) && within(v, 0.3, 0.7) ? 0.1 : 1,
  );
  return model(
    [block("eyes", "eye", [0, 1, 20], [3, 5, 24], eye), block("eyes", "eye", [0, -5, 20], [3, -1, 24], eye)],
    [{ name: "eyes", pose: {} }],
  );
}

/** Paths in the game directory, and files. @returns {[string, Uint8Array][]} */
export function models() {
  return [
    ["progs/player.mdl", model(playerBlocks(), playerFrames())],
    ["progs/eyes.mdl", eyes()],
    ["progs/v_gun.mdl", viewGun()],
    ["progs/health.mdl", firstAid()],
  ];
}
