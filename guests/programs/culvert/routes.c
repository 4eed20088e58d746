/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routes.h"

#include <math.h>
#include <string.h>

enum { GRID = 32, NONE = -1 };
static const float STRIDE = 16, STEP = 18, DROP = 140, SAME_HEIGHT = 20, FEET = 23, FLOOR_Z = 0.7f, NEARBY = 128;

void routes_start(struct routes *routes) {
  routes->count = routes->grown = routes->starts_taken = 0;
  memset(routes->alike, NONE, sizeof routes->alike);
}

/* Lets a player down to the floor; false if there is none near, or it lies under water or worse. */
static bool stand(const struct map *map, const float at[3], float down, float end[3]) {
  float below[3] = {at[0], at[1], at[2] - down};
  struct map_trace trace = map_trace(map, HULL_PLAYER, at, below);
  if (trace.started_solid || trace.fraction == 1 || trace.normal[2] < FLOOR_Z) return false;
  float feet[3] = {trace.end[0], trace.end[1], trace.end[2] - FEET};
  memcpy(end, trace.end, sizeof trace.end);
  return map_contents(map, HULL_POINT, feet) == CONTENTS_EMPTY;
}

bool routes_walks(const struct map *map, const float from[3], const float to[3], float end[3]) {
  float east = to[0] - from[0], north = to[1] - from[1], length = hypotf(east, north);
  int strides = (int)ceilf(length / STRIDE);
  memcpy(end, from, 12);
  for (int i = 1; i <= strides; i++) {
    float up[3] = {end[0], end[1], end[2] + STEP};
    struct map_trace trace = map_trace(map, HULL_PLAYER, end, up);
    float part = (float)i / (float)strides;
    float over[3] = {from[0] + east * part, from[1] + north * part, trace.end[2]};
    if (trace.started_solid || map_trace(map, HULL_PLAYER, trace.end, over).fraction < 1) return false;
    if (!stand(map, over, STEP + DROP, end)) return false;
  }
  return true;
}

static int16_t *chain(struct routes *routes, const float at[3]) {
  unsigned x = (unsigned)(int)floorf(at[0] / GRID), y = (unsigned)(int)floorf(at[1] / GRID);
  return &routes->alike[(x * 37 + y) % (sizeof routes->alike / sizeof *routes->alike)];
}

/* The place where one comes to stand, new or known; -1 if there is room for no more. */
static int place(struct routes *routes, const float at[3]) {
  int16_t *first = chain(routes, at);
  for (int i = *first; i != NONE; i = routes->places[i].next_alike) {
    const float *known = routes->places[i].at;
    if (fabsf(known[0] - at[0]) < 1 && fabsf(known[1] - at[1]) < 1 && fabsf(known[2] - at[2]) < SAME_HEIGHT) return i;
  }
  if (routes->count == ROUTES_PLACES) return NONE;
  struct routes_place *new = &routes->places[routes->count];
  memcpy(new->at, at, sizeof new->at);
  memset(new->ways, NONE, sizeof new->ways);
  new->next_alike = *first;
  *first = (int16_t)routes->count;
  return routes->count++;
}

/* A start becomes the place of the grid that one walks to from it. */
static void take_start(struct routes *routes, const struct map *map, const float start[3]) {
  float on[3], end[3];
  if (!stand(map, start, DROP, on)) return;
  float corner[3] = {floorf(on[0] / GRID) * GRID, floorf(on[1] / GRID) * GRID, on[2]};
  for (int i = 0; i < 4; i++) {
    float to[3] = {corner[0] + (float)(i & 1) * GRID, corner[1] + (float)(i >> 1) * GRID, on[2]};
    if (!routes_walks(map, on, to, end)) continue;
    place(routes, end);
    return;
  }
}

static void grow_one(struct routes *routes, const struct map *map, int from) {
  static const float directions[ROUTES_WAYS][2] = {{GRID, 0}, {0, GRID}, {-GRID, 0}, {0, -GRID}};
  for (int way = 0; way < ROUTES_WAYS; way++) {
    const float *at = routes->places[from].at;
    float to[3] = {at[0] + directions[way][0], at[1] + directions[way][1], at[2]}, end[3];
    if (routes_walks(map, at, to, end)) routes->places[from].ways[way] = (int16_t)place(routes, end);
  }
}

bool routes_grow(struct routes *routes, const struct map *map, int places) {
  while (places-- > 0) {
    if (routes->grown < routes->count) grow_one(routes, map, routes->grown++);
    else if (routes->starts_taken < map->start_count) take_start(routes, map, map->starts[routes->starts_taken++]);
    else return false;
  }
  return true;
}

static float distance(const float a[3], const float b[3]) {
  float east = a[0] - b[0], north = a[1] - b[1], up = (a[2] - b[2]) * 3;
  return sqrtf(east * east + north * north + up * up);
}

int routes_nearest(const struct routes *routes, const float point[3]) {
  int best = NONE;
  float least = 0;
  for (int i = 0; i < routes->count; i++) {
    float far = distance(routes->places[i].at, point);
    if (best != NONE && far >= least) continue;
    best = i;
    least = far;
  }
  return best;
}

int routes_enter(const struct routes *routes, const struct map *map, const float point[3]) {
  int best = NONE;
  float least = NEARBY, end[3];
  for (int i = 0; i < routes->count; i++) {
    float far = distance(routes->places[i].at, point);
    if (far >= least || !routes_walks(map, point, routes->places[i].at, end)) continue;
    if (fabsf(end[2] - routes->places[i].at[2]) > SAME_HEIGHT) continue;
    best = i;
    least = far;
  }
  return best != NONE ? best : routes_nearest(routes, point);
}

int routes_find(struct routes *routes, int from, int to, int16_t path[ROUTES_LONGEST]) {
  int taken = 0, put = 0, length = 0;
  if (from < 0 || to < 0 || from == to) return 0;
  memset(routes->came_from, NONE, sizeof routes->came_from);
  routes->came_from[from] = (int16_t)from;
  routes->queue[put++] = (int16_t)from;
  while (taken < put && routes->came_from[to] == NONE) {
    int at = routes->queue[taken++];
    for (int way = 0; way < ROUTES_WAYS; way++) {
      int next = routes->places[at].ways[way];
      if (next == NONE || routes->came_from[next] != NONE) continue;
      routes->came_from[next] = (int16_t)at;
      routes->queue[put++] = (int16_t)next;
    }
  }
  if (routes->came_from[to] == NONE) return 0;
  for (int at = to; at != from; at = routes->came_from[at]) length++;
  int left = length;
  for (int at = to; at != from; at = routes->came_from[at]) {
    if (--left < ROUTES_LONGEST) path[left] = (int16_t)at;
  }
  return length < ROUTES_LONGEST ? length : ROUTES_LONGEST;
}
