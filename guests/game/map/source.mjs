// The map "culvert", as boxes: rooms are cut out of rock, solids and water are put into them. Later boxes win over earlier ones.
// x is east, y north, z up; one unit is about 2.5 cm. A player is 32 wide and 56 high, climbs steps of 16 and jumps about 44.
//
//   store (upper floor, z 128)        the hall in the middle, a channel from cistern to pump room through it;
//   |        |          |             a ring of passages joins the outer rooms, stairs lead up to the store
//   cistern  hall  pump room          and to the gallery in the hall's north.
//   |        |          |
//   +------ yard -------+

/**
 * @typedef {[number, number, number]} Vec
 * @typedef {{kind: "room" | "solid" | "water", from: Vec, to: Vec, floor: string, wall: string, ceiling: string, own: boolean}} Box
 *   own: textures begin at the box's corner instead of at the map's origin
 */

const boxes = [];
const lights = [];
const entities = [{ classname: "worldspawn", message: "Culvert" }];

function room(from, to, [floor, wall, ceiling]) {
  boxes.push({ kind: "room", from, to, floor, wall, ceiling, own: false });
}

function solid(from, to, skin, own = false) {
  const [floor, wall, ceiling] = typeof skin === "string" ? [skin, skin, skin] : skin;
  boxes.push({ kind: "solid", from, to, floor, wall, ceiling, own });
}

function water(from, to, [floor, wall]) {
  boxes.push({ kind: "water", from, to, floor, wall, ceiling: wall, own: false });
}

/** A light without a lamp. Level: how bright it is nearby, 300 as a room's main light. */
function light(at, level) {
  lights.push({ at, level });
}

/** A lamp under a ceiling or, with a direction, at a wall: a small box that shines. */
function lamp([x, y, z], level, [east, north] = [0, 0]) {
  if (east === 0 && north === 0) {
    solid([x - 16, y - 16, z - 8], [x + 16, y + 16, z], ["metal2", "metal2", "lamp1"], true);
    light([x, y, z - 16], level);
    return;
  }
  // A lamp at a wall hangs on the side that looks in its direction.
  const from = [Math.min(x, x + 8 * east) - 8 * Math.abs(north), Math.min(y, y + 8 * north) - 8 * Math.abs(east), z];
  const to = [Math.max(x, x + 8 * east) + 8 * Math.abs(north), Math.max(y, y + 8 * north) + 8 * Math.abs(east), z + 32];
  solid(from, to, ["metal2", "lamp2", "metal2"], true);
  light([x + 20 * east, y + 20 * north, z + 16], level);
}

/** Steps of 16 from the height `low` up to `high`, along a direction; `from` and `to` are the ground that they cover. */
function stairs(from, to, low, high, axis, up, skin) {
  const count = (high - low) / 16;
  const depth = (to[axis] - from[axis]) / count;
  for (let step = 0; step < count; step += 1) {
    const near = up > 0 ? from[axis] + step * depth : to[axis] - (step + 1) * depth;
    const start = [...from, low - 16];
    const end = [...to, low + 16 * (step + 1)];
    start[axis] = near;
    end[axis] = near + depth;
    solid(start, end, skin);
  }
}

function crate(x, y, z, size = 64) {
  solid([x, y, z], [x + size, y + size, z + size], size === 64 ? "crate1" : "crate2", true);
}

function spawn(x, y, z, angle) {
  entities.push({ classname: "info_player_deathmatch", origin: `${x} ${y} ${z + 24}`, angle: String(angle) });
}

function health(x, y, z) {
  entities.push({ classname: "item_health", origin: `${x} ${y} ${z + 24}` });
}

const BRICK = ["floor1", "brick1", "ceil1"];
const DARK = ["floor2", "brick2", "brick2"];
const STONE = ["floor2", "stone1", "stone1"];
const TILES = ["floor2", "tile1", "ceil1"];
const WORKS = ["floor1", "conc1", "ceil1"];
const WOOD = ["wood1", "brick1", "wood1"];

