/* SPDX-License-Identifier: GPL-2.0-or-later
   What all that draws one picture shares: from where it is looked at, how lights burn, how deep each pixel lies.
   Points "as seen" are relative to the eye: right, up, forward. */
#ifndef CULVERT_SIGHT_H
#define CULVERT_SIGHT_H

#include "../render.h"

/* A right angle from left to right. */
#define SIGHT_FOCAL 160.0f
#define SIGHT_CENTRE_X (RENDER_WIDTH / 2)
#define SIGHT_CENTRE_Y (RENDER_HEIGHT / 2)
/* Nothing is nearer. */
#define SIGHT_NEAREST 0.5f
/* A depth is one through the distance, times this: larger is nearer, 0 is nowhere. */
#define SIGHT_DEPTH 536870912.0f

/* What is done for each row of pixels is inlined, and the function that it ends up in has a page of memory of its own: in an emulated
   processor a call into another page costs more than the work. */
#define SIGHT_INLINE static inline __attribute__((always_inline))
#define SIGHT_OWN_PAGE __attribute__((noinline, aligned(4096)))

enum { SIGHT_TRANSPARENT = 255, SIGHT_LEVELS = 64 };

struct sight {
  const struct view *view;
  struct render_picture *picture;
  /* Counts pictures, from 1. */
  unsigned number;
  float eye[3], right[3], up[3], forward[3];
  /* Brightness of each style, 256: as baked. */
  int styles[VIEW_STYLES];
  /* SIGHT_LEVELS rows of 256: a colour under light, brightest first. */
  const uint8_t *colormap;
  struct render_counts counts;

  /* Only what lies within each row's columns is kept up. */
  int depth_from[RENDER_HEIGHT], depth_to[RENDER_HEIGHT];
  int32_t depth[RENDER_HEIGHT][RENDER_WIDTH];
};

static inline float sight_product(const float a[3], const float b[3]) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

static inline void sight_see(const struct sight *sight, const float point[3], float seen[3]) {
  const float away[3] = {point[0] - sight->eye[0], point[1] - sight->eye[1], point[2] - sight->eye[2]};
  seen[0] = sight_product(away, sight->right);
  seen[1] = sight_product(away, sight->up);
  seen[2] = sight_product(away, sight->forward);
}

/* Asks for depths within a ball. False if it cannot be seen at all. */
bool sight_want_depth(struct sight *sight, const float centre[3], float radius);
void sight_want_all_depths(struct sight *sight);

#endif
