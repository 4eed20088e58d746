/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walls.h"

#include <stdlib.h>

#include "cover.h"
#include "spans.h"
#include "surface.h"

enum {
  SIDES = 4,
  ALL_SIDES = (1 << SIDES) - 1,
  CORNERS = LEVEL_FACE_CORNERS + SIDES,
  FENCES = 8192,
  /* Added to both ends of a row, 1/65536 pixels: what lies behind must not shine through where two faces meet. */
  OVERLAP = 2048,
  PLAIN_COLOUR = 4,
};

/* The four sides of what one sees, as seen: a point lies inside if its product is not negative. */
#define ACROSS ((float)SIGHT_CENTRE_X / SIGHT_FOCAL)
#define UPWARD ((float)SIGHT_CENTRE_Y / SIGHT_FOCAL)
static const float sides[SIDES][3] = {{1, 0, ACROSS}, {-1, 0, ACROSS}, {0, 1, UPWARD}, {0, -1, UPWARD}};

struct corner {
  float seen[3];
};

/* A vertex as seen, worked out once a picture. */
struct known {
  struct corner corner;
  unsigned number;
};

/* A face on the screen: which columns of which rows, 1/65536 pixels. Of a face that is not convex, as no map has them, some rows may
   be those of an earlier one. */
struct outline {
  int top, bottom;
  float nearest;
  int left[RENDER_HEIGHT], right[RENDER_HEIGHT];
};

static struct known *known;
static const struct level *known_level;
static struct cover cover;
static struct level_face *fences[FENCES];
static int fence_count;

void walls_forget(void) {
  free(known);
  known = 0;
  known_level = 0;
}

static float side_of(const float seen[3], int side) { return sight_product(seen, sides[side]); }

/* Cuts off what lies outside one side. Returns how many corners are left. */
static int cut(const struct corner *corners, int count, int side, struct corner *result) {
  int made = 0;
  const struct corner *last = &corners[count - 1];
  float last_inside = side_of(last->seen, side);
  for (int i = 0; i < count; i++) {
    const struct corner *next = &corners[i];
    float inside = side_of(next->seen, side);
    if ((inside >= 0) != (last_inside >= 0) && made < CORNERS) {
      /* From the outer to the inner end always, so that two faces with a common edge cut it at the same point. */
      const struct corner *from = inside >= 0 ? last : next, *to = inside >= 0 ? next : last;
      float outer = inside >= 0 ? last_inside : inside, inner = inside >= 0 ? inside : last_inside;
      float share = outer / (outer - inner);
      for (int axis = 0; axis < 3; axis++)
        result[made].seen[axis] = from->seen[axis] + (to->seen[axis] - from->seen[axis]) * share;
      made++;
    }
    if (inside >= 0 && made < CORNERS) result[made++] = *next;
    last = next;
    last_inside = inside;
  }
  return made;
}

