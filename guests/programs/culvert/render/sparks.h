/* SPDX-License-Identifier: GPL-2.0-or-later
   What flies about for a moment: the lights of shots, sparks, blood. */
#ifndef CULVERT_SPARKS_H
#define CULVERT_SPARKS_H

#include "sight.h"

/* Asks for the depths that sparks_draw needs; before the map is drawn. */
void sparks_want_depth(struct sight *sight);
void sparks_draw(struct sight *sight);

#endif
