/* SPDX-License-Identifier: GPL-2.0-or-later
   Letters and areas over a picture. Everything is cut off at the picture's edge. */
#ifndef CULVERT_PEN_H
#define CULVERT_PEN_H

#include "../render.h"

enum {
  PEN_ADVANCE = 6,
  PEN_HEIGHT = 7,
  PEN_LINE = 9,
  /* The font: 16 x 16 cells of 8 x 8. */
  PEN_FONT_SIDE = 128,
};

enum pen_ink { INK_DARK, INK_DIM, INK_PLAIN, INK_AMBER, INK_RED, INK_GREEN, INKS };

enum { PEN_CHARACTERS = 128, PEN_BIG = 16 };

struct pen {
  struct render_picture *picture;
  const uint8_t *font, *colormap;
  /* The palette's numbers for the inks. */
  uint8_t inks[INKS];
  /* Letters of scale 1 and 2, a bit for each dot, the first column's lowest. */
  uint16_t dots[2][PEN_CHARACTERS][PEN_BIG];
};

/* Reads the font, and finds the inks in a palette of 256 times red, green, blue. */
void pen_open(struct pen *pen, const uint8_t *palette);

/* `scale` 1, 2 or 4: larger letters get smooth edges. With a dark edge. Returns the column after the text. */
int pen_text(const struct pen *pen, int x, int y, int scale, enum pen_ink ink, const char *text);
int pen_width(int scale, const char *text);

/* Darkens an area: `level` of the colour map, 32 as it is, 63 black. */
void pen_shade(const struct pen *pen, int x, int y, int width, int height, int level);
void pen_fill(const struct pen *pen, int x, int y, int width, int height, uint8_t colour);

#endif
