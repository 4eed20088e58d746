/* SPDX-License-Identifier: GPL-2.0-or-later
   Makes the view of a moment out of what the server told: things glide between the places where packets saw them, and the
   player stands where its own moves, as far as the server has not answered them yet, will have brought it. */
#ifndef CULVERT_SCENE_H
#define CULVERT_SCENE_H

#include "connection.h"
#include "physics.h"

/* The player's body now, foretold; its origin is the server's where there is nothing to reckon with. */
struct body scene_body(const struct connection *connection, const struct map *map);

/* Fills `connection->world->view`. `angles`: where the player looks. */
void scene_fill(const struct connection *connection, const struct map *map, double now, const float angles[3]);

#endif
