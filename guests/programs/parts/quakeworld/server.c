#include "server.h"

#include <string.h>

enum {
  PLAYER_MILLISECONDS = 1 << 0,
  PLAYER_MOVE = 1 << 1,
  PLAYER_VELOCITY = 1 << 2, /* and the two bits above it */
  PLAYER_SKIN = 1 << 6,
  PLAYER_EFFECTS = 1 << 7,
  PLAYER_WEAPON_FRAME = 1 << 8,
  ENTITY_NUMBER = 0x1ff,
  ENTITY_MORE = 1 << 15,
  SPECTATOR = 0x80,
  SOUND_VOLUME = 1 << 15,
  SOUND_ATTENUATION = 1 << 14,
  NAIL_BYTES = 6,
};

struct parse {
  struct reader *from;
  void (*tell)(void *whose, const struct server_message *message);
  void *whose;
  struct server_message message;
};

static void tell(struct parse *parse, int kind) {
  if (parse->from->bad) return;
  parse->message.kind = (enum server_kind)kind;
  parse->tell(parse->whose, &parse->message);
}

/* An index below a limit; a larger one ends the parse. */
static int limited(struct parse *parse, int value, int limit) {
  if (value >= 0 && value < limit) return value;
  parse->from->bad = true;
  return 0;
}

static int slot(struct parse *parse) {
  return limited(parse, read_u8(parse->from), SERVER_PLAYERS);
}

static void data(struct parse *parse) {
  struct reader *from = parse->from;
  struct server_message *message = &parse->message;
  if (read_u32(from) != PROTOCOL) from->bad = true;
  message->value = (int)read_u32(from);
  read_text(from, message->second, sizeof message->second);
  message->index = limited(parse, read_u8(from) & ~SPECTATOR, SERVER_PLAYERS);
  read_text(from, message->text, sizeof message->text);
  struct server_physics *physics = &message->physics;
  float *values[] = {&physics->gravity,      &physics->stop_speed, &physics->max_speed,      &physics->spectator_speed,
                     &physics->accelerate,   &physics->air_accelerate, &physics->water_accelerate, &physics->friction,
                     &physics->water_friction, &physics->entity_gravity};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) *values[i] = read_float(from);
  tell(parse, SERVER_DATA);
}

/* Names from a number on, each told; then where the list goes on, 0 for nowhere. */
static void list(struct parse *parse, int kind) {
  struct server_message *message = &parse->message;
  int at = read_u8(parse->from);
  message->value = kind;
  for (;;) {
    read_text(parse->from, message->text, sizeof message->text);
    if (!message->text[0] || parse->from->bad) break;
    message->index = limited(parse, ++at, SERVER_NAMES);
    tell(parse, SERVER_NAME);
  }
  message->index = read_u8(parse->from);
  tell(parse, SERVER_LIST_END);
}

static void player(struct parse *parse) {
  static const struct move none;
  struct reader *from = parse->from;
  struct server_player *player = &parse->message.player;
  *player = (struct server_player){.number = slot(parse)};
  player->flags = (uint16_t)read_i16(from);
  read_position(from, player->origin);
  player->frame = read_u8(from);
  if (player->flags & PLAYER_MILLISECONDS) player->milliseconds = read_u8(from);
  if (player->flags & PLAYER_MOVE) move_read(from, &none, &player->move);
  for (int axis = 0; axis < 3; axis++) {
    if (player->flags & PLAYER_VELOCITY << axis) player->velocity[axis] = read_i16(from);
  }
  if (player->flags & PLAYER_HAS_MODEL) player->model = read_u8(from);
  if (player->flags & PLAYER_SKIN) player->skin = read_u8(from);
  if (player->flags & PLAYER_EFFECTS) player->effects = read_u8(from);
  if (player->flags & PLAYER_WEAPON_FRAME) player->weapon_frame = read_u8(from);
  tell(parse, SERVER_PLAYER);
}

