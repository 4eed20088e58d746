/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pen.h"

#include <stddef.h>

enum { CELL = 8, CELLS = 16, COLUMNS = 6 };

static const uint8_t wanted[INKS][3] = {
    [INK_DARK] = {8, 8, 8},      [INK_DIM] = {204, 202, 194},  [INK_PLAIN] = {244, 241, 234},
    [INK_AMBER] = {255, 196, 84}, [INK_RED] = {255, 84, 60}, [INK_GREEN] = {150, 220, 120},
};

/* The font's letters are seven dots high; those that reach below the line are let down by one. */
static int dot(const struct pen *pen, unsigned character, int x, int y) {
  if (character == 'g' || character == 'j' || character == 'p' || character == 'q' || character == 'y') y--;
  if (x < 0 || y < 0 || x >= COLUMNS || y >= CELL) return 0;
  unsigned row = character / CELLS * CELL + (unsigned)y, column = character % CELLS * CELL + (unsigned)x;
  return pen->font[row * PEN_FONT_SIDE + column] != 0;
}

/* A dot of a letter drawn `scale` times as large. Each doubling rounds the corners: a quarter of a dot takes on what its two
   neighbours on that side agree on, where the other two do not. */
static int smooth_dot(const struct pen *pen, unsigned character, int scale, int x, int y) {
  if (scale == 1) return dot(pen, character, x, y);
  int half = scale / 2, from_x = x >> 1, from_y = y >> 1, side_x = x & 1 ? 1 : -1, side_y = y & 1 ? 1 : -1;
  int beside = smooth_dot(pen, character, half, from_x + side_x, from_y);
  int above = smooth_dot(pen, character, half, from_x, from_y + side_y);
  int here = smooth_dot(pen, character, half, from_x, from_y);
  if (beside != above || beside == here) return here;
  int far = smooth_dot(pen, character, half, from_x - side_x, from_y);
  int below = smooth_dot(pen, character, half, from_x, from_y - side_y);
  return far != beside && below != above ? beside : here;
}

static void mix(struct pen *pen, const uint8_t *palette) {
  for (int ink = 0; ink < INKS; ink++) {
    int least = INT32_MAX;
    for (int colour = 0; colour < 255; colour++) {
      int away = 0;
      for (int part = 0; part < 3; part++) {
        int difference = palette[3 * colour + part] - wanted[ink][part];
        away += difference * difference;
      }
      if (away >= least) continue;
      least = away;
      pen->inks[ink] = (uint8_t)colour;
    }
  }
}

void pen_open(struct pen *pen, const uint8_t *palette) {
  mix(pen, palette);
  for (int big = 0; big < 2; big++) {
    for (unsigned which = 0; which < PEN_CHARACTERS; which++) {
      for (int row = 0; row < CELL << big; row++) {
        uint16_t bits = 0;
        for (int column = 0; column < COLUMNS << big; column++)
          bits |= (uint16_t)(smooth_dot(pen, which, 1 << big, column, row) << column);
        pen->dots[big][which][row] = bits;
      }
    }
  }
}

static void put(const struct pen *pen, int x, int y, uint8_t colour) {
  if (x >= 0 && y >= 0 && x < RENDER_WIDTH && y < RENDER_HEIGHT) pen->picture->pixels[y][x] = colour;
}

static void character(const struct pen *pen, int x, int y, int scale, uint8_t colour, unsigned which) {
  if (which >= PEN_CHARACTERS) return;
  for (int row = 0; row < CELL * scale; row++) {
    if (scale <= 2) {
      unsigned bits = pen->dots[scale - 1][which][row];
      for (int column = x; bits; bits >>= 1, column++) {
        if (bits & 1) put(pen, column, y + row, colour);
      }
      continue;
    }
    for (int column = 0; column < COLUMNS * scale; column++) {
      if (smooth_dot(pen, which, scale, column, row)) put(pen, x + column, y + row, colour);
    }
  }
}

static int line(const struct pen *pen, int x, int y, int scale, uint8_t colour, const char *text) {
  /* The cells' first column is empty. */
  x -= scale;
  for (; *text; text++, x += PEN_ADVANCE * scale) {
    if (*text > ' ' && x < RENDER_WIDTH) character(pen, x, y, scale, colour, (unsigned char)*text);
  }
  return x + scale;
}

int pen_text(const struct pen *pen, int x, int y, int scale, enum pen_ink ink, const char *text) {
  /* An edge on all sides: the ground may be as bright as the ink. */
  static const int8_t edges[][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {1, 1}};
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
    line(pen, x + edges[i][0], y + edges[i][1], scale, pen->inks[INK_DARK], text);
  return line(pen, x, y, scale, pen->inks[ink], text);
}

int pen_width(int scale, const char *text) {
  int length = 0;
  while (text[length]) length++;
  return length > 0 ? (length * PEN_ADVANCE - 1) * scale : 0;
}

static int clamp(int value, int most) { return value < 0 ? 0 : value > most ? most : value; }

void pen_shade(const struct pen *pen, int x, int y, int width, int height, int level) {
  const uint8_t *row_of_map = pen->colormap + 256 * level;
  int left = clamp(x, RENDER_WIDTH), right = clamp(x + width, RENDER_WIDTH);
  for (int row = clamp(y, RENDER_HEIGHT); row < clamp(y + height, RENDER_HEIGHT); row++) {
    uint8_t *pixels = pen->picture->pixels[row];
    for (int column = left; column < right; column++) pixels[column] = row_of_map[pixels[column]];
  }
}

void pen_fill(const struct pen *pen, int x, int y, int width, int height, uint8_t colour) {
  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++) put(pen, column, row, colour);
}
