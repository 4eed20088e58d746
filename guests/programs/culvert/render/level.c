/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "level.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sight.h"

enum lump {
  LUMP_ENTITIES, LUMP_PLANES, LUMP_TEXTURES, LUMP_VERTICES, LUMP_VISIBILITY, LUMP_NODES, LUMP_TEXINFO, LUMP_FACES,
  LUMP_LIGHTING, LUMP_CLIPNODES, LUMP_LEAVES, LUMP_MARKS, LUMP_EDGES, LUMP_SURFEDGES, LUMP_MODELS, LUMPS
};

enum {
  VERSION = 29,
  PLANE_SIZE = 20,
  VERTEX_SIZE = 12,
  NODE_SIZE = 24,
  TEXINFO_SIZE = 40,
  FACE_SIZE = 20,
  LEAF_SIZE = 28,
  EDGE_SIZE = 4,
  MODEL_SIZE = 64,
  TEXTURE_HEADER = 40,
  TEXTURE_SIDE = 1024,
  CONTENTS_SOLID = -2,
  CONTENTS_LIQUIDS = -3, /* this and below, down to lava */
  CONTENTS_LAVA = -5,
  DEEPEST = 512,
  FRAME_FIRST = '0',
};

struct loading {
  struct bytes lumps[LUMPS];
  struct level *level;
  char *why;
  size_t why_size;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct loading *loading, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(loading->why, loading->why_size, format, arguments);
  va_end(arguments);
  return false;
}

static int count(const struct loading *loading, enum lump lump, size_t size) {
  return (int)(loading->lumps[lump].size / size);
}

static const uint8_t *item(const struct loading *loading, enum lump lump, size_t size, int number) {
  return loading->lumps[lump].at + size * (size_t)number;
}

static bool read_plane(struct loading *loading, uint32_t number, float normal[3], float *distance) {
  if (number >= (uint32_t)count(loading, LUMP_PLANES, PLANE_SIZE)) return false;
  const uint8_t *at = item(loading, LUMP_PLANES, PLANE_SIZE, (int)number);
  if (!bytes_vector(at, normal) || !bytes_float(at + 12, distance)) return false;
  float length = normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2];
  return length > 0.9f && length < 1.1f;
}

/* A texture that cannot be read is left without pixels, and its faces are drawn in one colour. */
static void read_texture(struct bytes lump, uint32_t offset, struct level_texture *texture) {
  struct bytes header;
  if (!bytes_part(lump, offset, TEXTURE_HEADER, &header)) return;
  memcpy(texture->name, header.at, 16);
  texture->kind = texture->name[0] == '*'                    ? LEVEL_LIQUID
                  : texture->name[0] == '{'                  ? LEVEL_FENCE
                  : strncmp(texture->name, "sky", 3) == 0 ? LEVEL_SKY
                                                             : LEVEL_WALL;
  uint32_t width = bytes_u32(header.at + 16), height = bytes_u32(header.at + 20);
  if (width == 0 || height == 0 || width > TEXTURE_SIDE || height > TEXTURE_SIDE || width % 16 || height % 16) return;
  /* What is drawn unlit must be of the size that its mapping reckons with. */
  if (texture->kind == LEVEL_LIQUID && (width != 64 || height != 64)) texture->kind = LEVEL_WALL;
  if (texture->kind == LEVEL_SKY && (width != 256 || height != 128)) texture->kind = LEVEL_WALL;
  const uint8_t *mips[LEVEL_MIPS];
  for (int mip = 0; mip < LEVEL_MIPS; mip++) {
    uint32_t from = bytes_u32(header.at + 24 + 4 * mip);
    struct bytes pixels;
    if (from > lump.size - offset || !bytes_part(lump, offset + from, (width >> mip) * (height >> mip), &pixels)) return;
    mips[mip] = pixels.at;
  }
  memcpy(texture->mips, mips, sizeof mips);
  texture->width = (int)width;
  texture->height = (int)height;
}

/* Names "+0lamp", "+1lamp", ... are one animation. */
static void find_frames(struct level *level, struct level_texture *texture) {
  if (texture->name[0] != '+' || !texture->mips[0]) return;
  for (int frame = 0; frame < LEVEL_FRAMES; frame++) {
    char wanted[sizeof texture->name];
    memcpy(wanted, texture->name, sizeof wanted);
    wanted[1] = (char)(FRAME_FIRST + frame);
    const struct level_texture *found = 0;
    for (int i = 0; i < level->texture_count && !found; i++) {
      const struct level_texture *each = &level->textures[i];
      if (strcmp(each->name, wanted) == 0 && each->width == texture->width && each->height == texture->height)
        found = each;
    }
    if (!found) break;
    texture->frames[texture->frame_count++] = found;
  }
}

