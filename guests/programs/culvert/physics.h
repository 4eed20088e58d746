/* SPDX-License-Identifier: GPL-2.0-or-later
   How a player walks, falls and slides along walls, as the server will reckon it: so that a move is seen before the answer comes. */
#ifndef CULVERT_PHYSICS_H
#define CULVERT_PHYSICS_H

#include "map.h"
#include "quakeworld/server.h"

struct body {
  float origin[3], velocity[3];
  bool on_ground, jump_held;
};

/* Moves the body by what the player does in one move. */
void physics_move(const struct map *map, const struct server_physics *rules, const struct move *move, struct body *body);

/* Unit vectors of a view's directions; any may be 0. */
void physics_directions(const float angles[3], float forward[3], float right[3], float up[3]);

#endif
