/* SPDX-License-Identifier: GPL-2.0-or-later
   Rows of pixels of a flat, textured thing. Perspective is exact every 16 pixels, or 4 where it changes fast, and straight in between. */
#ifndef CULVERT_SPANS_H
#define CULVERT_SPANS_H

#include <xmmintrin.h>

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

/* Water: a texture of 64 x 64 that repeats and sways. */
void span_liquid(struct sight *sight, const struct span_plane *plane, const uint8_t *pixels, int row, int from, int to);
/* Sky: two layers of 128 x 128 side by side, far away. */
void span_sky(struct sight *sight, const uint8_t *pixels, int row, int from, int to);
/* One colour, for what has no pixels. */
void span_plain(struct sight *sight, uint8_t colour, int row, int from, int to);
/* Only what is nearer than what is there already, and not transparent. Needs the depths of these pixels. */
void span_wall_tested(struct sight *sight, const struct span_plane *plane, const struct span_texture *texture, int row,
                      int from, int to);

enum { SPAN_STEP = 16 };
/* How much of the distance may be passed in one pixel before the steps are made shorter: one part in so many. */
#define SPAN_STEEP 80.0f

static inline float span_slope_at(const struct slope *slope, int column, int row) {
  return slope->centre + slope->across * ((float)(column - SIGHT_CENTRE_X) + 0.5f) +
         slope->down * ((float)(row - SIGHT_CENTRE_Y) + 0.5f);
}

/* As the processor does it: what is no whole number of 32 bits becomes the least one, and is cut off afterwards. */
static inline int span_whole(float value) { return _mm_cvttss_si32(_mm_set_ss(value)); }

static inline int span_clamp(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

/* Walks along a row in pieces of SPAN_STEP pixels, texture coordinates in 1/65536. */
struct span_walk {
  float near, s_near, t_near;
  float near_step, s_step, t_step;
};

static inline void span_begin(struct span_walk *walk, const struct span_plane *plane, int row, int from) {
  walk->near = span_slope_at(&plane->near, from, row);
  walk->s_near = span_slope_at(&plane->s, from, row);
  walk->t_near = span_slope_at(&plane->t, from, row);
  walk->near_step = plane->near.across;
  walk->s_step = plane->s.across;
  walk->t_step = plane->t.across;
}

static inline void span_here(const struct span_walk *walk, int *s, int *t) {
  float far = 65536.0f / walk->near;
  *s = span_whole(walk->s_near * far);
  *t = span_whole(walk->t_near * far);
}

/* The coordinates `pixels` farther on. */
static inline void span_go_on(struct span_walk *walk, int pixels, int *s, int *t) {
  float count = (float)pixels;
  walk->near += walk->near_step * count;
  walk->s_near += walk->s_step * count;
  walk->t_near += walk->t_step * count;
  span_here(walk, s, t);
}

/* Steps are rounded down, so that a piece may end up to SPAN_STEP below where it should; the ends keep that distance. */
enum { SPAN_MARGIN = SPAN_STEP };

/* `whole` divided by `parts`, 1 to SPAN_STEP, rounded down a little: dividing takes long. */
static inline int span_share(int whole, int parts) {
  static const int shares[SPAN_STEP + 1] = {0,    65536, 32768, 21845, 16384, 13107, 10922, 9362, 8192,
                                            7281, 6553,  5957,  5461,  5041,  4681,  4369,  4096};
  return (int)((int64_t)whole * shares[parts] >> 16);
}

/* Two texture coordinates in 1/65536, and how they go on. */
struct span_run {
  int s, t, s_step, t_step;
};

/* The texel under a run's next pixel. */
static inline unsigned span_next_texel(struct span_run *run, const uint8_t *pixels, int width) {
  unsigned texel = pixels[(run->t >> 16) * width + (run->s >> 16)];
  run->s += run->s_step;
  run->t += run->t_step;
  return texel;
}

/* Four pixels in one write: a write costs more than what is written. */
static inline void span_next_four(struct span_run *run, const uint8_t *pixels, int width, uint8_t *target) {
  uint32_t four = span_next_texel(run, pixels, width);
  four |= span_next_texel(run, pixels, width) << 8;
  four |= span_next_texel(run, pixels, width) << 16;
  four |= span_next_texel(run, pixels, width) << 24;
  memcpy(target, &four, sizeof four);
}

/* Pixels from..to of a row, without asking what is there. */
SIGHT_INLINE void span_wall(struct sight *sight, const struct span_plane *plane, const struct span_texture *texture, int row,
                            int from, int to) {
  uint8_t *target = sight->picture->pixels[row] + from;
  const uint8_t *pixels = texture->pixels;
  const int width = texture->width, s_most = (width << 16) - SPAN_MARGIN, t_most = (texture->height << 16) - SPAN_MARGIN;
  struct span_walk walk;
  struct span_run run;
  int s_next, t_next;
  span_begin(&walk, plane, row, from);
  span_here(&walk, &run.s, &run.t);
  run.s = span_clamp(run.s, SPAN_MARGIN, s_most);
  run.t = span_clamp(run.t, SPAN_MARGIN, t_most);
  int left = to - from;
  /* A wall that one looks along would look bent between points so far apart. */
  float end = walk.near + walk.near_step * (float)left, farther = end < walk.near ? end : walk.near;
  int shift = __builtin_fabsf(walk.near_step) * SPAN_STEEP > farther ? 2 : 4, step = 1 << shift;
  for (; left > step; left -= step) {
    span_go_on(&walk, step, &s_next, &t_next);
    s_next = span_clamp(s_next, SPAN_MARGIN, s_most);
    t_next = span_clamp(t_next, SPAN_MARGIN, t_most);
    run.s_step = (s_next - run.s) >> shift;
    run.t_step = (t_next - run.t) >> shift;
    for (int i = 0; i < step; i += 4) span_next_four(&run, pixels, width, target + i);
    target += step;
    run.s = s_next;
    run.t = t_next;
  }
  run.s_step = run.t_step = 0;
  if (left > 1) {
    span_go_on(&walk, left - 1, &s_next, &t_next);
    run.s_step = span_share(span_clamp(s_next, SPAN_MARGIN, s_most) - run.s, left - 1);
    run.t_step = span_share(span_clamp(t_next, SPAN_MARGIN, t_most) - run.t, left - 1);
  }
  for (; left >= 4; left -= 4, target += 4) span_next_four(&run, pixels, width, target);
  for (; left > 0; left--) *target++ = (uint8_t)span_next_texel(&run, pixels, width);
}

/* Depths of what one of the others drew, where they are wanted. */
SIGHT_INLINE void span_depth(struct sight *sight, const struct span_plane *plane, int row, int from, int to) {
  if (from < sight->depth_from[row]) from = sight->depth_from[row];
  if (to > sight->depth_to[row]) to = sight->depth_to[row];
  if (from >= to) return;
  unsigned deep = (unsigned)span_whole(span_slope_at(&plane->near, from, row) * SIGHT_DEPTH);
  unsigned step = (unsigned)span_whole(plane->near.across * SIGHT_DEPTH);
  int32_t *depth = sight->depth[row];
  for (int column = from; column < to; column++, deep += step) depth[column] = (int32_t)deep;
}

#endif
