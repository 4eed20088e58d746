/* SPDX-License-Identifier: GPL-2.0-or-later
   What a map is like at a place: its leaf, what can be seen from there, and the light. */
#include "level.h"
#include "sight.h"

struct level_leaf *level_leaf_at(const struct level *level, const float point[3]) {
  int number = level->models[0].root;
  while (number >= 0) {
    const struct level_node *node = &level->nodes[number];
    number = node->children[sight_product(point, node->normal) < node->distance];
  }
  return &level->leaves[~number];
}

static void mark(struct level *level, struct level_leaf *leaf) {
  unsigned seen = leaf->seen = level->seen;
  for (int node = leaf->parent; node >= 0 && level->nodes[node].seen != seen; node = level->nodes[node].parent)
    level->nodes[node].seen = seen;
}

/* A row is one bit a leaf, beginning with leaf 1; a byte of 0 is followed by how many there are of it. */
void level_mark_visible(struct level *level, const struct level_leaf *from) {
  if (level->seen_from == from) return;
  level->seen_from = from;
  level->seen++;
  int leaves = level->visible_leaves;
  if (from->visibility < 0) {
    for (int i = 1; i <= leaves; i++) mark(level, &level->leaves[i]);
    return;
  }
  const uint8_t *at = level->visibility.at + from->visibility, *end = level->visibility.at + level->visibility.size;
  for (int leaf = 1; leaf <= leaves && at < end; at++) {
    if (*at == 0) {
      if (++at == end) return;
      leaf += 8 * *at;
      continue;
    }
    for (int bit = 0; bit < 8 && leaf <= leaves; bit++, leaf++) {
      if (*at >> bit & 1) mark(level, &level->leaves[leaf]);
    }
  }
}

/* Of a face at a point on its plane; -1 if it is not there or has none to go by. */
static int light_of(const struct level_face *face, const float point[3], const int styles[64]) {
  if (face->texture->kind == LEVEL_SKY || face->texture->kind == LEVEL_LIQUID) return -1;
  float s = sight_product(point, face->s) + face->s[3] - (float)face->s_least;
  float t = sight_product(point, face->t) + face->t[3] - (float)face->t_least;
  if (!(s >= 0 && t >= 0 && s <= (float)face->s_extent && t <= (float)face->t_extent)) return -1;
  if (!face->light) return 0;
  int across = face->s_extent / 16 + 1, down = face->t_extent / 16 + 1, light = 0;
  const uint8_t *sample = face->light + (int)t / 16 * across + (int)s / 16;
  for (int style = 0; style < LEVEL_STYLES && face->styles[style] != LEVEL_NO_STYLE; style++, sample += across * down)
    light += *sample * styles[face->styles[style]] >> 8;
  return light > 255 ? 255 : light;
}

/* The light where a line straight down from `from` to the height `bottom` first meets a face of a subtree, or -1. */
static int light_below(const struct level *level, int number, const float from[3], float bottom, const int styles[64]) {
  float top[3] = {from[0], from[1], from[2]};
  while (number >= 0) {
    const struct level_node *node = &level->nodes[number];
    const float low[3] = {top[0], top[1], bottom};
    float above = sight_product(top, node->normal) - node->distance, below = sight_product(low, node->normal) - node->distance;
    int side = above < 0;
    if ((below < 0) == side) {
      number = node->children[side];
      continue;
    }
    float middle[3] = {top[0], top[1], top[2] + (bottom - top[2]) * (above / (above - below))};
    int found = light_below(level, node->children[side], top, middle[2], styles);
    for (int i = 0; i < node->faces && found < 0; i++)
      found = light_of(&level->faces[node->first_face + i], middle, styles);
    if (found >= 0) return found;
    top[2] = middle[2];
    number = node->children[!side];
  }
  return -1;
}

int level_light_at(const struct level *level, const float point[3], const int styles[64]) {
  int light = light_below(level, level->models[0].root, point, point[2] - 2048, styles);
  return light < 0 ? 0 : light;
}