static void entity_change(struct reader *from, unsigned word, struct server_entity *entity) {
  *entity = (struct server_entity){.number = (int)(word & ENTITY_NUMBER)};
  unsigned says = word & ~(unsigned)(ENTITY_NUMBER | ENTITY_MORE);
  if (word & ENTITY_MORE) says |= read_u8(from);
  if (says & ENTITY_MODEL) entity->model = read_u8(from);
  if (says & ENTITY_FRAME) entity->frame = read_u8(from);
  if (says & ENTITY_COLOURS) entity->colours = read_u8(from);
  if (says & ENTITY_SKIN) entity->skin = read_u8(from);
  if (says & ENTITY_EFFECTS) entity->effects = read_u8(from);
  if (says & ENTITY_X) entity->origin[0] = read_coordinate(from);
  if (says & ENTITY_PITCH) entity->angles[0] = read_angle8(from);
  if (says & ENTITY_Y) entity->origin[1] = read_coordinate(from);
  if (says & ENTITY_YAW) entity->angles[1] = read_angle8(from);
  if (says & ENTITY_Z) entity->origin[2] = read_coordinate(from);
  if (says & ENTITY_ROLL) entity->angles[2] = read_angle8(from);
  entity->says = says;
}

/* `message->value` is the sequence that the changes start from, -1 for none. */
static void entities(struct parse *parse, int kind) {
  struct server_message *message = &parse->message;
  message->value = kind == SERVER_ENTITIES_DELTA ? read_u8(parse->from) : -1;
  tell(parse, kind);
  for (unsigned word; (word = (uint16_t)read_i16(parse->from)) != 0 && !parse->from->bad;) {
    entity_change(parse->from, word, &message->entity);
    tell(parse, SERVER_ENTITY);
  }
  tell(parse, SERVER_ENTITIES_END);
}

static void whole_entity(struct parse *parse, int kind) {
  struct reader *from = parse->from;
  struct server_entity *entity = &parse->message.entity;
  *entity = (struct server_entity){0};
  if (kind == SERVER_BASELINE) entity->number = limited(parse, read_i16(from), SERVER_ENTITIES);
  entity->model = read_u8(from);
  entity->frame = read_u8(from);
  entity->colours = read_u8(from);
  entity->skin = read_u8(from);
  for (int axis = 0; axis < 3; axis++) {
    entity->origin[axis] = read_coordinate(from);
    entity->angles[axis] = read_angle8(from);
  }
  tell(parse, kind);
}

static void effect(struct parse *parse) {
  struct server_message *message = &parse->message;
  message->index = limited(parse, read_u8(parse->from), EFFECT_LIGHTNING_BLOOD + 1);
  message->value = 1;
  switch (message->index) {
    case EFFECT_LIGHTNING_1:
    case EFFECT_LIGHTNING_2:
    case EFFECT_LIGHTNING_3:
      message->value = read_i16(parse->from);
      read_position(parse->from, message->position);
      read_position(parse->from, message->end);
      break;
    case EFFECT_GUNSHOT:
    case EFFECT_BLOOD:
      message->value = read_u8(parse->from);
      read_position(parse->from, message->position);
      break;
    default:
      read_position(parse->from, message->position);
  }
  tell(parse, SERVER_EFFECT);
}

/* `index`: the entity that sounds; `value`: the sound's number. */
static void sound(struct parse *parse) {
  unsigned channel = (uint16_t)read_i16(parse->from);
  if (channel & SOUND_VOLUME) read_skip(parse->from, 1);
  if (channel & SOUND_ATTENUATION) read_skip(parse->from, 1);
  parse->message.index = channel >> 3 & 1023;
  parse->message.value = read_u8(parse->from);
  read_position(parse->from, parse->message.position);
  tell(parse, SERVER_SOUND);
}

static void intermission(struct parse *parse) {
  read_position(parse->from, parse->message.position);
  for (int axis = 0; axis < 3; axis++) parse->message.angles[axis] = read_angle8(parse->from);
  tell(parse, SERVER_INTERMISSION);
}

