/* SPDX-License-Identifier: GPL-2.0-or-later
   Where one can walk: places on the map's floors, 32 units apart, found by walking out from where players start. A bot knows the map
   like a player who has been there before, and no more. */
#ifndef CULVERT_ROUTES_H
#define CULVERT_ROUTES_H

#include "map.h"

enum { ROUTES_PLACES = 12000, ROUTES_WAYS = 4, ROUTES_LONGEST = 600 };

struct routes_place {
  float at[3];
  /* Places to the east, north, west and south, or -1. */
  int16_t ways[ROUTES_WAYS];
  int16_t next_alike;
};

struct routes {
  struct routes_place places[ROUTES_PLACES];
  int count, grown, starts_taken;
  int16_t alike[1024];
  /* Of the search. */
  int16_t came_from[ROUTES_PLACES], queue[ROUTES_PLACES];
};

void routes_start(struct routes *routes);

/* Finds more, so many places at most; false when all are found. Done piece by piece, so that no frame waits long. */
bool routes_grow(struct routes *routes, const struct map *map, int places);

/* The place nearest to a point, -1 if there is none; and the nearest of those that one can walk to from there, if there is any. */
int routes_nearest(const struct routes *routes, const float point[3]);
int routes_enter(const struct routes *routes, const struct map *map, const float point[3]);

/* The places from one to another, without the first; their number, 0 if there is no way. */
int routes_find(struct routes *routes, int from, int to, int16_t path[ROUTES_LONGEST]);

/* Whether one walks straight from here to there; `end` is where one comes to stand. */
bool routes_walks(const struct map *map, const float from[3], const float to[3], float end[3]);

#endif
