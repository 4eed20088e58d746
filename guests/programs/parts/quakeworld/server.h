/*
 * What a QuakeWorld server (protocol 28, no extensions) tells its clients, message by message. Whatever comes is taken as
 * hostile: numbers that index something are within the limits below when the receiver sees them, or the rest of the packet is
 * refused. Holds no state; what entities were before is the receiver's to remember.
 */
#ifndef QUAKEWORLD_SERVER_H
#define QUAKEWORLD_SERVER_H

#include "message.h"
#include "move.h"

enum {
  PROTOCOL = 28,
  SERVER_PLAYERS = 32,
  SERVER_ENTITIES = 512,
  SERVER_NAMES = 256,
  SERVER_STYLES = 64,
  SERVER_STATS = 32,
};

/* The messages' numbers in the protocol. */
enum server_kind {
  SERVER_NOP = 1,
  SERVER_DISCONNECT = 2,
  SERVER_STAT = 3, /* of one byte or of four */
  SERVER_SOUND = 6,
  SERVER_PRINT = 8,
  SERVER_COMMAND = 9,
  SERVER_SET_ANGLES = 10,
  SERVER_DATA = 11,
  SERVER_STYLE = 12,
  SERVER_FRAGS = 14,
  SERVER_STOP_SOUND = 16,
  SERVER_DAMAGE = 19,
  SERVER_STATIC = 20,
  SERVER_BASELINE = 22,
  SERVER_EFFECT = 23,
  SERVER_PAUSE = 24,
  SERVER_CENTRE = 26,
  SERVER_KILLED_MONSTER = 27,
  SERVER_FOUND_SECRET = 28,
  SERVER_STATIC_SOUND = 29,
  SERVER_INTERMISSION = 30,
  SERVER_FINALE = 31,
  SERVER_TRACK = 32,
  SERVER_SELL_SCREEN = 33,
  SERVER_SMALL_KICK = 34,
  SERVER_BIG_KICK = 35,
  SERVER_PING = 36,
  SERVER_ENTER_TIME = 37,
  SERVER_STAT_LONG = 38, /* told as SERVER_STAT */
  SERVER_MUZZLE_FLASH = 39,
  SERVER_USER_INFO = 40,
  SERVER_DOWNLOAD = 41,
  SERVER_PLAYER = 42,
  SERVER_NAILS = 43,
  SERVER_CHOKE = 44,
  SERVER_MODELS = 45,
  SERVER_SOUNDS = 46,
  SERVER_ENTITIES_WHOLE = 47,
  SERVER_ENTITIES_DELTA = 48,
  SERVER_MAX_SPEED = 49,
  SERVER_GRAVITY = 50,
  SERVER_SET_INFO = 51,
  SERVER_INFO = 52,
  SERVER_LOSS = 53,
  /* Not in the protocol: the parts of a list, each told by itself. */
  SERVER_NAME = 256,  /* one of a list of models or sounds */
  SERVER_LIST_END,    /* and how it goes on */
  SERVER_ENTITY,      /* one entity's change */
  SERVER_ENTITIES_END
};

/* The stats that the game uses. */
enum { STAT_HEALTH = 0, STAT_WEAPON_MODEL = 2, STAT_AMMO = 3, STAT_ARMOUR = 4, STAT_ITEMS = 15 };

/* What an entity's change says; the rest is as it was. */
enum {
  ENTITY_X = 1 << 9,
  ENTITY_Y = 1 << 10,
  ENTITY_Z = 1 << 11,
  ENTITY_YAW = 1 << 12,
  ENTITY_FRAME = 1 << 13,
  ENTITY_GONE = 1 << 14,
  ENTITY_PITCH = 1 << 0,
  ENTITY_ROLL = 1 << 1,
  ENTITY_MODEL = 1 << 2,
  ENTITY_COLOURS = 1 << 3,
  ENTITY_SKIN = 1 << 4,
  ENTITY_EFFECTS = 1 << 5,
};

struct server_entity {
  int number;
  unsigned says;
  uint8_t model, frame, colours, skin, effects;
  float origin[3], angles[3];
};

enum { PLAYER_HAS_MODEL = 1 << 5, PLAYER_DEAD = 1 << 9, PLAYER_GIB = 1 << 10 };

struct server_player {
  int number;
  unsigned flags;
  float origin[3], velocity[3];
  /* What it did last, if told, and how long ago that was. */
  struct move move;
  int milliseconds;
  uint8_t frame, model, skin, effects, weapon_frame;
};

/* Points and beams; the numbers are the protocol's. */
enum server_effect {
  EFFECT_SPIKE = 0,
  EFFECT_SUPER_SPIKE = 1,
  EFFECT_GUNSHOT = 2,
  EFFECT_EXPLOSION = 3,
  EFFECT_TAR_EXPLOSION = 4,
  EFFECT_LIGHTNING_1 = 5,
  EFFECT_LIGHTNING_2 = 6,
  EFFECT_WIZARD_SPIKE = 7,
  EFFECT_KNIGHT_SPIKE = 8,
  EFFECT_LIGHTNING_3 = 9,
  EFFECT_LAVA_SPLASH = 10,
  EFFECT_TELEPORT = 11,
  EFFECT_BLOOD = 12,
  EFFECT_LIGHTNING_BLOOD = 13,
};

/* How the server's world moves those who walk in it. */
struct server_physics {
  float gravity, stop_speed, max_speed, spectator_speed, accelerate, air_accelerate, water_accelerate, friction,
      water_friction, entity_gravity;
};

struct server_message {
  enum server_kind kind;
  /* What is short: index of a list, slot of a player, entity, kind of effect, level of a print; then what it is set to. */
  int index, value;
  float number;
  float position[3], angles[3], end[3];
  char text[TEXT_LIMIT];
  /* Second text of setinfo and serverinfo. */
  char second[TEXT_LIMIT];
  struct server_entity entity;
  struct server_player player;
  struct server_physics physics;
};

/*
 * Tells each message of a payload to `tell`. False if it ended in the middle of one or made no sense: what came before has been
 * told, the rest of the packet is lost.
 */
bool server_read(struct reader *from, void (*tell)(void *whose, const struct server_message *message), void *whose);

#endif
