/* SPDX-License-Identifier: GPL-2.0-or-later
   Draws one moment of the game as a person sees it: the map, who is in it, and what is to be known beside it. It reads the view and
   the game's data files, which may hold anything, and does nothing else: no network, no devices, no clock. */
#ifndef CULVERT_RENDER_H
#define CULVERT_RENDER_H

#include <stddef.h>

#include "view.h"

enum { RENDER_WIDTH = 320, RENDER_HEIGHT = 200 };

/* A picture: for each pixel a colour's number, and the colours, 0x00RRGGBB. */
struct render_picture {
  _Alignas(16) uint8_t pixels[RENDER_HEIGHT][RENDER_WIDTH];
  _Alignas(16) uint32_t colours[256];
};

struct render_options {
  /* Shown on the screen. */
  int fps;
  /* Whether to show how many polygons were drawn. */
  bool speeds;
};

struct render_counts {
  /* Polygons of the map and of models that the last picture was made of, those that others hide among them. */
  int polygons;
  /* Models, players too, likewise. */
  int models;
  /* Pieces of walls whose light was worked out anew. */
  int lit;
  /* Pixels behind which there is nothing: outside the map. */
  int open;
};

/* Loads what every picture needs: palette, colour map and letters below the game's folder. False and why, in a sentence, if that is
   impossible. Maps and models are loaded when a view names them; what is missing or broken is left out and said once, on stderr. */
bool render_open(const char *folder, char *why, size_t size);

void render_frame(const struct view *view, const struct render_options *options, struct render_picture *picture);

/* Why the view's map cannot be drawn, so that there is the title instead; "" if it can. */
const char *render_trouble(void);

/* Of the last picture. */
struct render_counts render_counts(void);

#endif
