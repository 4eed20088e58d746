/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double BEAM_S = 0.12, FLASH_S = 0.08;
enum { COLOURS = 14 };

void world_reset(struct world *world, struct view *view) {
  *world = (struct world){.view = view, .now = world->now, .packet = world->packet};
  int generation = view->generation;
  char status[VIEW_LINE];
  memcpy(status, view->status, sizeof status);
  *view = (struct view){.generation = generation + 1, .bot = view->bot};
  memcpy(view->status, status, sizeof status);
  for (int i = 0; i < VIEW_STYLES; i++) strcpy(view->styles[i], "m");
}

void world_info(const char *info, const char *key, char *value, size_t size) {
  size_t wanted = strlen(key);
  value[0] = 0;
  for (const char *at = info; *at == '\\';) {
    const char *name = at + 1, *text = strchr(name, '\\');
    if (!text) return;
    const char *end = text + 1 + strcspn(text + 1, "\\");
    if ((size_t)(text - name) == wanted && memcmp(name, key, wanted) == 0) {
      size_t length = (size_t)(end - text - 1);
      if (length >= size) length = size - 1;
      memcpy(value, text + 1, length);
      value[length] = 0;
      return;
    }
    at = end;
  }
}

void world_line(struct view *view, double now, const char *text) {
  char line[VIEW_LINE];
  text_plain(line, sizeof line, text);
  if (!line[0]) return;
  memmove(view->lines, view->lines + 1, sizeof view->lines - sizeof view->lines[0]);
  memmove(view->line_at, view->line_at + 1, sizeof view->line_at - sizeof view->line_at[0]);
  memcpy(view->lines[VIEW_LINES - 1], line, sizeof line);
  view->line_at[VIEW_LINES - 1] = now;
}

/* A print may be several lines, or a part of one: each piece is one here. */
static void print(struct world *world, const char *text) {
  char piece[TEXT_LIMIT];
  while (*text) {
    size_t length = strcspn(text, "\n");
    memcpy(piece, text, length);
    piece[length] = 0;
    world_line(world->view, world->now, piece);
    text += length + (text[length] == '\n');
  }
}

static int colour(const char *info, const char *key) {
  char value[16];
  world_info(info, key, value, sizeof value);
  int number = atoi(value);
  return number < 0 ? 0 : number >= COLOURS ? COLOURS - 1 : number;
}

static void user_info(struct world *world, int slot, const char *info) {
  struct view_player *player = &world->view->players[slot];
  char name[64], spectator[8];
  world_info(info, "name", name, sizeof name);
  text_plain(player->name, sizeof player->name, name);
  player->in = info[0] != 0;
  player->top = colour(info, "topcolor");
  player->bottom = colour(info, "bottomcolor");
  world_info(info, "*spectator", spectator, sizeof spectator);
  world->players[slot].spectator = spectator[0] && spectator[0] != '0';
}

/* One value of a player's changed. */
static void set_info(struct world *world, int slot, const char *key, const char *value) {
  struct view_player *player = &world->view->players[slot];
  int number = atoi(value);
  if (number < 0 || number >= COLOURS) number = COLOURS - 1;
  if (strcmp(key, "name") == 0) text_plain(player->name, sizeof player->name, value);
  if (strcmp(key, "topcolor") == 0) player->top = number;
  if (strcmp(key, "bottomcolor") == 0) player->bottom = number;
}

static void begin_frame(struct world *world, int from) {
  struct world_frame *frame = &world->frames[world->packet % WORLD_FRAMES];
  world->from = 0;
  world->from_at = 0;
  if (from >= 0) {
    const struct world_frame *base = &world->frames[from % WORLD_FRAMES];
    /* A list that starts from one which is no longer known cannot be read: the next is asked for whole. */
    if (base == frame || base->packet == 0 || (base->packet & 0xff) != (unsigned)from ||
        world->packet - base->packet >= WORLD_FRAMES) {
      world->whole_packet = 0;
      world->building = 0;
      return;
    }
    world->from = base;
  }
  *frame = (struct world_frame){.packet = world->packet};
  world->building = frame;
}

static struct server_entity *append(struct world_frame *frame, const struct server_entity *entity) {
  if (frame->count == WORLD_FRAME_ENTITIES) return 0;
  frame->entities[frame->count] = *entity;
  return &frame->entities[frame->count++];
}

/* Things of the old list up to a number go over as they are. */
static void keep_below(struct world *world, int number) {
  const struct world_frame *from = world->from;
  while (from && world->from_at < from->count && from->entities[world->from_at].number < number) {
    append(world->building, &from->entities[world->from_at++]);
  }
}

static void change(struct world *world, const struct server_entity *told) {
  if (!world->building) return;
  keep_below(world, told->number);
  struct server_entity entity = world->baselines[told->number];
  if (world->from && world->from_at < world->from->count &&
      world->from->entities[world->from_at].number == told->number) {
    entity = world->from->entities[world->from_at++];
  }
  if (told->says & ENTITY_GONE) return;
  entity.number = told->number;
  if (told->says & ENTITY_MODEL) entity.model = told->model;
  if (told->says & ENTITY_FRAME) entity.frame = told->frame;
  if (told->says & ENTITY_COLOURS) entity.colours = told->colours;
  if (told->says & ENTITY_SKIN) entity.skin = told->skin;
  if (told->says & ENTITY_EFFECTS) entity.effects = told->effects;
  for (int axis = 0; axis < 3; axis++) {
    if (told->says & (unsigned)ENTITY_X << axis) entity.origin[axis] = told->origin[axis];
  }
  if (told->says & ENTITY_PITCH) entity.angles[0] = told->angles[0];
  if (told->says & ENTITY_YAW) entity.angles[1] = told->angles[1];
  if (told->says & ENTITY_ROLL) entity.angles[2] = told->angles[2];
  append(world->building, &entity);
}