static bool read_textures(struct loading *loading) {
  struct level *level = loading->level;
  struct bytes lump = loading->lumps[LUMP_TEXTURES];
  uint32_t textures = lump.size >= 4 ? bytes_u32(lump.at) : 0;
  if (textures == 0 || textures > (lump.size - 4) / 4) return wrong(loading, "its list of textures does not end");
  level->textures = calloc(textures, sizeof *level->textures);
  if (!level->textures) return wrong(loading, "no memory for %u textures", textures);
  level->texture_count = (int)textures;
  for (uint32_t i = 0; i < textures; i++) {
    read_texture(lump, bytes_u32(lump.at + 4 + 4 * i), &level->textures[i]);
    if (level->textures[i].kind == LEVEL_FENCE) level->has_fences = true;
  }
  for (int i = 0; i < level->texture_count; i++) find_frames(level, &level->textures[i]);
  return true;
}

static bool read_vertices(struct loading *loading) {
  struct level *level = loading->level;
  level->vertex_count = count(loading, LUMP_VERTICES, VERTEX_SIZE);
  level->vertices = calloc((size_t)level->vertex_count + 1, sizeof *level->vertices);
  int corners = count(loading, LUMP_SURFEDGES, 4), edges = count(loading, LUMP_EDGES, EDGE_SIZE);
  level->corners = calloc((size_t)corners + 1, sizeof *level->corners);
  if (!level->vertices || !level->corners) return wrong(loading, "no memory for its corners");
  for (int i = 0; i < level->vertex_count; i++) {
    if (!bytes_vector(item(loading, LUMP_VERTICES, VERTEX_SIZE, i), level->vertices[i]))
      return wrong(loading, "vertex %d is nowhere", i);
  }
  for (int i = 0; i < corners; i++) {
    int edge = bytes_s32(item(loading, LUMP_SURFEDGES, 4, i));
    if (edge <= -edges || edge >= edges) return wrong(loading, "there is no edge %d", edge);
    const uint8_t *ends = item(loading, LUMP_EDGES, EDGE_SIZE, edge < 0 ? -edge : edge);
    level->corners[i] = (int)bytes_u16(edge < 0 ? ends + 2 : ends);
    if (level->corners[i] >= level->vertex_count) return wrong(loading, "there is no vertex %d", level->corners[i]);
  }
  return true;
}

static int floor16(float value) {
  int whole = (int)(value / 16);
  return 16 * ((float)whole * 16 > value ? whole - 1 : whole);
}