static int clamp(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

/* The row of pixels whose middle is the first not above a height. */
static inline int first_row(float y) {
  int row = (int)(y + 0.5f);
  return clamp(row, 0, RENDER_HEIGHT);
}

/* Corners follow each other clockwise: what goes down is on the right. */
static void draw_edge(struct outline *outline, float x, float y, float to_x, float to_y) {
  int *columns = outline->right;
  if (y > to_y) {
    columns = outline->left;
    float swap = y;
    y = to_y;
    to_y = swap;
    swap = x;
    x = to_x;
    to_x = swap;
  }
  int row = first_row(y), end = first_row(to_y);
  if (row >= end) return;
  if (row < outline->top) outline->top = row;
  if (end > outline->bottom) outline->bottom = end;
  float slope = (to_x - x) / (to_y - y);
  int at = (int)((x + ((float)row + 0.5f - y) * slope) * 65536);
  int step = end - row > 1 ? (int)(slope * 65536) : 0;
  for (; row < end; row++, at += step) columns[row] = at;
}

/* False if nothing of it is to be seen. */
static bool draw_outline(struct corner *corners, int count, int wanted_sides, struct outline *outline) {
  if (count < 3) return false;
  struct corner other[CORNERS];
  struct corner *from = corners, *to = other;
  for (int side = 0; side < SIDES; side++) {
    if (!(wanted_sides >> side & 1)) continue;
    count = cut(from, count, side, to);
    if (count < 3) return false;
    struct corner *swap = from;
    from = to;
    to = swap;
  }
  float x[CORNERS], y[CORNERS];
  outline->nearest = 0;
  for (int i = 0; i < count; i++) {
    float far = from[i].seen[2] < SIGHT_NEAREST ? SIGHT_NEAREST : from[i].seen[2];
    float near = 1 / far;
    if (near > outline->nearest) outline->nearest = near;
    float right = from[i].seen[0] * near * SIGHT_FOCAL, up = from[i].seen[1] * near * SIGHT_FOCAL;
    /* Cutting leaves a little more than the picture at most; whatever is more comes from the nearest distance. */
    x[i] = SIGHT_CENTRE_X + (right < -SIGHT_CENTRE_X - 1   ? -SIGHT_CENTRE_X - 1
                             : right > SIGHT_CENTRE_X + 1 ? SIGHT_CENTRE_X + 1
                                                          : right);
    y[i] = SIGHT_CENTRE_Y - (up < -SIGHT_CENTRE_Y - 1 ? -SIGHT_CENTRE_Y - 1 : up > SIGHT_CENTRE_Y + 1 ? SIGHT_CENTRE_Y + 1 : up);
  }
  outline->top = RENDER_HEIGHT;
  outline->bottom = 0;
  for (int i = 0, last = count - 1; i < count; last = i++) draw_edge(outline, x[last], y[last], x[i], y[i]);
  return outline->top < outline->bottom;
}

/* The first column whose middle is not before a place. */
static inline int column_from(int at) { return (at + 32767) >> 16; }

/* What changes over the screen as `vector` (in the map) times what is seen does, plus `constant` times one through the distance. */
static void slope_of(const struct sight *sight, const float vector[3], float constant, float scale, const struct slope *near,
                     struct slope *slope) {
  slope->centre = (sight_product(vector, sight->forward) + constant * near->centre) * scale;
  slope->across = (sight_product(vector, sight->right) / SIGHT_FOCAL + constant * near->across) * scale;
  slope->down = (-sight_product(vector, sight->up) / SIGHT_FOCAL + constant * near->down) * scale;
}

/* `away`: how far the eye is in front of the face; `eye`: where it is, as the face's own points are reckoned. */
static void plane_of(const struct sight *sight, const struct level_face *face, const float eye[3], float away, int mip,
                     struct span_plane *plane) {
  const struct slope none = {0};
  slope_of(sight, face->normal, 0, -1 / away, &none, &plane->near);
  float scale = 1 / (float)(1 << mip);
  slope_of(sight, face->s, sight_product(eye, face->s) + face->s[3] - (float)face->s_least, scale, &plane->near, &plane->s);
  slope_of(sight, face->t, sight_product(eye, face->t) + face->t[3] - (float)face->t_least, scale, &plane->near, &plane->t);
}

/* So coarse that about one texel falls on a pixel where the face is nearest. */
static int mip_of(const struct level_face *face, float nearest) {
  float s = sight_product(face->s, face->s), t = sight_product(face->t, face->t);
  float texels = (s > t ? s : t) / (nearest * nearest * SIGHT_FOCAL * SIGHT_FOCAL);
  return texels < 1.6f ? 0 : texels < 6.4f ? 1 : texels < 25.6f ? 2 : 3;
}

/* How a face's pixels are made, worked out when the first of them is needed. */
struct painting {
  struct level_face *face;
  const float *eye;
  float away, nearest;
  bool ready, plain;
  struct span_plane plane;
  struct span_texture texture;
  const uint8_t *pixels;
};

static void prepare(struct sight *sight, struct painting *painting) {
  struct level_face *face = painting->face;
  enum level_kind kind = face->texture->kind;
  bool lit = kind == LEVEL_WALL || kind == LEVEL_FENCE;
  int mip = lit ? mip_of(face, painting->nearest) : 0;
  plane_of(sight, face, painting->eye, painting->away, mip, &painting->plane);
  painting->ready = true;
  const struct level_texture *texture = surface_texture(sight, face->texture);
  painting->pixels = texture->mips[0];
  if (!painting->pixels) {
    painting->plain = true;
  } else if (lit) {
    const struct surface *surface = surface_get(sight, face, mip);
    if (surface) painting->texture = (struct span_texture){surface->pixels, surface->width, surface->height};
    else painting->plain = true;
  }
}

SIGHT_INLINE void paint(struct sight *sight, struct painting *painting, int row, int from, int to) {
  if (!painting->ready) prepare(sight, painting);
  if (painting->plain) span_plain(sight, PLAIN_COLOUR, row, from, to);
  else if (painting->face->texture->kind == LEVEL_SKY) span_sky(sight, painting->pixels, row, from, to);
  else if (painting->face->texture->kind == LEVEL_LIQUID)
    span_liquid(sight, &painting->plane, painting->pixels, row, from, to);
  else span_wall(sight, &painting->plane, &painting->texture, row, from, to);
  span_depth(sight, &painting->plane, row, from, to);
}

SIGHT_OWN_PAGE static void paint_open(struct sight *sight, struct painting *painting, const struct outline *outline) {
  struct cover_gap parts[COVER_GAPS];
  for (int row = outline->top; row < outline->bottom; row++) {
    if (cover.count[row] == 0) continue;
    int from = column_from(outline->left[row] - OVERLAP), to = column_from(outline->right[row] + OVERLAP);
    if (from >= to) continue;
    int count = cover_close(&cover, row, from, to, parts);
    for (int i = 0; i < count; i++) paint(sight, painting, row, parts[i].from, parts[i].to);
  }
}

static void paint_tested(struct sight *sight, struct painting *painting, const struct outline *outline) {
  for (int row = outline->top; row < outline->bottom; row++) {
    int from = clamp(column_from(outline->left[row]), 0, RENDER_WIDTH);
    int to = clamp(column_from(outline->right[row]), 0, RENDER_WIDTH);
    if (from >= to) continue;
    if (!painting->ready) prepare(sight, painting);
    if (painting->plain) return;
    if (painting->face->texture->kind == LEVEL_WALL || painting->face->texture->kind == LEVEL_FENCE)
      span_wall_tested(sight, &painting->plane, &painting->texture, row, from, to);
  }
}

/* The eye must be in front of the face by `away`. `offset`: what moves the face's points in the map. */
static void draw_face(struct sight *sight, const struct level *level, struct level_face *face, float away, int wanted_sides,
                      const float *offset) {
  struct corner corners[CORNERS];
  for (int i = 0; i < face->corners; i++) {
    int vertex = level->corners[face->first_corner + i];
    const float *point = level->vertices[vertex];
    if (offset) {
      const float moved[3] = {point[0] + offset[0], point[1] + offset[1], point[2] + offset[2]};
      sight_see(sight, moved, corners[i].seen);
      continue;
    }
    if (known[vertex].number != sight->number) {
      known[vertex].number = sight->number;
      sight_see(sight, point, known[vertex].corner.seen);
    }
    corners[i] = known[vertex].corner;
  }
  static struct outline outline;
  if (!draw_outline(corners, face->corners, wanted_sides, &outline)) return;
  sight->counts.polygons++;
  float eye[3] = {sight->eye[0], sight->eye[1], sight->eye[2]};
  for (int i = 0; i < 3 && offset; i++) eye[i] -= offset[i];
  struct painting painting = {.face = face, .eye = eye, .away = away, .nearest = outline.nearest};
  if (offset || face->texture->kind == LEVEL_FENCE) paint_tested(sight, &painting, &outline);
  else paint_open(sight, &painting, &outline);
}

static float in_front(const struct level_face *face, const float eye[3]) {
  return sight_product(face->normal, eye) - face->distance;
}

/* A box as seen: its middle, and how far it reaches along what is seen as right, up and forward. */
struct box {
  float middle[3], reach[3];
};

static void box_of(const struct sight *sight, const float least[3], const float most[3], struct box *box) {
  const float *ways[3] = {sight->right, sight->up, sight->forward};
  float middle[3], half[3];
  for (int axis = 0; axis < 3; axis++) {
    middle[axis] = (least[axis] + most[axis]) / 2;
    half[axis] = (most[axis] - least[axis]) / 2;
  }
  sight_see(sight, middle, box->middle);
  for (int way = 0; way < 3; way++) {
    box->reach[way] = 0;
    for (int axis = 0; axis < 3; axis++) box->reach[way] += half[axis] * __builtin_fabsf(ways[way][axis]);
  }
}

/* Which sides of what one sees may cut through a box; -1: it lies outside. */
static int sides_cutting(const struct box *box, int wanted) {
  int cutting = 0;
  for (int side = 0; side < SIDES; side++) {
    if (!(wanted >> side & 1)) continue;
    float reach = 0;
    for (int way = 0; way < 3; way++) reach += box->reach[way] * __builtin_fabsf(sides[side][way]);
    float inside = side_of(box->middle, side);
    if (inside < -reach) return -1;
    if (inside < reach) cutting |= 1 << side;
  }
  return cutting;
}

/* The pixel at a distance from the middle, `at`; what is less far from the eye lies farther out. */
static inline int pixel_of(float at, float near, float far, int middle, int most) {
  float pixel = (float)middle + at * (at < 0 ? near : far);
  return pixel <= 0 ? 0 : pixel >= (float)most ? most : (int)pixel;
}

/* Whether everything in a box lies behind what has been drawn. Says no when in doubt. */
static bool is_hidden(const struct box *box) {
  float nearest = box->middle[2] - box->reach[2];
  if (nearest < SIGHT_NEAREST) return false;
  float near = SIGHT_FOCAL / nearest, far = SIGHT_FOCAL / (box->middle[2] + box->reach[2]);
  int left = pixel_of(box->middle[0] - box->reach[0], near, far, SIGHT_CENTRE_X, RENDER_WIDTH);
  int right = pixel_of(box->middle[0] + box->reach[0], far, near, SIGHT_CENTRE_X, RENDER_WIDTH - 1) + 1;
  int top = pixel_of(-box->middle[1] - box->reach[1], near, far, SIGHT_CENTRE_Y, RENDER_HEIGHT);
  int bottom = pixel_of(-box->middle[1] + box->reach[1], far, near, SIGHT_CENTRE_Y, RENDER_HEIGHT - 1) + 1;
  return !cover_has_gap(&cover, left, top, right, bottom);
}

static void draw_tree(struct sight *sight, struct level *level, int number, int wanted_sides) {
  if (number < 0) {
    const struct level_leaf *leaf = &level->leaves[~number];
    if (leaf->solid || leaf->seen != level->seen) return;
    for (int i = 0; i < leaf->marks; i++) level->faces[level->marks[leaf->first_mark + i]].marked = sight->number;
    return;
  }
  struct level_node *node = &level->nodes[number];
  if (node->seen != level->seen || cover.open_rows == 0) return;
  struct box box;
  box_of(sight, node->least, node->most, &box);
  wanted_sides = sides_cutting(&box, wanted_sides);
  if (wanted_sides < 0 || is_hidden(&box)) return;
  float front = sight_product(node->normal, sight->eye) - node->distance;
  int near = front < 0;
  draw_tree(sight, level, node->children[near], wanted_sides);
  for (int i = 0; i < node->faces; i++) {
    struct level_face *face = &level->faces[node->first_face + i];
    if (face->marked != sight->number) continue;
    float away = in_front(face, sight->eye);
    if (away < 0.01f) continue;
    if (face->texture->kind == LEVEL_FENCE) {
      if (fence_count < FENCES) fences[fence_count++] = face;
      continue;
    }
    draw_face(sight, level, face, away, wanted_sides, 0);
  }
  draw_tree(sight, level, node->children[!near], wanted_sides);
}

bool walls_draw(struct sight *sight, struct level *level) {
  if (known_level != level) {
    free(known);
    known = calloc((size_t)level->vertex_count + 1, sizeof *known);
    known_level = known ? level : 0;
    if (!known) return false;
  }
  cover_open(&cover);
  fence_count = 0;
  level_mark_visible(level, level_leaf_at(level, sight->eye));
  draw_tree(sight, level, level->models[0].root, ALL_SIDES);
  /* Whoever is outside the map looks into nothing. */
  for (int row = 0; row < RENDER_HEIGHT && cover.open_rows > 0; row++) {
    for (int i = 0; i < cover.count[row]; i++) {
      struct cover_gap gap = cover.gaps[row][i];
      span_plain(sight, 0, row, gap.from, gap.to);
      sight->counts.open += gap.to - gap.from;
      memset(&sight->depth[row][gap.from], 0, (size_t)(gap.to - gap.from) * sizeof sight->depth[0][0]);
    }
  }
  return true;
}

void walls_draw_fences(struct sight *sight, struct level *level) {
  for (int i = 0; i < fence_count; i++) draw_face(sight, level, fences[i], in_front(fences[i], sight->eye), ALL_SIDES, 0);
}

void walls_draw_part(struct sight *sight, struct level *level, int model, const float origin[3]) {
  const struct level_model *part = &level->models[model];
  float least[3], most[3], eye[3];
  for (int axis = 0; axis < 3; axis++) {
    least[axis] = part->least[axis] + origin[axis];
    most[axis] = part->most[axis] + origin[axis];
    eye[axis] = sight->eye[axis] - origin[axis];
  }
  struct box box;
  box_of(sight, least, most, &box);
  int cutting = sides_cutting(&box, ALL_SIDES);
  if (cutting < 0) return;
  for (int i = 0; i < part->faces; i++) {
    struct level_face *face = &level->faces[part->first_face + i];
    float away = in_front(face, eye);
    if (away >= 0.01f) draw_face(sight, level, face, away, cutting, origin);
  }
}

bool walls_under_water(const struct sight *sight, const struct level *level) {
  return level_leaf_at(level, sight->eye)->liquid;
}
