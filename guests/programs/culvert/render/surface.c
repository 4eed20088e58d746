/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "surface.h"

enum {
  POOL = 6 << 20,
  /* Light is reckoned in 1/256 of a colour map's row; the map has twice the light of a baked 128 in its first row. */
  DARKEST = (SIGHT_LEVELS - 1) << 8,
  MOST_SAMPLES = (LEVEL_EXTENT / 16 + 1) * (LEVEL_EXTENT / 16 + 1),
  NO_STYLE = 255,
};

/* A ring: the oldest give way. Blocks lie from `tail` on, around `wrap` if `head` is behind it. */
static _Alignas(16) uint8_t pool[POOL];
static size_t head, tail, wrap;
static int blocks;

void surface_forget(void) { head = tail = blocks = 0; }

static void drop_oldest(void) {
  struct surface *oldest = (struct surface *)(pool + tail);
  *oldest->owner = 0;
  tail += oldest->size;
  blocks--;
  if (tail == wrap && head <= tail) tail = 0;
}

static struct surface *take(size_t size) {
  if (size > POOL) return 0;
  for (;;) {
    if (blocks == 0) head = tail = 0;
    if (blocks == 0 || head > tail) {
      if (POOL - head >= size) break;
      wrap = head;
      head = 0;
    } else {
      if (tail - head >= size) break;
      drop_oldest();
    }
  }
  struct surface *taken = (struct surface *)(pool + head);
  head += size;
  blocks++;
  return taken;
}

const struct level_texture *surface_texture(const struct sight *sight, const struct level_texture *texture) {
  if (texture->frame_count == 0) return texture;
  return texture->frames[(unsigned)(sight->view->now * 5) % (unsigned)texture->frame_count];
}

/* The rows of the colour map, in 1/256, at the corners of the face's squares of 16 texels. */
static void gather_light(const struct level_face *face, const int brightness[LEVEL_STYLES], int across, int down,
                         int light[MOST_SAMPLES]) {
  int samples = across * down;
  for (int i = 0; i < samples; i++) light[i] = 0;
  const uint8_t *baked = face->light;
  for (int style = 0; baked && style < LEVEL_STYLES && face->styles[style] != NO_STYLE; style++, baked += samples) {
    for (int i = 0; i < samples; i++) light[i] += baked[i] * brightness[style];
  }
  for (int i = 0; i < samples; i++) {
    int level = (255 * 256 - light[i]) >> 2;
    light[i] = level < 64 ? 64 : level > DARKEST ? DARKEST : level;
  }
}

/* One column of squares, `side` = 1 << shift texels wide: what of the texture begins at `source`, light of the corners at `light`. */
static inline __attribute__((always_inline)) void fill_square(const uint8_t *restrict source, int source_width,
                                                              uint8_t *restrict target, int target_width, const int *light,
                                                              int across, int shift, const uint8_t *restrict colormap) {
  int side = 1 << shift;
  int left = light[0], right = light[1];
  int left_step = (light[across] - left) >> shift, right_step = (light[across + 1] - right) >> shift;
  for (int row = 0; row < side; row++) {
    int level = left, step = (right - left) >> shift;
    for (int column = 0; column < side; column++) {
      target[column] = colormap[(level & 0x3F00) + source[column]];
      level += step;
    }
    source += source_width;
    target += target_width;
    left += left_step;
    right += right_step;
  }
}

static void fill(const struct sight *sight, const struct level_face *face, int mip, struct surface *surface) {
  static int light[MOST_SAMPLES];
  int across = face->s_extent / 16 + 1, down = face->t_extent / 16 + 1;
  gather_light(face, surface->brightness, across, down, light);
  const struct level_texture *texture = surface->texture;
  const uint8_t *pixels = texture->mips[mip];
  int source_width = texture->width >> mip, shift = 4 - mip;
  unsigned columns = (unsigned)texture->width / 16, rows = (unsigned)texture->height / 16;
  /* Least coordinates may be negative; the texture repeats. */
  unsigned first_column = (unsigned)(face->s_least / 16 + (int)columns * 65536) % columns;
  unsigned first_row = (unsigned)(face->t_least / 16 + (int)rows * 65536) % rows;
  for (int y = 0; y < down - 1; y++) {
    const uint8_t *from = pixels + (size_t)((first_row + (unsigned)y) % rows << shift) * (size_t)source_width;
    uint8_t *to = surface->pixels + (size_t)(y << shift) * (size_t)surface->width;
    unsigned column = first_column;
    for (int x = 0; x < across - 1; x++) {
      const uint8_t *source = from + (column << shift);
      const int *corner = light + y * across + x;
      switch (shift) {
        case 4: fill_square(source, source_width, to, surface->width, corner, across, 4, sight->colormap); break;
        case 3: fill_square(source, source_width, to, surface->width, corner, across, 3, sight->colormap); break;
        case 2: fill_square(source, source_width, to, surface->width, corner, across, 2, sight->colormap); break;
        default: fill_square(source, source_width, to, surface->width, corner, across, 1, sight->colormap); break;
      }
      to += 1 << shift;
      if (++column == columns) column = 0;
    }
  }
}

const struct surface *surface_get(struct sight *sight, struct level_face *face, int mip) {
  const struct level_texture *texture = surface_texture(sight, face->texture);
  int brightness[LEVEL_STYLES];
  for (int i = 0; i < LEVEL_STYLES; i++) brightness[i] = face->styles[i] == NO_STYLE ? 0 : sight->styles[face->styles[i]];
  struct surface *surface = face->cached[mip];
  if (surface && surface->texture == texture && memcmp(surface->brightness, brightness, sizeof brightness) == 0)
    return surface;
  if (!surface) {
    int width = face->s_extent >> mip, height = face->t_extent >> mip;
    size_t size = (sizeof *surface + (size_t)width * (size_t)height + 15) & ~(size_t)15;
    surface = take(size);
    if (!surface) return 0;
    *surface = (struct surface){.owner = &face->cached[mip], .size = size, .width = width, .height = height};
    face->cached[mip] = surface;
  }
  surface->texture = texture;
  memcpy(surface->brightness, brightness, sizeof brightness);
  fill(sight, face, mip, surface);
  sight->counts.lit++;
  return surface;
}
