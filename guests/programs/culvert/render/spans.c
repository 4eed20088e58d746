/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spans.h"

enum { LIQUID_SIDE = 64, SKY_SIDE = 128, SWAY_LENGTH = 128, FARTHEST = 1 << 29 };

void span_wall_tested(struct sight *sight, const struct span_plane *plane, const struct span_texture *texture, int row,
                      int from, int to) {
  uint8_t *target = sight->picture->pixels[row];
  int32_t *depth = sight->depth[row];
  const int width = texture->width, s_most = (width << 16) - SPAN_MARGIN, t_most = (texture->height << 16) - SPAN_MARGIN;
  struct span_walk walk;
  int s, t, s_next, t_next;
  span_begin(&walk, plane, row, from);
  span_here(&walk, &s, &t);
  s = span_clamp(s, SPAN_MARGIN, s_most);
  t = span_clamp(t, SPAN_MARGIN, t_most);
  for (int column = from; column < to;) {
    int pixels = to - column < SPAN_STEP ? to - column : SPAN_STEP;
    int here = span_whole(span_slope_at(&plane->near, column, row) * SIGHT_DEPTH);
    unsigned deep = (unsigned)here, deep_step = (unsigned)span_whole(plane->near.across * SIGHT_DEPTH);
    span_go_on(&walk, pixels, &s_next, &t_next);
    s_next = span_clamp(s_next, SPAN_MARGIN, s_most);
    t_next = span_clamp(t_next, SPAN_MARGIN, t_most);
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
  struct span_walk walk;
  int s, t, s_next, t_next;
  span_begin(&walk, plane, row, from);
  span_here(&walk, &s, &t);
  s = span_clamp(s, -FARTHEST, FARTHEST);
  t = span_clamp(t, -FARTHEST, FARTHEST);
  for (int column = from; column < to;) {
    int count = to - column < SPAN_STEP ? to - column : SPAN_STEP;
    span_go_on(&walk, count, &s_next, &t_next);
    s_next = span_clamp(s_next, -FARTHEST, FARTHEST);
    t_next = span_clamp(t_next, -FARTHEST, FARTHEST);
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
    int count = to - column < SPAN_STEP ? to - column : SPAN_STEP;
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
