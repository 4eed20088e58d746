/* SPDX-License-Identifier: GPL-2.0-or-later
   The map as something to walk and look in: solid and empty space of a BSP file, version 29. Its looks are the renderer's. */
#ifndef CULVERT_MAP_H
#define CULVERT_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HULL_POINT = 0, HULL_PLAYER = 1, MAP_HULLS = 2, MAP_STARTS = 64 };
enum { CONTENTS_EMPTY = -1, CONTENTS_SOLID = -2, CONTENTS_WATER = -3, CONTENTS_SLIME = -4, CONTENTS_LAVA = -5 };

struct map_plane {
  float normal[3], distance;
};

/* A child below 0 is a leaf's contents. */
struct map_node {
  int plane;
  int children[2];
};

struct map {
  uint8_t *file;
  struct map_plane *planes;
  /* The world's tree for points, and the one for players, whose walls stand farther in by half a player's size. */
  struct map_node *nodes[MAP_HULLS];
  int node_count[MAP_HULLS], first[MAP_HULLS];
  float least[3], most[3];
  /* Where players start. */
  float starts[MAP_STARTS][3];
  int start_count;
  /* What a server compares with its own: over all lumps but those that do not concern play. */
  uint32_t checksum;
};

struct map_trace {
  /* How far it came, 0 to 1, and where that is. */
  float fraction, end[3];
  /* Of what it hit. */
  float normal[3];
  bool started_solid;
};

/* Reads a file; false and why, in a sentence, if it is none that can be played on. */
bool map_load(struct map *map, const char *path, char *why, size_t size);
void map_free(struct map *map);

int map_contents(const struct map *map, int hull, const float point[3]);
struct map_trace map_trace(const struct map *map, int hull, const float from[3], const float to[3]);
/* Whether nothing solid lies between two points. */
bool map_sees(const struct map *map, const float from[3], const float to[3]);

#endif
