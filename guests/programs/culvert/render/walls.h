/* SPDX-License-Identifier: GPL-2.0-or-later
   Draws the map: what can be seen of it from where one stands, nearest first. */
#ifndef CULVERT_WALLS_H
#define CULVERT_WALLS_H

#include "level.h"
#include "sight.h"

/* The whole map. Every pixel of the picture is drawn, and depths where they are wanted. False if there is no memory. */
bool walls_draw(struct sight *sight, struct level *level);

/* What one can see through, after walls_draw. */
void walls_draw_fences(struct sight *sight, struct level *level);

/* A part of the map that moves, 1 on, with its middle at `origin`. Needs the depths there. */
void walls_draw_part(struct sight *sight, struct level *level, int model, const float origin[3]);

/* Whether the eye is in water or worse. */
bool walls_under_water(const struct sight *sight, const struct level *level);

/* Forgets what was kept of a level, before it goes. */
void walls_forget(void);

#endif