/* What part of its texture a face shows. */
static bool extents(const struct level *level, const struct level_face *face, const float axis[4], int *least, int *extent) {
  float from = 1e9f, to = -1e9f;
  for (int i = 0; i < face->corners; i++) {
    float value = sight_product(level->vertices[level->corners[face->first_corner + i]], axis) + axis[3];
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (!(from > -1e8f && to < 1e8f)) return false;
  *least = floor16(from);
  *extent = -floor16(-to) - *least;
  if (*extent == 0) *extent = 16;
  return *extent <= LEVEL_EXTENT;
}

static bool read_face(struct loading *loading, int number, struct level_face *face) {
  struct level *level = loading->level;
  const uint8_t *at = item(loading, LUMP_FACES, FACE_SIZE, number);
  if (!read_plane(loading, bytes_u16(at), face->normal, &face->distance))
    return wrong(loading, "face %d lies on no plane", number);
  if (bytes_u16(at + 2) != 0) {
    for (int i = 0; i < 3; i++) face->normal[i] = -face->normal[i];
    face->distance = -face->distance;
  }
  uint32_t first = bytes_u32(at + 4);
  unsigned corners = bytes_u16(at + 8);
  uint32_t all = (uint32_t)count(loading, LUMP_SURFEDGES, 4);
  if (corners < 3 || corners > LEVEL_FACE_CORNERS || first > all || corners > all - first)
    return wrong(loading, "face %d has %u corners from %u", number, corners, first);
  face->first_corner = (int)first;
  face->corners = (int)corners;

  unsigned info = bytes_u16(at + 10);
  if (info >= (unsigned)count(loading, LUMP_TEXINFO, TEXINFO_SIZE))
    return wrong(loading, "face %d has texture information %u", number, info);
  const uint8_t *texinfo = item(loading, LUMP_TEXINFO, TEXINFO_SIZE, (int)info);
  for (int i = 0; i < 4; i++) {
    if (!bytes_float(texinfo + 4 * i, &face->s[i]) || !bytes_float(texinfo + 16 + 4 * i, &face->t[i]))
      return wrong(loading, "texture information %u is out of all bounds", info);
  }
  uint32_t texture = bytes_u32(texinfo + 32);
  if (texture >= (uint32_t)level->texture_count) return wrong(loading, "there is no texture %u", texture);
  face->texture = &level->textures[texture];

  bool fits = extents(level, face, face->s, &face->s_least, &face->s_extent) &&
              extents(level, face, face->t, &face->t_least, &face->t_extent);
  if (!fits) {
    /* The sky may be as large as it likes: nothing of it is kept. */
    face->s_extent = face->t_extent = 0;
    return face->texture->kind == LEVEL_SKY || face->texture->kind == LEVEL_LIQUID ||
           wrong(loading, "face %d is larger than %d texels", number, LEVEL_EXTENT);
  }
  memcpy(face->styles, at + 12, LEVEL_STYLES);
  int styles = 0;
  while (styles < LEVEL_STYLES && face->styles[styles] < 64) styles++;
  for (int i = styles; i < LEVEL_STYLES; i++) face->styles[i] = LEVEL_NO_STYLE;
  uint32_t samples = (uint32_t)((face->s_extent / 16 + 1) * (face->t_extent / 16 + 1) * styles);
  struct bytes light;
  if (bytes_s32(at + 16) >= 0 && samples > 0) {
    if (!bytes_part(loading->lumps[LUMP_LIGHTING], bytes_u32(at + 16), samples, &light))
      return wrong(loading, "the light of face %d lies outside the file", number);
    face->light = light.at;
  }
  return true;
}

static bool read_faces(struct loading *loading) {
  struct level *level = loading->level;
  level->face_count = count(loading, LUMP_FACES, FACE_SIZE);
  level->faces = calloc((size_t)level->face_count + 1, sizeof *level->faces);
  int marks = count(loading, LUMP_MARKS, 2);
  level->marks = calloc((size_t)marks + 1, sizeof *level->marks);
  if (!level->faces || !level->marks) return wrong(loading, "no memory for %d faces", level->face_count);
  for (int i = 0; i < level->face_count; i++) {
    if (!read_face(loading, i, &level->faces[i])) return false;
  }
  for (int i = 0; i < marks; i++) {
    level->marks[i] = (uint16_t)bytes_u16(item(loading, LUMP_MARKS, 2, i));
    if (level->marks[i] >= level->face_count) return wrong(loading, "a leaf shows face %u", level->marks[i]);
  }
  return true;
}

static bool read_nodes(struct loading *loading) {
  struct level *level = loading->level;
  level->node_count = count(loading, LUMP_NODES, NODE_SIZE);
  level->nodes = calloc((size_t)level->node_count + 1, sizeof *level->nodes);
  if (!level->nodes) return wrong(loading, "no memory for %d nodes", level->node_count);
  for (int i = 0; i < level->node_count; i++) {
    const uint8_t *at = item(loading, LUMP_NODES, NODE_SIZE, i);
    struct level_node *node = &level->nodes[i];
    if (!read_plane(loading, bytes_u32(at), node->normal, &node->distance))
      return wrong(loading, "node %d lies on no plane", i);
    for (int side = 0; side < 2; side++) {
      int child = bytes_s16(at + 4 + 2 * side);
      if (child >= level->node_count || ~child >= level->leaf_count) return wrong(loading, "node %d leads to %d", i, child);
      node->children[side] = child;
    }
    for (int axis = 0; axis < 3; axis++) {
      node->least[axis] = (float)bytes_s16(at + 8 + 2 * axis);
      node->most[axis] = (float)bytes_s16(at + 14 + 2 * axis);
    }
    node->parent = -1;
    node->first_face = (int)bytes_u16(at + 20);
    node->faces = (int)bytes_u16(at + 22);
    if (node->first_face + node->faces > level->face_count) return wrong(loading, "node %d has no such faces", i);
  }
  return true;
}

static bool read_leaves(struct loading *loading) {
  struct level *level = loading->level;
  level->leaf_count = count(loading, LUMP_LEAVES, LEAF_SIZE);
  if (level->leaf_count == 0) return wrong(loading, "it has no leaves");
  level->leaves = calloc((size_t)level->leaf_count, sizeof *level->leaves);
  if (!level->leaves) return wrong(loading, "no memory for %d leaves", level->leaf_count);
  for (int i = 0; i < level->leaf_count; i++) {
    const uint8_t *at = item(loading, LUMP_LEAVES, LEAF_SIZE, i);
    struct level_leaf *leaf = &level->leaves[i];
    int contents = bytes_s32(at);
    leaf->solid = contents == CONTENTS_SOLID;
    leaf->liquid = contents <= CONTENTS_LIQUIDS && contents >= CONTENTS_LAVA;
    leaf->visibility = bytes_s32(at + 4);
    if (leaf->visibility < 0 || (size_t)leaf->visibility >= level->visibility.size) leaf->visibility = -1;
    leaf->parent = -1;
    leaf->first_mark = (int)bytes_u16(at + 20);
    leaf->marks = (int)bytes_u16(at + 22);
    if (leaf->first_mark + leaf->marks > count(loading, LUMP_MARKS, 2)) return wrong(loading, "leaf %d shows too much", i);
  }
  return true;
}

/* Each node once: what leads back to itself would never end. */
static bool check_tree(struct loading *loading, int root) {
  struct level *level = loading->level;
  /* At most one sibling waits at each depth. */
  struct { int node, parent, depth; } waiting[DEEPEST + 2];
  int count = 1;
  waiting[0].node = root;
  waiting[0].parent = -1;
  waiting[0].depth = 0;
  while (count > 0) {
    int number = waiting[--count].node, parent = waiting[count].parent, depth = waiting[count].depth + 1;
    if (number < 0) {
      level->leaves[~number].parent = parent;
      continue;
    }
    struct level_node *node = &level->nodes[number];
    if (node->seen) return wrong(loading, "node %d has two places in the tree", number);
    node->seen = 1;
    node->parent = parent;
    if (depth > DEEPEST) return wrong(loading, "its tree is more than %d deep", DEEPEST);
    for (int side = 0; side < 2; side++) {
      waiting[count].node = node->children[side];
      waiting[count].depth = depth;
      waiting[count++].parent = number;
    }
  }
  return true;
}

static bool read_models(struct loading *loading) {
  struct level *level = loading->level;
  level->model_count = count(loading, LUMP_MODELS, MODEL_SIZE);
  if (level->model_count == 0) return wrong(loading, "it has no models");
  level->models = calloc((size_t)level->model_count, sizeof *level->models);
  if (!level->models) return wrong(loading, "no memory for %d models", level->model_count);
  for (int i = 0; i < level->model_count; i++) {
    const uint8_t *at = item(loading, LUMP_MODELS, MODEL_SIZE, i);
    struct level_model *model = &level->models[i];
    uint32_t first = bytes_u32(at + 56), faces = bytes_u32(at + 60);
    if (!bytes_vector(at, model->least) || !bytes_vector(at + 12, model->most) || first > (uint32_t)level->face_count ||
        faces > (uint32_t)level->face_count - first)
      return wrong(loading, "model %d has no such faces", i);
    model->first_face = (int)first;
    model->faces = (int)faces;
    model->root = bytes_s32(at + 36);
    if (model->root >= level->node_count || model->root < -level->leaf_count)
      return wrong(loading, "model %d begins at node %d", i, model->root);
    if (i == 0) {
      int leaves = bytes_s32(at + 52);
      level->visible_leaves = leaves < 0 || leaves >= level->leaf_count ? level->leaf_count - 1 : leaves;
    }
    if (model->root < 0 && i == 0) return wrong(loading, "the map has no tree");
    if (model->root >= 0 && !check_tree(loading, model->root)) return false;
  }
  for (int i = 0; i < level->node_count; i++) level->nodes[i].seen = 0;
  return true;
}

struct level *level_load(uint8_t *file, size_t size, char *why, size_t why_size) {
  struct loading loading = {.level = calloc(1, sizeof *loading.level), .why = why, .why_size = why_size};
  struct bytes whole = {file, size};
  if (!loading.level) {
    free(file);
    wrong(&loading, "no memory for a map");
    return 0;
  }
  loading.level->file = file;
  bool good = size >= 4 + 8 * LUMPS && bytes_u32(file) == VERSION;
  if (!good) wrong(&loading, "it is no map of version %d", VERSION);
  for (int i = 0; i < LUMPS && good; i++) {
    good = bytes_part(whole, bytes_u32(file + 4 + 8 * i), bytes_u32(file + 8 + 8 * i), &loading.lumps[i]) ||
           wrong(&loading, "part %d reaches beyond its end", i);
  }
  if (good) loading.level->visibility = loading.lumps[LUMP_VISIBILITY];
  good = good && read_textures(&loading) && read_vertices(&loading) && read_faces(&loading) && read_leaves(&loading) &&
         read_nodes(&loading) && read_models(&loading);
  if (good) return loading.level;
  level_free(loading.level);
  return 0;
}

void level_free(struct level *level) {
  if (!level) return;
  void *parts[] = {level->file,   level->textures, level->faces,   level->nodes,
                   level->leaves, level->models,   level->vertices, level->corners, level->marks};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) free(parts[i]);
  free(level);
}
