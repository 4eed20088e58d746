/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot.h"

#include <math.h>
#include <string.h>

#include "scene.h"

/* A hand's and an eye's limits. */
static const float TURN_PER_S = 420, TURN_GAIN = 18, SIGHT_COSINE = 0.35f, FIRE_WITHIN = 14;
static const double REACTION_S = 0.25, ERROR_S = 0.3, BELIEVES_S = 0.1, FORGETS_S = 0.5, HUNTS_S = 4, RESPAWN_S = 1.3, STUCK_S = 1;
static const float NEAR = 260, FAR = 480, EYES = 22, ARRIVED = 28, EASE = 80;
enum { NOBODY = -1, GROW = 24, CHOICES = 10 };

void bot_start(struct bot *bot, uint32_t seed, float aim) {
  bot->chance = (uint64_t)seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
  bot->aim = aim;
  bot->enemy = NOBODY;
  bot->generation = 0;
  routes_start(&bot->routes);
}

/* From 0 up to, but not, 1. */
static float chance(struct bot *bot) {
  bot->chance ^= bot->chance << 13;
  bot->chance ^= bot->chance >> 7;
  bot->chance ^= bot->chance << 17;
  return (float)(bot->chance >> 40) / 16777216.0f;
}

/* Of the normal distribution, mean 0 and deviation 1: a sum of twelve. */
static float normal(struct bot *bot) {
  float sum = -6;
  for (int i = 0; i < 12; i++) sum += chance(bot);
  return sum;
}

/* The error wanders as a hand does, so that its deviation stays `aim`. */
static void wander(struct bot *bot, float seconds) {
  float keep = expf(-seconds / (float)ERROR_S), add = bot->aim * sqrtf(1 - keep * keep);
  for (int i = 0; i < 2; i++) bot->error[i] = bot->error[i] * keep + normal(bot) * add;
}

static void look_at(const float from[3], const float to[3], float angles[2]) {
  float east = to[0] - from[0], north = to[1] - from[1], up = to[2] - from[2];
  angles[0] = -atan2f(up, hypotf(east, north)) * (float)(180 / M_PI);
  angles[1] = atan2f(north, east) * (float)(180 / M_PI);
}

static void turn(const float angles[3], const float to[2], float seconds, struct intent *intent) {
  float most = TURN_PER_S * seconds, part = fminf(1, TURN_GAIN * seconds);
  intent->pitch = fmaxf(-most, fminf(most, (to[0] - angles[0]) * part));
  intent->yaw = fmaxf(-most, fminf(most, remainderf(to[1] - angles[1], 360) * part));
}

/* Walks towards a point whichever way it looks. */
static void walk_to(const float from[3], const float to[3], float yaw, struct intent *intent) {
  float turn = remainderf(atan2f(to[1] - from[1], to[0] - from[0]) * (float)(180 / M_PI) - yaw, 360);
  intent->forward = fabsf(turn) < 67.5f ? 1 : fabsf(turn) > 112.5f ? -1 : 0;
  intent->side = turn > 22.5f && turn < 157.5f ? -1 : turn < -22.5f && turn > -157.5f ? 1 : 0;
}

/* Whether it sees a player: before its eyes, with nothing solid between them and his head, middle or feet. */
static bool sees(const struct map *map, const float eye[3], const float angles[3], const float origin[3]) {
  static const float heights[] = {4, 26, -18};
  float forward[3], way[3], far = 0, ahead = 0;
  physics_directions(angles, forward, 0, 0);
  for (int axis = 0; axis < 3; axis++) {
    way[axis] = origin[axis] - eye[axis];
    far += way[axis] * way[axis];
    ahead += way[axis] * forward[axis];
  }
  if (ahead < SIGHT_COSINE * sqrtf(far)) return false;
  for (int i = 0; i < 3; i++) {
    if (map_sees(map, eye, (float[]){origin[0], origin[1], origin[2] + heights[i]})) return true;
  }
  return false;
}

/* Where a player will be when a shot of now counts: as he went on since the server told of him, and will until it hears of it. */
static void lead(const struct connection *connection, const struct sighting *sighting, double now, float at[3]) {
  double late = now - sighting->at + connection->round_trip + sighting->told.milliseconds / 1000.0;
  float seconds = (float)fmin(late, 0.3);
  for (int axis = 0; axis < 3; axis++) at[axis] = sighting->told.origin[axis] + sighting->told.velocity[axis] * seconds;
  at[2] = sighting->told.origin[2];
}

