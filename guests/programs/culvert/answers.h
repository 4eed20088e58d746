/* SPDX-License-Identifier: GPL-2.0-or-later
   What a client tells the server when it asks whether its data are the game's own. That these answers are true rests on
   nothing but the client. */
#ifndef CULVERT_ANSWERS_H
#define CULVERT_ANSWERS_H

#include <stdint.h>

#include "map.h"

/* The checksum of the map that was loaded. `name`: "maps/x.bsp" in the game's folder. */
uint32_t answer_map(const char *folder, const char *name, const struct map *map);

/* The checksum of a model, 0 if it is not there. */
unsigned answer_model(const char *folder, const char *name);

#endif
