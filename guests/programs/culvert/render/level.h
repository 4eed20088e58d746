/* SPDX-License-Identifier: GPL-2.0-or-later
   The looks of a map: what a BSP file, version 29, says of surfaces, textures, light and what can be seen from where. All that
   refers to something else is checked when it is loaded, so that drawing need not. */
#ifndef CULVERT_LEVEL_H
#define CULVERT_LEVEL_H

#include "bytes.h"

enum {
  LEVEL_MIPS = 4,
  LEVEL_STYLES = 4,
  /* In a face's list of styles: there are no more. */
  LEVEL_NO_STYLE = 255,
  /* Of a face, in texels; more than any compiler makes. */
  LEVEL_EXTENT = 512,
  LEVEL_FRAMES = 10,
  LEVEL_FACE_CORNERS = 64,
};

enum level_kind {
  LEVEL_WALL,
  LEVEL_SKY,
  LEVEL_LIQUID,
  /* Colour 255 is not drawn: one sees through. Textures whose name begins with '{'. */
  LEVEL_FENCE,
};

struct level_texture {
  char name[17];
  enum level_kind kind;
  /* Multiples of 16. */
  int width, height;
  const uint8_t *mips[LEVEL_MIPS];
  /* An animation's pictures, five a second, itself among them; 0: it stands still. */
  int frame_count;
  const struct level_texture *frames[LEVEL_FRAMES];
};

/* A face's pixels with its light on them, in the cache of surface.c. */
struct surface;

struct level_face {
  float normal[3], distance; /* towards the side from which it is seen */
  int first_corner, corners; /* of struct level's corners */
  const struct level_texture *texture;
  /* Texture coordinates: a point's product with the first three, plus the fourth. */
  float s[4], t[4];
  /* What of the texture it shows, in texels; multiples of 16. */
  int s_least, t_least, s_extent, t_extent;
  uint8_t styles[LEVEL_STYLES];
  /* For each style (s_extent / 16 + 1) x (t_extent / 16 + 1) bytes; 0: no light at all. */
  const uint8_t *light;
  struct surface *cached[LEVEL_MIPS];
  /* The picture for which it is to be drawn. */
  unsigned marked;
};

/* A child below 0 is leaf ~child. */
struct level_node {
  float normal[3], distance;
  int children[2], parent;
  float least[3], most[3];
  int first_face, faces;
  unsigned seen;
};

struct level_leaf {
  bool solid, liquid;
  /* Where in the visibility its row begins; -1: everything is seen. */
  int visibility;
  int parent;
  int first_mark, marks;
  unsigned seen;
};

/* The whole map (0), or a part of it that moves. */
struct level_model {
  float least[3], most[3];
  int root, first_face, faces;
};

struct level {
  uint8_t *file;
  struct level_texture *textures;
  struct level_face *faces;
  struct level_node *nodes;
  struct level_leaf *leaves;
  struct level_model *models;
  float (*vertices)[3];
  int *corners;   /* numbers of vertices */
  uint16_t *marks; /* numbers of faces */
  struct bytes visibility;
  int texture_count, face_count, node_count, leaf_count, model_count, vertex_count;
  /* Leaves that visibility speaks of: numbers 1 to this. */
  int visible_leaves;
  bool has_fences;
  /* Of the last marking; from which leaf. */
  unsigned seen;
  const struct level_leaf *seen_from;
};

/* Takes over `file`, allocated. 0, the file freed, and why in a sentence, if it is no map that can be drawn. */
struct level *level_load(uint8_t *file, size_t size, char *why, size_t why_size);
void level_free(struct level *level);

/* The leaf a point is in. */
struct level_leaf *level_leaf_at(const struct level *level, const float point[3]);

/* Gives all leaves that can be seen from one, and the nodes above them, the number `level->seen`, and no others. */
void level_mark_visible(struct level *level, const struct level_leaf *from);

/* How bright the floor below a point is, 0 to 255, styles of that brightness each (256: as baked). */
int level_light_at(const struct level *level, const float point[3], const int styles[64]);

#endif