/* Those whose body is a slot or the like, and a value or a text. */
static void short_one(struct parse *parse, int kind) {
  struct reader *from = parse->from;
  struct server_message *message = &parse->message;
  switch (kind) {
    case SERVER_STAT:
    case SERVER_STAT_LONG:
      message->index = limited(parse, read_u8(from), SERVER_STATS);
      message->value = kind == SERVER_STAT ? read_u8(from) : (int)read_u32(from);
      kind = SERVER_STAT;
      break;
    case SERVER_PRINT:
      message->index = read_u8(from);
      read_text(from, message->text, sizeof message->text);
      break;
    case SERVER_COMMAND:
    case SERVER_CENTRE:
    case SERVER_FINALE:
      read_text(from, message->text, sizeof message->text);
      break;
    case SERVER_SET_ANGLES:
      for (int axis = 0; axis < 3; axis++) message->angles[axis] = read_angle8(from);
      break;
    case SERVER_STYLE:
      message->index = limited(parse, read_u8(from), SERVER_STYLES);
      read_text(from, message->text, sizeof message->text);
      break;
    case SERVER_FRAGS:
    case SERVER_PING:
      message->index = slot(parse);
      message->value = read_i16(from);
      break;
    case SERVER_LOSS:
      message->index = slot(parse);
      message->value = read_u8(from);
      break;
    case SERVER_ENTER_TIME:
      message->index = slot(parse);
      message->number = read_float(from);
      break;
    case SERVER_USER_INFO:
      message->index = slot(parse);
      message->value = (int)read_u32(from);
      read_text(from, message->text, sizeof message->text);
      break;
    case SERVER_SET_INFO:
      message->index = slot(parse);
      read_text(from, message->text, sizeof message->text);
      read_text(from, message->second, sizeof message->second);
      break;
    case SERVER_INFO:
      read_text(from, message->text, sizeof message->text);
      read_text(from, message->second, sizeof message->second);
      break;
    case SERVER_STOP_SOUND:
    case SERVER_MUZZLE_FLASH:
      message->index = (uint16_t)read_i16(from);
      break;
    case SERVER_DAMAGE:
      message->index = read_u8(from);
      message->value = read_u8(from);
      read_position(from, message->position);
      break;
    case SERVER_PAUSE:
    case SERVER_TRACK:
    case SERVER_CHOKE:
      message->value = read_u8(from);
      break;
    case SERVER_MAX_SPEED:
    case SERVER_GRAVITY:
      message->number = read_float(from);
      break;
    case SERVER_STATIC_SOUND:
      read_position(from, message->position);
      read_skip(from, 3);
      break;
    case SERVER_NAILS:
      read_skip(from, (size_t)read_u8(from) * NAIL_BYTES);
      break;
    case SERVER_DOWNLOAD:
      /* We ask for none: what comes is a refusal, size -1, or is passed over. */
      message->value = read_i16(from);
      message->index = read_u8(from);
      if (message->value > 0) read_skip(from, (size_t)message->value);
      break;
    default:
      break;
  }
  tell(parse, kind);
}

/* Whether there is a message of this number in the protocol as servers of today speak it. */
static bool known(int kind) {
  static const uint64_t numbers = 0x003ffffffdd95f4eull;
  return kind < 64 && (numbers >> kind & 1);
}

bool server_read(struct reader *from, void (*receiver)(void *whose, const struct server_message *message), void *whose) {
  static struct parse parse;
  parse = (struct parse){.from = from, .tell = receiver, .whose = whose};
  while (!from->bad && from->at < from->size) {
    int kind = read_u8(from);
    switch (kind) {
      case SERVER_DATA:
        data(&parse);
        break;
      case SERVER_MODELS:
      case SERVER_SOUNDS:
        list(&parse, kind);
        break;
      case SERVER_PLAYER:
        player(&parse);
        break;
      case SERVER_ENTITIES_WHOLE:
      case SERVER_ENTITIES_DELTA:
        entities(&parse, kind);
        break;
      case SERVER_BASELINE:
      case SERVER_STATIC:
        whole_entity(&parse, kind);
        break;
      case SERVER_EFFECT:
        effect(&parse);
        break;
      case SERVER_SOUND:
        sound(&parse);
        break;
      case SERVER_INTERMISSION:
        intermission(&parse);
        break;
      default:
        if (known(kind)) short_one(&parse, kind);
        else from->bad = true;
    }
  }
  return !from->bad;
}