static void end_frame(struct world *world) {
  if (!world->building) return;
  keep_below(world, SERVER_ENTITIES);
  world->whole_packet = world->packet;
  for (int i = 0; i < world->building->count; i++) {
    const struct server_entity *entity = &world->building->entities[i];
    struct world_trail *trail = &world->trails[entity->number];
    memcpy(trail->before, trail->origin, sizeof trail->before);
    memcpy(trail->origin, entity->origin, sizeof trail->origin);
    trail->before_at = trail->at;
    trail->at = world->now;
  }
  world->building = 0;
}

static void sighted(struct world *world, const struct server_player *told) {
  struct world_player *player = &world->players[told->number];
  player->before = player->last;
  player->last = (struct sighting){world->now, world->packet, *told};
}

static void burst(struct world *world, int kind, const float origin[3]) {
  struct view *view = world->view;
  if (view->burst_count == VIEW_PARTICLES) {
    memmove(view->bursts, view->bursts + 1, sizeof view->bursts - sizeof view->bursts[0]);
    view->burst_count--;
  }
  struct view_burst *to = &view->bursts[view->burst_count++];
  to->kind = kind;
  memcpy(to->origin, origin, sizeof to->origin);
  to->since = world->now;
}

static void beam(struct world *world, const float from[3], const float end[3]) {
  struct view *view = world->view;
  if (view->beam_count == VIEW_BEAMS) {
    memmove(view->beams, view->beams + 1, sizeof view->beams - sizeof view->beams[0]);
    view->beam_count--;
  }
  struct view_beam *to = &view->beams[view->beam_count++];
  memcpy(to->from, from, sizeof to->from);
  memcpy(to->to, end, sizeof to->to);
  to->until = world->now + BEAM_S;
}

static void effect(struct world *world, const struct server_message *message) {
  switch (message->index) {
    case EFFECT_LIGHTNING_1:
    case EFFECT_LIGHTNING_2:
    case EFFECT_LIGHTNING_3:
      beam(world, message->position, message->end);
      break;
    case EFFECT_EXPLOSION:
    case EFFECT_TAR_EXPLOSION:
      burst(world, BURST_EXPLOSION, message->position);
      break;
    case EFFECT_BLOOD:
    case EFFECT_LIGHTNING_BLOOD:
      burst(world, BURST_BLOOD, message->position);
      break;
    default:
      burst(world, BURST_SPARK, message->position);
  }
}

static void name_of_list(struct world *world, const struct server_message *message) {
  if (message->value != SERVER_MODELS || message->index >= VIEW_MODELS) return;
  text_plain(world->view->models[message->index], VIEW_PATH, message->text);
}

void world_tell(struct world *world, const struct server_message *message) {
  struct view *view = world->view;
  struct view_player *player = &view->players[message->index & (SERVER_PLAYERS - 1)];
  switch ((int)message->kind) {
    case SERVER_DATA:
      world_reset(world, view);
      world->server_count = message->value;
      world->physics = message->physics;
      view->self = message->index;
      break;
    case SERVER_NAME:
      name_of_list(world, message);
      break;
    case SERVER_STAT:
      world->stats[message->index] = message->value;
      break;
    case SERVER_STYLE:
      snprintf(view->styles[message->index], sizeof view->styles[0], "%.*s", (int)sizeof view->styles[0] - 1,
               message->text);
      break;
    case SERVER_PRINT:
      print(world, message->text);
      break;
    case SERVER_CENTRE:
    case SERVER_FINALE:
      snprintf(view->centre, sizeof view->centre, "%.*s", (int)sizeof view->centre - 1, message->text);
      view->centre_at = world->now;
      break;
    case SERVER_SET_ANGLES:
      world->angles_set = true;
      memcpy(world->angles, message->angles, sizeof world->angles);
      break;
    case SERVER_FRAGS:
      player->frags = message->value;
      break;
    case SERVER_PING:
      player->ping = message->value;
      break;
    case SERVER_ENTER_TIME:
      world->players[message->index].entered_at = world->now - message->number;
      break;
    case SERVER_USER_INFO:
      user_info(world, message->index, message->text);
      break;
    case SERVER_SET_INFO:
      set_info(world, message->index, message->text, message->second);
      break;
    case SERVER_DAMAGE:
      view->hurt_at = world->now;
      break;
    case SERVER_INTERMISSION:
      view->intermission = true;
      memcpy(view->eye, message->position, sizeof view->eye);
      memcpy(view->angles, message->angles, sizeof view->angles);
      break;
    case SERVER_MUZZLE_FLASH:
      if (message->index >= 1 && message->index <= SERVER_PLAYERS) {
        world->flash_until[message->index - 1] = world->now + FLASH_S;
      }
      break;
    case SERVER_MAX_SPEED:
      world->physics.max_speed = message->number;
      break;
    case SERVER_GRAVITY:
      world->physics.entity_gravity = message->number;
      break;
    case SERVER_BASELINE:
      world->baselines[message->entity.number] = message->entity;
      break;
    case SERVER_STATIC:
      if (world->static_count < WORLD_FRAME_ENTITIES) world->statics[world->static_count++] = message->entity;
      break;
    case SERVER_PLAYER:
      sighted(world, &message->player);
      break;
    case SERVER_ENTITIES_WHOLE:
    case SERVER_ENTITIES_DELTA:
      begin_frame(world, message->value);
      break;
    case SERVER_ENTITY:
      change(world, &message->entity);
      break;
    case SERVER_ENTITIES_END:
      end_frame(world);
      break;
    case SERVER_EFFECT:
      effect(world, message);
      break;
    default:
      break;
  }
}