/* The nearest of those that it sees; whom it fights already, it goes on fighting. */
static int spot(const struct bot *bot, const struct world *world, const struct map *map, const float eye[3],
                const float angles[3]) {
  uint32_t packet = world->players[world->view->self].last.packet;
  int best = NOBODY;
  float least = 0;
  for (int slot = 0; slot < SERVER_PLAYERS; slot++) {
    const struct server_player *told = &world->players[slot].last.told;
    if (slot == world->view->self || world->players[slot].last.packet != packet || world->players[slot].spectator) continue;
    if (told->flags & (PLAYER_DEAD | PLAYER_GIB) || !sees(map, eye, angles, told->origin)) continue;
    if (slot == bot->enemy) return slot;
    float far = hypotf(told->origin[0] - eye[0], told->origin[1] - eye[1]);
    if (best != NOBODY && far >= least) continue;
    best = slot;
    least = far;
  }
  return best;
}

static void forget_way(struct bot *bot) {
  bot->path_length = bot->path_at = 0;
}

static void find_way(struct bot *bot, const struct map *map, const float from[3], int to) {
  bot->path_at = 0;
  bot->path_length = routes_find(&bot->routes, routes_enter(&bot->routes, map, from), to, bot->path);
}

/* Along its way, looking ahead; places that it can walk past are skipped. */
static void follow(struct bot *bot, const struct map *map, const struct body *body, const float angles[3], float seconds,
                   struct intent *intent) {
  const struct routes_place *places = bot->routes.places;
  float end[3];
  for (int skip = 0; skip < 3 && bot->path_at + 1 < bot->path_length; skip++) {
    const float *next = places[bot->path[bot->path_at + 1]].at;
    if (!routes_walks(map, body->origin, next, end) || fabsf(end[2] - next[2]) > EYES) break;
    bot->path_at++;
  }
  const float *at = places[bot->path[bot->path_at]].at;
  if (hypotf(at[0] - body->origin[0], at[1] - body->origin[1]) < ARRIVED && ++bot->path_at >= bot->path_length) {
    forget_way(bot);
    return;
  }
  at = places[bot->path[bot->path_at]].at;
  float to[2], eye[3] = {body->origin[0], body->origin[1], body->origin[2] + EYES};
  float ahead[3] = {at[0], at[1], at[2] + EYES};
  look_at(eye, ahead, to);
  if (hypotf(at[0] - eye[0], at[1] - eye[1]) < EASE) to[0] = 0;
  turn(angles, to, seconds, intent);
  walk_to(body->origin, at, angles[1], intent);
}

/* Whether a step aside has room and floor. */
static bool room(const struct map *map, const struct body *body, float yaw, int side) {
  float right[3], end[3];
  physics_directions((float[]){0, yaw, 0}, 0, right, 0);
  float to[3] = {body->origin[0] + right[0] * 48 * (float)side, body->origin[1] + right[1] * 48 * (float)side,
                 body->origin[2]};
  return routes_walks(map, body->origin, to, end) && body->origin[2] - end[2] < 32;
}

static void fight(struct bot *bot, const struct connection *connection, const struct map *map, double now,
                  const struct body *body, const float angles[3], float seconds, struct intent *intent) {
  const struct sighting *sighting = &connection->world->players[bot->enemy].last;
  float eye[3] = {body->origin[0], body->origin[1], body->origin[2] + EYES}, target[3], to[2];
  lead(connection, sighting, now, target);
  look_at(eye, target, to);
  to[0] += bot->error[0];
  to[1] += bot->error[1];
  turn(angles, to, seconds, intent);
  float off = fmaxf(fabsf(to[0] - angles[0]), fabsf(remainderf(to[1] - angles[1], 360)));
  intent->attack = off < FIRE_WITHIN && now - bot->seen_since > REACTION_S && now - bot->seen_at < BELIEVES_S;
  if (now > bot->dodge_until) {
    bot->dodge = chance(bot) < 0.5f ? -1 : 1;
    bot->dodge_until = now + 0.3 + chance(bot) * 0.7;
  }
  if (!room(map, body, angles[1], bot->dodge)) bot->dodge = -bot->dodge;
  intent->side = room(map, body, angles[1], bot->dodge) ? bot->dodge : 0;
  float far = hypotf(target[0] - eye[0], target[1] - eye[1]);
  intent->forward = far > FAR ? 1 : far < NEAR ? -1 : 0;
}