// The hall: two storeys high, pillars, the gallery along the north wall.
room([-320, -320, 0], [320, 320, 288], BRICK);
for (const [x, y] of [
  [-176, -176],
  [176, -176],
]) {
  solid([x - 24, y - 24, 0], [x + 24, y + 24, 288], "stone1");
  solid([x - 32, y - 32, 0], [x + 32, y + 32, 16], "trim1");
  solid([x - 32, y - 32, 272], [x + 32, y + 32, 288], "trim1");
}
solid([-320, 192, 112], [320, 320, 128], ["wood1", "trim1", "wood1"]);
for (const x of [-192, -64, 64, 192]) solid([x - 16, 192, 0], [x + 16, 224, 112], "stone1");
// A balustrade to duck behind nobody: posts and a rail to shoot between.
for (const x of [-320, -216, -112, 80, 184, 288]) solid([x, 192, 128], [x + 32, 200, 160], "metal1");
lamp([0, -176, 288], 330);
lamp([0, 96, 288], 300);
lamp([-256, 256, 112], 170);
lamp([256, 256, 112], 170);
lamp([-320, -192, 112], 150, [1, 0]);
lamp([320, -192, 112], 150, [-1, 0]);

// The channel from the cistern through the hall to the pump room, and its tunnels.
room([-576, -64, 0], [-320, 64, 128], DARK);
room([320, -64, 0], [576, 64, 128], DARK);
room([-576, -48, -16], [1024, 48, 0], STONE);
water([-576, -48, -16], [1024, 48, -8], STONE);
for (const x of [-480, -384, 352, 448, 544]) {
  solid([x - 8, -64, 0], [x + 8, -56, 128], "trim1");
  solid([x - 8, 56, 0], [x + 8, 64, 128], "trim1");
  solid([x - 8, -56, 112], [x + 8, 56, 128], "trim1");
}
lamp([-432, 0, 128], 190);
lamp([496, 0, 128], 190);
// Planks across it.
solid([-96, -48, -8], [-32, 48, 0], "wood1");
solid([208, -48, -8], [272, 48, 0], "wood1");

// The cistern in the west: low water between pillars.
room([-1024, -320, -16], [-576, 256, 192], TILES);
water([-1024, -320, -16], [-576, 256, -8], ["floor2", "tile1"]);
for (const x of [-912, -720]) {
  for (const y of [-192, -32, 128]) {
    solid([x - 24, y - 24, -16], [x + 24, y + 24, 192], "tile1");
    solid([x - 32, y - 32, 160], [x + 32, y + 32, 192], "trim1");
  }
}
solid([-640, -320, -16], [-576, 256, 0], ["floor1", "trim1", "floor1"]);
solid([-1024, 192, -16], [-640, 256, 0], ["floor1", "trim1", "floor1"]);
solid([-1024, -320, -16], [-640, -256, 0], ["floor1", "trim1", "floor1"]);
lamp([-816, -112, 192], 260);
lamp([-816, 64, 192], 260);
lamp([-1024, 0, 96], 170, [1, 0]);
lamp([-608, 160, 192], 150);

// The pump room in the east: a machine in the middle, pipes along the ceiling.
room([576, -256, 0], [1024, 256, 224], WORKS);
solid([704, 80, 0], [896, 192, 96], ["metal1", "metal2", "metal2"]);
solid([736, 96, 96], [864, 176, 160], ["metal1", "metal2", "metal2"]);
solid([784, 120, 160], [816, 152, 224], "pipe1");
solid([704, -192, 0], [896, -96, 64], ["metal1", "metal2", "metal2"]);
solid([576, -232, 176], [1024, -208, 200], "pipe1");
solid([576, 208, 176], [1024, 232, 200], "pipe1");
solid([768, -48, -16], [832, 48, 0], "grate1");
lamp([656, 0, 224], 240);
lamp([944, 0, 224], 240);
lamp([1024, -160, 112], 150, [-1, 0]);
lamp([800, -144, 224], 170);

// The yard in the south: the highest room, with a platform and crates.
room([-384, -1024, 0], [384, -576, 352], STONE);
solid([-384, -1024, 0], [-160, -832, 64], ["floor1", "stone1", "stone1"]);
stairs([-160, -960], [-64, -880], 0, 64, 0, -1, ["floor1", "trim1", "floor1"]);
solid([-32, -832, 0], [32, -768, 240], "stone1");
solid([-40, -840, 0], [40, -760, 24], "trim1");
solid([-40, -840, 216], [40, -760, 240], "trim1");
crate(224, -960, 0);
crate(288, -960, 0);
crate(264, -896, 0);
crate(256, -960, 64, 48);
crate(-320, -704, 0);
lamp([-32, -800, 128], 190, [-1, 0]);
lamp([32, -800, 128], 190, [1, 0]);
lamp([0, -1024, 176], 240, [0, 1]);
lamp([224, -576, 176], 220, [0, -1]);
lamp([-224, -576, 176], 220, [0, -1]);
lamp([-304, -1024, 176], 190, [0, 1]);

