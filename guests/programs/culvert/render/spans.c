/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spans.h"

#include <xmmintrin.h>

enum { STEP = 16, LIQUID_SIDE = 64, SKY_SIDE = 128, SWAY_LENGTH = 128, FARTHEST = 1 << 29 };

static inline float slope_at(const struct slope *slope, int column, int row) {
  return slope->centre + slope->across * ((float)(column - SIGHT_CENTRE_X) + 0.5f) +
         slope->down * ((float)(row - SIGHT_CENTRE_Y) + 0.5f);
}

/* As the processor does it: what is no whole number of 32 bits becomes the least one, and is cut off afterwards. */
static inline int whole(float value) { return _mm_cvttss_si32(_mm_set_ss(value)); }

static inline int clamp(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

/* Walks along a row in pieces of STEP pixels, texture coordinates in 1/65536. */
struct walk {
  float near, s_near, t_near;
  float near_step, s_step, t_step;
  int s, t;
};

static inline void walk_begin(struct walk *walk, const struct span_plane *plane, int row, int from) {
  walk->near = slope_at(&plane->near, from, row);
  walk->s_near = slope_at(&plane->s, from, row);
  walk->t_near = slope_at(&plane->t, from, row);
  walk->near_step = plane->near.across;
  walk->s_step = plane->s.across;
  walk->t_step = plane->t.across;
}

/* The coordinates `pixels` farther on. */
static inline void walk_on(struct walk *walk, int pixels, int *s, int *t) {
  float count = (float)pixels;
  walk->near += walk->near_step * count;
  walk->s_near += walk->s_step * count;
  walk->t_near += walk->t_step * count;
  float far = 65536.0f / walk->near;
  *s = whole(walk->s_near * far);
  *t = whole(walk->t_near * far);
}

/* Steps are rounded down, so that a piece may end up to STEP below where it should; the ends keep that distance. */
enum { MARGIN = STEP };

/* `whole` divided by `parts`, 1 to STEP, rounded down a little: dividing takes long. */
static inline int share(int whole, int parts) {
  static const int shares[STEP + 1] = {0,    65536, 32768, 21845, 16384, 13107, 10922, 9362, 8192,
                                       7281, 6553,  5957,  5461,  5041,  4681,  4369,  4096};
  return (int)((int64_t)whole * shares[parts] >> 16);
}

/* Two texture coordinates in 1/65536, and how they go on. */
struct run {
  int s, t, s_step, t_step;
};

/* The texel under a run's next pixel. */
static inline unsigned next_texel(struct run *run, const uint8_t *pixels, int width) {
  unsigned texel = pixels[(run->t >> 16) * width + (run->s >> 16)];
  run->s += run->s_step;
  run->t += run->t_step;
  return texel;
}

/* Four pixels in one write: a write costs more than what is written. */
static inline void next_four(struct run *run, const uint8_t *pixels, int width, uint8_t *target) {
  uint32_t four = next_texel(run, pixels, width);
  four |= next_texel(run, pixels, width) << 8;
  four |= next_texel(run, pixels, width) << 16;
  four |= next_texel(run, pixels, width) << 24;
  memcpy(target, &four, sizeof four);
}

void span_wall(struct sight *sight, const struct span_plane *plane, const struct span_texture *texture, int row, int from,
               int to) {
  uint8_t *target = sight->picture->pixels[row] + from;
  const uint8_t *pixels = texture->pixels;
  const int width = texture->width, s_most = (width << 16) - MARGIN, t_most = (texture->height << 16) - MARGIN;
  struct walk walk;
  struct run run;
  int s_next, t_next;
  walk_begin(&walk, plane, row, from);
  walk_on(&walk, 0, &run.s, &run.t);
  run.s = clamp(run.s, MARGIN, s_most);
  run.t = clamp(run.t, MARGIN, t_most);
  int left = to - from;
  for (; left > STEP; left -= STEP) {
    walk_on(&walk, STEP, &s_next, &t_next);
    s_next = clamp(s_next, MARGIN, s_most);
    t_next = clamp(t_next, MARGIN, t_most);
    run.s_step = (s_next - run.s) >> 4;
    run.t_step = (t_next - run.t) >> 4;
    for (int i = 0; i < STEP; i += 4) next_four(&run, pixels, width, target + i);
    target += STEP;
    run.s = s_next;
    run.t = t_next;
  }
  run.s_step = run.t_step = 0;
  if (left > 1) {
    walk_on(&walk, left - 1, &s_next, &t_next);
    run.s_step = share(clamp(s_next, MARGIN, s_most) - run.s, left - 1);
    run.t_step = share(clamp(t_next, MARGIN, t_most) - run.t, left - 1);
  }
  for (; left >= 4; left -= 4, target += 4) next_four(&run, pixels, width, target);
  for (; left > 0; left--) *target++ = (uint8_t)next_texel(&run, pixels, width);
}

void span_wall_tested(struct sight *sight, const struct span_plane *plane, const struct span_texture *texture, int row,
                      int from, int to) {
  uint8_t *target = sight->picture->pixels[row];
  int32_t *depth = sight->depth[row];
  const int width = texture->width, s_most = (width << 16) - MARGIN, t_most = (texture->height << 16) - MARGIN;
  struct walk walk;
  int s, t, s_next, t_next;
  walk_begin(&walk, plane, row, from);
  walk_on(&walk, 0, &s, &t);
  s = clamp(s, MARGIN, s_most);
  t = clamp(t, MARGIN, t_most);
  for (int column = from; column < to;) {
    int pixels = to - column < STEP ? to - column : STEP;
    int here = whole(slope_at(&plane->near, column, row) * SIGHT_DEPTH);
    unsigned deep = (unsigned)here, deep_step = (unsigned)whole(plane->near.across * SIGHT_DEPTH);
    walk_on(&walk, pixels, &s_next, &t_next);
    s_next = clamp(s_next, MARGIN, s_most);
    t_next = clamp(t_next, MARGIN, t_most);
    int s_step = (s_next - s) / pixels, t_step = (t_next - t) / pixels;
    for (int i = 0; i < pixels; i++, column++) {
      uint8_t colour = texture->pixels[(t >> 16) * width + (s >> 16)];
      if (colour != SIGHT_TRANSPARENT && (int32_t)deep >= depth[column]) {
        target[column] = colour;
        depth[column] = (int32_t)deep;
      }
      s += s_step;
      t += t_step;
      deep += deep_step;
    }
    s = s_next;
    t = t_next;
  }
}

/* One wave, 1/65536 texels: a parabola each way is near enough. */
static inline unsigned sway(unsigned phase) {
  int at = (int)(phase % SWAY_LENGTH), half = SWAY_LENGTH / 2;
  int x = at % half, bend = x * (half - x) * 256;
  return (unsigned)(at < half ? bend : -bend);
}

void span_liquid(struct sight *sight, const struct span_plane *plane, const uint8_t *pixels, int row, int from, int to) {
  static unsigned waves[SWAY_LENGTH];
  if (!waves[1]) {
    for (unsigned i = 0; i < SWAY_LENGTH; i++) waves[i] = sway(i);
  }
  uint8_t *target = sight->picture->pixels[row];
  unsigned phase = (unsigned)(int)(sight->view->now * 20);
  struct walk walk;
  int s, t, s_next, t_next;
  walk_begin(&walk, plane, row, from);
  walk_on(&walk, 0, &s, &t);
  s = clamp(s, -FARTHEST, FARTHEST);
  t = clamp(t, -FARTHEST, FARTHEST);
  for (int column = from; column < to;) {
    int count = to - column < STEP ? to - column : STEP;
    walk_on(&walk, count, &s_next, &t_next);
    s_next = clamp(s_next, -FARTHEST, FARTHEST);
    t_next = clamp(t_next, -FARTHEST, FARTHEST);
    /* Wrapping round is wanted here. */
    unsigned s_at = (unsigned)s, t_at = (unsigned)t;
    unsigned s_step = (unsigned)((s_next - s) / count), t_step = (unsigned)((t_next - t) / count);
    for (int i = 0; i < count; i++, column++) {
      unsigned x = s_at + waves[((t_at >> 16) + phase) % SWAY_LENGTH];
      unsigned y = t_at + waves[((s_at >> 16) + phase) % SWAY_LENGTH];
      target[column] = pixels[(y >> 16) % LIQUID_SIDE * LIQUID_SIDE + (x >> 16) % LIQUID_SIDE];
      s_at += s_step;
      t_at += t_step;
    }
    s = s_next;
    t = t_next;
  }
}

static inline float square_root(float value) {
  __asm__("sqrtss %1, %0" : "=x"(value) : "x"(value));
  return value;
}

/* Where on the sky one looks through a pixel: the sky is a flat dome, in texels. */
static void sky_at(const struct sight *sight, int column, int row, float *s, float *t) {
  float x = ((float)(column - SIGHT_CENTRE_X) + 0.5f) / SIGHT_FOCAL, y = ((float)(SIGHT_CENTRE_Y - row) - 0.5f) / SIGHT_FOCAL;
  float way[3];
  for (int i = 0; i < 3; i++) way[i] = sight->forward[i] + sight->right[i] * x + sight->up[i] * y;
  way[2] *= 3;
  float scale = 6 * 63 / square_root(sight_product(way, way) + 1e-6f);
  *s = way[0] * scale;
  *t = way[1] * scale;
}

void span_sky(struct sight *sight, const uint8_t *pixels, int row, int from, int to) {
  uint8_t *target = sight->picture->pixels[row];
  float drift = (float)(sight->view->now - 128 * (int)(sight->view->now / 128));
  float s, t, s_next, t_next;
  sky_at(sight, from, row, &s, &t);
  for (int column = from; column < to;) {
    int count = to - column < STEP ? to - column : STEP;
    sky_at(sight, column + count, row, &s_next, &t_next);
    float s_step = (s_next - s) / (float)count, t_step = (t_next - t) / (float)count;
    for (int i = 0; i < count; i++, column++) {
      unsigned x = (unsigned)(int)(s + drift * 16 + 4096), y = (unsigned)(int)(t + drift * 16 + 4096);
      uint8_t colour = pixels[y % SKY_SIDE * (2 * SKY_SIDE) + x % SKY_SIDE];
      if (colour == 0) {
        x = (unsigned)(int)(s + drift * 8 + 4096);
        y = (unsigned)(int)(t + drift * 8 + 4096);
        colour = pixels[y % SKY_SIDE * (2 * SKY_SIDE) + SKY_SIDE + x % SKY_SIDE];
      }
      target[column] = colour;
      s += s_step;
      t += t_step;
    }
    s = s_next;
    t = t_next;
  }
}

void span_plain(struct sight *sight, uint8_t colour, int row, int from, int to) {
  memset(sight->picture->pixels[row] + from, colour, (size_t)(to - from));
}

void span_depth(struct sight *sight, const struct span_plane *plane, int row, int from, int to) {
  if (from < sight->depth_from[row]) from = sight->depth_from[row];
  if (to > sight->depth_to[row]) to = sight->depth_to[row];
  if (from >= to) return;
  unsigned deep = (unsigned)whole(slope_at(&plane->near, from, row) * SIGHT_DEPTH);
  unsigned step = (unsigned)whole(plane->near.across * SIGHT_DEPTH);
  int32_t *depth = sight->depth[row];
  for (int column = from; column < to; column++, deep += step) depth[column] = (int32_t)deep;
}
