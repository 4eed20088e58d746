/* SPDX-License-Identifier: GPL-2.0-or-later
   Rows of pixels of a flat, textured thing. Perspective is exact every 16 pixels and straight in between. */
#ifndef CULVERT_SPANS_H
#define CULVERT_SPANS_H

#include "level.h"
#include "sight.h"
#include "surface.h"

/* Something that changes evenly over the screen: at its centre, a pixel to the right, a pixel down. */
struct slope {
  float centre, across, down;
};

/* A plane as seen: one through the distance, and the two texture coordinates times that. */
struct span_plane {
  struct slope near, s, t;
};

/* Where the pixels come from. */
struct span_texture {
  const uint8_t *pixels;
  int width, height;
};

/* Pixels from..to of a row, without asking what is there. */
void span_wall(struct sight *sight, const struct span_plane *plane, const struct span_texture *texture, int row, int from,
               int to);
/* Water: a texture of 64 x 64 that repeats and sways. */
void span_liquid(struct sight *sight, const struct span_plane *plane, const uint8_t *pixels, int row, int from, int to);
/* Sky: two layers of 128 x 128 side by side, far away. */
void span_sky(struct sight *sight, const uint8_t *pixels, int row, int from, int to);
/* One colour, for what has no pixels. */
void span_plain(struct sight *sight, uint8_t colour, int row, int from, int to);
/* Depths of what one of the others drew, where they are wanted. */
void span_depth(struct sight *sight, const struct span_plane *plane, int row, int from, int to);

/* Only what is nearer than what is there already, and not transparent. Needs the depths of these pixels. */
void span_wall_tested(struct sight *sight, const struct span_plane *plane, const struct span_texture *texture, int row,
                      int from, int to);

#endif