/* How far a place is from the middle of the map, where the ways cross. */
static float off_middle(const struct bot *bot, const struct map *map, int place) {
  const float *at = bot->routes.places[place].at;
  return hypotf(at[0] - (map->least[0] + map->most[0]) / 2, at[1] - (map->least[1] + map->most[1]) / 2);
}

/* Somewhere to go: where the enemy was last seen, or any place, rather one where others come by. */
static void choose(struct bot *bot, const struct map *map, const struct body *body, double now) {
  if (bot->hunting && now - bot->seen_at < HUNTS_S) {
    find_way(bot, map, body->origin, routes_nearest(&bot->routes, bot->seen));
    bot->hunting = false;
    return;
  }
  int best = NOBODY;
  for (int i = 0; i < CHOICES && bot->routes.count > 0; i++) {
    int place = (int)(chance(bot) * (float)bot->routes.count);
    if (best == NOBODY || off_middle(bot, map, place) < off_middle(bot, map, best)) best = place;
  }
  find_way(bot, map, body->origin, best);
}

static void free_itself(struct bot *bot, const struct body *body, double now, struct intent *intent) {
  float gone = hypotf(body->origin[0] - bot->stood[0], body->origin[1] - bot->stood[1]);
  if (gone > 40 || bot->stood_since == 0) {
    memcpy(bot->stood, body->origin, sizeof bot->stood);
    bot->stood_since = now;
  }
  if (now - bot->stood_since < STUCK_S) return;
  intent->jump = true;
  if (now - bot->stood_since < 2 * STUCK_S) return;
  forget_way(bot);
  bot->stood_since = now;
}

static void notice(struct bot *bot, const struct world *world, const struct map *map, double now, const float eye[3],
                   const float angles[3]) {
  int who = spot(bot, world, map, eye, angles);
  if (who != NOBODY) {
    if (who != bot->enemy || now - bot->seen_at > FORGETS_S) bot->seen_since = now;
    bot->enemy = who;
    bot->seen_at = now;
    bot->hunting = true;
    memcpy(bot->seen, world->players[who].last.told.origin, sizeof bot->seen);
  } else if (bot->enemy != NOBODY && now - bot->seen_at > FORGETS_S) {
    bot->enemy = NOBODY;
    forget_way(bot);
  }
}

void bot_think(struct bot *bot, const struct connection *connection, const struct map *map, double now,
               const float angles[3], struct intent *intent) {
  const struct world *world = connection->world;
  float seconds = (float)fmin(now - bot->thought_at, 0.1);
  bot->thought_at = now;
  if (connection->state != CONNECTION_PLAYING || !map->file) return;
  if (bot->generation != world->view->generation) {
    bot->generation = world->view->generation;
    routes_start(&bot->routes);
    forget_way(bot);
    bot->enemy = NOBODY;
  }
  routes_grow(&bot->routes, map, GROW);
  wander(bot, seconds);
  if (world->stats[STAT_HEALTH] <= 0) {
    if (bot->dead_since == 0) bot->dead_since = now;
    intent->attack = now - bot->dead_since > RESPAWN_S;
    bot->enemy = NOBODY;
    bot->hunting = false;
    forget_way(bot);
    return;
  }
  bot->dead_since = 0;
  struct body body = scene_body(connection, map);
  float eye[3] = {body.origin[0], body.origin[1], body.origin[2] + EYES};
  notice(bot, world, map, now, eye, angles);
  if (bot->enemy != NOBODY) {
    fight(bot, connection, map, now, &body, angles, seconds, intent);
    return;
  }
  if (bot->path_length == 0) choose(bot, map, &body, now);
  if (bot->path_length > 0) follow(bot, map, &body, angles, seconds, intent);
  free_itself(bot, &body, now, intent);
}
