/* SPDX-License-Identifier: GPL-2.0-or-later
   Players, weapons and things: models of the kind MDL, version 6, which move by showing one frame after another. */
#ifndef CULVERT_FIGURE_H
#define CULVERT_FIGURE_H

#include "bytes.h"
#include "sight.h"

enum { FIGURE_VERTICES = 2000, FIGURE_TRIANGLES = 4000 };

struct figure_triangle {
  uint16_t corners[3];
  /* Texture coordinates of its corners, in texels. */
  int16_t s[3], t[3];
};

/* Three numbers of one frame: a vertex, which times the figure's scale plus its origin is a place, or the direction in which a
   triangle looks, 127 long. */
struct figure_vertex {
  uint8_t at[3];
};
struct figure_normal {
  int8_t way[3];
};

struct figure {
  uint8_t *file;
  float scale[3], origin[3], radius;
  int skin_width, skin_height;
  int skin_count, triangle_count, vertex_count, frame_count;
  const uint8_t **skins;
  struct figure_triangle *triangles;
  /* frame_count times vertex_count, and times triangle_count. */
  struct figure_vertex *vertices;
  struct figure_normal *normals;
};

/* Takes over `file`, allocated. 0, the file freed, and why in a sentence, if it is no model that can be drawn. */
struct figure *figure_load(uint8_t *file, size_t size, char *why, size_t why_size);
void figure_free(struct figure *figure);

/* How a figure stands. */
struct figure_pose {
  float origin[3], angles[3];
  int frame, skin;
  /* How bright it is where it stands, 0 to 255. */
  int light;
  /* What becomes of each of the skin's colours; 0: nothing. */
  const uint8_t *dress;
  /* The weapon in one's hand: however near, it is drawn. */
  bool in_hand;
};

/* Needs the depths within figure->radius of the origin. */
void figure_draw(struct sight *sight, const struct figure *figure, const struct figure_pose *pose);

#endif
