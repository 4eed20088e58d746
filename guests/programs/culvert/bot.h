/* SPDX-License-Identifier: GPL-2.0-or-later
   A player that plays by itself, honestly: it knows only whom it can see from where it stands and looks, needs a moment to react,
   turns no faster than a hand does, and aims with an error of a stated size. Its chance comes from a seed. */
#ifndef CULVERT_BOT_H
#define CULVERT_BOT_H

#include "connection.h"
#include "routes.h"

struct bot {
  uint64_t chance;
  /* Standard deviation of the aim, degrees, and the error at this moment: pitch, yaw. */
  float aim, error[2];
  double thought_at;
  /* Whom it fights, -1 for nobody, since when it sees him, and where and when it saw him last. */
  int enemy;
  double seen_since, seen_at;
  float seen[3];
  bool hunting;
  /* Sideways in a fight, and until when. */
  int dodge;
  double dodge_until;
  /* The way it is on. */
  int16_t path[ROUTES_LONGEST];
  int path_length, path_at;
  /* To see that it does not come on. */
  float stood[3];
  double stood_since, dead_since;
  int generation;
  struct routes routes;
};

void bot_start(struct bot *bot, uint32_t seed, float aim);

/* What it wants in this frame; `angles`: where it looks. */
void bot_think(struct bot *bot, const struct connection *connection, const struct map *map, double now,
               const float angles[3], struct intent *intent);

#endif
