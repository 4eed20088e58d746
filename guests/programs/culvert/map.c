/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "md4.h"

enum {
  VERSION = 29,
  LUMPS = 15,
  LUMP_ENTITIES = 0,
  LUMP_PLANES = 1,
  LUMP_VISIBILITY = 4,
  LUMP_NODES = 5,
  LUMP_CLIPNODES = 9,
  LUMP_LEAVES = 10,
  LUMP_MODELS = 14,
  FILE_LIMIT = 16 << 20,
  PLANE_BYTES = 20,
  NODE_BYTES = 24,
  CLIPNODE_BYTES = 8,
  LEAF_BYTES = 28,
  MODEL_BYTES = 64,
  DEEPEST = 512,
};

/* A moving point stops this far before what it hits. */
static const float GAP = 1.0f / 32;

struct lump {
  const uint8_t *bytes;
  size_t size;
};

static int32_t i32(const uint8_t *at) {
  int32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static int i16(const uint8_t *at) {
  int16_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static float number(const uint8_t *at) {
  float value;
  memcpy(&value, at, sizeof value);
  return isfinite(value) && fabsf(value) < 1e6f ? value : 0;
}

static bool fail(char *why, size_t size, const char *what) {
  snprintf(why, size, "the map is broken: %s", what);
  return false;
}

/* The players' starts, from the text of the entities: "classname" "info_player_deathmatch" and "origin" "x y z". */
static void read_starts(struct map *map, struct lump entities) {
  char *text = strndup((const char *)entities.bytes, entities.size);
  if (!text) return;
  for (char *save, *entity = strtok_r(text, "}", &save); entity; entity = strtok_r(0, "}", &save)) {
    const char *origin = strstr(entity, "\"origin\" \"");
    if (!strstr(entity, "\"info_player_") || !origin || map->start_count == MAP_STARTS) continue;
    float *to = map->starts[map->start_count];
    if (sscanf(origin, "\"origin\" \"%f %f %f\"", &to[0], &to[1], &to[2]) == 3) map->start_count++;
  }
  free(text);
}

/* The tree for points: its leaves' contents take the place of their numbers. */
static bool read_nodes(struct map *map, struct lump nodes, struct lump leaves) {
  int count = (int)(nodes.size / NODE_BYTES), leaf_count = (int)(leaves.size / LEAF_BYTES);
  struct map_node *to = map->nodes[HULL_POINT] = calloc((size_t)count + 1, sizeof *to);
  if (!to) return false;
  map->node_count[HULL_POINT] = count;
  for (int i = 0; i < count; i++) {
    const uint8_t *from = nodes.bytes + i * NODE_BYTES;
    to[i].plane = i32(from);
    for (int side = 0; side < 2; side++) {
      int child = i16(from + 4 + side * 2);
      if (child < 0) {
        if (-1 - child >= leaf_count) return false;
        child = i32(leaves.bytes + (-1 - child) * LEAF_BYTES);
        if (child >= 0) return false;
      }
      to[i].children[side] = child;
    }
  }
  return true;
}

static bool read_clipnodes(struct map *map, struct lump clipnodes) {
  int count = (int)(clipnodes.size / CLIPNODE_BYTES);
  struct map_node *to = map->nodes[HULL_PLAYER] = calloc((size_t)count + 1, sizeof *to);
  if (!to) return false;
  map->node_count[HULL_PLAYER] = count;
  for (int i = 0; i < count; i++) {
    const uint8_t *from = clipnodes.bytes + i * CLIPNODE_BYTES;
    to[i] = (struct map_node){i32(from), {i16(from + 4), i16(from + 6)}};
  }
  return true;
}

/* Whether every node names planes and nodes that are there, and no path from the top is endless: then each walk ends. */
static bool sound(const struct map *map, int hull, int planes) {
  int count = map->node_count[hull], used = 0;
  struct {
    int node, depth;
  } *stack = calloc((size_t)count + 2, sizeof *stack);
  if (!stack) return false;
  int visits = 0;
  bool good = map->first[hull] < count;
  if (good && map->first[hull] >= 0) stack[used++].node = map->first[hull];
  while (good && used > 0) {
    int node = stack[--used].node, depth = stack[used].depth;
    const struct map_node *at = &map->nodes[hull][node];
    if (++visits > count || depth > DEEPEST || at->plane < 0 || at->plane >= planes) good = false;
    for (int side = 0; good && side < 2; side++) {
      int child = at->children[side];
      if (child >= count) good = false;
      else if (child >= 0 && used < count + 1) {
        stack[used].node = child;
        stack[used++].depth = depth + 1;
      }
    }
  }
  free(stack);
  return good;
}

static bool read_planes(struct map *map, struct lump planes) {
  int count = (int)(planes.size / PLANE_BYTES);
  map->planes = calloc((size_t)count + 1, sizeof *map->planes);
  if (!map->planes) return false;
  for (int i = 0; i < count; i++) {
    const uint8_t *from = planes.bytes + i * PLANE_BYTES;
    for (int axis = 0; axis < 3; axis++) map->planes[i].normal[axis] = number(from + axis * 4);
    map->planes[i].distance = number(from + 12);
  }
  return true;
}

static uint32_t checksum(const struct lump lumps[LUMPS]) {
  uint32_t sum = 0;
  for (int i = 0; i < LUMPS; i++) {
    if (i == LUMP_ENTITIES || i == LUMP_VISIBILITY || i == LUMP_LEAVES || i == LUMP_NODES) continue;
    sum ^= md4_folded(lumps[i].bytes, lumps[i].size);
  }
  return sum;
}

static bool read_map(struct map *map, size_t size, char *why, size_t why_size) {
  struct lump lumps[LUMPS];
  const uint8_t *file = map->file;
  if (size < 4 + LUMPS * 8 || i32(file) != VERSION) return fail(why, why_size, "it is not of version 29");
  for (int i = 0; i < LUMPS; i++) {
    uint32_t at = (uint32_t)i32(file + 4 + i * 8), length = (uint32_t)i32(file + 8 + i * 8);
    if (at > size || length > size - at) return fail(why, why_size, "a lump lies outside the file");
    lumps[i] = (struct lump){file + at, length};
  }
  if (lumps[LUMP_MODELS].size < MODEL_BYTES) return fail(why, why_size, "it has no model");
  const uint8_t *world = lumps[LUMP_MODELS].bytes;
  for (int axis = 0; axis < 3; axis++) {
    map->least[axis] = number(world + axis * 4);
    map->most[axis] = number(world + 12 + axis * 4);
  }
  for (int hull = 0; hull < MAP_HULLS; hull++) map->first[hull] = i32(world + 36 + hull * 4);
  if (!read_planes(map, lumps[LUMP_PLANES]) || !read_nodes(map, lumps[LUMP_NODES], lumps[LUMP_LEAVES]) ||
      !read_clipnodes(map, lumps[LUMP_CLIPNODES])) {
    return fail(why, why_size, "nodes or leaves");
  }
  for (int hull = 0; hull < MAP_HULLS; hull++) {
    if (!sound(map, hull, (int)(lumps[LUMP_PLANES].size / PLANE_BYTES))) return fail(why, why_size, "its tree");
  }
  read_starts(map, lumps[LUMP_ENTITIES]);
  map->checksum = checksum(lumps);
  return true;
}

bool map_load(struct map *map, const char *path, char *why, size_t why_size) {
  size_t size;
  *map = (struct map){.file = file_read(path, FILE_LIMIT, &size)};
  if (!map->file) {
    snprintf(why, why_size, "cannot read %s: %m", path);
    return false;
  }
  if (read_map(map, size, why, why_size)) return true;
  map_free(map);
  return false;
}

void map_free(struct map *map) {
  free(map->file);
  free(map->planes);
  for (int hull = 0; hull < MAP_HULLS; hull++) free(map->nodes[hull]);
  *map = (struct map){0};
}

static float before(const struct map_plane *plane, const float point[3]) {
  return plane->normal[0] * point[0] + plane->normal[1] * point[1] + plane->normal[2] * point[2] - plane->distance;
}

int map_contents(const struct map *map, int hull, const float point[3]) {
  if (!map->file) return CONTENTS_SOLID;
  int node = map->first[hull];
  while (node >= 0) {
    const struct map_node *at = &map->nodes[hull][node];
    node = at->children[before(&map->planes[at->plane], point) < 0];
  }
  return node;
}

struct walk {
  const struct map *map;
  int hull;
  const float *from, *to;
  bool was_open;
  /* The plane crossed last, from which side, and when. */
  const struct map_plane *plane;
  bool from_behind;
  float crossed;
  bool started_solid;
};

/* Visits the leaves between two moments of the way in their order; false as soon as it enters a solid one from an open one. */
static bool walk_on(struct walk *walk, int node, float since, float until) {
  while (node >= 0) {
    const struct map_node *at = &walk->map->nodes[walk->hull][node];
    const struct map_plane *plane = &walk->map->planes[at->plane];
    float start = before(plane, walk->from), stop = before(plane, walk->to);
    float first = start + (stop - start) * since, second = start + (stop - start) * until;
    bool behind = first < 0;
    if (behind == (second < 0)) {
      node = at->children[behind];
      continue;
    }
    float middle = since + (until - since) * (first / (first - second));
    if (!walk_on(walk, at->children[behind], since, middle)) return false;
    walk->plane = plane;
    walk->from_behind = behind;
    walk->crossed = since = middle;
    node = at->children[!behind];
  }
  if (node != CONTENTS_SOLID) walk->was_open = true;
  else if (walk->was_open) return false;
  else walk->started_solid = true;
  return true;
}

struct map_trace map_trace(const struct map *map, int hull, const float from[3], const float to[3]) {
  struct map_trace trace = {.fraction = 1};
  struct walk walk = {.map = map, .hull = hull, .from = from, .to = to};
  if (!map->file) trace.started_solid = true, trace.fraction = 0;
  else if (!walk_on(&walk, map->first[hull], 0, 1)) {
    float along = 0;
    for (int axis = 0; axis < 3; axis++) {
      trace.normal[axis] = walk.from_behind ? -walk.plane->normal[axis] : walk.plane->normal[axis];
      along += (from[axis] - to[axis]) * trace.normal[axis];
    }
    trace.fraction = along > 0 ? walk.crossed - GAP / along : walk.crossed;
    if (trace.fraction < 0) trace.fraction = 0;
  }
  trace.started_solid |= walk.started_solid;
  if (trace.started_solid && !walk.was_open) trace.fraction = 0;
  for (int axis = 0; axis < 3; axis++) trace.end[axis] = from[axis] + (to[axis] - from[axis]) * trace.fraction;
  return trace;
}

bool map_sees(const struct map *map, const float from[3], const float to[3]) {
  return map_trace(map, HULL_POINT, from, to).fraction == 1;
}
