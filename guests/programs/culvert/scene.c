/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene.h"

#include <math.h>
#include <string.h>

#include "map.h"

static const float EYES = 22, EYES_DEAD = -8, JUMPED = 120, STAIRS_PER_S = 140;
static const double TRAIL_S = 0.25, LEAST_S = 0.02, MOST_S = 0.12;
enum { RECENT = 64, EFFECT_FLASH = 2 };

struct body scene_body(const struct connection *connection, const struct map *map) {
  const struct world *world = connection->world;
  const struct channel *channel = &connection->channel;
  const struct sighting *last = &world->players[world->view->self].last;
  struct body body = {.jump_held = true};
  memcpy(body.origin, last->told.origin, sizeof body.origin);
  memcpy(body.velocity, last->told.velocity, sizeof body.velocity);
  if (!map->file || world->stats[STAT_HEALTH] <= 0) return body;
  uint32_t next = channel->in_acknowledged + 1;
  if (channel->out_sequence - next > RECENT / 2) return body;
  body.jump_held = connection->moves[channel->in_acknowledged % RECENT].buttons & BUTTON_JUMP;
  for (; next < channel->out_sequence; next++) physics_move(map, &world->physics, &connection->moves[next % RECENT], &body);
  return body;
}

/* Between two places by how long ago the later one was seen; what jumped far does not glide. */
static void glide(const float before[3], double before_at, const float last[3], double at, double now, float place[3]) {
  double span = at - before_at;
  float far = 0, part = 1;
  for (int axis = 0; axis < 3; axis++) far = fmaxf(far, fabsf(last[axis] - before[axis]));
  if (before_at > 0 && span < TRAIL_S && far < JUMPED) {
    if (span < LEAST_S) span = LEAST_S;
    if (span > MOST_S) span = MOST_S;
    part = fminf((float)((now - at) / span), 1);
  }
  for (int axis = 0; axis < 3; axis++) place[axis] = before[axis] + (last[axis] - before[axis]) * part;
}

static struct view_entity *next_entity(struct view *view) {
  return view->entity_count < VIEW_ENTITIES ? &view->entities[view->entity_count++] : 0;
}

static void put_thing(struct view *view, const struct server_entity *from, const float origin[3]) {
  struct view_entity *to = from->model > 0 ? next_entity(view) : 0;
  if (!to) return;
  *to = (struct view_entity){from->model, from->frame, from->skin, -1, from->effects, {0}, {0}};
  memcpy(to->origin, origin, sizeof to->origin);
  memcpy(to->angles, from->angles, sizeof to->angles);
}

static int player_model(const struct view *view) {
  for (int i = 1; i < VIEW_MODELS && view->models[i][0]; i++) {
    if (strcmp(view->models[i], "progs/player.mdl") == 0) return i;
  }
  return 0;
}

static void put_players(const struct world *world, double now, uint32_t packet) {
  struct view *view = world->view;
  int usual = player_model(view);
  for (int slot = 0; slot < SERVER_PLAYERS; slot++) {
    const struct sighting *last = &world->players[slot].last, *before = &world->players[slot].before;
    /* Whom the newest packet does not tell of is out of sight. */
    if (slot == view->self || last->packet != packet || packet == 0) continue;
    int model = last->told.flags & PLAYER_HAS_MODEL ? last->told.model : usual;
    struct view_entity *to = model > 0 ? next_entity(view) : 0;
    if (!to) continue;
    *to = (struct view_entity){model, last->told.frame, last->told.skin, slot, last->told.effects, {0}, {0}};
    if (world->flash_until[slot] > now) to->effects |= EFFECT_FLASH;
    bool near = last->packet - before->packet < RECENT / 2;
    glide(before->told.origin, near ? before->at : 0, last->told.origin, last->at, now, to->origin);
    /* A player leans a third as far as it looks up or down. */
    to->angles[0] = last->told.move.angles[0] / 3;
    to->angles[1] = last->told.move.angles[1];
  }
}

static void put_things(const struct world *world, double now) {
  const struct world_frame *frame = &world->frames[world->whole_packet % WORLD_FRAMES];
  for (int i = 0; world->whole_packet > 0 && i < frame->count; i++) {
    const struct world_trail *trail = &world->trails[frame->entities[i].number];
    float origin[3];
    glide(trail->before, trail->before_at, trail->origin, trail->at, now, origin);
    put_thing(world->view, &frame->entities[i], origin);
  }
  for (int i = 0; i < world->static_count; i++) put_thing(world->view, &world->statics[i], world->statics[i].origin);
}

static void drop_old(struct view *view, double now) {
  int kept = 0;
  for (int i = 0; i < view->beam_count; i++) {
    if (view->beams[i].until > now) view->beams[kept++] = view->beams[i];
  }
  view->beam_count = kept;
  kept = 0;
  for (int i = 0; i < view->burst_count; i++) {
    if (now - view->bursts[i].since < 1) view->bursts[kept++] = view->bursts[i];
  }
  view->burst_count = kept;
}

/* The eye follows steps upwards gently. */
static void put_eye(struct view *view, const struct body *body, double now, const float angles[3]) {
  float eye = body->origin[2] + (view->dead ? EYES_DEAD : EYES), rise = eye - view->eye[2];
  float most = STAIRS_PER_S * (float)(now - view->now);
  if (view->playing && rise > most && rise < 20 && body->on_ground) eye = view->eye[2] + most;
  view->eye[0] = body->origin[0];
  view->eye[1] = body->origin[1];
  view->eye[2] = eye;
  memcpy(view->angles, angles, sizeof view->angles);
}

void scene_fill(const struct connection *connection, const struct map *map, double now, const float angles[3]) {
  const struct world *world = connection->world;
  struct view *view = world->view;
  bool playing = connection->state == CONNECTION_PLAYING;
  view->entity_count = 0;
  if (playing) {
    const struct sighting *self = &world->players[view->self].last;
    struct body body = scene_body(connection, map);
    view->health = world->stats[STAT_HEALTH];
    view->armour = world->stats[STAT_ARMOUR];
    view->ammo = world->stats[STAT_AMMO];
    view->weapon_model = world->stats[STAT_WEAPON_MODEL] & (VIEW_MODELS - 1);
    view->weapon_frame = self->told.weapon_frame;
    view->dead = view->health <= 0;
    if (!view->intermission) put_eye(view, &body, now, angles);
    put_players(world, now, self->packet);
    put_things(world, now);
    for (int slot = 0; slot < SERVER_PLAYERS; slot++) {
      view->players[slot].seconds = (int)(now - world->players[slot].entered_at);
    }
  }
  drop_old(view, now);
  view->playing = playing;
  view->now = now;
}