// From the hall to the yard.
room([-64, -576, 0], [64, -320, 128], BRICK);
lamp([0, -448, 128], 200);
solid([-64, -464, 0], [-40, -432, 128], "trim1");
solid([40, -464, 0], [64, -432, 128], "trim1");

// The store in the north, on the upper floor, and its passage to the gallery.
room([-320, 576, 128], [320, 928, 304], WOOD);
room([-64, 320, 128], [64, 576, 240], BRICK);
for (const x of [-224, -32, 160]) solid([x, 576, 280], [x + 32, 928, 304], "wood1");
crate(-256, 800, 128);
crate(-192, 800, 128);
crate(-224, 808, 192, 48);
crate(176, 624, 128);
crate(112, 832, 128);
crate(176, 832, 128);
crate(144, 832, 192, 48);
solid([-160, 672, 128], [-96, 736, 192], "crate1", true);
lamp([-128, 752, 304], 250);
lamp([112, 752, 304], 250);
lamp([0, 448, 240], 180);
// Slits through which the hall is seen, and shot into.
room([-232, 320, 176], [-184, 576, 224], DARK);
room([184, 320, 176], [232, 576, 224], DARK);
for (const x of [-208, 208]) for (const y of [384, 512]) light([x, y, 208], 70);

// North-east: stairs from the pump room up to the store.
room([736, 256, 0], [864, 336, 128], BRICK);
room([736, 336, 0], [864, 592, 256], BRICK);
stairs([736, 336], [864, 592], 0, 128, 1, 1, ["floor1", "trim1", "floor1"]);
room([736, 592, 128], [864, 832, 256], BRICK);
room([320, 704, 128], [736, 832, 256], BRICK);
lamp([800, 296, 128], 150);
lamp([800, 480, 256], 180);
lamp([800, 768, 256], 200);
lamp([528, 768, 256], 200);

// North-west: the same to the cistern.
room([-864, 256, 0], [-736, 336, 128], DARK);
room([-864, 336, 0], [-736, 592, 256], DARK);
stairs([-864, 336], [-736, 592], 0, 128, 1, 1, ["floor1", "trim1", "floor1"]);
room([-864, 592, 128], [-736, 832, 256], DARK);
room([-736, 704, 128], [-320, 832, 256], DARK);
lamp([-800, 296, 128], 150);
lamp([-800, 480, 256], 180);
lamp([-800, 768, 256], 200);
lamp([-528, 768, 256], 200);

// South-east and south-west: level passages to the yard.
for (const [east, skin] of [
  [true, WORKS],
  [false, DARK],
]) {
  const near = east ? -256 : -320;
  const [west, edge] = east ? [736, 864] : [-864, -736];
  room([west, -864, 0], [edge, near, 128], skin);
  room(east ? [384, -864, 0] : [-736, -864, 0], east ? [736, -736, 0 + 128] : [-384, -736, 128], skin);
  const middle = (west + edge) / 2;
  lamp([middle, -480, 128], 190);
  lamp([middle, -800, 128], 190);
  lamp([east ? 560 : -560, -800, 128], 190);
  solid([middle - (east ? 64 : -32), -624, 0], [middle - (east ? 32 : -64), -592, 128], "trim1");
}

// Signs above the doors say where they lead.
for (const [name, from, to] of [
  ["signcist", [-320, -32, 144], [-316, 32, 176]],
  ["signpump", [316, -32, 144], [320, 32, 176]],
  ["signyard", [-32, -320, 144], [32, -316, 176]],
  ["signstor", [-32, 316, 248], [32, 320, 280]],
  ["signhall", [-580, -32, 144], [-576, 32, 176]],
  ["signhall", [576, -32, 144], [580, 32, 176]],
  ["signhall", [-32, -580, 144], [32, -576, 176]],
  ["signhall", [-32, 576, 248], [32, 580, 280]],
]) {
  solid(from, to, ["trim1", name, "trim1"], true);
}

spawn(-256, -256, 0, 45);
spawn(256, 128, 0, 225);
spawn(0, 264, 128, 270);
spawn(-984, 224, 0, 315);
spawn(-608, -288, 0, 135);
spawn(984, -208, 0, 135);
spawn(640, 208, 0, 315);
spawn(-272, -960, 64, 45);
spawn(336, -640, 0, 225);
spawn(-288, 616, 128, 45);
spawn(272, 784, 128, 200);
spawn(-800, 800, 128, 0);

health(0, 704, 128);
health(-336, -992, 64);
health(976, 208, 0);
health(-984, -32, -16);

/** @type {import("./compile.mjs").Source} */
export const culvert = { boxes, lights, entities };
