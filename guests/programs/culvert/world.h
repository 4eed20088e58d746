/* SPDX-License-Identifier: GPL-2.0-or-later
   What the server has told about the game so far. What is only for showing goes straight into the view; what has to be reckoned
   with, where everything is and was, is kept here. */
#ifndef CULVERT_WORLD_H
#define CULVERT_WORLD_H

#include "quakeworld/server.h"
#include "view.h"

enum { WORLD_FRAMES = 64, WORLD_FRAME_ENTITIES = 96 };

/* A player as one packet told it. */
struct sighting {
  /* When it came, and the packet's number. */
  double at;
  uint32_t packet;
  struct server_player told;
};

struct world_player {
  struct sighting last, before;
  double entered_at;
  bool spectator;
};

/* The things of one packet, sorted by their numbers. */
struct world_frame {
  uint32_t packet;
  int count;
  struct server_entity entities[WORLD_FRAME_ENTITIES];
};

/* Where a thing was seen in the last packet and the one before. */
struct world_trail {
  double at, before_at;
  float origin[3], before[3];
};

struct world {
  struct view *view;
  double now;
  /* The packet that is being read, and the newest whose list of things is whole, 0 for none. */
  uint32_t packet, whole_packet;
  int server_count;
  struct server_physics physics;
  int stats[SERVER_STATS];
  struct world_player players[SERVER_PLAYERS];
  struct server_entity baselines[SERVER_ENTITIES];
  struct server_entity statics[WORLD_FRAME_ENTITIES];
  int static_count;
  struct world_frame frames[WORLD_FRAMES];
  struct world_trail trails[SERVER_ENTITIES];
  /* The frame that is being read, and the one that it is told from. */
  struct world_frame *building;
  const struct world_frame *from;
  int from_at;
  bool angles_set;
  float angles[3];
  /* Until when a player's weapon flashes. */
  double flash_until[SERVER_PLAYERS];
};

/* Forgets all, as when another map begins. */
void world_reset(struct world *world, struct view *view);

/* Takes in a message of the packet `world->packet` at `world->now`. */
void world_tell(struct world *world, const struct server_message *message);

/* A value of an info text, "\\name\\blue\\team\\red"; "" if the key is not there. */
void world_info(const char *info, const char *key, char *value, size_t size);

/* A line for the display and the log: printable, without the end of line. */
void world_line(struct view *view, double now, const char *text);

#endif
